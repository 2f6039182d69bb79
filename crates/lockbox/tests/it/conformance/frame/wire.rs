use std::{
    collections::BTreeMap,
    io::{Read, Write},
    net::TcpStream,
    time::Duration,
};

use anyhow::{Context, Result};

/// A request, written to the wire as it stands.
pub(crate) struct Request {
    pub(crate) method: String,
    pub(crate) target: String,
    pub(crate) headers: Vec<(String, String)>,
    pub(crate) body: Option<Vec<u8>>,
}

/// What came back.
pub(crate) struct Reply {
    pub(crate) status: u16,
    /// By lower-case name.
    pub(crate) headers: BTreeMap<String, String>,
    pub(crate) body: Vec<u8>,
}

impl Request {
    /// # Errors
    /// When the server is not there, or does not speak HTTP.
    pub(crate) fn send(&self, host: &str) -> Result<Reply> {
        let mut stream = TcpStream::connect(host)?;
        stream.set_read_timeout(Some(LONGEST_WAIT))?;
        // The server may answer and close before it has read everything.
        let _ = stream.write_all(&self.bytes());
        let mut answer = Vec::new();
        let read = stream.read_to_end(&mut answer);
        if answer.is_empty() && read.is_ok() {
            return Ok(Reply { status: NO_ANSWER, headers: BTreeMap::new(), body: Vec::new() });
        }
        Reply::parse(&answer).with_context(|| format!("{read:?}: {:?}", String::from_utf8_lossy(&answer)))
    }

    fn bytes(&self) -> Vec<u8> {
        let mut head =
            format!("{} {} HTTP/1.1\r\nHost: vault\r\nConnection: close\r\n", self.method, self.target);
        for (name, value) in &self.headers {
            head.push_str(&format!("{name}: {value}\r\n"));
        }
        let announced = self.headers.iter().any(|(name, _)| name.eq_ignore_ascii_case("content-length"));
        if let Some(body) = self.body.as_ref().filter(|_| !announced) {
            head.push_str(&format!("Content-Length: {}\r\n", body.len()));
        }
        head.push_str("\r\n");
        [head.as_bytes(), self.body.as_deref().unwrap_or_default()].concat()
    }
}

impl Reply {
    fn parse(answer: &[u8]) -> Result<Self> {
        let end = answer.windows(4).position(|window| window == b"\r\n\r\n").context("no end of the head")?;
        let head = std::str::from_utf8(&answer[..end])?;
        let mut lines = head.split("\r\n");
        let status = lines.next().and_then(|line| line.split(' ').nth(1)).context("no status")?.parse()?;
        let headers: BTreeMap<String, String> = lines
            .filter_map(|line| line.split_once(':'))
            .map(|(name, value)| (name.to_ascii_lowercase(), value.trim().to_owned()))
            .collect();
        let body = &answer[end + 4..];
        let chunked = headers.get("transfer-encoding").is_some_and(|coding| coding == "chunked");
        let body = if chunked && !body.is_empty() { unchunked(body)? } else { body.to_vec() };
        Ok(Self { status, headers, body })
    }
}

fn unchunked(mut chunks: &[u8]) -> Result<Vec<u8>> {
    let mut body = Vec::new();
    loop {
        let end = chunks.windows(2).position(|window| window == b"\r\n").context("no size of a chunk")?;
        let size = usize::from_str_radix(std::str::from_utf8(&chunks[..end])?, 16)?;
        if size == 0 {
            return Ok(body);
        }
        body.extend(chunks.get(end + 2..end + 2 + size).context("a chunk is cut off")?);
        chunks = chunks.get(end + 4 + size..).context("a chunk is cut off")?;
    }
}

/// Go's server closes the connection when a handler breaks.
const NO_ANSWER: u16 = 0;

const LONGEST_WAIT: Duration = Duration::from_secs(60);
