use gitlab_ci::yaml::Sources;

use crate::{
    cli::ci::snippet::{Kind, Passage, render},
    pipeline::check::{Finding, Rule, Severity},
};

/// One after the other, as rustc shows its own, and a last line that counts them.
pub(super) fn report(found: &[Finding], sources: &Sources) -> String {
    let mut out = String::new();
    for finding in found {
        out += &render(&passages(finding), sources);
        out += "\n\n";
    }
    let count = |severity: Severity| found.iter().filter(|finding| finding.severity == severity).count();
    let (errors, warnings, notes) = (count(Severity::Error), count(Severity::Warning), count(Severity::Note));
    out += &format!("{errors} errors, {warnings} warnings, {notes} notes\n");
    out
}

fn passages(finding: &Finding) -> Vec<Passage> {
    let kind = match finding.severity {
        Severity::Error => Kind::Error,
        Severity::Warning => Kind::Warning,
        Severity::Note => Kind::Note,
    };
    let mut first = Passage::new(kind, format!("{} [{}]", finding.message, finding.rule));
    if let Some(place) = finding.place {
        first = first.mark(place, &finding.label);
    }
    let mut passages = vec![first];
    for note in &finding.notes {
        let passage = Passage::new(Kind::Note, &note.text);
        passages.push(match note.place {
            Some(place) => passage.mark(place, ""),
            None => passage,
        });
    }
    let page = Rule::named(finding.rule).map(Rule::page).unwrap_or_default();
    passages.push(Passage::new(Kind::Help, &finding.help).note(format!("see {page}")));
    passages
}
