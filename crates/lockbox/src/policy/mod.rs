//! Who may do what on which path: [OpenBao's policies](https://openbao.org/docs/concepts/policies/).
//!
//! Nothing is allowed that no rule allows. Of all the rules that match a path, the most specific one decides;
//! what several policies say about one and the same path is put together, and `deny` beats all of it.

/// The policies by name, the two built-in ones included.
mod store;

/// The text of a policy, HCL or JSON, to rules.
mod document;

/// Rules in HCL.
mod hcl;

/// Rules in JSON.
mod json;

/// The flat shape of a policy's text, so that no parser is led into the depth.
mod shape;

/// What a rule allows.
mod capability;

/// Which paths a rule is about, and which of two rules is the more specific.
mod pattern;

/// The policies of one token, put together to a verdict.
mod acl;

/// What can be wrong with a policy.
mod error;

pub(crate) use acl::{Acl, Verdict};
pub(crate) use error::PolicyError;
pub(crate) use store::{Policies, Policy};
