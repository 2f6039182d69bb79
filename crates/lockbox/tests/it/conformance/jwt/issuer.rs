use std::sync::LazyLock;

use axum::{
    Json, Router,
    http::StatusCode,
    response::{Html, Redirect},
    routing::get,
};
use serde_json::json;
use tokio::net::TcpListener;

use super::signer::{ED25519, P256, P384, RSA};
use crate::conformance::frame::RUNTIME;

/// An issuer of ID tokens for both servers, with several faces, some of them broken.
pub(crate) struct Issuer {
    pub(crate) address: String,
}

pub(crate) static ISSUER: LazyLock<Issuer> = LazyLock::new(Issuer::start);

impl Issuer {
    fn start() -> Self {
        let listener = RUNTIME.block_on(TcpListener::bind("127.0.0.1:0")).expect("a free port");
        let address = format!("http://{}", listener.local_addr().expect("its address"));
        let app = app(&address);
        RUNTIME.spawn(async move { axum::serve(listener, app).await });
        Self { address }
    }
}

fn app(address: &str) -> Router {
    let keys = json!({ "keys": [
        RSA.published("rsa"), P256.published("p256"), P384.published("p384"), ED25519.published("ed25519"),
    ] });
    let discovery = json!({ "issuer": address, "jwks_uri": format!("{address}/jwks") });
    let stranger = json!({ "issuer": "https://stranger.example", "jwks_uri": format!("{address}/jwks") });
    let keyless = json!({ "issuer": format!("{address}/keyless"), "jwks_uri": format!("{address}/nothing") });
    let bare = json!({ "issuer": format!("{address}/bare") });
    let odd = json!({ "keys": [{ "kty": "RSA", "kid": "odd", "n": "AQ", "e": "!" }, { "kty": "zz" }, RSA.published("rsa")] });
    let html = || async { Html("<html>not here</html>") };
    let broken = || async { (StatusCode::INTERNAL_SERVER_ERROR, "it broke") };
    let document = |value: serde_json::Value| get(move || async move { Json(value) });
    Router::new()
        .route("/.well-known/openid-configuration", document(discovery))
        .route("/jwks", document(keys))
        .route("/odd-jwks", document(odd))
        .route("/no-jwks", document(json!({ "keys": [] })))
        .route("/null-jwks", document(json!(null)))
        .route("/html", get(html))
        .route("/broken", get(broken))
        .route("/moved", get(|| async { Redirect::temporary("/jwks") }))
        .route("/stranger/.well-known/openid-configuration", document(stranger))
        .route("/keyless/.well-known/openid-configuration", document(keyless))
        .route("/bare/.well-known/openid-configuration", document(bare))
        .route("/html/.well-known/openid-configuration", get(html))
        .route("/broken/.well-known/openid-configuration", get(broken))
}
