//! The audit log: what was asked of the server, and what it answered, in [OpenBao's format](https://openbao.org/docs/audit/).
//!
//! One JSON object a line, one line for a request and one for its response. Every text in their data, every token and every
//! accessor is replaced by an HMAC; names, numbers and flags stay. A line is handed to the kernel before its answer is given: a
//! request that cannot be logged must be refused, which OpenBao does with status 500 and `internal error`.
//!
//! Beside what OpenBao writes, every line ends with its link in a chain:
//!
//! ```json
//! "chain":{"number":17,"hash":"…","seal":"…"}
//! ```
//!
//! `hash` is the SHA-256 of the hash of the line before, the number, and the line without its chain. Whoever has the log alone can
//! compute it: a line that was changed, left out or moved shows. `seal` is an HMAC of that hash under a key that the server has:
//! whoever computes a new chain for a log of their own cannot seal it. What neither shows is that the last lines were cut off, so
//! the tip is to be kept elsewhere, and a log is held against it.
//!
//! Where lockbox has something to say itself, its line is of type `lockbox` and says an `event`: `opened` when the server
//! started, `continued` at the top of a file that follows on another one, `torn` behind bytes that a crash left (they stay where
//! they are, and the event says how many they are, and their SHA-256), `missing` when the log ends before the tip that is known.

/// What the log is written with.
mod keys;

/// One link of the chain.
mod link;

/// Where a chain has come to.
mod tip;

/// What lockbox says itself.
mod event;

/// A request and a response, as the log takes them.
mod entry;

/// Why a request was refused, as the log says it.
mod refusal;

/// Texts to HMACs.
mod hashed;

/// Which texts of an answer are points in time.
mod times;

/// A request and a response as the objects that the log holds.
mod line;

/// Who asks, in a line.
mod auth_part;

/// What was asked, in a line.
mod request_part;

/// What was answered, in a line.
mod response_part;

/// The end of a file that is already there.
mod tail;

/// The file, and the lines that go into it.
mod log;

/// That no line was changed, left out, moved or cut off.
mod verify;

/// What a server knows of its own log.
mod witness;

/// What can go wrong.
mod error;

#[cfg(test)]
mod sample;

pub use error::AuditError;
pub use keys::SealKey;
pub use tip::{Hash, NoTip, Tip};
pub use verify::{Expected, Problem, Verdict, Verification, verify};
pub use witness::Witness;

pub(crate) use entry::{Asker, Bearer, Decision, Entry, Header, MountPoint, Outcome, Said, WrapInfo};
pub(crate) use keys::AuditKeys;
pub(crate) use log::AuditLog;
pub(crate) use refusal::Refusal;
pub(crate) use times::Times;
