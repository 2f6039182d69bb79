use serde_json::json;

use crate::{
    api::{Core, failure::Failure},
    exchange::{Answer, Operation, Request},
};

/// The names of the roles. A list of nothing is not there, unless there is something to say about it.
pub(super) fn list(core: &Core, ignored: &[&str]) -> Result<Answer, Failure> {
    match core.token_roles.names().as_slice() {
        [] if !ignored.is_empty() => Ok(Answer::data(&json!({}))),
        [] => Err(Failure::NotFound),
        names => Ok(Answer::keys(names)),
    }
}

pub(super) async fn handle(core: &Core, name: &str, request: &Request<'_>) -> Result<Answer, Failure> {
    match request.operation {
        Operation::Read => {
            let role = core.token_roles.read(name).ok_or(Failure::NotFound)?;
            Ok(Answer::data(&role.describe(name)))
        }
        Operation::Delete => {
            core.token_roles.delete(name).await?;
            Ok(Answer::empty())
        }
        _ => {
            let mount = core.mounts.token_lifetimes();
            let warnings = core.token_roles.write(name, request.fields, mount).await?;
            Ok(if warnings.is_empty() { Answer::empty() } else { Answer::warned(warnings) })
        }
    }
}
