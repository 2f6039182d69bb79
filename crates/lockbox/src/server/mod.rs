//! Connections: listening, TLS, who is let in and for how long, and draining when it is time.
//!
//! What is said over a connection is the API's affair, or the metrics page's.

/// The sockets to serve on.
mod listeners;

/// Why a server does not serve.
mod error;

/// What is told to whoever runs the server.
mod notice;

/// Serving, from the first connection to the last.
mod serve;

/// Answers the requests of one listener.
mod handler;

/// One listener: accepting, and draining.
mod door;

/// Everybody who is connected, and who has to go when there are too many.
mod crowd;

/// The connections of a crowd.
mod members;

/// How far a connection is.
mod progress;

/// A stream that tells how far its connection is.
mod observed;

/// One connection, from its first byte to its last.
mod connection;

/// How many files this process may open.
mod open_files;

pub use error::ServeError;
pub use listeners::Listeners;
pub use notice::{Notice, Notices};
pub use serve::Drained;
pub(crate) use serve::Server;
