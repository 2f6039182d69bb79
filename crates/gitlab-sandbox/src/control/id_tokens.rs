use std::sync::Arc;

use axum::Json;
use axum::extract::rejection::{JsonRejection, QueryRejection};
use axum::extract::{Query, State};
use serde::Deserialize;
use serde_json::{Map, Value, json};

use super::administrator::Administrator;
use super::minting::{
    DEFAULT_LIFETIME_SECONDS, Occasion, TokenWish, default_ref, default_ref_protected, new_job, sign,
};
use super::refusal::Refusal;
use crate::issuer::{Audience, KeyChoice, RefType};
use crate::server::Instance;

/// The wish for an ID token of a job that does not run.
#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub(super) struct IdTokenRequest {
    project: String,
    #[serde(rename = "ref", default = "default_ref")]
    ref_name: String,
    #[serde(default)]
    ref_type: RefType,
    #[serde(default = "default_ref_protected")]
    ref_protected: bool,
    environment: Option<String>,
    audience: Option<Audience>,
    #[serde(default = "default_lifetime")]
    expires_in: i64,
    #[serde(default)]
    claims: Map<String, Value>,
    #[serde(default)]
    key: KeyChoice,
}

fn default_lifetime() -> i64 {
    DEFAULT_LIFETIME_SECONDS
}

/// The query of a request in the form of GitHub Actions.
#[derive(Debug, Deserialize)]
pub(super) struct ActionsQuery {
    audience: Option<String>,
    #[serde(default = "actions_project")]
    project: String,
    #[serde(rename = "ref", default = "default_ref")]
    ref_name: String,
}

fn actions_project() -> String {
    "sandbox/actions".to_owned()
}

/// `POST /-/sandbox/id_tokens`
pub(super) async fn mint(
    _: Administrator,
    State(instance): State<Arc<Instance>>,
    request: Result<Json<IdTokenRequest>, JsonRejection>,
) -> Result<Json<Value>, Refusal> {
    let Json(request) = request.map_err(|rejection| Refusal::Malformed(rejection.body_text()))?;
    let occasion = Occasion {
        ref_name: request.ref_name,
        ref_type: request.ref_type,
        ref_protected: request.ref_protected,
        environment: request.environment,
    };
    let job = new_job(&instance, instance.project_identity(&request.project), occasion).await?;
    let wish = TokenWish {
        audience: request.audience.unwrap_or_else(|| own_audience(&instance)),
        expires_in: request.expires_in,
        claims: request.claims,
        key: request.key,
    };
    Ok(Json(json!({ "id_token": sign(&instance, &job, wish)? })))
}

/// `GET /-/sandbox/actions_id_token`
pub(super) async fn mint_for_actions(
    _: Administrator,
    State(instance): State<Arc<Instance>>,
    query: Result<Query<ActionsQuery>, QueryRejection>,
) -> Result<Json<Value>, Refusal> {
    let Query(query) = query.map_err(|rejection| Refusal::Malformed(rejection.body_text()))?;
    let occasion = Occasion {
        ref_name: query.ref_name,
        ref_type: RefType::Branch,
        ref_protected: true,
        environment: None,
    };
    let job = new_job(&instance, instance.project_identity(&query.project), occasion).await?;
    let wish = TokenWish {
        audience: query.audience.map_or_else(|| own_audience(&instance), Audience::One),
        expires_in: DEFAULT_LIFETIME_SECONDS,
        claims: Map::new(),
        key: KeyChoice::Published,
    };
    Ok(Json(json!({ "value": sign(&instance, &job, wish)? })))
}

fn own_audience(instance: &Instance) -> Audience {
    Audience::One(instance.base_url().to_owned())
}
