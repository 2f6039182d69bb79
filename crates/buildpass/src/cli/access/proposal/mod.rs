//! The narrowest grants for a pipeline: what its jobs ask for, from which refs, beside what is declared. Nobody is asked.

mod ask;

mod grant;

mod secret;

mod shape;

mod text;

use std::collections::BTreeMap;

use serde::Serialize;
use toml::Table;

use self::{
    ask::{Ask, Standing, asks},
    secret::Names,
    shape::{Difference, Shape},
};
use super::asking::{Numbers, project};
use crate::{
    access::{Role, RoleName},
    config::Written,
    failure::Failure,
    pipeline::{Context, ProjectFiles, Reading},
};

/// What is to be declared, and what is not to be.
#[derive(Debug, Serialize)]
pub(super) struct Proposal {
    contexts: Vec<String>,
    /// Secrets that nobody has named yet.
    secrets: Vec<Table>,
    /// Grants that are missing.
    grants: Vec<Granted>,
    /// Grants that are there.
    declared: Vec<Declared>,
    /// Roles that are declared otherwise than what asks by them.
    roles: Vec<Otherwise>,
    not_granted: Vec<Outside>,
    /// What nobody can say, and may hide something.
    unknown: Vec<String>,
    /// Whether somebody asks for what no grant can be proposed for.
    #[serde(skip)]
    withheld: bool,
}

#[derive(Debug, Serialize)]
struct Granted {
    grant: Table,
    comments: Vec<String>,
}

#[derive(Debug, Serialize)]
struct Declared {
    secret: String,
    vault_role: String,
    jobs: Vec<String>,
}

#[derive(Debug, Serialize)]
struct Otherwise {
    vault_role: String,
    differences: Vec<Difference>,
}

#[derive(Debug, Serialize)]
struct Outside {
    job: String,
    context: String,
    reads: String,
    because: &'static str,
}

impl Proposal {
    /// Reads the pipeline in each of these contexts, and holds it against what is written so far.
    pub(super) fn of(contexts: &[Context], files: &ProjectFiles, written: &Written) -> Result<Self, Failure> {
        if contexts.iter().any(|context| project(&context.facts).is_none()) {
            return Err(Failure::usage(
                "nobody says which project this is, and a grant is for a project",
                "add --project GROUP/PROJECT",
            ));
        }
        let (mut all, mut unknown, mut names) = (Vec::new(), Vec::new(), Vec::new());
        for context in contexts {
            let name = context.name.as_deref().unwrap_or("this pipeline");
            names.push(name.to_owned());
            match Reading::of(context, files) {
                Ok(reading) => {
                    for job in &reading.plan.jobs {
                        let (asked, unsaid) = asks(job, (name, &context.facts), written);
                        all.extend(asked);
                        unknown.extend(unsaid);
                    }
                }
                Err(rejected) => unknown
                    .push(format!("{name}: GitLab refuses the configuration: {}", rejected.invalid.message)),
            }
        }
        if all.is_empty() && unknown.len() == contexts.len() {
            return Err(Failure::usage(unknown.join("; "), "`buildpass ci matrix` says more of it"));
        }
        let mut proposal = Self::from_asks(&all, written, &Numbers::said(contexts), unknown);
        proposal.contexts = names;
        Ok(proposal)
    }

    fn from_asks(
        all: &[Ask],
        written: &Written,
        numbers: &BTreeMap<String, u64>,
        mut unknown: Vec<String>,
    ) -> Self {
        let mut withheld = false;
        let mut of_roles: BTreeMap<String, (RoleName, Vec<&Ask>)> = BTreeMap::new();
        let mut not_granted = Vec::new();
        for ask in all {
            if let Standing::Outside(because) = ask.standing {
                let (job, context) = (ask.job.clone(), ask.context.clone());
                not_granted.push(Outside { job, context, reads: ask.from.path.api_path(), because });
                continue;
            }
            match role_of(ask) {
                Ok(role) => {
                    let lower = role.as_str().to_ascii_lowercase();
                    of_roles.entry(lower).or_insert_with(|| (role, Vec::new())).1.push(ask);
                }
                Err(why) => unknown.push(why),
            }
        }
        let mut names = Names::of(written);
        let (mut grants, mut declared, mut roles) = (Vec::new(), Vec::new(), Vec::new());
        for (role, asks) in of_roles.values() {
            let mut known = written.declaration.iter().flat_map(|declaration| declaration.roles());
            let there: Option<&Role> =
                known.find(|known| known.name.as_str().eq_ignore_ascii_case(role.as_str()));
            let role = there.map_or(role, |there| &there.name);
            let shape = Shape::of(asks);
            let differences = there.map(|there| shape.differences(there, numbers)).unwrap_or_default();
            if let Some(there) = there {
                unknown.extend(shape.unnumbered(there, numbers).into_iter().map(|project| {
                    format!("whether the role {role} names {project} by its number (`--variable CI_PROJECT_ID=N` says it)")
                }));
            }
            if !differences.is_empty() {
                roles.push(Otherwise { vault_role: role.to_string(), differences });
            }
            let mut of_paths: BTreeMap<String, Vec<&Ask>> = BTreeMap::new();
            for ask in asks {
                of_paths.entry(ask.from.path.api_path()).or_default().push(ask);
            }
            let shared = of_paths.len() > 1;
            for (path, asks) in &of_paths {
                let secret = names.name(asks[0]);
                if there.is_some_and(|there| there.reads.iter().any(|reads| reads.api_path() == *path)) {
                    let mut jobs: Vec<String> = asks.iter().map(|ask| ask.job.clone()).collect();
                    jobs.sort();
                    jobs.dedup();
                    declared.push(Declared { secret, vault_role: role.to_string(), jobs });
                    continue;
                }
                if grant::takes_no_more(there) {
                    withheld = true;
                    unknown.push(format!("{path} is asked for by the role {role}, which compares by patterns and takes no second secret"));
                    continue;
                }
                let mut comments = grant::comments(asks, &shape, there);
                if shared && there.is_none() && Shape::of(asks) != shape {
                    comments.push("other jobs ask by the same role for other secrets, so that each is let in to all of them: a role of its own is narrower".to_owned());
                }
                grants.push(Granted { grant: grant::grant(&secret, role, &shape, there), comments });
            }
        }
        unknown.sort();
        unknown.dedup();
        Self {
            contexts: Vec::new(),
            secrets: names.added(),
            grants,
            declared,
            roles,
            not_granted,
            unknown,
            withheld,
        }
    }

    /// Something else that nobody can say.
    pub(super) fn doubt(&mut self, what: String) {
        self.unknown.push(what);
    }

    /// Whether anybody who asks on a protected ref is not declared to be let in.
    pub(super) fn lacks_something(&self) -> bool {
        let narrower = |difference: &Difference| difference.verdict == shape::Verdict::Narrower;
        self.withheld
            || !self.grants.is_empty()
            || self.roles.iter().any(|role| role.differences.iter().any(narrower))
    }
}

/// The role that a job logs in with; where nobody says, one that is named after its project.
fn role_of(ask: &Ask) -> Result<RoleName, String> {
    let of_project = || ask.project.rsplit('/').next().unwrap_or_default().to_owned();
    let name = ask.role.clone().unwrap_or_else(of_project);
    name.parse().map_err(|error| format!("{} in `{}`: its role: {error}", ask.job, ask.context))
}
