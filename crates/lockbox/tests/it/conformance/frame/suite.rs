use std::{
    fmt::Write,
    sync::{
        Mutex, PoisonError,
        atomic::{AtomicUsize, Ordering},
    },
    thread,
};

use super::{
    known::KNOWN,
    pair::Pair,
    run::{Report, run},
    script::Script,
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

/// Runs something of its own on a shared pair; it tells where the two servers differ.
pub(crate) fn agree_on(name: &str, differences: impl FnOnce(&Pair) -> String) {
    let script = Script::new(name);
    let Some(pair) = Pair::shared() else { return skipped(&[script]) };
    let text = differences(&pair);
    let differing_requests = usize::from(!text.is_empty());
    judge(vec![(&script, Report { differing_requests, text })]);
}

/// A number for the names of scripts that are made while the suite runs.
pub(crate) fn fresh_number() -> usize {
    static NEXT: AtomicUsize = AtomicUsize::new(1);
    NEXT.fetch_add(1, Ordering::Relaxed)
}

fn judge(mut reports: Vec<(&Script, Report)>) {
    reports.sort_by(|(left, _), (right, _)| left.name.cmp(&right.name));
    let requests: usize = reports.iter().map(|(script, _)| script.steps.len()).sum();
    println!("{} scripts, {requests} requests", reports.len());
    let mut failures = String::new();
    for (script, report) in reports {
        let Report { differing_requests, text } = report;
        match KNOWN.iter().find(|(name, ..)| *name == script.name) {
            None if differing_requests == 0 => {}
            Some((name, known, reason)) if *known == differing_requests => {
                println!(
                    "known to differ: {name} ({reason}): {differing_requests} of {} requests",
                    script.steps.len()
                );
            }
            Some((name, known, _)) => {
                let _ = writeln!(
                    failures,
                    "{name}: `known.rs` has {known} answers that differ, and {differing_requests} do\n{text}"
                );
            }
            None => {
                let _ = writeln!(failures, "{}: the servers differ\n{text}", script.name);
            }
        }
    }
    assert!(failures.is_empty(), "\n{failures}");
}

fn skipped(scripts: &[Script]) {
    println!("skipped: {} scripts of the conformance suite want OpenBao", scripts.len());
}

const AT_ONCE: usize = 8;
