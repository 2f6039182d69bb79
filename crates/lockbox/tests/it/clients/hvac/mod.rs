//! hvac, which Python programs use: each script beside this file is one test.

use std::{
    io,
    path::{Path, PathBuf},
    sync::OnceLock,
};

use super::frame::{Interpreter, Servers};
use crate::openbao::install::{once, pip_install};

#[test]
fn hvac_keeps_secrets() {
    play("keeps_secrets.py", Servers::shared);
}

#[test]
fn hvac_looks_after_tokens() {
    play("looks_after_tokens.py", Servers::shared);
}

#[test]
fn hvac_makes_tokens_by_a_role() {
    play("makes_tokens_by_a_role.py", Servers::shared);
}

#[test]
fn hvac_logs_in() {
    play("logs_in.py", Servers::shared);
}

#[test]
fn hvac_looks_after_leases() {
    play("looks_after_leases.py", Servers::shared);
}

#[test]
fn hvac_wraps() {
    play("wraps.py", Servers::shared);
}

#[test]
fn hvac_governs() {
    play("governs.py", Servers::alone);
}

#[test]
fn hvac_mounts() {
    play("mounts.py", Servers::alone);
}

#[test]
fn hvac_opens_and_closes() {
    play("opens_and_closes.py", Servers::new_and_sealed);
}

fn play(script: &str, servers: fn() -> Option<Servers>) {
    static PYTHON: OnceLock<Result<Interpreter, String>> = OnceLock::new();
    let install = || install(Path::new(env!("CARGO_TARGET_TMPDIR"))).map_err(|error| error.to_string());
    let folder = PathBuf::from(env!("CARGO_MANIFEST_DIR")).join("tests/it/clients/hvac");
    match PYTHON.get_or_init(install) {
        Ok(python) => python.play(&folder.join(script), servers()),
        Err(error) => println!("skipped: {script} wants hvac, which cannot be installed here ({error})"),
    }
}

/// The library with what it needs, installed into `folder` unless it is there.
fn install(folder: &Path) -> io::Result<Interpreter> {
    let requirements = include_str!("hvac.txt");
    let libraries = once(folder, "hvac-2.4.0", |partial| pip_install(requirements, partial))?;
    let program = Interpreter::locate("python3", &["-c", "import sys; print(sys.executable)"])?;
    Ok(Interpreter { library: "hvac", program, variable: "PYTHONPATH", libraries })
}
