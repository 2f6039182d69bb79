use std::{
    fs::OpenOptions,
    io::{self, Read},
    os::unix::fs::OpenOptionsExt,
    path::{Component, Path, PathBuf},
};

use rustix::fs::OFlags;

/// Whether a path that a project names stays within it, as far as it is written; what is there may still be a link.
pub fn lies_within(path: &Path) -> bool {
    let plain = |part: Component<'_>| matches!(part, Component::Normal(_) | Component::CurDir);
    path.components().all(plain)
}

/// The first link on the way to a path in the project, which whoever committed it may have led elsewhere.
pub fn link_on_the_way(project: &Path, path: &Path) -> Option<PathBuf> {
    let within = path.strip_prefix(project).ok()?;
    let mut at = project.to_owned();
    within.components().find_map(|part| {
        at.push(part);
        at.symlink_metadata().is_ok_and(|there| there.is_symlink()).then(|| at.clone())
    })
}

/// Reads a file of the project; none where it is absent.
///
/// A stranger may have put it there: a link could lead to what its author may not read, and a pipe would never end. A path that leads out of
/// the project is taken as it is: who may name one was asked before.
pub(super) fn read(project: &Path, path: &Path, largest_bytes: u64) -> io::Result<Option<String>> {
    let mut at = project.to_owned();
    for part in path.components() {
        at.push(part);
        match at.symlink_metadata() {
            Ok(there) if there.is_symlink() && lies_within(path) => {
                return Err(io::Error::other("it is a link, which is not followed"));
            }
            Ok(_) => {}
            Err(error) if is_absence(&error) => return Ok(None),
            Err(error) => return Err(error),
        }
    }
    if !at.is_file() {
        return Err(io::Error::other("it is no regular file"));
    }
    let file = OpenOptions::new().read(true).custom_flags(OFlags::NONBLOCK.bits().cast_signed()).open(&at)?;
    let mut bytes = Vec::new();
    file.take(largest_bytes + 1).read_to_end(&mut bytes)?;
    if bytes.len() as u64 > largest_bytes {
        return Err(io::Error::other(format!("it is larger than {largest_bytes} bytes")));
    }
    String::from_utf8(bytes).map(Some).map_err(|_| io::Error::other("it is not UTF-8"))
}

fn is_absence(error: &io::Error) -> bool {
    matches!(error.kind(), io::ErrorKind::NotFound | io::ErrorKind::NotADirectory)
}

#[cfg(test)]
mod tests {
    use std::{fs, os::unix::fs::symlink};

    use super::*;

    #[test]
    fn what_is_no_plain_file_of_the_project_is_not_read() {
        let folder = tempfile::tempdir().unwrap();
        let (project, outside) = (folder.path().join("project"), folder.path().join("outside"));
        fs::create_dir_all(project.join("folder")).unwrap();
        fs::create_dir(&outside).unwrap();
        fs::write(outside.join("file"), "made-up").unwrap();
        fs::write(project.join("folder/file"), "1.0.0\n").unwrap();
        fs::write(project.join("odd"), [0xff]).unwrap();
        symlink(outside.join("file"), project.join("link")).unwrap();
        symlink(&outside, project.join("linked")).unwrap();
        symlink("nowhere", project.join("broken")).unwrap();
        let read = |path: &str| read(&project, Path::new(path), 7).map_err(|error| error.to_string());
        assert_eq!(read("folder/file"), Ok(Some("1.0.0\n".to_owned())));
        assert_eq!(read("./folder/./file"), Ok(Some("1.0.0\n".to_owned())));
        assert_eq!((read("none"), read("folder/file/none")), (Ok(None), Ok(None)));
        for link in ["link", "linked/file", "broken", "linked"] {
            assert_eq!(read(link).unwrap_err(), "it is a link, which is not followed", "{link}");
        }
        assert_eq!(read("folder").unwrap_err(), "it is no regular file");
        assert_eq!(read("odd").unwrap_err(), "it is not UTF-8");
        assert_eq!(read("../outside/file"), Ok(Some("made-up".to_owned())), "the user may name it");
        fs::write(project.join("large"), "12345678").unwrap();
        assert_eq!(read("large").unwrap_err(), "it is larger than 7 bytes");
        assert!(!lies_within(Path::new("a/../../b")) && !lies_within(Path::new("/a")));
    }
}
