use std::{
    fs::{self, File},
    io::{self, Read},
    path::Path,
    pin::Pin,
    sync::{
        Arc,
        atomic::{AtomicU64, Ordering},
    },
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

    /// Sends a file, and waits for the answer; `patience` is for every piece of it to be taken.
    ///
    /// # Errors
    /// When it cannot be read, or no whole answer came.
    pub async fn upload(
        &self,
        url: Url,
        headers: HeaderMap,
        upload: Upload,
        patience: Duration,
    ) -> Result<Answer, Error> {
        let (url, headers) = self.asked_as(url, headers)?;
        let left = Arc::clone(&upload.left);
        let look = longest_look(upload.left(), patience);
        let request = self.http.post(url).headers(headers).body(reqwest::Body::wrap(upload));
        let exchange = async { Answer::receive(request.send().await.map_err(Error::from_request)?).await };
        tokio::select! {
            answer = exchange => answer,
            waited = stalled(&left, patience, look) => Err(Error::Silent(waited)),
        }
    }
}

/// Waits until nothing is taken for so long, or no answer comes within a look after all was.
async fn stalled(left: &AtomicU64, patience: Duration, look: Duration) -> Duration {
    loop {
        let before = left.load(Ordering::Relaxed);
        let patience = if before == 0 { look } else { patience };
        tokio::time::sleep(patience).await;
        if left.load(Ordering::Relaxed) == before {
            return patience;
        }
    }
}

/// A server that takes a large file looks at all of it before it answers; what is taken of a small one may still be on its way.
fn longest_look(bytes: u64, patience: Duration) -> Duration {
    patience.saturating_add(Duration::from_secs(bytes / SLOWEST_BYTES_PER_SECOND).min(LONGEST_LOOK))
}

const SLOWEST_BYTES_PER_SECOND: u64 = 1024 * 1024;

const LONGEST_LOOK: Duration = Duration::from_secs(60 * 60);

/// A regular file on its way: as many bytes as it had when it was opened, whatever becomes of it meanwhile.
#[derive(Debug)]
pub struct Upload {
    file: File,
    left: Arc<AtomicU64>,
}

impl Upload {
    /// Opens a file.
    ///
    /// # Errors
    /// When it cannot be read, or has no size that could be said beforehand.
    pub fn open(path: &Path) -> io::Result<Self> {
        let about = fs::metadata(path)?;
        if !about.is_file() {
            return Err(io::Error::other("it is no regular file"));
        }
        let file = File::open(path)?;
        let left = file.metadata()?.len();
        Ok(Self { file, left: Arc::new(AtomicU64::new(left)) })
    }

    fn left(&self) -> u64 {
        self.left.load(Ordering::Relaxed)
    }
}

impl Body for Upload {
    type Data = Bytes;
    type Error = io::Error;

    fn poll_frame(self: Pin<&mut Self>, _: &mut Context<'_>) -> Poll<Option<io::Result<Frame<Bytes>>>> {
        let left = self.left();
        if left == 0 {
            return Poll::Ready(None);
        }
        let mut piece = Vec::with_capacity(PIECE_BYTES);
        let read = match (&self.file).take(left.min(PIECE_BYTES as u64)).read_to_end(&mut piece) {
            Ok(0) => Err(io::ErrorKind::UnexpectedEof.into()),
            read => read,
        };
        Poll::Ready(Some(read.map(|read| {
            self.left.store(left - read as u64, Ordering::Relaxed);
            Frame::data(piece.into())
        })))
    }

    fn is_end_stream(&self) -> bool {
        self.left() == 0
    }

    fn size_hint(&self) -> SizeHint {
        SizeHint::with_exact(self.left())
    }
}

const PIECE_BYTES: usize = 64 * 1024;

#[cfg(test)]
mod tests {
    use std::io::Write;

    use tokio::{
        io::{AsyncReadExt, AsyncWriteExt},
        net::TcpListener,
    };

    use super::*;
    use crate::http::Tls;

