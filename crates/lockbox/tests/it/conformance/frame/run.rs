use std::{
    fmt::Write,
    thread,
    time::{Duration, Instant},
};

use serde_json::Value;

use super::{
    compare::{self, Side},
    pair::Pair,
    script::Script,
    step::{Patience, Step},
    variables::Variables,
    wire::Reply,
};

/// Where the two servers differ in a script.
#[derive(Default)]
pub(crate) struct Report {
    pub(crate) differing_requests: usize,
    pub(crate) text: String,
}

pub(crate) fn run(pair: &Pair, script: &Script) -> Report {
    let Report { mut differing_requests, text: mut report } = Report::default();
    let [mut expected, mut actual] = pair.variables();
    for variables in [&mut expected, &mut actual] {
        variables.set("me", script.slug());
    }
    let [openbao, lockbox] = pair.hosts();
    for (number, step) in script.steps.iter().enumerate() {
        let (left, right) = (ask(openbao, step, &mut expected), ask(lockbox, step, &mut actual));
        let different = compare::differences(
            &Side { reply: &left, variables: &expected },
            &Side { reply: &right, variables: &actual },
        );
        if !different.is_empty() {
            differing_requests += 1;
            let (number, title) = (number + 1, step.title());
            let _ = writeln!(report, "  step {number}: {title}");
            for difference in different {
                let _ = writeln!(report, "    {difference}");
            }
            let _ = writeln!(report, "    OpenBao: {}\n    lockbox: {}", shown(&left), shown(&right));
        }
    }
    Report { differing_requests, text: report }
}

fn ask(host: &str, step: &Step, variables: &mut Variables) -> Reply {
    let request = step.request(variables);
    let end = Instant::now() + LONGEST_PREPARATION;
    let reply = loop {
        let reply = request.send(host).unwrap_or_else(|error| panic!("{}: {error:#}", step.title()));
        if step.patience == Patience::None || reply.status < 300 || Instant::now() > end {
            break reply;
        }
        thread::park_timeout(Duration::from_millis(10));
    };
    let body: Value = serde_json::from_slice(&reply.body).unwrap_or_default();
    for (name, pointer) in &step.captures {
        let value = match body.pointer(pointer) {
            Some(Value::String(text)) => text.clone(),
            Some(other) => other.to_string(),
            None => "nothing-was-captured".to_owned(),
        };
        variables.set(name, value);
    }
    reply
}

fn shown(reply: &Reply) -> String {
    let body: String = String::from_utf8_lossy(&reply.body).trim_end().chars().take(LONGEST_SHOWN).collect();
    format!("{} {body}", reply.status)
}

const LONGEST_PREPARATION: Duration = Duration::from_secs(20);
const LONGEST_SHOWN: usize = 2000;
