use std::collections::BTreeMap;

use gitlab_ci::yaml::{FileId, Place, Sources};

use super::{Finding, Rule, Severity};

/// An allowance that gives no reason, or names no rule.
pub(super) const WITHOUT_REASON: Rule = Rule {
    name: "allow-without-reason",
    severity: Severity::Warning,
    summary: "a comment allows a finding and does not say why, or names no rule; it does not count",
    help: "write `# buildpass: allow(RULE) the reason`",
    find: |_| Vec::new(),
};

/// An allowance of nothing.
pub(super) const UNUSED: Rule = Rule {
    name: "unused-allow",
    severity: Severity::Note,
    summary: "a comment allows a finding that is not there",
    help: "delete the comment",
    find: |_| Vec::new(),
};

const MARK: &str = "# buildpass: allow(";

/// The findings that comments of the configuration allow: `# buildpass: allow(rule) reason`, on the line or above it.
#[derive(Debug)]
pub struct Allowed {
    comments: Vec<Comment>,
}

#[derive(Debug)]
struct Comment {
    /// The same file that is included twice has the same comments.
    name: String,
    place: Place,
    /// The line that it speaks of.
    line: u32,
    rules: Vec<String>,
    reason: String,
}

impl Allowed {
    /// All allowances in the files that were read.
    pub fn of(sources: &Sources) -> Self {
        let mut comments = Vec::new();
        let mut seen = BTreeMap::new();
        for (file, name, text) in sources.files() {
            if seen.insert(name, ()).is_none() {
                read(file, name, text, &mut comments);
            }
        }
        Self { comments }
    }

    /// What is left of the findings, with what is wrong with the comments themselves.
    pub(super) fn applied_to(self, found: Vec<Finding>, sources: &Sources) -> Vec<Finding> {
        let mut by_line: BTreeMap<(&str, u32), Vec<usize>> = BTreeMap::new();
        for (at, comment) in self.comments.iter().enumerate() {
            by_line.entry((&comment.name, comment.line)).or_default().push(at);
        }
        let mut used = vec![false; self.comments.len()];
        let mut left = Vec::new();
        for finding in found {
            let key = finding.place.map(|place| (sources.source(place.file).name.as_str(), place.line));
            let comments = key.and_then(|key| by_line.get(&key)).map(Vec::as_slice).unwrap_or_default();
            let allows = |at: &&usize| self.comments[**at].rules.iter().any(|rule| rule == finding.rule);
            let allowing = comments.iter().find(allows).copied();
            if let Some(at) = allowing {
                used[at] = true;
            }
            if allowing.is_none_or(|at| self.comments[at].reason.is_empty()) {
                left.push(finding);
            }
        }
        left.extend(self.comments.iter().zip(used).filter_map(|(comment, used)| comment.fault(used)));
        left
    }
}

fn read(file: FileId, name: &str, text: &str, comments: &mut Vec<Comment>) {
    let is_comment = |line: &str| line.trim_start().starts_with('#');
    let lines: Vec<&str> = text.lines().collect();
    // From the end, so that a comment above others knows the line below them all.
    let mut below = lines.len() + 1;
    for (at, line) in lines.iter().enumerate().rev() {
        let number = at + 1;
        let alone = is_comment(line);
        if let Some((before, rest)) = line.split_once(MARK) {
            let Some((rules, reason)) = rest.split_once(')') else { continue };
            let at = |number: usize| u32::try_from(number).unwrap_or(u32::MAX);
            let column = before.chars().count() + 1;
            comments.push(Comment {
                name: name.to_owned(),
                place: Place { file, line: at(number), column: at(column) },
                line: at(if alone { below } else { number }),
                rules: rules.split(',').map(|rule| rule.trim().to_owned()).collect(),
                reason: reason.trim().to_owned(),
            });
        }
        if !alone && !line.trim().is_empty() {
            below = number;
        }
    }
}

impl Comment {
    fn fault(&self, used: bool) -> Option<Finding> {
        let rules = self.rules.join(", ");
        if let Some(unknown) = self.rules.iter().find(|rule| Rule::named(rule).is_none()) {
            let message = format!("`{unknown}` is no rule, so nothing is allowed");
            return Some(Finding::of(&WITHOUT_REASON, self.place, message, "no such rule"));
        }
        if self.reason.is_empty() {
            let message = format!("`{rules}` is allowed without a reason, which does not count");
            return Some(Finding::of(&WITHOUT_REASON, self.place, message, "why?"));
        }
        let message = format!("nothing here is found by `{rules}`");
        (!used).then(|| Finding::of(&UNUSED, self.place, message, "allows nothing"))
    }
}