    const PATIENCE: Duration = Duration::from_millis(300);

    async fn upload(listener: &TcpListener, upload: Upload) -> Result<Answer, Error> {
        let url: Url = format!("http://{}/", listener.local_addr().unwrap()).parse().unwrap();
        let client = Client::build(&Tls::system(), &url).unwrap();
        client.upload(url, HeaderMap::new(), upload, PATIENCE).await
    }

    #[tokio::test]
    async fn a_server_that_takes_nothing_any_more_is_not_waited_for() {
        let listener = TcpListener::bind("127.0.0.1:0").await.unwrap();
        let file = tempfile::NamedTempFile::new().unwrap();
        // More than two machines keep on the way.
        file.as_file().set_len(256 * 1024 * 1024).unwrap();
        let sent = upload(&listener, Upload::open(file.path()).unwrap());
        let (ended, _connection) = tokio::join!(sent, async { listener.accept().await.unwrap() });
        assert!(matches!(ended, Err(Error::Silent(PATIENCE))), "{ended:?}");
    }

    #[tokio::test]
    async fn a_server_that_takes_all_and_never_answers_is_not_waited_for() {
        let listener = TcpListener::bind("127.0.0.1:0").await.unwrap();
        let mut file = tempfile::NamedTempFile::new().unwrap();
        file.write_all(b"made-up").unwrap();
        let sent = upload(&listener, Upload::open(file.path()).unwrap());
        let in_time = tokio::time::timeout(PATIENCE * 20, sent);
        let (ended, _connection) = tokio::join!(in_time, async { listener.accept().await.unwrap() });
        assert!(matches!(ended, Ok(Err(Error::Silent(PATIENCE)))), "{ended:?}");
    }

    #[test]
    fn a_large_file_is_looked_at_for_longer() {
        for (mebibytes, seconds) in [(0, 30), (1, 31), (600, 630), (1 << 20, 30 + 60 * 60)] {
            let look = longest_look(mebibytes * 1024 * 1024, Duration::from_secs(30));
            assert_eq!(look, Duration::from_secs(seconds), "{mebibytes} MiB");
        }
        assert_eq!(longest_look(u64::MAX, Duration::MAX), Duration::MAX);
    }

    #[tokio::test]
    async fn a_file_that_grows_is_sent_as_it_was_and_one_that_shrinks_is_not_sent() {
        let listener = TcpListener::bind("127.0.0.1:0").await.unwrap();
        let mut file = tempfile::NamedTempFile::new().unwrap();
        file.write_all(b"made-up").unwrap();
        let grown = Upload::open(file.path()).unwrap();
        file.write_all(b"-and-more").unwrap();
        let answer = async {
            let (mut connection, _) = listener.accept().await.unwrap();
            let mut came = Vec::new();
            while !came.ends_with(b"made-up") {
                assert_ne!(connection.read_buf(&mut came).await.unwrap(), 0);
            }
            connection.write_all(b"HTTP/1.1 204 No Content\r\nConnection: close\r\n\r\n").await.unwrap();
            connection.read_to_end(&mut came).await.unwrap();
            String::from_utf8(came).unwrap()
        };
        let (ended, came) = tokio::join!(upload(&listener, grown), answer);
        assert_eq!(ended.unwrap().status, 204);
        assert!(came.contains("content-length: 7\r\n") && came.ends_with("\r\n\r\nmade-up"), "{came}");

        let shrunk = Upload::open(file.path()).unwrap();
        file.as_file().set_len(3).unwrap();
        let (ended, _connection) =
            tokio::join!(upload(&listener, shrunk), async { listener.accept().await.unwrap() });
        assert!(matches!(ended, Err(Error::Broken(_))), "{ended:?}");
    }

    #[test]
    fn what_is_no_regular_file_is_not_opened() {
        let refused = Upload::open(Path::new("/dev/zero")).unwrap_err();
        assert_eq!(refused.to_string(), "it is no regular file");
    }
}
