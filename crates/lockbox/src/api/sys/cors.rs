use serde_json::json;

use crate::{
    api::failure::Failure,
    exchange::{Answer, Operation, Request},
};

/// Pages of other origins may not ask; that cannot be changed.
pub(super) fn handle(request: &Request<'_>) -> Result<Answer, Failure> {
    match request.operation {
        Operation::Read => Ok(Answer::merged(&json!({ "enabled": false }))),
        Operation::Create | Operation::Update => Err(Failure::NoCors),
        Operation::Delete => Ok(Answer::empty()),
        Operation::List | Operation::Scan => Err(Failure::UnsupportedPath),
        Operation::Patch | Operation::Head => Err(Failure::UnsupportedOperation),
    }
}
