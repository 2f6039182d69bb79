use serde_json::json;

use crate::{
    api::{Core, failure::Failure},
    exchange::{Answer, Operation, Request},
};

/// The one log that the server's configuration names, as OpenBao lists its devices.
pub(super) fn list(core: &Core) -> Answer {
    match &core.audit {
        None => Answer::data(&json!({})),
        Some(log) => Answer::merged(&json!({
            DEVICE: {
                "description": "",
                "local": false,
                "options": { "file_path": log.path() },
                "path": DEVICE,
                "type": "file",
            },
        })),
    }
}

/// Devices are named where the server is started, and nowhere else.
pub(super) fn change(core: &Core, path: &str, operation: Operation) -> Result<Answer, Failure> {
    match operation {
        Operation::Create | Operation::Update => Err(Failure::AuditByApi),
        Operation::Delete if core.audit.is_some() && is_device(path) => Err(Failure::AuditStays),
        Operation::Delete => Ok(Answer::empty()),
        _ => Err(Failure::UnsupportedOperation),
    }
}

/// What stands in the log for a text.
pub(super) fn hash(core: &Core, path: &str, request: &Request<'_>) -> Result<Answer, Failure> {
    if request.operation != Operation::Update {
        return Err(Failure::UnsupportedOperation);
    }
    let input = request.fields.secret("input")?.unwrap_or_default();
    if input.is_empty() {
        return Err(Failure::NoInput);
    }
    match core.audit.as_ref().filter(|_| is_device(path)) {
        Some(log) => Ok(Answer::merged(&json!({ "hash": log.hash(&input) }))),
        None => Err(Failure::UnknownAudit(format!("{}/", path.trim_end_matches('/')))),
    }
}

fn is_device(path: &str) -> bool {
    path.trim_end_matches('/') == DEVICE.trim_end_matches('/')
}

const DEVICE: &str = "file/";
