use std::{
    collections::BTreeMap,
    ffi::{OsStr, OsString},
    path::PathBuf,
};

/// The environment and working directory, read once when the process starts.
pub struct Environment {
    variables: BTreeMap<OsString, OsString>,
    working_directory: PathBuf,
}

impl Environment {
    /// The process's own.
    pub fn of_this_process() -> Self {
        #[expect(clippy::disallowed_methods, reason = "this is where the environment is read")]
        let variables = std::env::vars_os().collect();
        Self { variables, working_directory: std::env::current_dir().unwrap_or_else(|_| PathBuf::from(".")) }
    }

    /// A made-up one.
    pub fn made_of<'a>(
        variables: impl IntoIterator<Item = (&'a str, &'a str)>,
        working_directory: PathBuf,
    ) -> Self {
        let variables = variables.into_iter().map(|(name, value)| (name.into(), value.into())).collect();
        Self { variables, working_directory }
    }

    /// A variable as it stands, empty or not; one that is no text is as good as unset.
    pub fn value(&self, name: &str) -> Option<&str> {
        self.variables.get(OsStr::new(name))?.to_str()
    }

    /// A variable that says something: empty is as good as unset.
    pub fn setting(&self, name: &str) -> Option<&str> {
        self.value(name).filter(|value| !value.is_empty())
    }

    /// A variable that names a path; relative paths start in the working directory.
    pub fn path(&self, name: &str) -> Option<PathBuf> {
        let value = self.variables.get(OsStr::new(name)).filter(|value| !value.is_empty())?;
        Some(self.working_directory.join(value))
    }

    /// The first of several variables that says something.
    pub fn first_setting(&self, names: &[&str]) -> Option<&str> {
        names.iter().find_map(|name| self.setting(name))
    }

    /// All of it, as it was inherited.
    pub fn all(&self) -> impl Iterator<Item = (OsString, OsString)> {
        self.variables.clone().into_iter()
    }

    /// Where relative paths start.
    pub fn working_directory(&self) -> &PathBuf {
        &self.working_directory
    }
}

impl gitlab_ci::rules::Variables for Environment {
    fn value(&self, name: &str) -> Option<&str> {
        self.value(name)
    }
}

impl std::fmt::Debug for Environment {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_struct("Environment").field("names", &self.variables.keys()).finish_non_exhaustive()
    }
}
