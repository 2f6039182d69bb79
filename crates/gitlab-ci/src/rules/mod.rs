//! GitLab's [`rules:if` expressions](https://docs.gitlab.com/ci/jobs/job_rules/#cicd-variable-expressions): parsed once,
//! then asked whether they hold for a set of variables.
//!
//! Values are compared unexpanded, as GitLab compares them: with `LEVEL` set to `$TIER`, `$LEVEL == '$TIER'` holds.
//! The literals `true`, `false` and `$[[ inputs.x ]]`, which newer versions know in `spec:inputs:rules`, are no part of
//! `rules:if` here. Nothing in an expression is ever run, and no input makes the work grow without bound.

mod list;

mod paths;

mod changes;

mod exists;

mod policy;

mod cache;

mod decision;

mod error;

mod expression;

mod glob;

mod operator;

mod parse;

mod pattern;

mod re2;

mod regex_literal;

mod token;

mod value;

mod variables;

#[cfg(test)]
mod tests;

pub use cache::Cache;
pub(crate) use changes::Diff;
pub use decision::{Clause, Decision, Read, Tried};
pub use error::SyntaxError;
pub use expression::Expression;
pub(crate) use list::{Keyword, RuleList, Scope};
pub(crate) use policy::{Default, Policy};
pub use variables::{Lookup, Variables};
