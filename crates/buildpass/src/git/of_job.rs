use std::{
    ffi::OsString,
    fmt, io,
    path::{Path, PathBuf},
    process::{Output, Stdio},
    time::Duration,
};

use tokio::process::Command;

use super::{NoGit, Setup};

/// git as a job starts it, with all that its environment and its files say, asked how it is configured. It asks no server, starts
/// no helper and changes nothing.
#[derive(Clone)]
pub struct GitOfJob {
    environment: Vec<(OsString, OsString)>,
    folder: PathBuf,
    patience: Duration,
}

/// One line of git's configuration.
#[derive(Clone, PartialEq, Eq)]
pub struct ConfigLine {
    /// Where it stands: `file:.git/config`, `command line:`.
    pub origin: String,
    /// Its name; section and last word in lower case, as git writes them.
    pub key: String,
    /// What it says.
    pub value: String,
}

/// A value can be a header with a credential in it, and a name a URL with one.
impl fmt::Debug for ConfigLine {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("ConfigLine").field("origin", &self.origin).finish_non_exhaustive()
    }
}

impl GitOfJob {
    /// For a job's environment, in its project; no answer takes longer than `patience`.
    pub fn new(
        environment: impl IntoIterator<Item = (OsString, OsString)>,
        folder: &Path,
        patience: Duration,
    ) -> Self {
        Self { environment: environment.into_iter().collect(), folder: folder.to_owned(), patience }
    }

    /// The same with what `run` adds, behind the `count` entries that are there.
    #[must_use]
    pub fn within_run(mut self, setup: &Setup, count: usize) -> Self {
        let added = setup.variables(count);
        self.environment.retain(|(name, _)| added.iter().all(|(other, _)| name.to_str() != Some(other)));
        self.environment.extend(added.into_iter().map(|(name, value)| (name.into(), value.into())));
        self
    }

    /// Which version it is.
    ///
    /// # Errors
    /// When there is none, or one that is too old.
    pub async fn version(&self) -> Result<String, NoGit> {
        let output = self.run(&["version"]).await.map_err(NoGit::Absent)?;
        NoGit::unless_usable(&output.stdout)
    }

    /// Everything that is configured, in the order in which git reads it; the last word wins.
    pub async fn configuration(&self) -> Option<Vec<ConfigLine>> {
        let said = self.asked(&["config", "--list", "--show-origin", "-z"]).await?;
        Some(lines(&said))
    }

    /// What a file of the project says that is written like git's configuration: `.gitmodules`, `.lfsconfig`. What it includes is not read.
    pub async fn file(&self, name: &str) -> Option<Vec<ConfigLine>> {
        let path = self.folder.join(name);
        // A link leads elsewhere, and a file of another kind may never end.
        if !path.symlink_metadata().is_ok_and(|found| found.is_file()) {
            return None;
        }
        let path = path.to_str()?;
        let said =
            self.asked(&["config", "--file", path, "--no-includes", "--list", "--show-origin", "-z"]).await?;
        Some(lines(&said))
    }

    /// Where git goes for a URL, after all that rewrites it.
    pub async fn target(&self, url: &str) -> Option<String> {
        let said = self.asked(&["ls-remote", "--get-url", "--", url]).await?;
        Some(String::from_utf8_lossy(&said).trim_end().to_owned())
    }

    /// What `section.*` comes to for a URL: names without the section, and values.
    pub async fn for_url(&self, section: &str, url: &str) -> Vec<(String, String)> {
        let said = self.asked(&["config", "-z", "--get-urlmatch", section, url]).await.unwrap_or_default();
        let text = String::from_utf8_lossy(&said);
        let pair = |entry: &str| {
            let (key, value) = entry.split_once('\n').unwrap_or((entry, ""));
            Some((key.strip_prefix(section)?.strip_prefix('.')?.to_owned(), value.to_owned()))
        };
        text.split('\0').filter_map(pair).collect()
    }

    async fn asked(&self, arguments: &[&str]) -> Option<Vec<u8>> {
        let output = self.run(arguments).await.ok()?;
        output.status.success().then_some(output.stdout)
    }

    async fn run(&self, arguments: &[&str]) -> io::Result<Output> {
        let mut command = Command::new("git");
        command.env_clear().envs(self.environment.iter().map(|(name, value)| (name, value)));
        command.args(arguments).current_dir(&self.folder).stdin(Stdio::null()).kill_on_drop(true);
        tokio::time::timeout(self.patience, command.output()).await?
    }
}

fn lines(said: &[u8]) -> Vec<ConfigLine> {
    let text = String::from_utf8_lossy(said);
    let mut fields = text.split('\0');
    let mut lines = Vec::new();
    while let (Some(origin), Some(entry)) = (fields.next(), fields.next()) {
        let (key, value) = entry.split_once('\n').unwrap_or((entry, ""));
        lines.push(ConfigLine { origin: origin.to_owned(), key: key.to_owned(), value: value.to_owned() });
    }
    lines
}

/// Some of the variables hold tokens.
impl std::fmt::Debug for GitOfJob {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.write_str("GitOfJob")
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn lines_of_the_configuration_keep_where_they_stand() {
        let said = b"file:/h/.gitconfig\0user.name\nA\nB\0command line:\0core.bare\0";
        let line = |origin: &str, key: &str, value: &str| ConfigLine {
            origin: origin.to_owned(),
            key: key.to_owned(),
            value: value.to_owned(),
        };
        assert_eq!(
            lines(said),
            [line("file:/h/.gitconfig", "user.name", "A\nB"), line("command line:", "core.bare", "")]
        );
    }
}
