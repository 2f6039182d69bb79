//! What error texts mean: each as a real server or program gives it, found by its stage and again in a job's log.

mod fixed;

mod fuzz;

mod hostile;

mod keys;

mod login;

mod logs;

mod openbao;

mod owner;

mod reading;

mod repositories;

mod rest;

mod seen;

use std::fs;

use buildpass::explain::{Stage, find, login as of_login, read_log};
use serde_json::Value;

use crate::harness::{Buildpass, Finished, Sandbox, Vault, http};

/// `buildpass doctor explain` of a log in a file.
fn explain(log: &[u8], args: &[&str]) -> Finished {
    let mut job = Buildpass::new().args(["doctor", "explain", "job.log"]).args(args.iter().copied());
    fs::write(job.project().join("job.log"), log).unwrap();
    job.run()
}

/// The rows that stand in a text.
fn rows_in(text: &str) -> Vec<&'static str> {
    read_log(text.as_bytes()).unwrap().found.iter().map(|found| found.row.name).collect()
}

/// What a server answered to one case after the other, each with the row that explains it.
struct Answers<'v> {
    vault: &'v Vault,
    said: String,
}

/// As whom a request is made.
enum As<'t> {
    Nobody,
    Bearer(&'t str),
}

impl<'v> Answers<'v> {
    fn of(vault: &'v Vault) -> Self {
        Self { vault, said: String::new() }
    }

    fn ask(&self, method: &str, path: &str, body: &Value, who: &As<'_>) -> (u16, Value) {
        let url = format!("{}/v1/{path}", self.vault.address);
        let headers = match who {
            As::Nobody => Vec::new(),
            As::Bearer(token) => vec![("x-vault-token", *token)],
        };
        http::request(method, &url, &headers, (!body.is_null()).then_some(body)).unwrap()
    }

    /// A login with an ID token.
    fn login(&mut self, case: &str, mount: &str, body: Value) {
        let (status, answer) = self.ask("POST", &format!("auth/{mount}/login"), &body, &As::Nobody);
        let text = words(&answer);
        let row = of_login(&text).map(|row| row.name);
        if status >= 400 {
            let runner = format!(
                "ERROR: Job failed (system failure): resolving secrets: initializing Vault service: preparing authenticated client: \
                 authenticating Vault client: writing to Vault: api error: status code {status}: {text}\n"
            );
            let program = format!(
                "Error writing data to auth/{mount}/login: Error making API request.\n\nURL: PUT {}/v1/auth/{mount}/login\n\
                 Code: {status}. Errors:\n\n* {text}\n",
                self.vault.address
            );
            let ours = format!(
                "error: the vault refused the ID token: {}\n",
                text.split_whitespace().collect::<Vec<_>>().join(" ")
            );
            for log in [runner, program, ours] {
                assert_eq!(rows_in(&log), Vec::from_iter(row), "{case}: {log}");
            }
        }
        self.note(case, status, &text, row);
    }

    /// Any other request.
    fn request(&mut self, case: &str, (method, path, body): (&str, &str, Value), stage: Stage, who: &As<'_>) {
        let (status, answer) = self.ask(method, path, &body, who);
        let text = words(&answer);
        let row = find(stage, &text).map(|row| row.name);
        if status >= 400 {
            let runner = format!(
                "resolving secrets: reading secret: reading from Vault: api error: status code {status}: {text}\n"
            );
            let program = format!(
                "Error making API request.\n\nURL: GET https://vault.example/v1/{path}\nCode: {status}. Errors:\n\n* {text}\n"
            );
            for log in [runner, program, answer.to_string()] {
                assert_eq!(rows_in(&log), Vec::from_iter(row), "{case}: {log}");
            }
        }
        self.note(case, status, &text, row);
    }

    /// An answer without a value, whose warning says why.
    fn warned(&mut self, case: &str, answer: &Value) {
        let warning = answer["warnings"][0].as_str().unwrap();
        let row = find(Stage::Vault, warning).map(|row| row.name);
        assert_eq!(rows_in(warning), Vec::from_iter(row));
        self.note(case, 404, warning, row);
    }

    fn note(&mut self, case: &str, status: u16, text: &str, row: Option<&str>) {
        let text = text.split_whitespace().collect::<Vec<_>>().join(" ");
        let row = row.map(|row| format!(" [{row}]")).unwrap_or_default();
        self.said += &format!("{case}: {status} {text}{row}\n").replace(&self.vault.address, "VAULT");
    }
}

/// A vault's own words; the whole answer where it has none.
fn words(answer: &Value) -> String {
    match answer["errors"].as_array() {
        Some(errors) if !errors.is_empty() => {
            errors.iter().map(|each| each.as_str().unwrap()).collect::<Vec<_>>().join("; ")
        }
        Some(_) => answer.to_string(),
        None => String::new(),
    }
}

/// The reference deployment, and the ID token of a job that it lets in.
fn deployed(vault: &Vault) -> (Sandbox, String) {
    let sandbox = Sandbox::start();
    vault.deploy(&sandbox);
    let token = sandbox.id_token(&vault.address, serde_json::json!({}));
    (sandbox, token)
}
