use super::{audit, audited_headers, capabilities, cors, leases, methods, mounts, policies, remount, seal};
use crate::{
    api::{Core, failure::Failure, process::Asking},
    exchange::{Answer, Operation, Request, Schema},
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
        ("mounts", "", _) => Err(unsupported_at_root(request)),
        ("mounts", path, _) => mounts::handle(core, path, request).await,
        ("auth", "", Operation::Read) => Ok(methods::list(core)),
        ("auth", "", _) => Err(unsupported_at_root(request)),
        ("auth", path, _) => methods::handle(core, path, request).await,
        ("policy", "", Operation::Read | Operation::List) => {
            Ok(NOTHING.noted(policies::list_merged(core), request.fields))
        }
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
            (Some("/"), Operation::List) => Ok(NOTHING.noted(policies::list(core), request.fields)),
            (Some("" | "/"), _) => Err(Failure::UnsupportedOperation),
            (Some(name), _) => match name.strip_prefix('/') {
                Some(name) => policies::handle(core, name, policies::Form::Newer, request).await,
                None => Err(Failure::UnsupportedPath),
            },
            (None, _) => Err(Failure::UnsupportedPath),
        },
        ("leases", "", Operation::Read) if request.path == "leases" => leases::all(core, request),
        ("leases", "", _) if request.path == "leases" => Err(Failure::UnsupportedOperation),
        ("leases", path, _) => leases::handle(core, path, request).await,
        ("remount", "", Operation::Update) => remount::remount(core, request).await,
        ("remount", "", _) => Err(unsupported_at_root(request)),
        ("remount", rest, operation) => match (rest.strip_prefix("status/"), operation) {
            (None | Some(""), _) => Err(Failure::UnsupportedPath),
            (Some(id), Operation::Read) => remount::status(core, id),
            (Some(_), _) => Err(Failure::UnsupportedOperation),
        },
        // Whoever may ask for it has it done on the way back.
        ("seal", "", Operation::Update) => Ok(Answer::empty()),
        ("seal", "", _) => Err(Failure::UnknownMethod),
        ("audit", "", Operation::Read) => Ok(audit::list(core)),
        ("audit", "", Operation::List) => Err(Failure::UnsupportedPath),
        ("audit", "", _) => Err(Failure::UnsupportedOperation),
        ("audit", path, operation) => audit::change(core, path, operation),
        ("audit-hash", path, _) if !path.is_empty() => audit::hash(core, path, request),
        ("key-status", "", Operation::Read) => Ok(seal::key_status(core)),
        ("rotate", "" | "keyring", Operation::Update) => seal::rotate(core, request).await,
        ("key-status", "", _) | ("rotate", "" | "keyring", _) => Err(Failure::UnsupportedOperation),
        ("capabilities", "", Operation::Update) => capabilities::of_token(core, request),
        ("capabilities-accessor", "", Operation::Update) => capabilities::of_accessor(core, request),
        ("capabilities-self", "", Operation::Update) => capabilities::of_self(asking, request),
        ("capabilities" | "capabilities-accessor" | "capabilities-self", "", _) => {
            Err(unsupported_at_root(request))
        }
        ("config", "cors" | "cors/", _) => cors::handle(request),
        ("config", rest, _) => match rest.strip_prefix("auditing/request-headers") {
            Some("") => audited_headers::handle(core, "", request).await,
            Some(name) if name.len() > 1 && name.starts_with('/') => {
                audited_headers::handle(core, &name[1..], request).await
            }
            _ => Err(Failure::UnsupportedPath),
        },
        _ => Err(Failure::UnsupportedPath),
    }
}

/// A list is asked for with a slash at its end, which makes another path of it.
fn unsupported_at_root(request: &Request<'_>) -> Failure {
    if request.path.ends_with('/') { Failure::UnsupportedPath } else { Failure::UnsupportedOperation }
}

/// What asks for nothing but itself.
const NOTHING: Schema = Schema(&[]);
