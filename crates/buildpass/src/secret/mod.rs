//! What is granted: a value that nobody prints, and when it ends.
//!
//! A secret has no `Display`, no `Serialize` and no `PartialEq`; `Debug` prints `[REDACTED]`; its one reader is `expose`.

mod build_token;

mod hidden;

mod lease;

mod minted;

mod name;

pub mod on_pipe;

mod own_end;

mod private_file;

pub use build_token::BuildToken;
pub use hidden::Hidden;
pub use lease::{End, Lease, LeaseId};
pub use minted::{Bond, Minted, OwnEnd};
pub use name::{NotAName, SecretName};
pub use own_end::{GitlabAt, Released, VAULT_FIRST, end_minted};
pub use private_file::{NotPrivate, private_text};
