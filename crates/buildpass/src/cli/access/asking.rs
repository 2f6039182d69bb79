use std::collections::{BTreeMap, BTreeSet};

use gitlab_ci::{
    context::{Facts, Ref},
    plan::{Audience, IdToken, Provider},
};

use crate::{
    access::Claims,
    pipeline::{Context, ProjectFiles, Reading},
};

/// A kind of pipeline, and what its jobs bring along.
pub(super) struct Pipeline {
    pub(super) name: String,
    pub(super) claims: Claims,
    pub(super) jobs: Vec<Asking>,
}

/// A job that may log in.
pub(super) struct Asking {
    pub(super) name: String,
    pub(super) audiences: BTreeSet<String>,
    /// The API paths of its `secrets`.
    pub(super) secrets: BTreeSet<String>,
}

/// What is known of the numbers of projects.
pub(super) enum Numbers {
    /// GitLab was asked: nothing for one that is not there.
    Asked(BTreeMap<String, Option<u64>>),
    /// It was not: these are said.
    Said(BTreeMap<String, u64>),
}

impl Numbers {
    /// What the pipelines say of themselves. A variable of the command line says it in every one of them, a fork's too: its first project has it.
    pub(super) fn said(contexts: &[Context]) -> BTreeMap<String, u64> {
        let mut said = BTreeMap::new();
        for facts in contexts.iter().map(|context| &context.facts) {
            let number = facts.predefined.get("CI_PROJECT_ID").and_then(|number| number.parse().ok());
            if let (Some(number), Some(project)) = (number, project(facts))
                && !said.values().any(|other| *other == number)
            {
                said.insert(project.to_owned(), number);
            }
        }
        said
    }
}

/// The path of the project that a pipeline runs in.
pub(super) fn project(facts: &Facts) -> Option<&str> {
    facts.project.as_deref().or_else(|| facts.predefined.get("CI_PROJECT_PATH").map(String::as_str))
}

/// Whether it is another project's merge request, which runs there.
pub(super) fn is_of_a_fork(facts: &Facts) -> bool {
    let target = facts.predefined.get("CI_MERGE_REQUEST_PROJECT_PATH").map(String::as_str);
    facts.source.as_deref() == Some("merge_request_event") && target.is_some() && target != project(facts)
}

/// Every kind of pipeline, and of those that GitLab refuses, why.
pub(super) fn pipelines(
    contexts: &[Context],
    files: &ProjectFiles,
    numbers: &Numbers,
) -> (Vec<Pipeline>, Vec<String>) {
    let (mut read, mut refused) = (Vec::new(), Vec::new());
    for context in contexts {
        let name = context.name.clone().unwrap_or_else(|| "this pipeline".to_owned());
        match Reading::of(context, files) {
            Ok(reading) => {
                let runs = |job: &&gitlab_ci::plan::Job| job.included.known() != Some(&false);
                let jobs = reading.plan.jobs.iter().filter(runs).map(asking).collect();
                read.push(Pipeline { name, claims: claims(&context.facts, numbers), jobs });
            }
            Err(rejected) => {
                refused
                    .push(format!("{name}: GitLab refuses the configuration: {}", rejected.invalid.message));
            }
        }
    }
    (read, refused)
}

fn asking(job: &gitlab_ci::plan::Job) -> Asking {
    let tokens = job.id_tokens.known().map(Vec::as_slice).unwrap_or_default();
    let secrets = job.secrets.known().map(Vec::as_slice).unwrap_or_default();
    let path = |provider: &Provider| match provider {
        Provider::Vault(secret) if secret.engine == "kv-v2" => {
            Some(format!("{}/data/{}", secret.mount, secret.path))
        }
        Provider::Vault(_) | Provider::Other(_) => None,
    };
    Asking {
        name: job.name.to_string(),
        audiences: tokens.iter().flat_map(audiences).collect(),
        secrets: secrets.iter().filter_map(|secret| path(&secret.provider)).collect(),
    }
}

/// For whom an ID token is, as far as that is known.
pub(super) fn audiences(token: &IdToken) -> Vec<String> {
    let all = match &token.audience {
        Audience::One(one) => std::slice::from_ref(one),
        Audience::Several(several) => several,
    };
    let known = all.iter().filter_map(|audience| audience.value.known());
    known.filter(|audience| !audience.is_empty()).cloned().collect()
}

/// <https://docs.gitlab.com/ci/secrets/id_token_authentication/#token-payload>
fn claims(facts: &Facts, numbers: &Numbers) -> Claims {
    let mut claims = Claims::default();
    if let Some(project) = project(facts) {
        claims.say("project_path", project);
        if let Some((namespace, _)) = project.rsplit_once('/') {
            claims.say("namespace_path", namespace);
        }
        match numbers {
            // One that is not there has a number that no role names.
            Numbers::Asked(numbers) => {
                if let Some(number) = numbers.get(project) {
                    claims.say("project_id", number.map(|number| number.to_string()).unwrap_or_default());
                }
            }
            Numbers::Said(numbers) => match numbers.get(project) {
                Some(number) => claims.say("project_id", number.to_string()),
                None => claims.number_goes_with_path(),
            },
        }
    }
    if let Some(protected) = facts.protected {
        claims.say("ref_protected", protected.to_string());
    }
    if let Some(source) = &facts.source {
        claims.say("pipeline_source", source);
    }
    let of_merge_request = facts.source.as_deref() == Some("merge_request_event");
    if let Some(reference) = &facts.reference {
        let (kind, folder, name) = match reference {
            Ref::Branch(name) => ("branch", "heads", name),
            Ref::Tag(name) => ("tag", "tags", name),
        };
        claims.say("ref_type", kind);
        claims.say("ref", name);
        if !of_merge_request {
            claims.say("ref_path", format!("refs/{folder}/{name}"));
        }
    }
    claims
}
