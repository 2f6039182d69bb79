use super::source::Source;
use super::store::Registry;

/// What a fine-grained token may do in one group or project.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) struct GranularScope {
    pub(crate) source: Source,
    pub(crate) permissions: Vec<Permission>,
}

/// One thing that a fine-grained token may do.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Permission {
    /// Clone, fetch, and the files of Git LFS.
    DownloadCode,
    /// Push.
    PushCode,
}

impl Permission {
    /// As it is named in a request and in refusals.
    pub(crate) fn as_str(self) -> &'static str {
        match self {
            Self::DownloadCode => "download_code",
            Self::PushCode => "push_code",
        }
    }

    pub(crate) fn named(name: &str) -> Option<Self> {
        [Self::DownloadCode, Self::PushCode].into_iter().find(|each| each.as_str() == name)
    }
}

impl Registry {
    /// Whether these scopes allow it in a project: one of a group is for all that lies in it.
    pub(crate) fn allows(&self, scopes: &[GranularScope], permission: Permission, project_id: u64) -> bool {
        let line = self.line_of(Source::Project(project_id));
        scopes.iter().any(|scope| line.contains(&scope.source) && scope.permissions.contains(&permission))
    }
}
