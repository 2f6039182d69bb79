//! `ci check`: what is wrong with a pipeline that GitLab accepts, as far as tokens and secrets go.
//!
//! One file a rule; its name is the same in the code, the tests and `docs/checks.md`. A rule looks at the plans of several
//! pipelines of one project, and reads nothing itself.

mod subject;

mod finding;

mod rule;

mod occurrences;

mod shell;

mod script;

mod templates;

mod conditions;

mod address;

// The rules, in the order of a secret's way: who gets a token, for whom, what is read, and where it goes.

mod unprotected_secret;

mod secret_without_id_token;

mod ambiguous_id_token;

mod audience_mismatch;

mod audience_unset;

mod unseen_variable;

mod null_comparison;

mod undecided_rule;

mod trigger_with_token;

mod template_overridden;

mod unused_template;

mod private_source_without_template;

mod api_path_reference;

mod file_used_as_value;

mod token_in_script;

mod session_left_behind;

mod allow;

pub use allow::Allowed;
pub use finding::{Finding, Note, Severity};
pub use rule::Rule;
pub use script::runs;
pub use subject::{Evaluated, Expectations, Exposure, Subject, pipelines};

use gitlab_ci::{Invalid, yaml::Sources};

/// Every rule, in the order in which the documentation has them.
pub const RULES: [Rule; 18] = [
    unprotected_secret::RULE,
    secret_without_id_token::RULE,
    ambiguous_id_token::RULE,
    audience_mismatch::RULE,
    audience_unset::RULE,
    unseen_variable::RULE,
    null_comparison::RULE,
    undecided_rule::RULE,
    trigger_with_token::RULE,
    template_overridden::RULE,
    unused_template::RULE,
    private_source_without_template::RULE,
    api_path_reference::RULE,
    file_used_as_value::RULE,
    token_in_script::RULE,
    session_left_behind::RULE,
    allow::WITHOUT_REASON,
    allow::UNUSED,
];

/// What the rules find, and what of it comments allow. In the order of the files and lines.
pub fn check(subject: &Subject<'_>) -> Vec<Finding> {
    let found = RULES.iter().flat_map(|rule| (rule.find)(subject)).collect();
    let mut findings = Allowed::of(subject.sources).applied_to(found, subject.sources);
    findings.sort_by_key(|finding| finding.place.map(|place| (place.file, place.line, place.column)));
    findings
}

/// A configuration that GitLab refuses for what a rule is about, as a finding of that rule.
pub fn of_refusal(invalid: &Invalid, sources: &Sources) -> Option<Finding> {
    trigger_with_token::of_refusal(invalid, sources)
}
