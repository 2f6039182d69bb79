use std::{
    io,
    path::Path,
    process::{Command, Stdio},
};

/// The paths that git tracks in a working copy, in the order of its tree.
///
/// # Errors
/// Where there is no git, or no working copy.
pub fn tracked_files(folder: &Path) -> io::Result<Vec<String>> {
    #[expect(clippy::disallowed_methods, reason = "git starts git")]
    let mut git = Command::new("git");
    // A repository may name a program to be asked about its files, which is nobody's business here.
    let output = git
        .args(["-c", "core.fsmonitor=false", "ls-files", "-z", "--cached"])
        .current_dir(folder)
        .stdin(Stdio::null())
        .stderr(Stdio::null())
        .output()?;
    if !output.status.success() {
        return Err(io::Error::other("git knows no working copy here"));
    }
    let paths = output.stdout.split(|byte| *byte == 0).filter(|path| !path.is_empty());
    Ok(paths.map(|path| String::from_utf8_lossy(path).into_owned()).collect())
}
