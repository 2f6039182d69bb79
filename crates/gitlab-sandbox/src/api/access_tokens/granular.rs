use serde::Deserialize;

use super::super::caller::Caller;
use super::super::failure::Failure;
use super::super::parameters::Parameters;
use crate::registry::{GranularScope, Permission, Registry, Source};

/// One entry of `granular_scopes`: in an answer there is one for each group and project.
#[derive(Debug, Deserialize)]
struct Asked {
    access: String,
    permissions: Vec<String>,
    #[serde(default)]
    group_ids: Vec<u64>,
    #[serde(default)]
    project_ids: Vec<u64>,
}

/// What a fine-grained token is asked for: of the boundaries that GitLab has, the one that names groups and projects.
pub(super) fn granular_scopes(
    caller: &Caller,
    registry: &Registry,
    parameters: &Parameters,
) -> Result<Vec<GranularScope>, Failure> {
    let asked: Vec<Asked> = parameters.structured("granular_scopes")?;
    let wrong =
        |part: &str| Failure::Parameters(format!("granular_scopes[0][{part}] does not have a valid value"));
    let mut scopes = Vec::new();
    for Asked { access, permissions, group_ids, project_ids } in asked {
        if access != "selected_memberships" {
            return Err(wrong("access"));
        }
        let permissions: Option<Vec<Permission>> =
            permissions.iter().map(|name| Permission::named(name)).collect();
        let permissions = permissions.filter(|some| !some.is_empty()).ok_or_else(|| wrong("permissions"))?;
        for id in group_ids {
            let source = Source::Group(caller.group(registry, &id.to_string())?.id);
            scopes.push(GranularScope { source, permissions: permissions.clone() });
        }
        for id in project_ids {
            let source = Source::Project(caller.project(registry, &id.to_string())?.id);
            scopes.push(GranularScope { source, permissions: permissions.clone() });
        }
    }
    if scopes.is_empty() { Err(wrong("access")) } else { Ok(scopes) }
}
