use std::{collections::BTreeMap, time::Duration};

use gitlab_ci::{
    Answer,
    context::{Facts, Ref},
    plan::{Job, Provider, Secret},
    rules::{Cache, Expression, Lookup, Variables},
};

use crate::{
    cli::access::asking::{audiences, is_of_a_fork, project},
    config::Written,
    pipeline::check::runs,
    run::Delivery,
    vault::SecretRef,
};

/// A job that asks for one secret, in one kind of pipeline.
#[derive(Clone, Debug)]
pub(super) struct Ask {
    pub(super) job: String,
    /// The kind of pipeline.
    pub(super) context: String,
    /// Whose job it is, and whether somebody may be let in there.
    pub(super) project: String,
    pub(super) standing: Standing,
    /// What is asked for, by which name, and how it is handed over.
    pub(super) from: SecretRef,
    pub(super) variable: String,
    pub(super) to: Delivery,
    /// The role that it logs in with, where anybody says.
    pub(super) role: Option<String>,
    /// For whom its ID token is; nothing where that is not known.
    pub(super) audiences: Vec<String>,
    pub(super) environment: Option<String>,
    pub(super) timeout: Option<Duration>,
    /// Why it may not be part of the pipeline at all.
    pub(super) doubt: Option<String>,
}

/// From where a job asks.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) enum Standing {
    /// A protected branch.
    Branch(String),
    /// A protected tag.
    Tag,
    /// From where nobody is let in, and why.
    Outside(&'static str),
}

impl Standing {
    pub(super) fn of(facts: &Facts) -> Self {
        if is_of_a_fork(facts) {
            return Self::Outside("it runs what the owner of a fork wrote");
        }
        if facts.source.as_deref() == Some("merge_request_event") {
            return Self::Outside(
                "it runs what the author of a merge request wrote, before anybody has looked",
            );
        }
        match (&facts.reference, facts.protected) {
            (_, Some(false)) => {
                Self::Outside("its ref is not protected: whoever may push writes what it runs")
            }
            (_, None) => Self::Outside("nobody says whether its ref is protected"),
            (None, _) => Self::Outside("nobody says what its ref is"),
            (Some(Ref::Branch(name)), Some(true)) => Self::Branch(name.clone()),
            (Some(Ref::Tag(_)), Some(true)) => Self::Tag,
        }
    }
}

/// What a job asks for, and what of it nobody can say.
pub(super) fn asks(
    job: &Job,
    (context, facts): (&str, &Facts),
    written: &Written,
) -> (Vec<Ask>, Vec<String>) {
    let (mut asks, mut unknown) = (Vec::new(), Vec::new());
    if job.included.known() == Some(&false) {
        return (asks, unknown);
    }
    let place = format!("{} in `{context}`", job.name);
    let secrets = match &job.secrets {
        Answer::Known(secrets) => secrets.as_slice(),
        Answer::Unknown(reason) => {
            unknown.push(format!("{place}: what it asks for: {reason}"));
            &[]
        }
    };
    let of_job = OfJob { job, facts };
    for secret in secrets {
        let Provider::Vault(vault) = &secret.provider else { continue };
        let from = vault
            .engine
            .parse()
            .and_then(|engine| SecretRef::long(engine, &vault.mount, &vault.path, &vault.field));
        match from {
            Ok(from) => {
                let to = if secret.file { Delivery::File } else { Delivery::Env };
                asks.push(of_job.ask(context, (secret.name.to_string(), from, to), of_job.audiences(secret)));
            }
            Err(error) => unknown.push(format!("{place}: {error}")),
        }
    }
    let tokens = job.id_tokens.known().map(Vec::as_slice).unwrap_or_default();
    if secrets.is_empty() && !tokens.is_empty() && runs(job, "buildpass") {
        let named = tokens.iter().find(|token| *token.name == *written.id_token).or(tokens.first());
        let audiences = named.map(audiences).unwrap_or_default();
        for (wanted, when) in &written.secrets {
            match of_job.holds(when.as_deref()) {
                Answer::Known(false) => {}
                answer => {
                    let secret = (wanted.name.to_string(), wanted.from.clone(), wanted.to);
                    let mut ask = of_job.ask(context, secret, audiences.clone());
                    // What is written is stronger for buildpass; GitLab Runner reads the variable alone.
                    ask.role = written.role.clone().or(ask.role);
                    ask.doubt = ask.doubt.or(answer.reason().map(ToString::to_string));
                    asks.push(ask);
                }
            }
        }
    }
    (asks, unknown)
}

