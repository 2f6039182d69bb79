use std::{
    collections::BTreeMap,
    fmt,
    fs::File,
    io::Read,
    path::{Path, PathBuf},
};

use futures_util::future::join_all;

use super::{Deadline, Question, Repository};
use crate::{
    config::project,
    git::{self, ConfigLine, GitOfJob, NoGit, Setup, count_in},
};

/// git as the job starts it, and how it is configured.
#[derive(Debug)]
pub struct GitSeen {
    /// Its version.
    pub version: Result<String, NoGit>,
    /// All lines of its configuration, in the order in which it reads them.
    pub lines: Vec<ConfigLine>,
    /// What it would do with each repository's URL within `run`, by the URL, where the configuration speaks of such.
    pub ways: BTreeMap<String, Way>,
    /// The project's `.lfsconfig`.
    pub lfs: Vec<ConfigLine>,
    /// Whether the project's `.gitattributes` has git-lfs keep files.
    pub keeps_files_in_lfs: bool,
    /// The project's `.gitmodules`.
    pub modules: Vec<ConfigLine>,
}

/// What git does on the way to one repository.
#[derive(Clone, Default)]
pub struct Way {
    /// Where it goes, where that is not the URL itself.
    pub target: Option<String>,
    /// What `http.*` comes to.
    pub http: Vec<(String, String)>,
}

/// What `http.*` comes to can be a header with a credential in it.
impl fmt::Debug for Way {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Way").field("settings", &self.http.len()).finish_non_exhaustive()
    }
}

impl GitSeen {
    pub(super) async fn look(question: Question<'_>, deadline: Deadline) -> Self {
        let version = of_job(question, deadline).version().await;
        let git = of_job(question, deadline);
        let (lines, lfs, modules) = match version {
            Ok(_) => tokio::join!(git.configuration(), git.file(".lfsconfig"), git.file(".gitmodules")),
            Err(_) => (None, None, None),
        };
        let [lines, lfs, modules] = [lines, lfs, modules].map(Option::unwrap_or_default);
        let keeps_files_in_lfs = attributes(&project(question.environment)).contains("filter=lfs");
        Self { version, lines, ways: BTreeMap::new(), lfs, keeps_files_in_lfs, modules }
    }

    /// How git would go to these.
    pub(super) async fn look_at_ways(
        &mut self,
        question: Question<'_>,
        realms: &git::Config,
        repositories: &[Repository],
        deadline: Deadline,
    ) {
        let speaks_of = |section: &str| self.lines.iter().any(|line| line.key.starts_with(section));
        let (rewrites, settings) = (speaks_of("url."), speaks_of("http."));
        if self.version.is_err() || !(rewrites || settings) {
            return;
        }
        let count = count_in(question.environment.value("GIT_CONFIG_COUNT"));
        let setup = Setup::new(realms, &["buildpass".into(), "git".into(), "credential".into()]);
        let git = &of_job(question, deadline).within_run(&setup, count);
        let look = async |repository: &Repository| {
            let url = &repository.url;
            let mut way = Way::default();
            if rewrites {
                way.target = git.target(url).await.filter(|target| target != url);
            }
            if settings {
                way.http = git.for_url("http", url).await;
            }
            (url.clone(), way)
        };
        self.ways = join_all(repositories.iter().map(look)).await.into_iter().collect();
    }
}

/// The project's `.gitattributes`, as far as anybody would read it.
fn attributes(project: &Path) -> String {
    let is_plain = |path: &PathBuf| path.symlink_metadata().is_ok_and(|found| found.is_file());
    let path = Some(project.join(".gitattributes")).filter(is_plain);
    let file = path.and_then(|path| File::open(path).ok());
    let mut text = Vec::new();
    if let Some(file) = file {
        // What cannot be read says nothing.
        let _ = file.take(MOST_ATTRIBUTES_BYTES).read_to_end(&mut text);
    }
    String::from_utf8_lossy(&text).into_owned()
}

const MOST_ATTRIBUTES_BYTES: u64 = 1024 * 1024;

fn of_job(question: Question<'_>, deadline: Deadline) -> GitOfJob {
    let environment = question.environment;
    GitOfJob::new(environment.all(), &project(environment), deadline.for_one_look())
}
