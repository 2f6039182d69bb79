use std::sync::{Arc, PoisonError, RwLock};

use serde_json::Value;

use super::{
    JwtError,
    algorithm::Algorithm,
    errand::Errand,
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
    Published(Box<PublishedKeys>),
}

/// Keys at a URL, kept until a token comes that none of them signed.
#[derive(Debug)]
pub(super) struct PublishedKeys {
    issuer: Issuer,
    source: Source,
    /// Where the keys are, once the issuer said it.
    address: RwLock<Option<String>>,
    discovery: Errand,
    known: RwLock<Arc<Vec<VerifyingKey>>>,
    fetch: Errand,
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
            discovery: Errand::new(),
            known: RwLock::default(),
            fetch: Errand::new(),
        }
    }

    /// Where the keys are; the issuer is asked once, for everybody who wants to know.
    ///
    /// # Errors
    /// When the issuer does not say it.
    pub(super) async fn address(&self) -> Result<String, String> {
        let issuer = match &self.source {
            Source::Keys(address) => return Ok(address.clone()),
            Source::Discovery(issuer) => issuer,
        };
        let told = || self.address.read().unwrap_or_else(PoisonError::into_inner).clone();
        let ended = self.discovery.ended();
        if let Some(address) = told() {
            return Ok(address);
        }
        let discovered = async {
            let address = self.issuer.discover(issuer).await?;
            *self.address.write().unwrap_or_else(PoisonError::into_inner) = Some(address);
            Ok(())
        };
        self.discovery.done_since(ended, discovered).await?;
        Ok(told().unwrap_or_default())
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
        let ended = self.fetch.ended();
        if signed_by_one(&self.snapshot(), &jws, algorithm) {
            return Ok(jws);
        }
        self.fetch.done_since(ended, self.refresh()).await?;
        if signed_by_one(&self.snapshot(), &jws, algorithm) {
            return Ok(jws);
        }
        Err("failed to verify id token signature".to_owned())
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

#[cfg(test)]
mod tests {
    use std::{
        sync::atomic::{AtomicUsize, Ordering},
        time::Duration,
    };

    use axum::{Json, Router, extract::Path, routing::get};
    use serde_json::json;
    use tokio::{
        io::{AsyncReadExt, AsyncWriteExt},
        net::TcpListener,
        task::JoinSet,
    };

    use super::*;

    /// Serves this on loopback; its address.
    async fn served(app: Router) -> String {
        let listener = TcpListener::bind("127.0.0.1:0").await.unwrap();
        let address = format!("http://{}", listener.local_addr().unwrap());
        tokio::spawn(async move { axum::serve(listener, app).await });
        address
    }

    fn published(source: Source, patience: Duration) -> PublishedKeys {
        let (Source::Keys(address) | Source::Discovery(address)) = &source;
        PublishedKeys::new(Issuer::with_patience(address, "", patience), source)
    }

    #[tokio::test]
    async fn an_issuer_is_asked_once_by_all_who_log_in_at_once() {
        let asked = Arc::new(AtomicUsize::new(0));
        let counted = Arc::clone(&asked);
        let said = move |Path(name): Path<String>| async move {
            counted.fetch_add(1, Ordering::SeqCst);
            // Everybody is there before the first one has an answer.
            tokio::time::sleep(Duration::from_millis(300)).await;
            Json(json!({ "issuer": format!("http://{name}"), "jwks_uri": "http://127.0.0.1:1/keys" }))
        };
        let address = served(Router::new().route("/{*name}", get(said))).await;
        let keys = Arc::new(published(Source::Discovery(address), Duration::from_secs(5)));
        let mut askers = JoinSet::new();
        for _ in 0..20 {
            let keys = Arc::clone(&keys);
            askers.spawn(async move { keys.address().await.unwrap_err() });
        }
        for problem in askers.join_all().await {
            assert!(problem.starts_with("issuer did not match the returned issuer"), "{problem}");
        }
        assert_eq!(asked.load(Ordering::SeqCst), 1);
        assert!(keys.address().await.is_err());
        assert_eq!(asked.load(Ordering::SeqCst), 2, "who comes later asks again");
    }

    /// Says this to whoever comes, again and again if that is wanted, and leaves the connection open.
    async fn speaker(said: &'static str, forever: Option<&'static str>) -> String {
        let listener = TcpListener::bind("127.0.0.1:0").await.unwrap();
        let address = format!("http://{}", listener.local_addr().unwrap());
        tokio::spawn(async move {
            let mut open = Vec::new();
            while let Ok((mut stream, _)) = listener.accept().await {
                let _ = stream.read(&mut [0; 4096]).await;
                let _ = stream.write_all(said.as_bytes()).await;
                while let Some(more) = forever
                    && stream.write_all(more.as_bytes()).await.is_ok()
                {}
                open.push(stream);
            }
        });
        address
    }

    #[tokio::test]
    async fn an_issuer_that_does_not_answer_or_never_ends_is_not_waited_for() {
        const HEAD: &str = "HTTP/1.1 200 OK\r\ncontent-type: application/json\r\n";
        let late = "context deadline exceeded (Client.Timeout exceeded while awaiting headers)";
        let endless = HEAD.to_owned() + "\r\n{\"keys\":[";
        let cut = HEAD.to_owned() + "content-length: 1000\r\n\r\n{";
        let (endless, cut): (&str, &str) = (endless.leak(), cut.leak());
        let spaces: &str = " ".repeat(4096).leak();
        for (said, forever, expected) in [
            ("", None, late),
            (HEAD, None, late),
            (cut, None, late),
            (endless, Some(spaces), "the document is larger than 1048576 bytes"),
        ] {
            let address = speaker(said, forever).await;
            let patience =
                if forever.is_some() { Duration::from_secs(20) } else { Duration::from_millis(200) };
            let keys = published(Source::Keys(address.clone()), patience);
            let problem = keys.refresh().await.unwrap_err();
            let expected = format!("fetching keys oidc: get keys failed Get \"{address}\": {expected}");
            assert_eq!(problem, expected);
        }
    }
}
