use std::sync::{Mutex, PoisonError};

use super::{
    mask::{Forms, Needles, TooShort},
    pump::Shared,
};
use crate::secret::{BuildToken, SecretName};

/// What the output of this job must not show; grows when a secret is read afresh.
pub(super) struct Masking {
    forms: Mutex<Vec<Forms>>,
    users: Vec<String>,
    shared: Shared,
}

impl Masking {
    pub(super) fn new(users: Vec<String>) -> Self {
        let shared = Shared::new(Needles::new(Vec::new()));
        Self { forms: Mutex::default(), users, shared }
    }

    pub(super) fn shared(&self) -> Shared {
        self.shared.clone()
    }

    /// Masks one more text from now on.
    pub(super) fn add_text(&self, text: &str) -> Result<(), TooShort> {
        let users: Vec<&str> = self.users.iter().map(String::as_str).collect();
        let new = Forms::of(text, &users)?;
        let mut forms = self.forms.lock().unwrap_or_else(PoisonError::into_inner);
        forms.push(new);
        self.shared.replace(Needles::new(forms.iter().cloned()));
        Ok(())
    }

    /// Masks a secret that was read afresh; a short one was warned of when the job began.
    pub(super) fn add(&self, secret: &BuildToken) {
        let _ = self.add_text(secret.expose());
    }

    /// Masks a secret, and says so where it is too short to tell from ordinary text.
    pub(super) fn add_named(&self, name: &SecretName, secret: &BuildToken) -> Option<String> {
        self.add_text(secret.expose()).err().map(|TooShort| {
            format!("{name} has fewer than 8 characters: it is given, and not masked in the output")
        })
    }
}
