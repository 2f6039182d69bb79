use std::sync::Arc;

use axum::extract::State;
use axum::routing::get;
use axum::{Json, Router};
use serde_json::{Value, json};

use crate::server::Instance;

/// The paths that verifiers of ID tokens read, open to everyone.
pub(crate) fn router() -> Router<Arc<Instance>> {
    Router::new()
        .route("/.well-known/openid-configuration", get(configuration))
        .route("/oauth/discovery/keys", get(keys))
}

async fn configuration(State(instance): State<Arc<Instance>>) -> Json<Value> {
    let issuer = instance.base_url();
    Json(json!({
        "issuer": issuer,
        "authorization_endpoint": format!("{issuer}/oauth/authorize"),
        "token_endpoint": format!("{issuer}/oauth/token"),
        "jwks_uri": format!("{issuer}/oauth/discovery/keys"),
        "scopes_supported": ["openid"],
        "response_types_supported": ["code"],
        "response_modes_supported": ["query"],
        "subject_types_supported": ["public"],
        "id_token_signing_alg_values_supported": ["RS256"],
        "claim_types_supported": ["normal"],
        "claims_supported": [
            "iss", "sub", "aud", "exp", "iat", "nbf", "jti", "namespace_id", "namespace_path", "project_id",
            "project_path", "user_id", "user_login", "user_email", "pipeline_id", "pipeline_source", "job_id",
            "ref", "ref_type", "ref_path", "ref_protected", "environment", "runner_id", "runner_environment",
            "sha", "ci_config_ref_uri", "ci_config_sha", "project_visibility", "groups_direct",
        ],
    }))
}

async fn keys(State(instance): State<Arc<Instance>>) -> Json<Value> {
    Json(instance.issuer().jwks())
}
