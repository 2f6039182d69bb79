use std::{fmt::Write, thread};

use serde::Deserialize;
use serde_json::Value;

use super::{Servers, judge};
use crate::conformance::frame::{Variables, generalised, values};

/// One thing that a program did with a library, and what came of it.
#[derive(Debug, Deserialize)]
pub(crate) struct Told {
    pub(crate) title: String,
    /// Whether it went as the program's author says.
    pub(crate) expected: bool,
    pub(crate) outcome: Value,
}

/// Has a program tell what it does with either server; fails where they do not agree.
pub(crate) fn agree(name: &str, servers: &Servers, tell: impl Fn(&Variables) -> Vec<Told> + Sync) {
    let [openbao, lockbox] = servers.variables(name);
    let [expected, actual] = thread::scope(|scope| {
        let first = scope.spawn(|| tell(&openbao));
        let second = tell(&lockbox);
        [first.join().unwrap(), second]
    });
    assert!(!expected.is_empty(), "{name} did nothing");
    let mut report = String::new();
    for (left, right) in expected.iter().zip(&actual) {
        let mut found = Vec::new();
        if !left.expected {
            found.push("OpenBao itself does not do what is expected".to_owned());
        }
        if left.title != right.title {
            found.push(format!("goes another way: {}", right.title));
        }
        let general = |variables, told: &Told| generalised(variables, told.outcome.clone());
        values("", &general(&openbao, left), &general(&lockbox, right), &mut found);
        if !found.is_empty() {
            let _ = writeln!(report, "{}\n    {}", left.title, found.join("\n    "));
            let _ = writeln!(report, "    OpenBao: {}\n    lockbox: {}", left.outcome, right.outcome);
        }
    }
    if expected.len() != actual.len() {
        let _ =
            writeln!(report, "{} steps against OpenBao, {} against lockbox", expected.len(), actual.len());
    }
    judge(name, &report);
}
