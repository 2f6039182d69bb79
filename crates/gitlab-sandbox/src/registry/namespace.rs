use super::access::Visibility;

/// A group, which holds projects and other groups.
#[derive(Clone, Debug)]
pub(crate) struct Group {
    pub(crate) id: u64,
    pub(crate) name: String,
    pub(crate) path: String,
    pub(crate) full_path: String,
    pub(crate) parent_id: Option<u64>,
}

/// A project, which has one repository.
#[derive(Clone, Debug)]
pub(crate) struct Project {
    pub(crate) id: u64,
    pub(crate) name: String,
    pub(crate) path: String,
    pub(crate) full_path: String,
    pub(crate) namespace_id: u64,
    pub(crate) visibility: Visibility,
    /// How long a job may run that says nothing else, in seconds.
    pub(crate) build_timeout: u32,
}

impl Project {
    /// The branch that `HEAD` of a new repository names.
    pub(crate) const DEFAULT_BRANCH: &'static str = "main";

    /// GitLab's default for `build_timeout`: an hour.
    pub(crate) const BUILD_TIMEOUT: u32 = 3600;

    /// The full path of the group that holds this project.
    pub(crate) fn namespace_path(&self) -> &str {
        self.full_path.rsplit_once('/').map_or("", |(namespace, _)| namespace)
    }
}
