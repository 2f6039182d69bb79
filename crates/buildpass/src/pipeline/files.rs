use std::{
    cell::OnceCell,
    fs,
    io::{self, Read},
    path::{Component, Path, PathBuf},
};

use gitlab_ci::include::{Files, Found, Location};

use crate::git::tracked_files;

/// GitLab's limit for one file of a configuration.
const LARGEST_BYTES: u64 = 1024 * 1024;

/// The files of a project's working copy, and of the folders that stand for everything else: see
/// [`Location`] and `--include-dir`.
#[derive(Debug)]
pub struct ProjectFiles {
    project: PathBuf,
    elsewhere: Vec<PathBuf>,
    paths: OnceCell<Option<Vec<String>>>,
}

impl ProjectFiles {
    /// The project's folder, and folders laid out as `template/<path>`, `component/<host>/<path>@<version>.yml`,
    /// `project/<path>@<ref>/<file>` and `remote/<host>/<path>`.
    pub fn new(project: PathBuf, elsewhere: Vec<PathBuf>) -> Self {
        Self { project, elsewhere, paths: OnceCell::new() }
    }

    /// Where the project lies.
    pub fn project(&self) -> &Path {
        &self.project
    }

    fn elsewhere(&self, below: &str) -> Found {
        for folder in &self.elsewhere {
            match read(folder, below) {
                Found::Missing => {}
                found => return found,
            }
        }
        Found::Elsewhere
    }
}

impl Files for ProjectFiles {
    fn read(&self, location: &Location) -> Found {
        match location {
            Location::Local(path) => read(&self.project, path),
            Location::Template(path) => self.elsewhere(&format!("template/{path}")),
            Location::Component(address) => self.elsewhere(&format!("component/{address}.yml")),
            Location::Project { project, reference, path } => {
                let reference = reference.as_deref().unwrap_or("HEAD");
                self.elsewhere(&format!("project/{project}@{reference}/{path}"))
            }
            Location::Remote(address) => {
                let address = address.split(['?', '#']).next().unwrap_or_default();
                let behind = address.split_once("://").map_or(address, |(_, behind)| behind);
                self.elsewhere(&format!("remote/{behind}"))
            }
        }
    }

    fn paths(&self) -> Option<&[String]> {
        let list = || tracked_files(&self.project).ok().or_else(|| walked(&self.project).ok());
        self.paths.get_or_init(list).as_deref()
    }
}

/// A file below a folder. A path that climbs out of it, or a link that leads out, is not there, as for GitLab.
fn read(folder: &Path, below: &str) -> Found {
    let inside = Path::new(below).components().all(|part| matches!(part, Component::Normal(_)));
    if !inside || below.is_empty() {
        return Found::Missing;
    }
    let (Ok(folder), Ok(path)) = (folder.canonicalize(), folder.join(below).canonicalize()) else {
        return Found::Missing;
    };
    if !path.starts_with(&folder) || !path.is_file() {
        return Found::Missing;
    }
    match text(&path) {
        Ok(text) => Found::Text(text),
        Err(error) => Found::Unreadable(error.to_string()),
    }
}

fn text(path: &Path) -> io::Result<String> {
    let mut bytes = Vec::new();
    fs::File::open(path)?.take(LARGEST_BYTES + 1).read_to_end(&mut bytes)?;
    if bytes.len() as u64 > LARGEST_BYTES {
        return Err(io::Error::other("it is larger than a megabyte"));
    }
    let text = String::from_utf8(bytes).map_err(|_| io::Error::other("it is no text in UTF-8"))?;
    Ok(text.strip_prefix('\u{feff}').map(str::to_owned).unwrap_or(text))
}

/// More files than any project has.
const MOST_FILES: usize = 1_000_000;

/// Everything below a folder that is no repository.
fn walked(folder: &Path) -> io::Result<Vec<String>> {
    let mut paths = Vec::new();
    let mut folders = vec![folder.to_owned()];
    while let Some(next) = folders.pop() {
        for entry in fs::read_dir(&next)? {
            let entry = entry?;
            let path = entry.path();
            if entry.file_type()?.is_dir() {
                if entry.file_name() != ".git" {
                    folders.push(path);
                }
            } else if let Some(path) = path.strip_prefix(folder).ok().and_then(Path::to_str) {
                paths.push(path.to_owned());
            }
        }
        if paths.len() > MOST_FILES {
            return Err(io::Error::other("there are too many files"));
        }
    }
    paths.sort();
    Ok(paths)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn nothing_outside_of_the_project_is_there() {
        let outside = tempfile::tempdir().unwrap();
        fs::write(outside.path().join("secret.yml"), "a: 1").unwrap();
        let project = outside.path().join("project");
        fs::create_dir_all(project.join("ci")).unwrap();
        fs::write(project.join("ci/a.yml"), "\u{feff}a: 1").unwrap();
        fs::write(project.join("latin.yml"), b"a: \xe9").unwrap();
        fs::write(project.join("large.yml"), "a".repeat(1 << 21)).unwrap();
        std::os::unix::fs::symlink("../secret.yml", project.join("link.yml")).unwrap();
        std::os::unix::fs::symlink("ci/a.yml", project.join("inner.yml")).unwrap();
        let files = ProjectFiles::new(project, Vec::new());
        let local = |path: &str| files.read(&Location::Local(path.to_owned()));
        assert_eq!(local("ci/a.yml"), Found::Text("a: 1".to_owned()));
        assert_eq!(local("inner.yml"), Found::Text("a: 1".to_owned()));
        for missing in ["../secret.yml", "link.yml", "ci", "gone.yml", "", "ci/../../secret.yml"] {
            assert_eq!(local(missing), Found::Missing, "{missing}");
        }
        assert!(matches!(local("latin.yml"), Found::Unreadable(why) if why.contains("UTF-8")));
        assert!(matches!(local("large.yml"), Found::Unreadable(why) if why.contains("megabyte")));
        let paths = files.paths().unwrap();
        assert_eq!(paths, ["ci/a.yml", "inner.yml", "large.yml", "latin.yml", "link.yml"]);
    }

    #[test]
    fn folders_stand_for_everything_else() {
        let folder = tempfile::tempdir().unwrap();
        for path in [
            "template/Jobs/X.gitlab-ci.yml",
            "component/gitlab.example/group/parts/lint@1.0.yml",
            "project/group/other@main/ci/x.yml",
            "project/group/other@HEAD/ci/x.yml",
            "remote/example.com/ci.yml",
        ] {
            let path = folder.path().join(path);
            fs::create_dir_all(path.parent().unwrap()).unwrap();
            fs::write(path, "a: 1").unwrap();
        }
        let project = tempfile::tempdir().unwrap();
        let files = ProjectFiles::new(project.path().to_owned(), vec![folder.path().to_owned()]);
        let other = |reference: Option<&str>| Location::Project {
            project: "group/other".into(),
            reference: reference.map(str::to_owned),
            path: "ci/x.yml".into(),
        };
        for found in [
            Location::Template("Jobs/X.gitlab-ci.yml".into()),
            Location::Component("gitlab.example/group/parts/lint@1.0".into()),
            other(Some("main")),
            other(None),
            Location::Remote("https://example.com/ci.yml?token=x".into()),
        ] {
            assert_eq!(files.read(&found), Found::Text("a: 1".to_owned()), "{found}");
        }
        for elsewhere in [Location::Template("Gone.gitlab-ci.yml".into()), other(Some("v1"))] {
            assert_eq!(files.read(&elsewhere), Found::Elsewhere, "{elsewhere}");
        }
    }
}
