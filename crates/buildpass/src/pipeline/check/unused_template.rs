use std::collections::{BTreeMap, BTreeSet};

use gitlab_ci::yaml::{Entry, Place};

use super::{
    Finding, Rule, Severity, Subject,
    occurrences::listed,
    templates::{hands_out, token_templates, used},
};

/// A token template that no job uses.
pub(super) const RULE: Rule = Rule {
    name: "unused-template",
    severity: Severity::Note,
    summary: "no job extends a template that hands out a token or a secret",
    help: "let a job extend it, or delete it",
    find,
};

fn find(subject: &Subject<'_>) -> Vec<Finding> {
    let everywhere: BTreeSet<String> = subject.pipelines.iter().flat_map(|it| used(&it.plan)).collect();
    let mut found: BTreeMap<Place, &Entry> = BTreeMap::new();
    for template in subject.pipelines.iter().flat_map(|it| token_templates(&it.plan)) {
        if !everywhere.contains(&*template.key) {
            found.entry(template.place).or_insert(template);
        }
    }
    let finding = |(place, template): (Place, &Entry)| {
        let keywords: Vec<String> =
            hands_out(&template.value).map(|(keyword, _)| format!("`{keyword}`")).collect();
        let message = format!("no job uses the template `{}`", template.key);
        Finding::of(&RULE, place, message, format!("hands out {}", listed(&keywords)))
    };
    found.into_iter().map(finding).collect()
}
