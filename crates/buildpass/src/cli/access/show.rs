use std::{collections::BTreeMap, fmt::Write as _};

use crate::{
    access::{Breadth, Change, Plan, Step, TokenName, Verb},
    cli::output::plain,
};

/// A plan for people, in the manner of Terraform.
pub(super) fn text(plan: &Plan, breadths: &BTreeMap<TokenName, Breadth>) -> String {
    let mut out = String::new();
    for step in &plan.steps {
        let _ = writeln!(
            out,
            "{:>3} {} {}",
            sign(step.verb),
            step.verb.as_str(),
            plain(&step.object.to_string())
        );
        for because in &step.because {
            let _ = writeln!(out, "      because {}", plain(because));
        }
        let width = step.changes.iter().map(|change| change.field.chars().count()).max().unwrap_or_default();
        for change in &step.changes {
            let _ = writeln!(out, "      {:width$}  {}", change.field, plain(&in_a_line(change)));
        }
        out.push('\n');
    }
    for warning in &plan.warnings {
        let _ = writeln!(out, "warning: {}\n", plain(warning));
    }
    for (token, breadth) in breadths {
        let _ = writeln!(out, "note: the token {} {breadth}\n", plain(token.as_str()));
    }
    out.push_str(&summary(plan));
    out.push('\n');
    out
}

/// What a plan comes to.
pub(super) fn summary(plan: &Plan) -> String {
    if plan.is_empty() {
        return "Nothing to do: GitLab and the vault are as declared.".to_owned();
    }
    let each = [Verb::Create, Verb::Change, Verb::Rotate, Verb::Revoke];
    let counts = each.map(|verb| format!("{} to {}", plan.count(verb), verb.as_str()));
    format!("{}.", counts.join(", "))
}

/// One step that was done.
pub(super) fn done(step: &Step, said: &str) -> String {
    let what = format!("{:>3} {} {}", sign(step.verb), step.verb.as_str(), plain(&step.object.to_string()));
    if said.is_empty() { what } else { format!("{what}: {said}") }
}

fn sign(verb: Verb) -> &'static str {
    match verb {
        Verb::Create => "+",
        Verb::Change => "~",
        Verb::Rotate => "-/+",
        Verb::Revoke => "-",
    }
}

fn in_a_line(change: &Change) -> String {
    match (&change.from, &change.to) {
        (None, Some(to)) => to.clone(),
        (Some(from), Some(to)) => format!("{from} -> {to}"),
        (Some(from), None) => format!("{from} -> nothing"),
        (None, None) => "nothing".to_owned(),
    }
}

/// What a plan came to.
pub(super) fn finished(plan: &Plan) -> String {
    let each = [
        (Verb::Create, "created"),
        (Verb::Change, "changed"),
        (Verb::Rotate, "rotated"),
        (Verb::Revoke, "revoked"),
    ];
    let counts = each.map(|(verb, word)| format!("{} {word}", plan.count(verb)));
    format!("Done: {}.", counts.join(", "))
}
