//! The embedded vault as its owner runs it: made, served, opened, backed up, left.

/// Who runs the commands.
mod owner;

/// A lockbox in a process of its own.
mod served;

mod init;

mod serve;

use owner::Owner;
use served::Served;
