use std::{
    fs,
    io::{BufRead, BufReader},
    net::{TcpListener, TcpStream},
    path::{Path, PathBuf},
    process::{Child, Command, Stdio},
    thread,
    time::{Duration, Instant},
};

use anyhow::{Context as _, bail, ensure};
use serde_json::{Value, json};

use crate::{
    programs::Programs,
    workbench::{Administrator, ROOT},
};

/// A vault in a process of its own, which ends when this is dropped.
pub(super) struct Server {
    pub(super) name: &'static str,
    /// `127.0.0.1:8200`
    pub(super) address: String,
    pub(super) root_token: String,
    process: Child,
}

impl Server {
    /// lockbox on a new file in this folder.
    pub(super) fn lockbox(programs: &Programs, folder: &Path) -> anyhow::Result<Self> {
        let init = Command::new(&programs.buildpass)
            .args(["lockbox", "init", "--format", "json"])
            .args(["--file".as_ref(), file(folder).as_os_str()])
            .args(["--unseal-key-file".as_ref(), key_file(folder).as_os_str()])
            .env_clear()
            .output()?;
        ensure!(init.status.success(), "lockbox init: {}", String::from_utf8_lossy(&init.stderr));
        let keys: Value = serde_json::from_slice(&init.stdout)?;
        Self::lockbox_again(programs, folder, keys["root_token"].as_str().context("no root token")?)
    }

    /// lockbox on a file that is there.
    pub(super) fn lockbox_again(
        programs: &Programs,
        folder: &Path,
        root_token: &str,
    ) -> anyhow::Result<Self> {
        let mut process = Command::new(&programs.buildpass)
            .args(["lockbox", "serve", "--listen", "127.0.0.1:0"])
            .args(["--file".as_ref(), file(folder).as_os_str()])
            .args(["--unseal-key-file".as_ref(), key_file(folder).as_os_str()])
            .env_clear()
            .stdin(Stdio::null())
            .stderr(Stdio::piped())
            .spawn()?;
        let mut said = String::new();
        let mut lines = BufReader::new(process.stderr.take().context("no stderr")?);
        while lines.read_line(&mut said)? > 0 && !said.contains("serves http://") {}
        let address = said.rsplit_once("http://").map(|(_, address)| address.trim().to_owned());
        let Some(address) = address else {
            process.wait()?;
            bail!("lockbox does not start: {said}");
        };
        // It may go on to say something.
        thread::spawn(move || std::io::copy(&mut lines, &mut std::io::sink()));
        Ok(Self { name: "lockbox", address, root_token: root_token.to_owned(), process })
    }

    /// OpenBao in memory.
    pub(super) fn openbao(programs: &Programs, home: &Path) -> anyhow::Result<Self> {
        let address = free_address()?;
        let mut command = Command::new(&programs.bao);
        command.args(["server", "-dev", "-dev-no-store-token"]);
        command.arg(format!("-dev-root-token-id={ROOT}")).arg(format!("-dev-listen-address={address}"));
        let process = quiet(command, home).spawn()?;
        let server = Self { name: "OpenBao -dev", address, root_token: ROOT.to_owned(), process };
        server.wait()?;
        Ok(server)
    }

    /// OpenBao with its Raft storage, which is on disk.
    pub(super) fn openbao_on_disk(
        programs: &Programs,
        home: &Path,
        runtime: &tokio::runtime::Runtime,
    ) -> anyhow::Result<Self> {
        let (address, cluster) = (free_address()?, free_address()?);
        let data = home.join("raft");
        fs::create_dir(&data)?;
        let configuration = home.join("raft.hcl");
        let text = format!(
            "storage \"raft\" {{\n  path = \"{}\"\n  node_id = \"one\"\n}}\nlistener \"tcp\" {{\n  address = \"{address}\"\n  \
             cluster_address = \"{cluster}\"\n  tls_disable = true\n}}\napi_addr = \"http://{address}\"\ncluster_addr = \
             \"http://{cluster}\"\n",
            data.display()
        );
        fs::write(&configuration, text)?;
        let mut command = Command::new(&programs.bao);
        command.arg("server").arg(format!("-config={}", configuration.display()));
        let process = quiet(command, home).spawn()?;
        let mut server = Self { name: "OpenBao, Raft on disk", address, root_token: String::new(), process };
        server.wait_for_port()?;
        let anybody = Administrator::build(runtime, &server.url(), "")?;
        let keys = anybody.put("sys/init", &json!({ "secret_shares": 1, "secret_threshold": 1 }))?;
        anybody.put("sys/unseal", &json!({ "key": keys["keys"][0] }))?;
        server.root_token = keys["root_token"].as_str().context("no root token")?.to_owned();
        server.wait()?;
        Ok(server)
    }

    pub(super) fn url(&self) -> String {
        format!("http://{}", self.address)
    }

    /// The memory that it holds now, in KiB.
    pub(super) fn resident(&self) -> anyhow::Result<u64> {
        let status = fs::read_to_string(format!("/proc/{}/status", self.process.id()))?;
        let line = status.lines().find_map(|line| line.strip_prefix("VmRSS:")).context("no VmRSS")?;
        Ok(line.split_whitespace().next().context("no number")?.parse()?)
    }

    fn wait(&self) -> anyhow::Result<()> {
        let start = Instant::now();
        while start.elapsed() < PATIENCE {
            if serves(&self.address) {
                return Ok(());
            }
            thread::sleep(Duration::from_millis(50));
        }
        bail!("{} does not serve", self.name)
    }

    fn wait_for_port(&self) -> anyhow::Result<()> {
        let start = Instant::now();
        while start.elapsed() < PATIENCE {
            if TcpStream::connect(&self.address).is_ok() {
                return Ok(());
            }
            thread::sleep(Duration::from_millis(50));
        }
        bail!("{} does not listen", self.name)
    }
}

impl Drop for Server {
    fn drop(&mut self) {
        let _ = self.process.kill();
        let _ = self.process.wait();
    }
}

/// Whether it answers, open and active.
pub(super) fn serves(address: &str) -> bool {
    let load = super::load::Load {
        address,
        connections: 1,
        request: &|_| super::load::request("GET", "sys/health", "", ""),
    };
    load.run(super::load::Amount::Requests(1)).is_ok()
}

pub(super) fn file(folder: &Path) -> PathBuf {
    folder.join("lockbox.redb")
}

fn key_file(folder: &Path) -> PathBuf {
    folder.join("unseal.key")
}

fn quiet(mut command: Command, home: &Path) -> Command {
    command.env_clear().env("HOME", home).stdin(Stdio::null()).stdout(Stdio::null()).stderr(Stdio::null());
    command
}

fn free_address() -> anyhow::Result<String> {
    Ok(TcpListener::bind("127.0.0.1:0")?.local_addr()?.to_string())
}

/// No wait here is without an end.
const PATIENCE: Duration = Duration::from_secs(60);
