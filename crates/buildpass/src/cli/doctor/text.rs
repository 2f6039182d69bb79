//! Verdicts for people.

use std::fmt::Write as _;

use crate::{
    cli::output,
    doctor::{Because, Judged, Verdict},
};

pub(super) fn report(judged: &[Judged]) -> String {
    let mut out = String::new();
    let width = judged.iter().map(|each| each.check.id.len()).max().unwrap_or(0);
    for Judged { check, verdict } in judged {
        let line = match verdict {
            Verdict::Skipped(because) => because.words(),
            Verdict::Pass(seen) | Verdict::Warn(seen, _) | Verdict::Fail(seen, _) => seen.line.clone(),
        };
        // Writing to a String cannot fail.
        let _ = writeln!(out, "{:7}  {:width$}  {}", verdict.word(), check.id, plain(&line));
        for detail in verdict.seen().into_iter().flat_map(|seen| &seen.details) {
            let _ = writeln!(out, "{:9}{}", "", plain(detail));
        }
        for (number, fault) in verdict.faults().iter().enumerate() {
            let stage = (number == 0).then_some(("stage", check.stage.word()));
            let rows = [("expected", &*fault.expected), ("actual", &fault.actual), ("do", &fault.advice)];
            for (name, text) in stage.into_iter().chain(rows) {
                let _ = writeln!(out, "{:9}{name:8}  {}", "", plain(text));
            }
        }
    }
    out.push('\n');
    out.push_str(&summary(judged));
    out
}

fn summary(judged: &[Judged]) -> String {
    let count = |is: fn(&Verdict) -> bool| judged.iter().filter(|each| is(&each.verdict)).count();
    let first = judged.iter().find(|each| matches!(each.verdict, Verdict::Fail(..)));
    let said = [
        (count(|verdict| matches!(verdict, Verdict::Fail(..))), "failed"),
        (count(|verdict| matches!(verdict, Verdict::Warn(..))), "to look at"),
        (count(|verdict| matches!(verdict, Verdict::Pass(_))), "passed"),
        (count(|verdict| matches!(verdict, Verdict::Skipped(Because::Failed(_)))), "not reached"),
    ];
    let said: Vec<String> =
        said.iter().filter(|(count, _)| *count > 0).map(|(count, word)| format!("{count} {word}")).collect();
    match first {
        Some(first) => {
            format!("{}; begin with {}: {}\n", said.join(", "), first.check.id, first.check.page())
        }
        None => format!("{}\n", said.join(", ")),
    }
}

/// In one line, and nothing in it that moves a terminal's cursor.
fn plain(text: &str) -> String {
    output::plain(text).replace('\n', " ")
}
