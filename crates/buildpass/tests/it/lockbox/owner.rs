use std::{
    fs::{self, Permissions},
    os::unix::fs::PermissionsExt,
    path::PathBuf,
    process::{Command, Output, Stdio},
    time::Duration,
};

use serde_json::{Value, json};

use super::Served;
use crate::harness::{Buildpass, Finished, OpenBao, Terminal, wait_until};

/// Somebody who has a folder with lockboxes in it, and types commands there.
pub(super) struct Owner(Buildpass);

/// What `lockbox init` printed.
pub(super) struct Keys {
    pub(super) root_token: String,
    pub(super) shares: Vec<String>,
}

impl Owner {
    pub(super) fn new() -> Self {
        Self(Buildpass::new())
    }

    /// A file in the folder.
    pub(super) fn path(&self, name: &str) -> PathBuf {
        self.0.project().join(name)
    }

    /// Writes a file that nobody else may read.
    pub(super) fn keeps(&self, name: &str, text: &str) {
        fs::write(self.path(name), text).unwrap();
        fs::set_permissions(self.path(name), Permissions::from_mode(0o600)).unwrap();
    }

    /// A shell at a terminal, in the folder.
    pub(super) fn terminal(&self) -> Terminal {
        Terminal::start(|command| self.0.prepare(command))
    }

    /// Runs buildpass to its end.
    pub(super) fn buildpass(&self, arguments: &[&str]) -> Finished {
        finish(self.command(arguments))
    }

    /// The real client of OpenBao, where it can be had.
    pub(super) fn bao(&self, vault: &str, token: &str, arguments: &[&str]) -> Option<Finished> {
        let mut command = self.0.other_program(OpenBao::program()?.to_str().unwrap());
        command.env("BAO_ADDR", vault).env("BAO_TOKEN", token).args(arguments);
        Some(finish(command))
    }

    /// The same, over TLS with an authority of this folder.
    pub(super) fn bao_trusting(
        &self,
        authority: &str,
        vault: &str,
        token: &str,
        arguments: &[&str],
    ) -> Option<Finished> {
        let mut command = self.0.other_program(OpenBao::program()?.to_str().unwrap());
        command.env("BAO_CACERT", self.path(authority));
        command.env("BAO_ADDR", vault).env("BAO_TOKEN", token).args(arguments);
        Some(finish(command))
    }

    /// A new lockbox `box`, which the key in `key` opens.
    pub(super) fn init(&self) -> Keys {
        self.init_with(&["--unseal-key-file", "key"])
    }

    pub(super) fn init_with(&self, arguments: &[&str]) -> Keys {
        let made =
            self.buildpass(&[&["lockbox", "init", "--file", "box", "--format", "json"], arguments].concat());
        assert_eq!(made.code, Some(0), "{}", made.stderr);
        let printed: Value = serde_json::from_str(&made.stdout).unwrap();
        let shares = printed["unseal_keys_b64"].as_array().cloned().unwrap_or_default();
        Keys {
            root_token: printed["root_token"].as_str().unwrap().to_owned(),
            shares: shares.iter().map(|share| share.as_str().unwrap().to_owned()).collect(),
        }
    }

    /// Serves `box`, open.
    pub(super) fn serve(&self) -> Served {
        self.serve_with(&["--file", "box", "--unseal-key-file", "key"])
    }

    pub(super) fn serve_with(&self, arguments: &[&str]) -> Served {
        let serve = ["lockbox", "serve", "--listen", "127.0.0.1:0"];
        Served::start(self.command(&[&serve, arguments].concat()))
    }

    /// Moves an audit log away, and waits until the next one is written to.
    pub(super) fn rotate_log(&self, served: &Served, log: &str) {
        fs::rename(self.path(log), self.path(&format!("{log}.1"))).unwrap();
        served.signal("HUP");
        let begun = || fs::metadata(self.path(log)).is_ok_and(|log| log.len() > 0);
        assert!(wait_until(Duration::from_secs(20), begun));
    }

    /// Serves a lockbox that two shares open, open.
    pub(super) fn serve_with_shares(&self, file: &str, keys: &Keys) -> Served {
        let served = self.serve_with(&["--file", file]);
        for share in &keys.shares[..2] {
            served.must("", "PUT", "sys/unseal", json!({"key": share}));
        }
        served
    }

    pub(super) fn command(&self, arguments: &[&str]) -> Command {
        let mut command = self.0.other_program(env!("CARGO_BIN_EXE_buildpass"));
        command.args(arguments);
        command
    }
}

fn finish(mut command: Command) -> Finished {
    let Output { status, stdout, stderr } = command.stdin(Stdio::null()).output().unwrap();
    Finished {
        code: status.code(),
        stdout: String::from_utf8_lossy(&stdout).into_owned(),
        stderr: String::from_utf8_lossy(&stderr).into_owned(),
    }
}
