//! Flags, `buildpass.toml` and the environment, turned into proven values.
//!
//! A configuration can come from a stranger's repository, so each value keeps where it came from until it was judged: see
//! `trust`.

mod access;

mod environment;

mod error;

mod file;

mod flags;

mod filled;

mod identity_settings;

mod of_pipeline;

mod owner;

mod parts;

mod readable;

mod realms;

mod secrets;

mod settings;

mod source_credentials;

mod sources;

mod trust;

mod vault_parts;

mod vault_settings;

pub use access::{AccessFlags, Platform, Written, access_schema};
pub use environment::Environment;
pub use error::Error;
pub use file::contexts;
pub use flags::{Flags, PipelineFlags};
pub use owner::{OtherVault, owned_vault};
pub use parts::Parts;
pub use readable::Purpose;
pub use settings::{Settings, Stated};
pub use source_credentials::{SourceCredentials, Submodules};
pub use sources::{SourceFlags, project, sources};
pub use vault_parts::VaultParts;
