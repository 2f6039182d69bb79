use serde_json::Value;

use super::{variables::Variables, wire::Request};

/// One request of a script, and what is kept of its answer.
pub(crate) struct Step {
    pub(crate) method: String,
    target: String,
    token: Option<String>,
    headers: Vec<(String, String)>,
    body: Option<Vec<u8>>,
    label: Option<String>,
    /// A variable, and where in the answer its value stands (a JSON pointer).
    pub(crate) captures: Vec<(&'static str, &'static str)>,
    pub(crate) patience: Patience,
}

/// Whether the first answer counts.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Patience {
    None,
    /// Asked until the engine is ready: OpenBao prepares a new one behind its answer.
    UntilReady,
}

impl Step {
    pub(super) fn new(method: &str, target: &str) -> Self {
        Self {
            method: method.to_owned(),
            target: target.to_owned(),
            token: Some(super::pair::ROOT.to_owned()),
            headers: Vec::new(),
            body: None,
            label: None,
            captures: Vec::new(),
            patience: Patience::None,
        }
    }

    /// With this token, usually a variable.
    pub(crate) fn by(&mut self, token: &str) -> &mut Self {
        self.token = Some(token.to_owned());
        self
    }

    pub(crate) fn without_token(&mut self) -> &mut Self {
        self.token = None;
        self
    }

    pub(crate) fn header(&mut self, name: &str, value: &str) -> &mut Self {
        self.headers.push((name.to_owned(), value.to_owned()));
        self
    }

    pub(crate) fn json(&mut self, body: &Value) -> &mut Self {
        self.text(&body.to_string())
    }

    pub(crate) fn text(&mut self, body: &str) -> &mut Self {
        self.bytes(body.as_bytes())
    }

    pub(crate) fn bytes(&mut self, body: &[u8]) -> &mut Self {
        self.body = Some(body.to_vec());
        self
    }

    /// Said in reports instead of the body.
    pub(crate) fn titled(&mut self, label: &str) -> &mut Self {
        self.label = Some(label.to_owned());
        self
    }

    pub(crate) fn capture(&mut self, variable: &'static str, pointer: &'static str) -> &mut Self {
        self.captures.push((variable, pointer));
        self
    }

    pub(crate) fn until_ready(&mut self) -> &mut Self {
        self.patience = Patience::UntilReady;
        self
    }

    /// As a person reads it.
    pub(crate) fn title(&self) -> String {
        if let Some(label) = &self.label {
            return format!("{} {} ({label})", self.method, self.target);
        }
        let body = self.body.as_deref().map(String::from_utf8_lossy).unwrap_or_default();
        let shown: String = body.chars().take(LONGEST_BODY_SHOWN).collect();
        format!("{} {} {shown}", self.method, self.target).trim_end().to_owned()
    }

    /// As it goes to one server.
    pub(crate) fn request(&self, variables: &Variables) -> Request {
        let mut headers: Vec<(String, String)> =
            self.headers.iter().map(|(name, value)| (name.clone(), variables.fill(value))).collect();
        headers.extend(self.token.iter().map(|token| ("X-Vault-Token".to_owned(), variables.fill(token))));
        Request {
            method: self.method.clone(),
            target: variables.fill(&self.target),
            headers,
            body: self.body.as_deref().map(|body| variables.fill_bytes(body)),
        }
    }
}

const LONGEST_BODY_SHOWN: usize = 300;
