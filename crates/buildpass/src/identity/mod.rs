//! Who is asking: the ID token that the CI system signed for this job, and where CI systems keep it.
//!
//! JWTs are read as RFC 7519 has them and never trusted here: only the vault verifies. What is checked before any request
//! is what the vault would refuse anyway, so that the job learns why.

mod check;

mod claims;

mod error;

mod github;

mod id_token;

mod opened;

mod source;

pub use check::{Audience, Expected, Warning, claims_in, time_left};
pub use claims::{Claims, GitlabClaims};
pub use error::Error;
pub use id_token::IdToken;
pub use opened::Opened;
pub use source::{Config, Source};
