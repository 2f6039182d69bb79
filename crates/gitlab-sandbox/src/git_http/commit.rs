use std::collections::BTreeMap;

use super::repositories::Repositories;
use super::repository_error::RepositoryError;
use crate::registry::Project;

/// A commit to be added to a branch.
#[derive(Clone, Debug)]
pub(crate) struct Commit {
    pub(crate) branch: String,
    pub(crate) message: String,
    /// Each path with its new content, or with nothing to remove it.
    pub(crate) files: BTreeMap<String, Option<String>>,
    /// Each path of a submodule with the commit that it names.
    pub(crate) submodules: BTreeMap<String, String>,
    /// Tags that are to name the new commit.
    pub(crate) tags: Vec<String>,
}

/// A name or a path would break the line that it stands in.
const LINE_BREAKERS: [char; 3] = ['\n', '\r', '\0'];

impl Repositories {
    /// Adds `commit` to the project's repository and returns the commit's name.
    ///
    /// The work is [git fast-import](https://git-scm.com/docs/git-fast-import)'s, which checks the names of refs.
    pub(crate) async fn commit(
        &self,
        project: &Project,
        commit: &Commit,
        seconds: i64,
    ) -> Result<String, RepositoryError> {
        let full_ref = format!("refs/heads/{}", commit.branch);
        let mut names = commit.tags.iter().chain(commit.submodules.values()).chain([&commit.branch]);
        let mut paths = commit.files.keys().chain(commit.submodules.keys());
        if names.any(|name| name.contains(LINE_BREAKERS)) || !paths.all(|path| stays_inside(path)) {
            return Err(RepositoryError::Refused { command: "fast-import", message: "invalid name".into() });
        }
        let parent = self.resolve(project.id, &full_ref).await?;
        let stream = stream(commit, &full_ref, parent.as_deref(), seconds);

        let mut command = self.git();
        command.arg("--git-dir").arg(self.folder(project.id));
        command.args(["fast-import", "--quiet", "--done", "--date-format=raw"]);
        self.finish("fast-import", command, &stream).await?;
        self.resolve(project.id, &full_ref).await?.ok_or_else(|| RepositoryError::Refused {
            command: "fast-import",
            message: "the branch was not made".into(),
        })
    }
}

/// Whether git would check a path out within its working tree.
fn stays_inside(path: &str) -> bool {
    path.split('/').all(|part| !matches!(part, "" | "." | "..") && !part.eq_ignore_ascii_case(".git"))
}

fn stream(commit: &Commit, full_ref: &str, parent: Option<&str>, seconds: i64) -> Vec<u8> {
    let mut stream = String::new();
    let mut line = |text: String| {
        stream.push_str(&text);
        stream.push('\n');
    };
    line(format!("commit {full_ref}"));
    line(format!("committer Sandbox <sandbox@example.com> {seconds} +0000"));
    line(format!("data {}\n{}", commit.message.len(), commit.message));
    if let Some(parent) = parent {
        line(format!("from {parent}"));
    }
    for (path, content) in &commit.files {
        let path = quoted(path);
        match content {
            Some(content) => {
                line(format!("M 100644 inline {path}\ndata {}\n{content}", content.len()));
            }
            None => line(format!("D {path}")),
        }
    }
    for (path, name) in &commit.submodules {
        line(format!("M 160000 {name} {}", quoted(path)));
    }
    for tag in &commit.tags {
        line(format!("\nreset refs/tags/{tag}\nfrom {full_ref}"));
    }
    line("done".into());
    stream.into_bytes()
}

/// A path in the quotes of C, in which nothing ends a line.
fn quoted(path: &str) -> String {
    let mut quoted = String::from("\"");
    for character in path.chars() {
        match character {
            '"' => quoted.push_str("\\\""),
            '\\' => quoted.push_str("\\\\"),
            '\n' => quoted.push_str("\\n"),
            '\r' => quoted.push_str("\\r"),
            '\0' => quoted.push_str("\\000"),
            other => quoted.push(other),
        }
    }
    quoted.push('"');
    quoted
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_path_cannot_add_a_command() {
        assert_eq!(quoted("a\nD \"b\"\\"), "\"a\\nD \\\"b\\\"\\\\\"");
    }
}
