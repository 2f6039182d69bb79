use std::{
    collections::BTreeMap,
    ffi::{OsStr, OsString},
    os::unix::ffi::OsStrExt,
    process::Command,
};

use zeroize::Zeroizing;

/// CMD's environment: what we inherited, less what a build must not hold, and what it is given.
#[derive(Debug, Default)]
pub struct Environment {
    variables: BTreeMap<OsString, OsString>,
}

/// Names that no build holds, whatever the configuration says.
const NEVER: [&str; 3] = ["VAULT_TOKEN", "BAO_TOKEN", "ACTIONS_ID_TOKEN_REQUEST_TOKEN"];

impl Environment {
    /// Starts from what was inherited.
    pub fn inherited(variables: impl IntoIterator<Item = (OsString, OsString)>) -> Self {
        Self { variables: variables.into_iter().collect() }
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

    pub(super) fn apply(&self, command: &mut Command) {
        command.env_clear().envs(&self.variables);
    }
}
