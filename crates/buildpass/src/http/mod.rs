//! One request, one answer: TLS, limits and whole errors, for the vault and for CI systems' own endpoints.
//!
//! Redirects are never followed here, and nothing is repeated: who asks decides that.

mod answer;

mod client;

mod error;

mod secured;

mod tls;

mod transfer;

pub use answer::Answer;
pub use client::{Client, Method, Sent, secret_header};
pub use error::Error;
pub(crate) use secured::is_loopback;
pub use secured::{PlainHttp, Secured};
pub use tls::{ClientIdentity, Roots, Tls};
pub use transfer::{Pieces, Upload};
