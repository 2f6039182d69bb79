use std::io;

use serde::{Serialize, de::DeserializeOwned};
use tokio::{
    io::{AsyncReadExt, AsyncWriteExt},
    net::{
        UnixStream,
        unix::{OwnedReadHalf, OwnedWriteHalf},
    },
};
use zeroize::Zeroizing;

/// One end of the socket between buildpass and its guardian: messages as JSON, each after its length.
pub(super) struct Link {
    reading: OwnedReadHalf,
    writing: OwnedWriteHalf,
    /// What has arrived of the next message; kept across a `receive` that was given up half way.
    arrived: Zeroizing<Vec<u8>>,
}

const LENGTH_BYTES: usize = 4;
const CHUNK_BYTES: usize = 16 * 1024;

impl Link {
    pub(super) fn new(stream: std::os::unix::net::UnixStream) -> io::Result<Self> {
        stream.set_nonblocking(true)?;
        let (reading, writing) = UnixStream::from_std(stream)?.into_split();
        Ok(Self { reading, writing, arrived: Zeroizing::new(Vec::with_capacity(CHUNK_BYTES)) })
    }

    pub(super) async fn send(&mut self, message: &impl Serialize) -> io::Result<()> {
        let json = Zeroizing::new(serde_json::to_vec(message)?);
        let length = u32::try_from(json.len()).map_err(io::Error::other)?;
        self.writing.write_all(&length.to_be_bytes()).await?;
        self.writing.write_all(&json).await
    }

    /// The next message; `None` when the other side is gone. May be given up at any time without losing anything.
    pub(super) async fn receive<T: DeserializeOwned>(&mut self) -> io::Result<Option<T>> {
        loop {
            if let Some(message) = self.take()? {
                return Ok(Some(message));
            }
            let mut chunk = Zeroizing::new([0; CHUNK_BYTES]);
            match self.reading.read(&mut *chunk).await {
                Ok(0) => return Ok(None),
                Ok(count) => self.append(&chunk[..count]),
                Err(error) if error.kind() == io::ErrorKind::ConnectionReset => return Ok(None),
                Err(error) => return Err(error),
            }
        }
    }

    fn take<T: DeserializeOwned>(&mut self) -> io::Result<Option<T>> {
        let Some((length, rest)) = self.arrived.split_first_chunk::<LENGTH_BYTES>() else {
            return Ok(None);
        };
        let Some(json) = rest.get(..u32::from_be_bytes(*length) as usize) else {
            return Ok(None);
        };
        let message = serde_json::from_slice(json)?;
        let used = LENGTH_BYTES + json.len();
        self.arrived.drain(..used);
        Ok(Some(message))
    }

    /// Grows into a new buffer and wipes the old one: growing in place would leave a copy behind.
    fn append(&mut self, chunk: &[u8]) {
        if self.arrived.len() + chunk.len() > self.arrived.capacity() {
            let mut larger = Zeroizing::new(Vec::with_capacity(2 * (self.arrived.len() + chunk.len())));
            larger.extend_from_slice(&self.arrived);
            self.arrived = larger;
        }
        self.arrived.extend_from_slice(chunk);
    }
}
