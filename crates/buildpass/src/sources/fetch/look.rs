use std::time::Duration;

use crate::git::{Cause, Git, GitFailure, Pins, RemoteLook, Task, is_object_name};

/// What a source's ref names on its server now.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) struct Found {
    /// The ref in full; none for a commit that was asked for by its name.
    pub(super) reference: Option<String>,
    /// What it names: a commit, or a tag's own object.
    pub(super) object: String,
    /// The commit.
    pub(super) commit: String,
}

/// What is asked for.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Wanted<'a> {
    /// A commit by its name: nobody has to be asked what it is.
    Commit(&'a str),
    /// A tag or a branch; where both have the name, the tag, as git itself has it.
    Name(&'a str),
    /// What the repository shows first.
    Default,
}

impl<'a> Wanted<'a> {
    pub(super) fn of(reference: Option<&'a str>) -> Self {
        match reference {
            None => Self::Default,
            Some(commit) if is_object_name(commit) => Self::Commit(commit),
            Some(name) => Self::Name(name),
        }
    }

    /// The refs that it may be, the likeliest first.
    pub(super) fn candidates(self) -> Vec<String> {
        match self {
            Self::Commit(_) => Vec::new(),
            Self::Name(full) if full.starts_with("refs/") => vec![full.to_owned()],
            Self::Name(name) => vec![format!("refs/tags/{name}"), format!("refs/heads/{name}")],
            Self::Default => vec!["HEAD".to_owned()],
        }
    }
}

impl Found {
    /// A commit that was asked for by its name.
    pub(super) fn commit(name: &str) -> Self {
        Self { reference: None, object: name.to_owned(), commit: name.to_owned() }
    }

    /// Picks among what a server has.
    pub(super) fn among(wanted: Wanted<'_>, refs: &RemoteLook) -> Option<Self> {
        wanted.candidates().iter().find_map(|name| {
            let known = refs.reference(name)?;
            let reference = known.points_to.clone().unwrap_or_else(|| name.clone());
            let commit = known.peeled.clone().unwrap_or_else(|| known.object.clone());
            Some(Self { reference: Some(reference), object: known.object.clone(), commit })
        })
    }

    /// How a server is asked for it.
    pub(super) fn asked_as(&self) -> &str {
        self.reference.as_deref().unwrap_or(&self.commit)
    }

    /// The ref under which a mirror keeps it.
    pub(super) fn kept_as(&self) -> String {
        match self.reference.as_deref() {
            Some("HEAD") => "refs/buildpass/HEAD".to_owned(),
            Some(reference) => reference.to_owned(),
            None => format!("refs/buildpass/{}", self.commit),
        }
    }
}

/// Asks a server through git what these refs name.
pub(super) async fn ask_git(
    git: &Git,
    url: &str,
    wanted: Wanted<'_>,
    pins: &Pins,
    stall: Duration,
) -> Result<RemoteLook, GitFailure> {
    let mut arguments = vec!["ls-remote".to_owned(), "--symref".to_owned(), "--".to_owned(), url.to_owned()];
    let candidates = match wanted {
        // What is asked is whether there is such a repository; without a name, all of its refs would come.
        Wanted::Commit(_) => Wanted::Default.candidates(),
        wanted => wanted.candidates(),
    };
    for name in candidates {
        arguments.extend([format!("{name}^{{}}"), name]);
    }
    let finished = Task::new(git, std::path::Path::new("/"), pins, stall).args(arguments).finish().await?;
    Ok(RemoteLook::of_ls_remote(&String::from_utf8_lossy(&finished.stdout)))
}

/// The server has none of the refs that were asked for.
pub(super) fn not_there(reference: Option<&str>) -> GitFailure {
    let said = match reference {
        Some(name) => format!("`{name}` is neither a tag nor a branch there"),
        None => "there is no commit yet".to_owned(),
    };
    let cause = if reference.is_some() { Cause::NoRef } else { Cause::Empty };
    GitFailure::of(cause, said)
}
