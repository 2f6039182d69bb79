use std::{
    io::{Read, Write},
    net::{TcpListener, TcpStream},
    path::{Path, PathBuf},
    process::{Child, Command, Stdio},
    sync::OnceLock,
    thread,
    time::{Duration, Instant},
};

use super::install::install;

/// A real OpenBao server in a process of its own, in memory and unsealed, ended when this is dropped.
pub(crate) struct OpenBao {
    pub(crate) address: String,
    process: Child,
    _home: tempfile::TempDir,
}

impl OpenBao {
    /// The server's program; `None`, said in a line, where it cannot be had.
    pub(crate) fn program() -> Option<&'static Path> {
        static PROGRAM: OnceLock<Option<PathBuf>> = OnceLock::new();
        PROGRAM
            .get_or_init(|| match install(Path::new(env!("CARGO_TARGET_TMPDIR"))) {
                Ok(path) => Some(path),
                Err(error) => {
                    println!("skipped: OpenBao cannot be installed here ({error})");
                    None
                }
            })
            .as_deref()
    }

    pub(crate) fn start(root_token: &str) -> Option<Self> {
        Self::start_dev(root_token, &[])
    }

    /// In memory, with more arguments.
    pub(crate) fn start_dev(root_token: &str, more: &[&str]) -> Option<Self> {
        Self::start_with(200, |_, port| {
            let mut arguments = vec!["-dev".to_owned(), "-dev-no-store-token".to_owned()];
            arguments.push(format!("-dev-root-token-id={root_token}"));
            arguments.push(format!("-dev-listen-address=127.0.0.1:{port}"));
            arguments.extend(more.iter().map(|argument| (*argument).to_owned()));
            arguments
        })
    }

    /// With these arguments, made for its home and its port; it serves when its health has this status.
    pub(crate) fn start_with(health: u16, arguments: impl Fn(&Path, u16) -> Vec<String>) -> Option<Self> {
        let program = Self::program()?;
        // OpenBao cannot bind port 0: a free port is picked, and another when somebody took it first.
        for _ in 0..5 {
            let (home, port) = (tempfile::tempdir().unwrap(), Self::free_port());
            let arguments = arguments(home.path(), port);
            let mut openbao = Self::spawn(program, home, port, &arguments);
            if openbao.serves(health) {
                return Some(openbao);
            }
        }
        panic!("OpenBao does not start");
    }

    fn spawn(program: &Path, home: tempfile::TempDir, port: u16, arguments: &[String]) -> Self {
        let process = Command::new(program)
            .arg("server")
            .args(arguments)
            .env_clear()
            .env("HOME", home.path())
            .env("TZ", "UTC")
            .stdin(Stdio::null())
            .stdout(Stdio::null())
            .stderr(Stdio::null())
            .spawn()
            .unwrap();
        Self { address: format!("http://127.0.0.1:{port}"), process, _home: home }
    }

    /// A port that nobody had a moment ago.
    pub(crate) fn free_port() -> u16 {
        TcpListener::bind("127.0.0.1:0").unwrap().local_addr().unwrap().port()
    }

    /// Whether it answers in the end; what ended before does not.
    fn serves(&mut self, health: u16) -> bool {
        let end = Instant::now() + Duration::from_secs(30);
        while Instant::now() < end && self.process.try_wait().unwrap().is_none() {
            if status(&self.address) == Some(health) {
                return true;
            }
            thread::park_timeout(Duration::from_millis(20));
        }
        false
    }
}

impl Drop for OpenBao {
    fn drop(&mut self) {
        let _ = self.process.kill();
        let _ = self.process.wait();
    }
}

fn status(address: &str) -> Option<u16> {
    let mut stream = TcpStream::connect(address.strip_prefix("http://")?).ok()?;
    stream.set_read_timeout(Some(Duration::from_secs(5))).ok()?;
    stream.write_all(b"GET /v1/sys/health HTTP/1.0\r\n\r\n").ok()?;
    let mut line = [0; 12];
    stream.read_exact(&mut line).ok()?;
    std::str::from_utf8(&line).ok()?.split(' ').nth(1)?.parse().ok()
}
