//! node-vault, which Node programs use: each script beside this file is one test.

use std::{
    fs, io,
    path::{Path, PathBuf},
    process::{Command, Stdio},
    sync::OnceLock,
};

use super::frame::{Interpreter, Servers};
use crate::openbao::install::once;

#[test]
fn node_vault_keeps_secrets() {
    play("keeps_secrets.js", Servers::shared);
}

#[test]
fn node_vault_looks_after_tokens() {
    play("looks_after_tokens.js", Servers::shared);
}

#[test]
fn node_vault_makes_tokens_by_a_role() {
    play("makes_tokens_by_a_role.js", Servers::shared);
}

#[test]
fn node_vault_logs_in() {
    play("logs_in.js", Servers::shared);
}

#[test]
fn node_vault_looks_after_leases() {
    play("looks_after_leases.js", Servers::shared);
}

#[test]
fn node_vault_wraps() {
    play("wraps.js", Servers::shared);
}

#[test]
fn node_vault_governs() {
    play("governs.js", Servers::alone);
}

#[test]
fn node_vault_opens_and_closes() {
    play("opens_and_closes.js", Servers::new_and_sealed);
}

fn play(script: &str, servers: fn() -> Option<Servers>) {
    static NODE: OnceLock<Result<Interpreter, String>> = OnceLock::new();
    let install = || install(Path::new(env!("CARGO_TARGET_TMPDIR"))).map_err(|error| error.to_string());
    let folder = PathBuf::from(env!("CARGO_MANIFEST_DIR")).join("tests/it/clients/node_vault");
    match NODE.get_or_init(install) {
        Ok(node) => node.play(&folder.join(script), servers()),
        Err(error) => {
            println!("skipped: {script} wants node-vault, which cannot be installed here ({error})")
        }
    }
}

/// The library with what it needs, as the lock file has it, installed into `folder` unless it is there.
fn install(folder: &Path) -> io::Result<Interpreter> {
    let installed = once(folder, "node-vault-0.12.0", |partial| {
        fs::write(partial.join("package.json"), include_str!("package.json"))?;
        fs::write(partial.join("package-lock.json"), include_str!("package-lock.json"))?;
        let npm = Command::new("npm")
            .args(["ci", "--ignore-scripts", "--no-audit", "--no-fund", "--no-update-notifier"])
            .current_dir(partial)
            .stdin(Stdio::null())
            .output()?;
        if npm.status.success() {
            return Ok(());
        }
        let said = String::from_utf8_lossy(&npm.stderr);
        Err(io::Error::other(said.lines().next().unwrap_or("npm failed").to_owned()))
    })?;
    let program = Interpreter::locate("node", &["-p", "process.execPath"])?;
    Ok(Interpreter {
        library: "node-vault",
        program,
        variable: "NODE_PATH",
        libraries: installed.join("node_modules"),
    })
}
