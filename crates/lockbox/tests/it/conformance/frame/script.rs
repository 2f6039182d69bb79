use serde_json::{Value, json};

use super::step::Step;

/// Requests in their order, with a name that no other script has.
///
/// `{me}` in a path or a body stands for the name, so that scripts do not meet; other `{variables}` are captured.
pub(crate) struct Script {
    pub(crate) name: String,
    pub(crate) steps: Vec<Step>,
}

impl Script {
    pub(crate) fn new(name: impl Into<String>) -> Self {
        Self { name: name.into(), steps: Vec::new() }
    }

    /// The name as a path can hold it.
    pub(crate) fn slug(&self) -> String {
        let dashed =
            |letter: char| if letter.is_ascii_alphanumeric() { letter.to_ascii_lowercase() } else { '-' };
        self.name.chars().map(dashed).collect()
    }

    /// A request with the root token to a path under `/v1/`.
    pub(crate) fn ask(&mut self, method: &str, path: &str) -> &mut Step {
        self.raw(method, &format!("/v1/{path}"))
    }

    /// A request with the root token to any target, written as it stands.
    pub(crate) fn raw(&mut self, method: &str, target: &str) -> &mut Step {
        self.steps.push(Step::new(method, target));
        self.steps.last_mut().expect("it was just added")
    }

    pub(crate) fn get(&mut self, path: &str) -> &mut Step {
        self.ask("GET", path)
    }

    pub(crate) fn list(&mut self, path: &str) -> &mut Step {
        self.ask("LIST", path)
    }

    pub(crate) fn delete(&mut self, path: &str) -> &mut Step {
        self.ask("DELETE", path)
    }

    pub(crate) fn post(&mut self, path: &str, body: Value) -> &mut Step {
        self.ask("POST", path).json(&body)
    }

    pub(crate) fn put(&mut self, path: &str, body: Value) -> &mut Step {
        self.ask("PUT", path).json(&body)
    }

    pub(crate) fn patch(&mut self, path: &str, body: Value) -> &mut Step {
        self.ask("PATCH", path).header("Content-Type", "application/merge-patch+json").json(&body)
    }

    /// Version 2 of the key-value engine at `{me}/`, ready for its first secret.
    pub(crate) fn mount_kv_v2(&mut self) {
        self.post("sys/mounts/{me}", json!({ "type": "kv", "options": { "version": "2" } }));
        self.get("{me}/config").until_ready();
    }

    /// The policy `{me}`.
    pub(crate) fn policy(&mut self, rules: &str) {
        self.put("sys/policies/acl/{me}", json!({ "policy": rules }));
    }

    /// A new token, kept as a variable.
    pub(crate) fn token(&mut self, variable: &'static str, order: Value) {
        self.post("auth/token/create", order).capture(variable, "/auth/client_token");
    }

    pub(crate) fn mount_kv_v1(&mut self) {
        self.post("sys/mounts/{me}", json!({ "type": "kv", "options": { "version": "1" } }));
    }
}
