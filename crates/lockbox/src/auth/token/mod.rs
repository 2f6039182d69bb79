//! Tokens: each is a bearer's right to use its policies until it ends.
//!
//! A token's id is never kept, only its digest: what is in memory and in the store opens nothing.

/// One token, and how it stands.
mod entry;

/// What is said about who bears it.
mod metadata;

/// What many of them have in common.
mod shared;

/// Kept here, or carried by its bearer.
mod kind;

/// What makes a token: its policies, its times, whose child it is.
mod order;

/// A form that tokens are made by.
mod role;

/// Its fields, as they are written and read.
mod role_fields;

/// The forms by name.
mod roles;

/// How long a token may live, at first and when it is renewed.
mod lifetime;

/// The tokens that are alive, with an index of when they end.
mod store;

/// Tokens that an answer is wrapped in.
mod wrapping;

/// Whose cubbyholes have to be cleared.
mod cubbyholes;

/// The tokens that have something in theirs.
mod owners;

/// A token that was shown, and what happens when it was for the last time.
mod shown;

/// Tokens made, and made to live on.
mod issue;

/// Tokens made for an answer that may never be given.
mod untold;

/// Tokens ended.
mod revoke;

/// What becomes of the tokens in a backup.
mod restored;

/// Tokens found by their leases.
mod leases;

/// How the lease of a token is called.
mod lease;

/// The maps behind the store, kept in step.
mod tables;

/// A token as the store holds it.
mod written;

/// Batch tokens: sealed, carried by their bearer, not kept here.
mod batch;

/// Keys that outlive the process.
mod own_key;

/// The digest under which a token is kept.
mod key;

/// Why a token was refused or not made.
mod error;

#[cfg(test)]
mod tests;

pub(crate) use entry::{Naming, Session, Token};
pub(crate) use error::TokenError;
pub(crate) use key::Key;
pub(crate) use kind::{Kind, KindRule};
pub(crate) use lifetime::{Lifetimes, SYSTEM_LONGEST, Terms};
pub(crate) use metadata::Metadata;
pub(crate) use order::{DefaultPolicy, Order, Renewal};
pub(crate) use role::{Aged, TokenRole, contains, contains_glob};
pub(crate) use roles::TokenRoles;
pub(crate) use shown::Shown;
pub(crate) use store::Tokens;
pub(crate) use untold::Untold;
