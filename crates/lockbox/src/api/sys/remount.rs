use serde_json::json;

use super::mounts::{RESERVED, folder};
use crate::{
    api::{Core, failure::Failure, mount::MountError},
    exchange::{Answer, Field, Fields, Request, Schema},
    random,
};

/// Moves an engine or a method. OpenBao does it behind its answer; here it is done by then.
pub(super) async fn remount(core: &Core, request: &Request<'_>) -> Result<Answer, Failure> {
    FIELDS.check(request.fields).map_err(Failure::Validation)?;
    let (from, to) = (path(request.fields, "from")?, path(request.fields, "to")?);
    if from.is_empty() || to.is_empty() {
        return Err(MountError::NoMove.into());
    }
    for (name, path) in [("from", &from), ("to", &to)] {
        if path.starts_with(' ') || path.ends_with(' ') {
            return Err(MountError::SpaceInMove(name).into());
        }
    }
    let (from, to) = (folder(&from), folder(&to));
    check_destination(&to)?;
    match from.strip_prefix("auth/") {
        Some(method) => {
            let place = to.strip_prefix("auth/").ok_or_else(|| MountError::MoveOutOfAuth(to.clone()))?;
            check_method(method, &from, &format!("{to:?}"))?;
            check_method(place, &from, &format!("{to:?}"))?;
            core.mounts.move_method(method, place, &core.tokens).await?;
        }
        None => {
            let is_reserved = |path: &str| RESERVED.iter().any(|reserved| path.starts_with(reserved));
            if is_reserved(&from) {
                return Err(MountError::NotMoved(from).into());
            }
            if is_reserved(&to) {
                return Err(MountError::NotMovedTo(to).into());
            }
            core.mounts.move_engine(&from, &to).await?;
            core.end_leases_under(&from).await?;
        }
    }
    let id = random::uuid();
    core.moves.remember(&id, from, to);
    let answer =
        Answer { warnings: vec![QUEUED.to_owned()], ..Answer::merged(&json!({ "migration_id": id })) };
    Ok(FIELDS.noted(answer, request.fields))
}

pub(super) fn status(core: &Core, id: &str) -> Result<Answer, Failure> {
    let (from, to) = core.moves.find(id).ok_or(Failure::NotFound)?;
    let moved = json!({ "source_mount": from, "target_mount": to, "status": "success" });
    Ok(Answer::data(&json!({ "migration_id": id, "migration_info": moved })))
}

fn path(fields: &Fields, field: &'static str) -> Result<String, Failure> {
    Ok(fields.text(field)?.unwrap_or_default())
}

/// The tokens' own method stays where it is.
fn check_method(path: &str, from: &str, to: &str) -> Result<(), MountError> {
    match (path.starts_with("token/"), from == format!("auth/{path}")) {
        (false, _) => Ok(()),
        (true, true) => Err(MountError::NotMoved(from.to_owned())),
        (true, false) => Err(MountError::NotMovedTo(to.to_owned())),
    }
}

fn check_destination(path: &str) -> Result<(), MountError> {
    let clean = cleaned(path);
    if clean != path {
        let problem = format!("path '{path}' does not match cleaned path '{clean}'");
        return Err(MountError::NoPath(problem));
    }
    match path.chars().any(char::is_control) {
        true => Err(MountError::NoPath("path cannot contain non-printable characters".to_owned())),
        false => Ok(()),
    }
}

/// The path without empty, `.` and `..` segments; a slash at its end stays.
fn cleaned(path: &str) -> String {
    let mut clean: Vec<&str> = Vec::new();
    for segment in path.split('/') {
        match segment {
            "" | "." => {}
            ".." => {
                clean.pop();
            }
            other => clean.push(other),
        }
    }
    let start = if path.starts_with('/') { "/" } else { "" };
    let end = if path.ends_with('/') && !clean.is_empty() { "/" } else { "" };
    format!("{start}{}{end}", clean.join("/"))
}

const FIELDS: Schema = Schema(&[("from", Field::Text), ("to", Field::Text)]);
const QUEUED: &str = "Mount move has been queued. Progress will be reported in OpenBao's server log, tagged with the \
    returned migration_id";

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_destination_is_written_in_the_shortest_way() {
        for (path, expected) in [
            ("a", true),
            ("a/b/", true),
            ("a//b", false),
            ("a/../b", false),
            ("./a", false),
            ("a\u{7}", false),
        ] {
            assert_eq!(check_destination(path).is_ok(), expected, "{path}");
        }
    }
}
