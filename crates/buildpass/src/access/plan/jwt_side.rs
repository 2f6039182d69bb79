use serde_json::Value;

use super::{Change, Object, Step, Verb};
use crate::access::{Declaration, Error, JwtMount, KvMount, World, wanted};

/// The mounts: where secrets are kept, and how jobs log in.
pub(super) fn steps(declaration: &Declaration, world: &World) -> Result<Vec<Step>, Error> {
    let mut steps = Vec::new();
    for (path, mount) in &world.kv_mounts {
        match mount {
            KvMount::Versioned => {}
            KvMount::Absent => {
                steps.push(Step::new(
                    Verb::Create,
                    Object::KvMount { path: path.clone() },
                    "nothing is mounted there",
                ));
            }
            KvMount::Other(kind) => {
                return Err(Error::Blocked(format!(
                    "`{path}` is {kind}: tokens are kept in a KV store of version 2, so name another mount in `store`"
                )));
            }
        }
    }
    let path = declaration.auth_mount.clone();
    let mut config = |verb, because: &str, from: Option<String>| {
        let mut step = Step::new(verb, Object::AuthConfig { path: path.clone() }, because);
        let to = Some(declaration.issuer.clone());
        step.changes.push(Change { field: "bound_issuer".to_owned(), from, to });
        steps.push(step);
    };
    match &world.jwt {
        JwtMount::Unasked => {}
        JwtMount::Absent => {
            config(Verb::Create, "it verifies nobody yet", None);
            steps.push(Step::new(
                Verb::Create,
                Object::AuthMount { path: path.clone() },
                "nothing is mounted there",
            ));
        }
        JwtMount::Unconfigured => config(Verb::Create, "it verifies nobody yet", None),
        JwtMount::Configured(there) => {
            match there.get("bound_issuer").and_then(Value::as_str).unwrap_or_default() {
                issuer if issuer == declaration.issuer => {}
                "" => match wanted::unsettable(there) {
                    None => {
                        config(Verb::Change, "it takes the ID tokens of any issuer whose keys it knows", None)
                    }
                    Some(why) => {
                        return Err(Error::Blocked(format!(
                            "the auth method `{path}` takes the ID tokens of any issuer whose keys it knows, and {why}: name another with `[vault] auth`, or set its `bound_issuer` by hand"
                        )));
                    }
                },
                other => {
                    return Err(Error::Blocked(format!(
                        "the auth method `{path}` is for the ID tokens of {other}, and not of {}: name another with `[vault] auth`, or the issuer with `[identity] issuer`",
                        declaration.issuer
                    )));
                }
            }
        }
    }
    Ok(steps)
}
