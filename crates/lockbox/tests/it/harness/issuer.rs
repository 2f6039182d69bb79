use std::sync::{Arc, LazyLock, Mutex, PoisonError};

use anyhow::Result;
use aws_lc_rs::{
    encoding::AsDer,
    rand::SystemRandom,
    rsa::KeySize,
    signature::{KeyPair, RSA_PKCS1_SHA256, RsaKeyPair},
};
use axum::{Json, Router, extract::State, routing::get};
use base64::{
    Engine as _,
    engine::general_purpose::{STANDARD, URL_SAFE_NO_PAD},
};
use serde_json::{Value, json};
use tokio::net::TcpListener;

/// A key that signs, and how it is called.
pub(crate) struct Signer {
    pub(crate) id: Option<&'static str>,
    pair: &'static RsaKeyPair,
}

/// An issuer with discovery and keys, on loopback.
pub(crate) struct Issuer {
    pub(crate) address: String,
    keys: Arc<Mutex<Vec<Value>>>,
}

static FIRST: LazyLock<RsaKeyPair> = LazyLock::new(|| RsaKeyPair::generate(KeySize::Rsa2048).expect("a key"));
static SECOND: LazyLock<RsaKeyPair> =
    LazyLock::new(|| RsaKeyPair::generate(KeySize::Rsa2048).expect("a key"));

impl Signer {
    /// The key that the issuer publishes as `k1`.
    pub(crate) fn first(id: Option<&'static str>) -> Self {
        Self { id, pair: &FIRST }
    }

    /// A key that it does not publish at first.
    pub(crate) fn second(id: Option<&'static str>) -> Self {
        Self { id, pair: &SECOND }
    }

    pub(crate) fn sign(&self, claims: &Value) -> String {
        let header = match self.id {
            Some(id) => json!({ "alg": "RS256", "typ": "JWT", "kid": id }),
            None => json!({ "alg": "RS256", "typ": "JWT" }),
        };
        self.sign_with(&header, claims)
    }

    pub(crate) fn sign_with(&self, header: &Value, claims: &Value) -> String {
        let encode = |value: &Value| URL_SAFE_NO_PAD.encode(value.to_string());
        let signed = format!("{}.{}", encode(header), encode(claims));
        let mut signature = vec![0; self.pair.public_modulus_len()];
        self.pair
            .sign(&RSA_PKCS1_SHA256, &SystemRandom::new(), signed.as_bytes(), &mut signature)
            .expect("a signature");
        format!("{signed}.{}", URL_SAFE_NO_PAD.encode(signature))
    }

    pub(crate) fn pem(&self) -> String {
        let der = AsDer::as_der(self.pair.public_key()).expect("a key");
        format!("-----BEGIN PUBLIC KEY-----\n{}\n-----END PUBLIC KEY-----", STANDARD.encode(der.as_ref()))
    }

    fn published(&self) -> Value {
        // PKCS #1 of a 2048-bit key: nine bytes of headers, the modulus, five bytes of exponent.
        let modulus = &self.pair.public_key().as_ref()[9..265];
        json!({
            "kty": "RSA",
            "use": "sig",
            "alg": "RS256",
            "kid": self.id,
            "n": URL_SAFE_NO_PAD.encode(modulus),
            "e": "AQAB",
        })
    }
}

impl Issuer {
    pub(crate) async fn start() -> Result<Self> {
        let listener = TcpListener::bind("127.0.0.1:0").await?;
        let address = format!("http://{}", listener.local_addr()?);
        let keys = Arc::new(Mutex::new(vec![Signer::first(Some("k1")).published()]));
        let discovery = json!({ "issuer": address, "jwks_uri": format!("{address}/jwks") });
        let app = Router::new()
            .route("/.well-known/openid-configuration", get(move || async move { Json(discovery) }))
            .route("/jwks", get(published))
            .with_state(Arc::clone(&keys));
        tokio::spawn(async move { axum::serve(listener, app).await });
        Ok(Self { address, keys })
    }

    pub(crate) fn publish(&self, signer: &Signer) {
        self.keys.lock().unwrap_or_else(PoisonError::into_inner).push(signer.published());
    }
}

async fn published(State(keys): State<Arc<Mutex<Vec<Value>>>>) -> Json<Value> {
    Json(json!({ "keys": *keys.lock().unwrap_or_else(PoisonError::into_inner) }))
}
