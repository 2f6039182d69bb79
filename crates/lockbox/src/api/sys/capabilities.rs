use serde_json::{Map, Value, json};

use crate::{
    api::{failure::Failure, process::Asking},
    exchange::{Answer, Request},
};

/// What the token may do, by path; for a single path under `capabilities` too.
pub(super) fn of_self(asking: &Asking<'_>, request: &Request<'_>) -> Result<Answer, Failure> {
    let mut paths = request.fields.texts("paths")?.unwrap_or_default();
    if paths.is_empty() {
        paths = request.fields.texts("path")?.unwrap_or_default();
    }
    if paths.iter().any(|path| path.trim().is_empty()) {
        return Err(Failure::EmptyPath);
    }
    let mut answer = Map::new();
    for path in &paths {
        let names: Value = json!(asking.acl.names(path));
        if let [_] = paths.as_slice() {
            answer.insert("capabilities".to_owned(), names.clone());
        }
        answer.insert(path.clone(), names);
    }
    if answer.is_empty() { Err(Failure::NoPaths) } else { Ok(Answer::merged(&answer)) }
}
