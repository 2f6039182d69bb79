use std::time::Duration;

use serde::{Deserialize, Serialize};
use serde_json::value::{RawValue, to_raw_value};
use zeroize::Zeroizing;

use super::WrapError;
use crate::{
    api::{Core, envelope, failure::Failure},
    auth::token::{Session, TokenError, Untold},
    clock::{Moment, nanos},
    exchange::{Answer, WrapInfo},
    storage::{Batch, StorageError, json},
};

/// A wrapped answer, as it will be given.
#[derive(Serialize, Deserialize)]
pub(super) struct Kept {
    /// Its text, as a JSON string: who reads the cubbyhole finds it there.
    response: Box<RawValue>,
}

/// What is told about a wrapped answer without giving it.
#[derive(Serialize, Deserialize)]
pub(super) struct About {
    pub(super) creation_path: String,
    #[serde(with = "nanos")]
    pub(super) created: Moment,
    pub(super) ttl: Duration,
    /// The status of the answer.
    pub(super) status: u16,
}

/// Whether a token is one that an answer is wrapped in.
pub(in crate::api) fn is_wrapping(session: &Session) -> bool {
    matches!(&*session.token.policies, [policy] if policy == "response-wrapping")
}

/// Keeps an answer, and gives a token for it. An answer that says nothing is not worth it.
///
/// # Errors
/// When the disk refuses.
pub(in crate::api) async fn wrap(
    core: &Core,
    path: &str,
    ttl: Duration,
    answer: Answer,
) -> Result<Answer, Failure> {
    if answer.is_silent() {
        return Ok(answer);
    }
    let unwritable = |error: serde_json::Error| StorageError::Write(error.to_string());
    let (status, text) = envelope::text(&answer).map_err(unwritable)?;
    let response = to_raw_value(text.as_str()).map_err(unwritable)?;
    let about = About { creation_path: path.to_owned(), created: core.now(), ttl, status };
    let wrapped_accessor = answer.auth.as_ref().map(|auth| auth.accessor.clone()).unwrap_or_default();
    keep(core, &Kept { response }, about, wrapped_accessor).await
}

/// The same answer in another token.
pub(super) async fn keep(
    core: &Core,
    kept: &Kept,
    about: About,
    wrapped_accessor: String,
) -> Result<Answer, Failure> {
    let wrapping = core.tokens.issue_wrapping(&about.creation_path, about.ttl, about.created).await?;
    let untold = Untold::new(&core.tokens);
    untold.note(&wrapping.id);
    let mut batch = Batch::default();
    core.cubbyholes.put(wrapping.key, RESPONSE, json(kept)?, &mut batch);
    core.cubbyholes.put(wrapping.key, ABOUT, json(&about)?, &mut batch);
    core.tokens.own(wrapping.key)?;
    core.store.commit(batch).await?;
    untold.are_told();
    Ok(Answer::wrapped(WrapInfo {
        token: wrapping.id,
        accessor: wrapping.accessor,
        ttl_seconds: about.ttl.as_secs(),
        creation_time: about.created,
        creation_path: about.creation_path,
        wrapped_accessor,
    }))
}

/// # Errors
/// When nothing is there.
pub(super) fn about(core: &Core, session: &Session) -> Result<About, Failure> {
    read(core, session, ABOUT)
}

/// # Errors
/// When nothing is there.
pub(super) fn kept(core: &Core, session: &Session) -> Result<Kept, Failure> {
    read(core, session, RESPONSE)
}

impl Kept {
    /// The answer as it was, whatever it is asked for now.
    pub(super) fn answer(&self, status: u16) -> Result<Answer, Failure> {
        let text: String = serde_json::from_str(self.response.get())
            .map_err(|error| StorageError::Read(error.to_string()))?;
        let text = Zeroizing::new(text);
        if text.is_empty() {
            return Ok(Answer::nothing());
        }
        let answer = Answer::verbatim(text.trim_end().to_owned());
        Ok(answer.map_err(|error| StorageError::Read(error.to_string()))?.with_status(status))
    }
}

fn read<T: for<'a> Deserialize<'a>>(core: &Core, session: &Session, entry: &str) -> Result<T, Failure> {
    let bytes = core.cubbyholes.read(session.key, entry)?.ok_or(WrapError::Invalid)?;
    Ok(serde_json::from_slice(&bytes).map_err(|error| StorageError::Read(error.to_string()))?)
}

/// Takes a token that is named and not shown: nobody can take it again.
///
/// # Errors
/// When somebody did before.
pub(super) async fn take(core: &Core, session: &Session) -> Result<(), Failure> {
    let taken = core.tokens.take(session.key).ok_or(WrapError::UsedUp)?;
    Ok(taken.landed().await.map_err(TokenError::Storage)?)
}

const RESPONSE: &str = "response";
const ABOUT: &str = "wrapinfo";
