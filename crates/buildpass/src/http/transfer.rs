use std::{
    fs::File,
    io::{self, Read},
    pin::Pin,
    task::{Context, Poll},
    time::Duration,
};

use hyper::body::{Body, Bytes, Frame, SizeHint};
use reqwest::header::HeaderMap;
use url::Url;

use super::{Answer, Client, Error};

/// An answer that comes piece by piece, since it may be larger than memory.
#[derive(Debug)]
pub struct Pieces {
    response: reqwest::Response,
    patience: Duration,
}

impl Pieces {
    /// The HTTP status.
    pub fn status(&self) -> u16 {
        self.response.status().as_u16()
    }

    /// The next piece; nothing when all of it came.
    ///
    /// # Errors
    /// When it does not come in time, or the connection is lost.
    pub async fn next(&mut self) -> Result<Option<Bytes>, Error> {
        match tokio::time::timeout(self.patience, self.response.chunk()).await {
            Ok(piece) => piece.map_err(Error::broken),
            Err(_) => Err(Error::Silent(self.patience)),
        }
    }

    /// All of it at once, where it is small.
    ///
    /// # Errors
    /// When it does not come in time, or is large.
    pub async fn whole(self) -> Result<Answer, Error> {
        let patience = self.patience;
        let answer = tokio::time::timeout(patience, Answer::receive(self.response)).await;
        answer.unwrap_or(Err(Error::Silent(patience)))
    }
}

impl Client {
    /// Asks for what is larger than memory; `patience` is for its beginning, and for every piece.
    ///
    /// # Errors
    /// When no answer begins.
    pub async fn open(&self, url: Url, headers: HeaderMap, patience: Duration) -> Result<Pieces, Error> {
        let (url, headers) = self.asked_as(url, headers)?;
        let request = self.http.get(url).headers(headers).send();
        match tokio::time::timeout(patience, request).await {
            Ok(response) => Ok(Pieces { response: response.map_err(Error::from_request)?, patience }),
            Err(_) => Err(Error::Silent(patience)),
        }
    }

    /// Sends a file, and waits for the answer.
    ///
    /// # Errors
    /// When it cannot be read, or no whole answer came.
    pub async fn upload(&self, url: Url, headers: HeaderMap, file: File) -> Result<Answer, Error> {
        let (url, headers) = self.asked_as(url, headers)?;
        let left = file.metadata().map_err(|error| Error::Broken(error.to_string()))?.len();
        let request = self.http.post(url).headers(headers).body(reqwest::Body::wrap(FileBody { file, left }));
        let exchange = async { Answer::receive(request.send().await.map_err(Error::from_request)?).await };
        let answer = tokio::time::timeout(LONGEST_UPLOAD, exchange).await;
        answer.unwrap_or(Err(Error::Silent(LONGEST_UPLOAD)))
    }
}

/// A file on its way.
struct FileBody {
    file: File,
    left: u64,
}

impl Body for FileBody {
    type Data = Bytes;
    type Error = io::Error;

    fn poll_frame(mut self: Pin<&mut Self>, _: &mut Context<'_>) -> Poll<Option<io::Result<Frame<Bytes>>>> {
        let mut piece = vec![0; PIECE_BYTES];
        let read = match self.file.read(&mut piece) {
            Ok(0) => return Poll::Ready(None),
            Ok(read) => read,
            Err(error) => return Poll::Ready(Some(Err(error))),
        };
        piece.truncate(read);
        self.left = self.left.saturating_sub(read as u64);
        Poll::Ready(Some(Ok(Frame::data(piece.into()))))
    }

    fn size_hint(&self) -> SizeHint {
        SizeHint::with_exact(self.left)
    }
}

const PIECE_BYTES: usize = 64 * 1024;

/// A server that takes a large file looks at all of it before it answers.
const LONGEST_UPLOAD: Duration = Duration::from_secs(60 * 60);
