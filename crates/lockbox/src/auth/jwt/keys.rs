use std::sync::{
    Arc, PoisonError, RwLock,
    atomic::{AtomicU64, Ordering},
};

use serde_json::Value;
use tokio::sync::Mutex;

use super::{
    JwtError,
    algorithm::Algorithm,
    go_json::{self, Twice},
    issuer::Issuer,
    jwks,
    jws::{Jws, JwsError},
    key::VerifyingKey,
    reader::Reader,
};

/// Where the keys of an issuer come from.
#[derive(Debug)]
pub(super) enum Keys {
    /// They were written into the configuration.
    Fixed(Vec<VerifyingKey>),
    /// The issuer publishes them.
    Published(PublishedKeys),
}

/// Keys at a URL, kept until a token comes that none of them signed.
#[derive(Debug)]
pub(super) struct PublishedKeys {
    issuer: Issuer,
    source: Source,
    /// Where the keys are, once the issuer said it.
    address: RwLock<Option<String>>,
    known: RwLock<Arc<Vec<VerifyingKey>>>,
    /// How many fetches have ended.
    fetches: AtomicU64,
    /// How the last fetch ended; held while the next one runs.
    last: Mutex<Result<(), String>>,
}

/// What is known of an issuer at first.
#[derive(Debug)]
pub(super) enum Source {
    /// Where its keys are.
    Keys(String),
    /// Its name, under which it says where its keys are.
    Discovery(String),
}

impl Keys {
    /// Reads a token and verifies its signature.
    ///
    /// # Errors
    /// When it is no JWT, or none of the keys signed it.
    pub(super) async fn verify(&self, token: &str) -> Result<Jws, JwtError> {
        match self {
            Self::Fixed(keys) => verify_by(keys, token).map_err(JwtError::Signature),
            Self::Published(published) => {
                published.address().await.map_err(JwtError::Undiscovered)?;
                published.verify(token).await.map_err(JwtError::Signature)
            }
        }
    }
}

impl PublishedKeys {
    pub(super) fn new(issuer: Issuer, source: Source) -> Self {
        Self {
            issuer,
            source,
            address: RwLock::default(),
            known: RwLock::default(),
            fetches: AtomicU64::new(0),
            last: Mutex::new(Ok(())),
        }
    }

    /// Where the keys are; the issuer is asked once.
    ///
    /// # Errors
    /// When the issuer does not say it.
    pub(super) async fn address(&self) -> Result<String, String> {
        let issuer = match &self.source {
            Source::Keys(address) => return Ok(address.clone()),
            Source::Discovery(issuer) => issuer,
        };
        if let Some(address) = self.address.read().unwrap_or_else(PoisonError::into_inner).clone() {
            return Ok(address);
        }
        let address = self.issuer.discover(issuer).await?;
        *self.address.write().unwrap_or_else(PoisonError::into_inner) = Some(address.clone());
        Ok(address)
    }

    /// Fetches the keys.
    ///
    /// # Errors
    /// When they do not come, or are none.
    pub(super) async fn refresh(&self) -> Result<(), String> {
        let address = self.address().await?;
        let failed = |error| format!("fetching keys oidc: get keys failed {error}");
        let document = self.issuer.fetch(&address).await.map_err(failed)?;
        let body = String::from_utf8_lossy(&document.body);
        if !document.status.is_success() {
            return Err(format!("fetching keys oidc: get keys failed: {} {body}", document.status));
        }
        let keys = jwks::parse(&document.body).map_err(|problem| {
            format!("fetching keys oidc: failed to decode keys: {} {body}", document.undecoded(&problem))
        })?;
        *self.known.write().unwrap_or_else(PoisonError::into_inner) = Arc::new(keys);
        Ok(())
    }

    async fn verify(&self, token: &str) -> Result<Jws, String> {
        let malformed = |error: JwsError| format!("oidc: malformed jwt: {error}");
        let jws = Jws::parse(token, Reader::OfPublishedKeys).map_err(malformed)?;
        let algorithm = Algorithm::named(&jws.header.algorithm).ok_or_else(|| {
            let (named, known) = (&jws.header.algorithm, Algorithm::all_quoted());
            format!("oidc: malformed jwt: unexpected signature algorithm {named:?}; expected {known}")
        })?;
        let fetches = self.fetches.load(Ordering::Acquire);
        if signed_by_one(&self.snapshot(), &jws, algorithm) {
            return Ok(jws);
        }
        self.refresh_after(fetches).await?;
        if signed_by_one(&self.snapshot(), &jws, algorithm) {
            return Ok(jws);
        }
        Err("failed to verify id token signature".to_owned())
    }

    /// Fetches the keys, unless somebody else did since: one fetch, good or bad, serves all who were waiting for it.
    async fn refresh_after(&self, fetches: u64) -> Result<(), String> {
        let mut last = self.last.lock().await;
        if self.fetches.load(Ordering::Acquire) == fetches {
            *last = self.refresh().await;
            self.fetches.fetch_add(1, Ordering::Release);
        }
        last.clone()
    }

    fn snapshot(&self) -> Arc<Vec<VerifyingKey>> {
        Arc::clone(&self.known.read().unwrap_or_else(PoisonError::into_inner))
    }
}

/// Whether a key of the token's `kid` signed it, or any key when the token names none.
fn signed_by_one(keys: &[VerifyingKey], jws: &Jws, algorithm: Algorithm) -> bool {
    let id = &jws.header.key_id;
    let named = |key: &&VerifyingKey| id.is_none() || key.id == *id;
    is_verifiable(jws) && keys.iter().filter(named).any(|key| key.verifies(jws, algorithm))
}

fn is_verifiable(jws: &Jws) -> bool {
    jws.is_signed_once && !jws.header.has_unknown_extensions
}

fn verify_by(keys: &[VerifyingKey], token: &str) -> Result<Jws, String> {
    let jws = Jws::parse(token, Reader::OfFixedKeys).map_err(|error| error.to_string())?;
    let signed = Algorithm::named(&jws.header.algorithm)
        .is_some_and(|algorithm| keys.iter().any(|key| key.verifies(&jws, algorithm)));
    // Go reads the claims key by key: what is no object was signed by nobody.
    let claims = go_json::parse(&jws.payload, Twice::Refused);
    if signed && matches!(claims, Ok(Value::Object(_) | Value::Null)) && is_verifiable(&jws) {
        return Ok(jws);
    }
    Err("no known key successfully validated the token signature".to_owned())
}
