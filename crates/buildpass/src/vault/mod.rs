//! Who decides: one login with the job's ID token, the session that it gives, and the secrets that the session may read.
//!
//! Speaks Vault's HTTP API (<https://openbao.org/api-docs/>) to HashiCorp Vault, OpenBao or lockbox. A vault token goes into one
//! header, to a listed address, and nowhere else.

mod address;

mod administer;

mod answer;

mod body;

mod config;

mod error;

mod kv;

mod minting;

mod nodes;

mod patience;

mod probe;

mod read;

mod reference;

mod refusal;

mod session;

mod token;

mod unset;

mod values;

pub use address::Address;
pub use answer::said;
pub use config::{Auth, Config, Credential};
pub use error::Error;
pub use kv::{KvState, SecretAt, Taken, Written};
pub use probe::Probe;
pub use read::{Fields, Kept};
pub use reference::{BadReference, Engine, SecretPath, SecretRef};
pub use session::{GivenBack, Kind, Session, refuses_the_token};
pub use token::VaultToken;
pub use unset::is_unset;
pub use values::Values;
