//! Real clients, unchanged: each is told the same things against a real OpenBao and against lockbox, and both must make it
//! say the same.

/// Two servers, programs that run to their end, and what they said compared.
mod frame;

/// The command line of OpenBao.
mod bao;

/// Python's client.
mod hvac;

/// Node's client.
mod node_vault;

/// Rust's client.
mod vaultrs;