/// A job of a pipeline.
struct OfJob<'a> {
    job: &'a Job,
    facts: &'a Facts,
}

impl OfJob<'_> {
    fn ask(&self, context: &str, secret: (String, SecretRef, Delivery), audiences: Vec<String>) -> Ask {
        let (variable, from, to) = secret;
        Ask {
            job: self.job.name.to_string(),
            context: context.to_owned(),
            project: project(self.facts).unwrap_or_default().to_owned(),
            standing: Standing::of(self.facts),
            from,
            variable,
            to,
            role: self.variable("VAULT_AUTH_ROLE").filter(|role| !role.is_empty()),
            audiences,
            environment: self.environment(),
            timeout: self.timeout(),
            doubt: self.job.included.reason().map(ToString::to_string),
        }
    }

    /// The settings of a project are stronger than what its file says.
    fn variable(&self, name: &str) -> Option<String> {
        let of_yaml = || self.job.variables.iter().find(|variable| *variable.name == *name);
        let set = self.facts.settings.get(name).cloned();
        set.or_else(|| of_yaml()?.value.known().map(ToString::to_string))
    }

    /// For whom the ID token is that reads a secret.
    fn audiences(&self, secret: &Secret) -> Vec<String> {
        let tokens = self.job.id_tokens.known().map(Vec::as_slice).unwrap_or_default();
        let logs_in = tokens.iter().find(|token| Some(&token.name) == secret.logs_in_with.as_ref());
        logs_in.map(audiences).unwrap_or_default()
    }

    /// Its environment's name, where no variable is in it.
    fn environment(&self) -> Option<String> {
        let stated = self.job.content.node.mapping()?.value("environment")?;
        let name = match stated.node.mapping() {
            Some(keys) => keys.value("name")?.node.text(),
            None => stated.node.text(),
        };
        name.filter(|name| !name.contains('$')).map(str::to_owned)
    }

    /// `timeout:`, <https://docs.gitlab.com/ci/yaml/#timeout>
    fn timeout(&self) -> Option<Duration> {
        let stated = self.job.content.node.mapping()?.value("timeout")?.node.text()?;
        let words = stated.to_ascii_lowercase().replace(" and ", " ").replace(',', " ");
        humantime::parse_duration(&words).ok()
    }

    /// `when` of a `[[secret]]`, as far as it is known for this job.
    fn holds(&self, when: Option<&str>) -> Answer<bool> {
        let Some(expression) = when.and_then(|when| when.parse::<Expression>().ok()) else {
            return Answer::Known(true);
        };
        let mut known = self.facts.predefined();
        known.extend(self.job.variables.iter().map(|variable| {
            (variable.name.to_string(), variable.value.clone().map(|value| value.to_string()))
        }));
        known.extend(
            self.facts.settings.iter().map(|(name, value)| (name.clone(), Answer::Known(value.clone()))),
        );
        expression.evaluate(&Seen(known), &Cache::default())
    }
}

/// What a job's variables are.
struct Seen(BTreeMap<String, Answer<String>>);

impl Variables for Seen {
    fn value(&self, name: &str) -> Option<&str> {
        self.0.get(name)?.known().map(String::as_str)
    }

    fn lookup(&self, name: &str) -> Lookup<'_> {
        match self.0.get(name) {
            None => Lookup::Unset,
            Some(Answer::Known(value)) => Lookup::Is(value),
            Some(Answer::Unknown(reason)) => Lookup::Unknown(reason),
        }
    }
}
