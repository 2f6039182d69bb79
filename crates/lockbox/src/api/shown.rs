use serde_json::{Map, Value};

use super::failure::Failure;
use crate::{
    exchange::{Answer, Operation},
    policy::{Acl, Asked, Grant, Verdict},
};

/// What an answer shows of a list; a list of which nothing is left is not there.
///
/// # Errors
/// When nothing is left.
pub(super) fn shown(
    answer: Answer,
    grant: &Grant<'_>,
    acl: &Acl,
    asked: &Asked<'_>,
) -> Result<Answer, Failure> {
    if grant.shows_all() {
        return Ok(answer);
    }
    let Some(data) = &answer.data else { return Ok(answer) };
    let Ok(mut data) = serde_json::from_str::<Map<String, Value>>(data.get()) else { return Ok(answer) };
    let Some(Value::Array(keys)) = data.get_mut("keys") else { return Ok(answer) };
    keys.retain(|key| key.as_str().is_some_and(|key| grant.shows(acl, asked.path, key) == Verdict::Allow));
    if keys.is_empty() && asked.operation == Operation::List {
        return Err(Failure::NotFound);
    }
    let left = keys.clone();
    if let Some(Value::Object(details)) = data.get_mut("key_info") {
        details.retain(|key, _| left.iter().any(|left| left == key));
    }
    Ok(Answer { data: Answer::data(&data).data, ..answer })
}
