use std::{
    io::{BufRead, BufReader, Read, Write},
    net::TcpStream,
    sync::atomic::{AtomicUsize, Ordering},
    thread,
    time::{Duration, Instant},
};

use anyhow::{Context as _, bail, ensure};

/// Many clients at once, each with a connection of its own that stays open, each asking as soon as it was answered.
///
/// The same plain client for every server: it costs as little as a client can, since it shares the server's cores.
pub(super) struct Load<'a> {
    /// `127.0.0.1:8200`
    pub(super) address: &'a str,
    pub(super) connections: usize,
    /// The request with this number, whole.
    pub(super) request: &'a (dyn Fn(usize) -> Vec<u8> + Sync),
}

/// For how long, or how often.
#[derive(Clone, Copy)]
pub(super) enum Amount {
    For(Duration),
    Requests(usize),
}

/// What was served.
pub(super) struct Served {
    pub(super) per_second: f64,
    pub(super) median: Duration,
    /// Of a hundred, ninety-nine were as fast as this or faster.
    pub(super) p99: Duration,
}

impl Load<'_> {
    /// # Errors
    /// When an answer is not good: a refusal is fast and measures nothing.
    pub(super) fn run(&self, amount: Amount) -> anyhow::Result<Served> {
        let next = AtomicUsize::new(0);
        let start = Instant::now();
        let times = thread::scope(|scope| {
            let clients: Vec<_> =
                (0..self.connections).map(|_| scope.spawn(|| self.client(&next, start, amount))).collect();
            clients
                .into_iter()
                .map(|client| client.join().map_err(|_| anyhow::anyhow!("a client panicked"))?)
                .collect::<anyhow::Result<Vec<_>>>()
        })?;
        let elapsed = start.elapsed();
        let mut times: Vec<Duration> = times.into_iter().flatten().collect();
        ensure!(!times.is_empty(), "nothing was served");
        times.sort_unstable();
        Ok(Served {
            per_second: times.len() as f64 / elapsed.as_secs_f64(),
            median: times[times.len() / 2],
            p99: times[times.len() * 99 / 100],
        })
    }

    fn client(&self, next: &AtomicUsize, start: Instant, amount: Amount) -> anyhow::Result<Vec<Duration>> {
        let stream = TcpStream::connect(self.address)?;
        stream.set_nodelay(true)?;
        stream.set_read_timeout(Some(PATIENCE))?;
        let mut answers = BufReader::new(stream.try_clone()?);
        let mut stream = stream;
        let mut times = Vec::new();
        loop {
            let number = next.fetch_add(1, Ordering::Relaxed);
            let is_over = match amount {
                Amount::For(duration) => start.elapsed() >= duration,
                Amount::Requests(count) => number >= count,
            };
            if is_over {
                return Ok(times);
            }
            let request = (self.request)(number);
            let asked = Instant::now();
            stream.write_all(&request)?;
            read_answer(&mut answers)?;
            times.push(asked.elapsed());
        }
    }
}

/// A request as these clients send it.
pub(super) fn request(method: &str, path: &str, token: &str, body: &str) -> Vec<u8> {
    let token = if token.is_empty() { String::new() } else { format!("X-Vault-Token: {token}\r\n") };
    format!(
        "{method} /v1/{path} HTTP/1.1\r\nHost: vault\r\n{token}Content-Length: {}\r\n\r\n{body}",
        body.len()
    )
    .into_bytes()
}

/// Reads one answer to its end, which must be good.
fn read_answer(answers: &mut impl BufRead) -> anyhow::Result<()> {
    let mut line = String::new();
    answers.read_line(&mut line)?;
    let status: u16 = line.split(' ').nth(1).context("no status")?.parse()?;
    let (mut length, mut chunked) = (0, false);
    loop {
        line.clear();
        answers.read_line(&mut line)?;
        let (name, value) = match line.trim_end() {
            "" => break,
            header => header.split_once(':').context("no header")?,
        };
        if name.eq_ignore_ascii_case("content-length") {
            length = value.trim().parse()?;
        }
        chunked |= name.eq_ignore_ascii_case("transfer-encoding");
    }
    let mut body = Vec::new();
    if chunked {
        loop {
            line.clear();
            answers.read_line(&mut line)?;
            let size = u64::from_str_radix(line.trim(), 16)?;
            answers.take(size + 2).read_to_end(&mut body)?;
            if size == 0 {
                break;
            }
        }
    } else {
        answers.take(length).read_to_end(&mut body)?;
    }
    if status >= 300 {
        bail!("{status}: {}", String::from_utf8_lossy(&body));
    }
    Ok(())
}

/// No wait here is without an end.
const PATIENCE: Duration = Duration::from_secs(60);
