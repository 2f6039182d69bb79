use std::{
    fmt::Write,
    sync::{
        Mutex, PoisonError,
        atomic::{AtomicUsize, Ordering},
    },
    thread,
    time::{Duration, Instant},
};

use serde_json::Value;

use super::{
    compare::{self, Side},
    known::KNOWN,
    pair::Pair,
    script::Script,
    step::{Patience, Step},
    variables::Variables,
    wire::Reply,
};

/// Runs scripts on a shared pair, several at a time; fails where the two servers do not agree.
pub(crate) fn agree(scripts: &[Script]) {
    let Some(pair) = Pair::shared() else { return skipped(scripts) };
    let next = AtomicUsize::new(0);
    let reports = Mutex::new(Vec::new());
    thread::scope(|scope| {
        for _ in 0..AT_ONCE {
            scope.spawn(|| {
                while let Some(script) = scripts.get(next.fetch_add(1, Ordering::Relaxed)) {
                    let report = run(&pair, script);
                    reports.lock().unwrap_or_else(PoisonError::into_inner).push((script, report));
                }
            });
        }
    });
    judge(reports.into_inner().unwrap_or_else(PoisonError::into_inner));
}

/// Runs each script on a pair of its own: they look at what all scripts share.
pub(crate) fn agree_alone(scripts: &[Script]) {
    let mut reports = Vec::new();
    for script in scripts {
        let Some(pair) = Pair::start() else { return skipped(scripts) };
        reports.push((script, run(&pair, script)));
    }
    judge(reports);
}

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

fn judge(mut reports: Vec<(&Script, Report)>) {
    reports.sort_by(|(left, _), (right, _)| left.name.cmp(&right.name));
    let requests: usize = reports.iter().map(|(script, _)| script.steps.len()).sum();
    println!("{} scripts, {requests} requests", reports.len());
    let mut failures = String::new();
    for (script, report) in reports {
        let Report { differing_requests, text } = report;
        match (KNOWN.iter().find(|(name, _)| *name == script.name), differing_requests == 0) {
            (None, true) => {}
            (Some((name, reason)), false) => {
                println!(
                    "known to differ: {name} ({reason}): {differing_requests} of {} requests",
                    script.steps.len()
                );
            }
            (Some((name, _)), true) => {
                let _ = writeln!(failures, "{name}: the servers agree now; take it out of `known.rs`");
            }
            (None, false) => {
                let _ = writeln!(failures, "{}: the servers differ\n{text}", script.name);
            }
        }
    }
    assert!(failures.is_empty(), "\n{failures}");
}

fn skipped(scripts: &[Script]) {
    println!("skipped: {} scripts of the conformance suite want OpenBao", scripts.len());
}

fn shown(reply: &Reply) -> String {
    let body: String = String::from_utf8_lossy(&reply.body).trim_end().chars().take(LONGEST_SHOWN).collect();
    format!("{} {body}", reply.status)
}

const AT_ONCE: usize = 8;
const LONGEST_PREPARATION: Duration = Duration::from_secs(20);
const LONGEST_SHOWN: usize = 2000;
