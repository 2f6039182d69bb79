use std::sync::{Mutex, PoisonError};

use serde_json::Value;
use zeroize::Zeroizing;

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
        for part in parts(secret.expose()) {
            // What is too short is not told from ordinary text.
            let _ = self.add_text(&part);
        }
        self.add_text(secret.expose()).err().map(|TooShort| {
            format!("{name} has fewer than 8 characters: it is given, and not masked in the output")
        })
    }
}

/// The texts within a secret that was given as JSON: a build takes it apart.
fn parts(secret: &str) -> Vec<Zeroizing<String>> {
    let mut found = Vec::new();
    if secret.starts_with(['{', '[']) {
        let mut unseen: Vec<Value> = serde_json::from_str(secret).into_iter().collect();
        while let Some(value) = unseen.pop() {
            match value {
                Value::String(text) => found.push(Zeroizing::new(text)),
                Value::Array(items) => unseen.extend(items),
                Value::Object(fields) => unseen.extend(fields.into_iter().map(|(_, value)| value)),
                Value::Null | Value::Bool(_) | Value::Number(_) => {}
            }
        }
    }
    found
}

#[cfg(test)]
mod tests {
    #[test]
    fn a_secret_of_several_parts_has_them_all_masked() {
        let parts = super::parts(r#"{"password":"made-up-password","list":[1,{"key":"made-up-key"}]}"#);
        let mut parts: Vec<&str> = parts.iter().map(|part| part.as_str()).collect();
        parts.sort_unstable();
        assert_eq!(parts, ["made-up-key", "made-up-password"]);
        assert!(super::parts("{not json").is_empty() && super::parts("glpat-made-up").is_empty());
    }
}
