//! Policies, and what they allow.

/// Policies as they are written.
mod written;

/// Every capability against every verb, and which rule wins.
mod capabilities;

/// Random rules on random paths.
mod patterns;
