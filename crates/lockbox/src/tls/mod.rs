//! TLS: a certificate and its key from PEM files, loaded anew while the server serves.

/// Certificate and key, as rustls wants them.
mod files;

/// The certificate in use.
mod certificate;

/// Why a certificate cannot be used.
mod error;

/// Plain or TLS.
mod transport;

pub use certificate::Tls;
pub(crate) use certificate::Watched;
pub use error::TlsError;
pub use transport::Transport;
