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
        let program = Self::program()?;
        // OpenBao cannot bind port 0: a free port is picked, and another when somebody took it first.
        for _ in 0..5 {
            let mut openbao = Self::spawn(program, root_token, Self::free_port());
            if openbao.serves() {
                return Some(openbao);
            }
        }
        panic!("OpenBao does not start");
    }

    fn spawn(program: &Path, root_token: &str, port: u16) -> Self {
        let home = tempfile::tempdir().unwrap();
        let process = Command::new(program)
            .args(["server", "-dev", "-dev-no-store-token"])
            .arg(format!("-dev-root-token-id={root_token}"))
            .arg(format!("-dev-listen-address=127.0.0.1:{port}"))
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
    fn serves(&mut self) -> bool {
        let end = Instant::now() + Duration::from_secs(30);
        while Instant::now() < end && self.process.try_wait().unwrap().is_none() {
            if healthy(&self.address) {
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

fn healthy(address: &str) -> bool {
    let ask = || {
        let mut stream = TcpStream::connect(address.strip_prefix("http://")?).ok()?;
        stream.set_read_timeout(Some(Duration::from_secs(5))).ok()?;
        stream.write_all(b"GET /v1/sys/health HTTP/1.0\r\n\r\n").ok()?;
        let mut status = [0; 12];
        stream.read_exact(&mut status).ok()?;
        Some(status.ends_with(b" 200"))
    };
    ask().unwrap_or_default()
}
