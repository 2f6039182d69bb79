use std::{path::Path, process::Command};

use crate::conformance::frame::{ROOT, Variables};

/// One command, and what is kept of its output.
pub(super) struct Step {
    words: Vec<String>,
    token: Option<String>,
    input: String,
    pub(super) files: Vec<(&'static str, String)>,
    /// How it ends on OpenBao.
    pub(super) code: i32,
    /// A variable, and where in the printed JSON its value stands (a pointer; the whole output when empty).
    pub(super) captures: Vec<(&'static str, &'static str)>,
    /// The lines whose values differ by nature, by their first word.
    pub(super) besides: Vec<&'static str>,
    pub(super) patience: Patience,
}

/// Whether the first answer counts.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Patience {
    None,
    /// Run until it works: OpenBao prepares a new engine behind its answer.
    UntilItWorks,
}

impl Step {
    pub(super) fn new(code: i32, command: &str) -> Self {
        Self {
            words: command.split_whitespace().map(str::to_owned).collect(),
            token: Some(ROOT.to_owned()),
            input: String::new(),
            files: Vec::new(),
            code,
            captures: Vec::new(),
            besides: Vec::new(),
            patience: Patience::None,
        }
    }

    /// One more argument, with spaces and all.
    pub(super) fn and(&mut self, word: &str) -> &mut Self {
        self.words.push(word.to_owned());
        self
    }

    /// With this token, usually a variable.
    pub(super) fn by(&mut self, token: &str) -> &mut Self {
        self.token = Some(token.to_owned());
        self
    }

    /// With no token but the one that a login left at home.
    pub(super) fn at_home(&mut self) -> &mut Self {
        self.token = None;
        self
    }

    pub(super) fn input(&mut self, text: &str) -> &mut Self {
        text.clone_into(&mut self.input);
        self
    }

    /// With a file in the working directory.
    pub(super) fn file(&mut self, name: &'static str, text: &str) -> &mut Self {
        self.files.push((name, text.to_owned()));
        self
    }

    pub(super) fn keep(&mut self, variable: &'static str, pointer: &'static str) -> &mut Self {
        self.captures.push((variable, pointer));
        self
    }

    pub(super) fn besides(&mut self, name: &'static str) -> &mut Self {
        self.besides.push(name);
        self
    }

    pub(super) fn until_it_works(&mut self) -> &mut Self {
        self.patience = Patience::UntilItWorks;
        self
    }

    /// As a person reads it.
    pub(super) fn title(&self) -> String {
        format!("bao {}", self.words.join(" "))
    }

    /// As one server is told, with what goes in.
    pub(super) fn command(&self, program: &Path, home: &Path, variables: &Variables) -> (Command, String) {
        let mut command = Command::new(program);
        command
            .args(self.words.iter().map(|word| variables.fill(word)))
            .current_dir(home)
            .env_clear()
            .env("HOME", home)
            .env("TZ", "UTC")
            .env("BAO_ADDR", variables.fill("{address}"))
            // An answer counts as it is, be it an error.
            .env("BAO_MAX_RETRIES", "0");
        if let Some(token) = &self.token {
            command.env("BAO_TOKEN", variables.fill(token));
        }
        (command, variables.fill(&self.input))
    }
}
