//! Tokens: each is a bearer's right to use its policies until it ends.
//!
//! A token's id is never kept, only its digest: what is in memory and in the store opens nothing.

/// One token, and how it stands.
mod entry;

/// What makes a token: its policies, its times, whose child it is.
mod order;

/// How long a token may live, at first and when it is renewed.
mod lifetime;

/// The tokens that are alive, with an index of when they end.
mod store;

/// The maps behind the store, kept in step.
mod tables;

/// A token as the store holds it.
mod written;

/// Batch tokens: sealed, carried by their bearer, not kept here.
mod batch;

/// The digest under which a token is kept.
mod key;

/// Why a token was refused or not made.
mod error;

pub(crate) use entry::{Kind, Metadata, Session, Token};
pub(crate) use error::TokenError;
pub(crate) use lifetime::Terms;
pub(crate) use order::{DefaultPolicy, Order, Renewal};
pub(crate) use store::Tokens;
