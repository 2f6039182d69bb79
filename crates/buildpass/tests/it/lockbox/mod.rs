//! The embedded vault as its owner runs it: made, served, opened, backed up, left.

/// Who runs the commands.
mod owner;

/// A lockbox in a process of its own.
mod served;

/// What the guide shows.
mod guide;

mod init;

/// Backups, out and in.
mod backups;

/// A file that is no whole lockbox.
mod damaged;

/// Everything in another vault.
mod left;

/// The same, where somebody stands in the way.
mod left_halfway;

/// `kill -9` at any moment: what was acknowledged is there, and nothing is half there.
mod killed;

/// Tokens of a group at GitLab, minted.
mod minted;

/// The audit log, held against what is known of it.
mod reviewed;

mod serve;

mod watched;

mod full;

use owner::Owner;
use served::Served;
