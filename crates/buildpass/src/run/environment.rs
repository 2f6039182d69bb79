use std::{
    collections::BTreeMap,
    ffi::{OsStr, OsString},
    fmt,
    os::unix::ffi::OsStrExt,
    process::Command,
};

use zeroize::Zeroizing;

use super::CoreLimit;

/// CMD's environment: what we inherited, less what a build must not hold, and what it is given.
pub struct Environment {
    variables: BTreeMap<OsString, OsString>,
    core_limit: CoreLimit,
}

/// Names that no build holds, whatever the configuration says.
const NEVER: [&str; 3] = ["VAULT_TOKEN", "BAO_TOKEN", "ACTIONS_ID_TOKEN_REQUEST_TOKEN"];

impl Environment {
    /// Starts from what was inherited.
    pub fn inherited(
        variables: impl IntoIterator<Item = (OsString, OsString)>,
        core_limit: CoreLimit,
    ) -> Self {
        Self { variables: variables.into_iter().collect(), core_limit }
    }

    /// Takes the vault's own credentials out.
    pub(super) fn without_credentials(&mut self) {
        for name in NEVER {
            self.remove(name);
        }
    }

    /// Takes every variable out whose value holds this text: an ID token that was copied under another name is still one.
    pub(super) fn without_text(&mut self, text: &str) {
        if !text.is_empty() {
            self.variables
                .retain(|_, value| memchr::memmem::find(value.as_bytes(), text.as_bytes()).is_none());
        }
    }

    pub(super) fn remove(&mut self, name: &str) {
        self.variables.remove(OsStr::new(name));
    }

    /// Takes a variable out, and says what it held; wiped when that ends.
    pub(super) fn take(&mut self, name: &str) -> Option<Zeroizing<String>> {
        self.variables.remove(OsStr::new(name))?.into_string().ok().map(Zeroizing::new)
    }

    pub(super) fn set(&mut self, name: &str, value: impl Into<OsString>) {
        self.variables.insert(name.into(), value.into());
    }

    pub(super) fn value(&self, name: &str) -> Option<&str> {
        self.variables.get(OsStr::new(name))?.to_str()
    }

    /// What CMD's core files may take.
    pub(super) fn core_limit(&self) -> CoreLimit {
        self.core_limit
    }

    pub(super) fn apply(&self, command: &mut Command) {
        command.env_clear().envs(&self.variables);
    }
}

impl fmt::Debug for Environment {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Environment").field("names", &self.variables.keys()).finish_non_exhaustive()
    }
}
