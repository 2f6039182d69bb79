//! A role of the vault's JWT auth method, carried out here on the claims of a token, so that every refusal can be told with what the role
//! wants beside what the token says. The checks, their order and their words are those of OpenBao
//! (<https://openbao.org/api-docs/auth/jwt/>); a generated test holds them against a real one.

mod bound;

mod claims;

mod leniency;

mod replay;

mod times;

mod written;

pub use bound::advice;
pub use leniency::leniencies;
pub use replay::{Refusal, replay};
pub use written::{BoundClaimsType, Role};
