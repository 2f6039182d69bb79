use serde_json::json;

use super::{
    WrapError,
    kept::{self, About},
    named::{Place, named},
};
use crate::{
    api::{Core, failure::Failure, http::Incoming, process::Asking},
    auth::token::Session,
    exchange::{Answer, Field, Operation, Request, Schema},
    json::{Json, Numbers},
    storage::StorageError,
};

/// Answers a request under `sys/wrapping/` that its policies allow.
///
/// # Errors
/// When the path is not known, or its handler refuses.
pub(in crate::api) async fn handle(
    core: &Core,
    asking: &Asking<'_>,
    incoming: &Incoming,
    request: &Request<'_>,
) -> Result<Answer, Failure> {
    match (request.path, request.operation) {
        ("wrapping/wrap", Operation::Update) => given(asking, request),
        ("wrapping/wrap", _) => Err(Failure::UnsupportedOperation),
        (path, operation) => match (Place::find(path), operation) {
            (Some(Place::Unwrap), Operation::Update) => unwrap(core, asking, incoming).await,
            (Some(Place::Rewrap), Operation::Update) => rewrap(core, asking, incoming).await,
            (Some(_), _) => Err(Failure::UnsupportedOperation),
            (None, _) => Err(Failure::UnsupportedPath),
        },
    }
}

/// What is known about a wrapped answer.
///
/// # Errors
/// When it ended meanwhile.
pub(in crate::api) fn look_up(
    core: &Core,
    session: &Session,
    incoming: &Incoming,
) -> Result<Answer, Failure> {
    let About { creation_path, created, ttl, .. } = kept::about(core, session)?;
    let answer = Answer::data(&json!({
        "creation_path": creation_path,
        "creation_time": created,
        "creation_ttl": ttl.as_secs(),
    }));
    Ok(LOOKUP.noted(answer, &incoming.fields))
}

/// The fields of the request, to be wrapped.
fn given(asking: &Asking<'_>, request: &Request<'_>) -> Result<Answer, Failure> {
    asking.wrap.ok_or(WrapError::Required)?;
    let text = Json::Object(request.fields.json()).write(Numbers::AsWritten);
    let unreadable = |problem: String| StorageError::Read(problem);
    let text =
        String::from_utf8(text.to_vec()).map_err(|error| unreadable(error.utf8_error().to_string()))?;
    Ok(Answer::written(text).map_err(|error| unreadable(error.to_string()))?)
}

async fn unwrap(core: &Core, asking: &Asking<'_>, incoming: &Incoming) -> Result<Answer, Failure> {
    let session = named(core, incoming)?;
    let (about, kept) = (kept::about(core, &session)?, kept::kept(core, &session)?);
    if session.key != asking.session.key || incoming.fields.value("token").is_some() {
        kept::take(core, &session).await?;
    }
    kept.answer(about.status)
}

async fn rewrap(core: &Core, asking: &Asking<'_>, incoming: &Incoming) -> Result<Answer, Failure> {
    let session = named(core, incoming)?;
    let (about, kept) = (kept::about(core, &session)?, kept::kept(core, &session)?);
    if session.key != asking.session.key {
        kept::take(core, &session).await?;
    }
    let about = About { created: core.now(), ttl: asking.wrap.unwrap_or(about.ttl), ..about };
    kept::keep(core, &kept, about, String::new()).await
}

const LOOKUP: Schema = Schema(&[("token", Field::Text)]);
