use std::{
    io::{BufRead, BufReader},
    process::{Child, Command, Stdio},
    sync::{Arc, Mutex, PoisonError},
    thread,
    time::Duration,
};

use serde_json::{Value, json};

use crate::harness::{http, send_signal, wait_until};

/// A `buildpass lockbox serve` that serves, ended when this is dropped.
pub(super) struct Served {
    pub(super) address: String,
    process: Child,
    said: Arc<Mutex<String>>,
}

impl Served {
    pub(super) fn start(mut command: Command) -> Self {
        let mut process =
            command.stdin(Stdio::null()).stdout(Stdio::null()).stderr(Stdio::piped()).spawn().unwrap();
        let mut lines = BufReader::new(process.stderr.take().unwrap()).lines();
        let mut before = String::new();
        let address = loop {
            let line = lines.next().unwrap_or_else(|| panic!("lockbox does not serve: {before}")).unwrap();
            if let Some(address) = line.strip_prefix("lockbox serves ") {
                break address.to_owned();
            }
            before.push_str(&line);
            before.push('\n');
        };
        let said = Arc::new(Mutex::new(before));
        let heard = Arc::clone(&said);
        thread::spawn(move || {
            for line in lines.map_while(Result::ok) {
                let mut said = heard.lock().unwrap_or_else(PoisonError::into_inner);
                said.push_str(&line);
                said.push('\n');
            }
        });
        Self { address, process, said }
    }

    /// Waits until it has said something on stderr.
    pub(super) fn must_say(&self, text: &str) {
        let said = || self.said.lock().unwrap_or_else(PoisonError::into_inner).clone();
        let heard = wait_until(Duration::from_secs(20), || said().contains(text));
        assert!(heard, "{text}: {}", said());
    }

    /// What stands behind `text` in what it said.
    pub(super) fn line_with(&self, text: &str) -> String {
        self.must_say(text);
        let said = self.said.lock().unwrap_or_else(PoisonError::into_inner);
        said.lines().find_map(|line| line.strip_prefix(text)).unwrap().to_owned()
    }

    /// Ends it as somebody would, and gives its exit code.
    pub(super) fn end(mut self, signal: &str) -> Option<i32> {
        self.signal(signal);
        self.process.wait().unwrap().code()
    }

    pub(super) fn signal(&self, signal: &str) {
        send_signal(signal, i64::from(self.process.id()));
    }

    /// `kill -9`
    pub(super) fn kill(mut self) {
        self.process.kill().unwrap();
        self.process.wait().unwrap();
    }

    pub(super) fn ask(&self, token: &str, method: &str, path: &str, body: Value) -> (u16, Value) {
        let body = (!body.is_null()).then_some(&body);
        let url = format!("{}/v1/{path}", self.address);
        http::request(method, &url, &[("x-vault-token", token)], body).unwrap()
    }

    /// A request whose answer must be good.
    pub(super) fn must(&self, token: &str, method: &str, path: &str, body: Value) -> Value {
        let (status, answer) = self.ask(token, method, path, body);
        assert!(status < 300, "{method} {path}: {status} {answer}");
        answer
    }

    /// KV version 2 at `ci/`, with the build token in it.
    pub(super) fn fill(&self, token: &str) {
        self.must(token, "POST", "sys/mounts/ci", json!({"type": "kv", "options": {"version": "2"}}));
        self.write(token, "build-token", "made-up-1");
    }

    pub(super) fn write(&self, token: &str, path: &str, value: &str) {
        self.must(token, "POST", &format!("ci/data/{path}"), json!({"data": {"token": value}}));
    }

    pub(super) fn read(&self, token: &str, path: &str) -> Option<String> {
        let (status, answer) = self.ask(token, "GET", &format!("ci/data/{path}"), Value::Null);
        (status == 200).then(|| answer["data"]["data"]["token"].as_str().unwrap().to_owned())
    }
}

impl Drop for Served {
    fn drop(&mut self) {
        let _ = self.process.kill();
        let _ = self.process.wait();
    }
}
