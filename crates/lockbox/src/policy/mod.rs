//! Who may do what on which path: [OpenBao's policies](https://openbao.org/docs/concepts/policies/).
//!
//! Nothing is allowed that no rule allows. Of all the rules that match a path, the most specific one decides;
//! what several policies say about one and the same path is put together, and `deny` beats all of it. A rule can ask more of a
//! request than its path and operation: which fields it brings, how long its answer stays wrapped, how long its lists are.
//!
//! What OpenBao takes is taken, and what it keeps is kept, but for this: `mfa_methods` count for nothing (there neither),
//! what a `control_group` controls is refused (nobody here can approve), and of the names that a templated path can hold
//! `{{identity.entity.id}}` alone is known.

/// The policies by name, the built-in ones included.
mod store;

/// A policy as it is handed in.
mod draft;

/// The text of a policy, HCL or JSON, to rules.
mod document;

/// One rule.
mod rule;

/// HCL as OpenBao reads it.
mod hcl1;

/// What a rule allows.
mod capability;

/// Which paths a rule is about, and which of two rules is the more specific.
mod pattern;

/// Patterns that hold the name of whoever asks.
mod territory;

/// What a rule asks of a request beyond its path and operation.
mod conditions;

/// Which fields a request must, may and must not bring.
mod parameters;

/// How long an answer may, and must, stay wrapped.
mod wrapping;

/// How many names a list gives at once.
mod page;

/// Which names a list shows.
mod key_filter;

/// What waits for the approval of others.
mod control_group;

/// What somebody wants to do, and what policies say to it.
mod asked;

/// The policies of one token, put together to a verdict.
mod acl;

/// What can be wrong with a policy.
mod error;

/// A policy held against the rules of the server, without a server.
mod check;

/// How Go writes texts and lists of errors.
mod go_text;

pub(crate) use acl::{Acl, Verdict};
pub(crate) use asked::{Asked, Danger, Grant, Permission};
pub use check::{PolicyProblem, capabilities, check_policy};
pub(crate) use draft::Draft;
pub(crate) use error::PolicyError;
pub(crate) use page::Page;
#[cfg(test)]
use store::testing;
pub(crate) use store::{Policies, Policy};
