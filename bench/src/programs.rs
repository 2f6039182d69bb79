use std::{
    env,
    ffi::OsString,
    path::{Path, PathBuf},
    process::{Command, Stdio},
};

use anyhow::{Context as _, ensure};

use crate::install::install;

/// The programs that are measured.
pub(crate) struct Programs {
    /// This one, which helps in processes of its own.
    pub(crate) bench: PathBuf,
    /// buildpass, built for release.
    pub(crate) buildpass: PathBuf,
    /// OpenBao, server and command line in one.
    pub(crate) bao: PathBuf,
    /// Where `sh`, `curl`, `sed` and `cat` are found: all that a measured process inherits.
    pub(crate) search_path: OsString,
}

impl Programs {
    pub(crate) fn build() -> anyhow::Result<Self> {
        let bench = env::current_exe()?;
        let release = bench.parent().context("this program lies in no folder")?;
        ensure!(
            release.ends_with("release"),
            "only a release build is worth measuring: `cargo run --release`"
        );
        let target = release.parent().context("there is no target folder")?;
        build_buildpass()?;
        Ok(Self {
            buildpass: release.join("buildpass"),
            bao: install(&target.join("tmp")).context("OpenBao cannot be installed")?,
            search_path: env::var_os("PATH").unwrap_or_default(),
            bench,
        })
    }

    /// What was measured, in words.
    pub(crate) fn versions(&self) -> anyhow::Result<Vec<String>> {
        Ok(vec![
            first_words(&self.buildpass, 2)?,
            first_words(&self.bao, 2)?,
            first_words(Path::new("curl"), 2)?,
        ])
    }
}

/// The program that users get, with its own features and not those that the bench adds.
fn build_buildpass() -> anyhow::Result<()> {
    let cargo = env::var_os("CARGO").unwrap_or_else(|| "cargo".into());
    let built = Command::new(cargo)
        .args(["build", "--release", "--quiet", "--package", "buildpass"])
        .current_dir(Path::new(env!("CARGO_MANIFEST_DIR")).join(".."))
        .stdin(Stdio::null())
        .status()?;
    ensure!(built.success(), "buildpass does not build");
    Ok(())
}

fn first_words(program: &Path, count: usize) -> anyhow::Result<String> {
    let output = Command::new(program).arg("--version").stdin(Stdio::null()).output()?;
    let text = String::from_utf8(output.stdout)?;
    Ok(text.split_whitespace().take(count).collect::<Vec<_>>().join(" "))
}
