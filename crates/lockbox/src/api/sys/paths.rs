use super::{capabilities, methods, mounts, policies, seal};
use crate::{
    api::{Core, failure::Failure, process::Asking},
    exchange::{Answer, Operation, Request},
};

/// Answers a request under `sys/` that its policies allow.
///
/// # Errors
/// When the path is not known, or its handler refuses.
pub(crate) async fn handle(
    core: &Core,
    asking: &Asking<'_>,
    request: &Request<'_>,
) -> Result<Answer, Failure> {
    let (place, rest) = request.path.split_once('/').unwrap_or((request.path, ""));
    match (place, rest, request.operation) {
        ("mounts", "", Operation::Read) => Ok(mounts::list(core)),
        ("mounts", "", _) => Err(Failure::UnsupportedPath),
        ("mounts", path, _) => mounts::handle(core, path, request).await,
        ("auth", "", Operation::Read) => Ok(methods::list(core)),
        ("auth", "", _) => Err(Failure::UnsupportedPath),
        ("auth", path, _) => methods::handle(core, path, request).await,
        ("policy", "", Operation::Read | Operation::List) => Ok(policies::list_merged(core)),
        ("policy", "", _) => Err(Failure::UnsupportedOperation),
        ("policy", name, _) => policies::handle(core, name, policies::Form::Older, request).await,
        ("policies", rest, operation) if rest.starts_with("detailed/acl") => match operation {
            Operation::List => {
                let folder = rest.strip_prefix("detailed/acl").unwrap_or_default();
                Ok(policies::list_in_full(core, folder, request.now))
            }
            _ => Err(Failure::UnsupportedOperation),
        },
        ("policies", rest, operation) => match (rest.strip_prefix("acl"), operation) {
            (Some("/"), Operation::List) => Ok(policies::list(core)),
            (Some("" | "/"), _) => Err(Failure::UnsupportedOperation),
            (Some(name), _) => match name.strip_prefix('/') {
                Some(name) => policies::handle(core, name, policies::Form::Newer, request).await,
                None => Err(Failure::UnsupportedPath),
            },
            (None, _) => Err(Failure::UnsupportedPath),
        },
        // Whoever may ask for it has it done on the way back.
        ("seal", "", Operation::Update) => Ok(Answer::empty()),
        ("seal", "", _) => Err(Failure::UnknownMethod),
        ("key-status", "", Operation::Read) => Ok(seal::key_status(core)),
        ("rotate", "", Operation::Update) => seal::rotate(core, request).await,
        ("key-status" | "rotate", "", _) => Err(Failure::UnsupportedOperation),
        ("capabilities-self", "", Operation::Update) => capabilities::of_self(asking, request),
        ("capabilities-self", "", _) => Err(Failure::UnsupportedOperation),
        _ => Err(Failure::UnsupportedPath),
    }
}
