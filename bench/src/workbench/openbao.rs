use std::{
    fs,
    net::{TcpListener, TcpStream},
    path::Path,
    process::{Child, Command, Stdio},
    thread,
    time::{Duration, Instant},
};

use anyhow::bail;

use super::{PATIENCE, administrator::ROOT, authority::Authority};

/// A real OpenBao in memory, reached over http and over https; it ends when this is dropped.
pub(super) struct OpenBao {
    pub(super) plain: String,
    pub(super) tls: String,
    process: Child,
}

/// Somebody else may take the ports between the look and the start.
const TRIES: usize = 5;

impl OpenBao {
    pub(super) fn start(program: &Path, home: &Path, authority: &Authority) -> anyhow::Result<Self> {
        for _ in 0..TRIES {
            let (plain, tls) = (free_address()?, free_address()?);
            let configuration = home.join("openbao.hcl");
            fs::write(
                &configuration,
                format!(
                    "listener \"tcp\" {{\n  address = \"{tls}\"\n  tls_cert_file = \"{}\"\n  tls_key_file = \"{}\"\n}}\n",
                    authority.certificate.display(),
                    authority.key.display(),
                ),
            )?;
            let process = Command::new(program)
                .args(["server", "-dev", "-dev-no-store-token"])
                .arg(format!("-dev-root-token-id={ROOT}"))
                .arg(format!("-dev-listen-address={plain}"))
                .arg(format!("-config={}", configuration.display()))
                .env_clear()
                .env("HOME", home)
                .stdin(Stdio::null())
                .stdout(Stdio::null())
                .stderr(Stdio::null())
                .spawn()?;
            let mut openbao =
                Self { plain: format!("http://{plain}"), tls: format!("https://{tls}"), process };
            if openbao.serves(&[&plain, &tls])? {
                return Ok(openbao);
            }
        }
        bail!("OpenBao does not start")
    }

    fn serves(&mut self, addresses: &[&str]) -> anyhow::Result<bool> {
        let start = Instant::now();
        while start.elapsed() < PATIENCE && self.process.try_wait()?.is_none() {
            if addresses.iter().all(|address| TcpStream::connect(address).is_ok()) {
                // It listens a moment before its storage is there.
                thread::sleep(Duration::from_secs(1));
                return Ok(self.process.try_wait()?.is_none());
            }
            thread::sleep(Duration::from_millis(50));
        }
        Ok(false)
    }
}

impl Drop for OpenBao {
    fn drop(&mut self) {
        let _ = self.process.kill();
        let _ = self.process.wait();
    }
}

fn free_address() -> anyhow::Result<String> {
    Ok(TcpListener::bind("127.0.0.1:0")?.local_addr()?.to_string())
}
