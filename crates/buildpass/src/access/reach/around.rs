use std::collections::{BTreeMap, BTreeSet};

use serde_json::{Map, Value};

use crate::access::{Admitted, Declaration, Project, ProjectRef, Role, wanted};

/// What is known of projects and their refs where GitLab is not asked: what the pipelines that are compared say themselves.
#[derive(Clone, Debug, Default)]
pub struct Around {
    /// The numbers of projects, by path.
    pub numbers: BTreeMap<String, u64>,
    /// Protected branches.
    pub branches: BTreeSet<String>,
    /// Protected tags.
    pub tags: BTreeSet<String>,
}

impl Around {
    /// Declared roles as they are to be, as far as these pipelines are concerned.
    pub(super) fn bodies(&self, declaration: &Declaration) -> BTreeMap<String, Map<String, Value>> {
        let bodies = declaration.roles().iter();
        bodies.map(|role| (role.name.to_string(), self.body(declaration, role))).collect()
    }

    fn body(&self, declaration: &Declaration, role: &Role) -> Map<String, Value> {
        let known: Vec<(Option<u64>, Option<String>)> =
            role.projects.iter().map(|project| self.both(project)).collect();
        let of_each = |(id, path): &(Option<u64>, Option<String>)| Project {
            id: id.unwrap_or_default(),
            path: path.clone().unwrap_or_default(),
            build_timeout: None,
        };
        let (branches, tags) = (self.branches.iter().cloned(), self.tags.iter().cloned());
        let there = (branches.collect::<Vec<_>>(), tags.collect::<Vec<_>>());
        let admitted = Admitted::among(role, known.iter().map(of_each).collect(), there);
        let mut body = wanted::role_body(&declaration.name, role, &admitted);
        if let Some(Value::Object(bound)) = body.get_mut("bound_claims") {
            let named = |(_, path): &(_, Option<String>)| path.is_some();
            let numbered = |(id, _): &(Option<u64>, _)| id.is_some();
            // Where all have the one, it alone tells them apart.
            if known.iter().all(named) && !known.iter().all(numbered) {
                bound.remove("project_id");
            } else if known.iter().all(numbered) && !known.iter().all(named) {
                bound.remove("project_path");
            }
        }
        body
    }

    fn both(&self, project: &ProjectRef) -> (Option<u64>, Option<String>) {
        match project {
            ProjectRef::Path(path) => {
                (self.numbers.get(path.as_str()).copied(), Some(path.as_str().to_owned()))
            }
            ProjectRef::Id(id) => {
                let path =
                    self.numbers.iter().find(|(_, number)| *number == id).map(|(path, _)| path.clone());
                (Some(*id), path)
            }
        }
    }
}
