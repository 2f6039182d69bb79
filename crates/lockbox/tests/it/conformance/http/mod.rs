//! HTTP: whatever a client can say.

/// Paths and methods, odd ones included.
mod paths;

/// Tokens, namespaces and other headers.
mod headers;

/// Bodies of every form.
mod bodies;
