use std::time::Duration;

use super::{ApiToken, Gitlab};
use crate::{
    access::Error,
    clock::Clock,
    http::{Secured, Tls},
    vault::{SecretRef, Session},
};

/// Which GitLab, and with whose rights it is asked.
#[derive(Debug)]
pub struct GitlabConfig {
    /// Its address.
    pub url: Secured,
    /// Whose rights.
    pub token: TokenSource,
    /// How it proves itself.
    pub tls: Tls,
    /// How long one request is waited for, its repetitions included.
    pub patience: Duration,
}

/// Where the token for GitLab's API is.
#[derive(Debug)]
pub enum TokenSource {
    /// It stood in a variable.
    Variable(ApiToken),
    /// The vault keeps it.
    Stored(SecretRef),
}

impl GitlabConfig {
    /// Readies the client, and proves that the token is one that may change things.
    ///
    /// # Errors
    /// When GitLab cannot be asked, or the token is none that could do the work.
    pub async fn connect(self, session: &Session, clock: &Clock) -> Result<Gitlab, Error> {
        let token = match self.token {
            TokenSource::Variable(token) => token,
            TokenSource::Stored(reference) => {
                let lease = session.read(&reference).await?;
                ApiToken::new(lease.value().expose().trim().to_owned())
            }
        };
        Gitlab::connect(self.url, token, (&self.tls, self.patience), clock).await
    }
}
