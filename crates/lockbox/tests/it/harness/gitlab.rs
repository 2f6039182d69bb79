use std::{
    collections::BTreeMap,
    sync::{Arc, Mutex, MutexGuard, PoisonError},
};

use anyhow::Result;
use axum::{
    Json, Router,
    extract::{Path, State},
    http::{HeaderMap, StatusCode},
    response::{IntoResponse, Response},
    routing::{get, post},
};
use serde_json::{Value, json};
use tokio::net::TcpListener;

/// As much of GitLab as the engine asks of it, on loopback, with answers that a test can put in the way.
pub(crate) struct Gitlab {
    pub(crate) address: String,
    inside: Arc<Mutex<Inside>>,
}

#[derive(Default)]
struct Inside {
    /// The living tokens by their numbers: their values, and what is shown beside them.
    tokens: BTreeMap<u64, (String, Value)>,
    /// How they were asked for.
    made: Vec<Value>,
    requests: Vec<String>,
    /// What is said instead, once each, the last first.
    instead: Vec<Response>,
    /// What is said of the next token that is made, and what happens meanwhile.
    when_made: Option<WhenMade>,
}

struct WhenMade {
    happens: Box<dyn FnOnce() + Send>,
    says: Option<Response>,
}

/// The token of the configuration.
pub(crate) const OWNER: &str = "glpat-made-up-owner";

impl Gitlab {
    pub(crate) async fn start() -> Result<Self> {
        let listener = TcpListener::bind("127.0.0.1:0").await?;
        let address = format!("http://{}", listener.local_addr()?);
        let inside = Arc::<Mutex<Inside>>::default();
        let app = Router::new()
            .route("/api/v4/personal_access_tokens/self", get(itself).delete(ends_itself))
            .route("/api/v4/groups/{group}/access_tokens", post(make).get(list))
            .route("/api/v4/groups/{group}/access_tokens/{id}", axum::routing::delete(end))
            .with_state(Arc::clone(&inside));
        tokio::spawn(async move { axum::serve(listener, app).await });
        Ok(Self { address, inside })
    }

    fn inside(&self) -> MutexGuard<'_, Inside> {
        self.inside.lock().unwrap_or_else(PoisonError::into_inner)
    }

    /// The next request is answered with this.
    pub(crate) fn says(&self, response: impl IntoResponse) {
        self.inside().instead.push(response.into_response());
    }

    /// The next token is made, and this is answered.
    pub(crate) fn makes_and_says(&self, response: impl IntoResponse) {
        let says = Some(response.into_response());
        self.inside().when_made = Some(WhenMade { happens: Box::new(|| {}), says });
    }

    /// While the next token is made, this happens.
    pub(crate) fn makes_while(&self, happens: impl FnOnce() + Send + 'static) {
        self.inside().when_made = Some(WhenMade { happens: Box::new(happens), says: None });
    }

    pub(crate) fn living(&self) -> usize {
        self.inside().tokens.len()
    }

    /// As it was asked for, the last token.
    pub(crate) fn last_made(&self) -> Value {
        self.inside().made.last().cloned().unwrap_or_default()
    }

    /// The requests since this was asked last: method and path.
    pub(crate) fn requests(&self) -> Vec<String> {
        std::mem::take(&mut self.inside().requests)
    }

    /// Ends all tokens behind everybody's back.
    pub(crate) fn forget(&self) {
        self.inside().tokens.clear();
    }
}

/// The token that a request shows, unless something else is to be said.
fn shown(inside: &mut Inside, headers: &HeaderMap, request: String) -> Result<String, Response> {
    inside.requests.push(request);
    if let Some(instead) = inside.instead.pop() {
        return Err(instead);
    }
    let token = headers.get("private-token").and_then(|token| token.to_str().ok()).unwrap_or_default();
    let is_known = token == OWNER || inside.tokens.values().any(|(known, _)| known == token);
    is_known.then(|| token.to_owned()).ok_or_else(|| said(StatusCode::UNAUTHORIZED, "401 Unauthorized"))
}

fn said(status: StatusCode, message: &str) -> Response {
    (status, Json(json!({ "message": message }))).into_response()
}

async fn itself(State(inside): State<Arc<Mutex<Inside>>>, headers: HeaderMap) -> Result<Response, Response> {
    let mut inside = inside.lock().unwrap_or_else(PoisonError::into_inner);
    shown(&mut inside, &headers, "GET self".to_owned())?;
    let owner = json!({ "id": 1, "active": true, "scopes": ["api"], "created_at": "2026-01-01T00:00:00.000Z", "expires_at": "2099-01-01" });
    Ok(Json(owner).into_response())
}

async fn ends_itself(
    State(inside): State<Arc<Mutex<Inside>>>,
    headers: HeaderMap,
) -> Result<StatusCode, Response> {
    let mut inside = inside.lock().unwrap_or_else(PoisonError::into_inner);
    let token = shown(&mut inside, &headers, "DELETE self".to_owned())?;
    inside.tokens.retain(|_, (known, _)| *known != token);
    Ok(StatusCode::NO_CONTENT)
}

async fn make(
    State(inside): State<Arc<Mutex<Inside>>>,
    Path(group): Path<String>,
    headers: HeaderMap,
    Json(mut wanted): Json<Value>,
) -> Result<Response, Response> {
    let mut inside = inside.lock().unwrap_or_else(PoisonError::into_inner);
    shown(&mut inside, &headers, format!("POST {group}"))?;
    inside.made.push(wanted.clone());
    let id = inside.made.len() as u64 + 100;
    let token = format!("glpat-made-up-minted-{id}");
    let listed = json!({ "id": id, "description": wanted["description"] });
    inside.tokens.insert(id, (token.clone(), listed));
    if let Some(WhenMade { happens, says }) = inside.when_made.take() {
        happens();
        says.map_or(Ok(()), Err)?;
    }
    wanted["id"] = id.into();
    wanted["token"] = token.into();
    wanted["created_at"] = "2027-01-15T08:00:00.000Z".into();
    Ok((StatusCode::CREATED, Json(wanted)).into_response())
}

async fn end(
    State(inside): State<Arc<Mutex<Inside>>>,
    Path((group, id)): Path<(String, u64)>,
    headers: HeaderMap,
) -> Result<StatusCode, Response> {
    let mut inside = inside.lock().unwrap_or_else(PoisonError::into_inner);
    shown(&mut inside, &headers, format!("DELETE {group} {id}"))?;
    match inside.tokens.remove(&id) {
        Some(_) => Ok(StatusCode::NO_CONTENT),
        None => Err(said(StatusCode::NOT_FOUND, "404 Group Access Token Not Found")),
    }
}

/// Asked behind everybody's back: it is not among the requests, and nothing is said instead of it.
async fn list(State(inside): State<Arc<Mutex<Inside>>>) -> Json<Value> {
    let inside = inside.lock().unwrap_or_else(PoisonError::into_inner);
    Json(inside.tokens.values().map(|(_, listed)| listed.clone()).collect())
}
