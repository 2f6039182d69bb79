use std::{
    ffi::OsString,
    process::{Command, Stdio},
};

use anyhow::{Context as _, ensure};
use nix::sys::resource::{UsageWho, getrusage};

/// The most memory, in KiB, that one process of a command held at any time.
///
/// The kernel counts for a new process what its parent held when it was started, so the command is started by a
/// small process of its own: this program, called again.
pub(crate) fn of(bench: &std::path::Path, measured: &Command) -> anyhow::Result<u64> {
    let mut command = Command::new(bench);
    command.arg("peak-memory").arg(measured.get_program()).args(measured.get_args()).env_clear();
    for (name, value) in measured.get_envs() {
        if let Some(value) = value {
            command.env(name, value);
        }
    }
    if let Some(folder) = measured.get_current_dir() {
        command.current_dir(folder);
    }
    let output = command.stdin(Stdio::null()).output()?;
    ensure!(output.status.success(), "{}", String::from_utf8_lossy(&output.stderr));
    Ok(String::from_utf8(output.stdout)?.trim().parse()?)
}

pub(crate) fn print_of(command: &[OsString]) -> anyhow::Result<()> {
    let (program, arguments) = command.split_first().context("no command")?;
    let output = Command::new(program).args(arguments).stdin(Stdio::null()).output()?;
    ensure!(output.status.success(), "{}", String::from_utf8_lossy(&output.stderr));
    println!("{}", getrusage(UsageWho::RUSAGE_CHILDREN)?.max_rss());
    Ok(())
}
