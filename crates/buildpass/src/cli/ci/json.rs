//! The answers as JSON, in the order of the configuration.

use gitlab_ci::{
    Answer,
    context::Version,
    plan::{Audience, Expanded, IdToken, Job, Provider, Secret},
};
use serde::{Serialize, Serializer};
use serde_json::{Value, json};

use crate::pipeline::{Reading, Rejected};

/// Keys in the order in which they are written.
#[derive(Debug, Default)]
pub(super) struct Ordered(Vec<(String, Part)>);

/// A value below a key.
#[derive(Debug)]
pub(super) enum Part {
    Ordered(Ordered),
    Value(Value),
}

impl Ordered {
    pub(super) fn with(mut self, key: &str, part: impl Into<Part>) -> Self {
        self.0.push((key.to_owned(), part.into()));
        self
    }

    fn with_some(self, key: &str, part: Option<impl Into<Part>>) -> Self {
        match part {
            Some(part) => self.with(key, part),
            None => self,
        }
    }
}

impl From<Ordered> for Part {
    fn from(ordered: Ordered) -> Self {
        Self::Ordered(ordered)
    }
}

impl From<Value> for Part {
    fn from(value: Value) -> Self {
        Self::Value(value)
    }
}

impl Serialize for Ordered {
    fn serialize<S: Serializer>(&self, to: S) -> Result<S::Ok, S::Error> {
        to.collect_map(self.0.iter().map(|(key, part)| (key, part)))
    }
}

impl Serialize for Part {
    fn serialize<S: Serializer>(&self, to: S) -> Result<S::Ok, S::Error> {
        match self {
            Self::Ordered(ordered) => ordered.serialize(to),
            Self::Value(value) => value.serialize(to),
        }
    }
}

/// `{"error": {…}}`
pub(super) fn rejected(rejected: &Rejected) -> Value {
    let Rejected { invalid, sources } = rejected;
    let place = invalid.place;
    let mut message = invalid.message.clone();
    if let Some(within) = &invalid.within {
        message = format!("{message}: {}", within.what);
    }
    let file = |place: gitlab_ci::yaml::Place| sources.source(place.file).name.clone();
    let notes: Vec<Value> = invalid
        .notes
        .iter()
        .map(|note| {
            json!({
                "text": note.text,
                "file": note.place.map(file),
                "line": note.place.map(|place| place.line),
                "column": note.place.map(|place| place.column),
            })
        })
        .collect();
    json!({"error": {
        "message": message,
        "file": place.map(file),
        "line": place.map(|place| place.line),
        "column": place.map(|place| place.column),
        "notes": notes,
    }})
}

/// The answer of `ci jobs`.
pub(super) fn jobs(reading: &Reading) -> Ordered {
    let plan = &reading.plan;
    let mut reasons = Vec::new();
    reasons.extend(plan.created.reason().map(ToString::to_string));
    reasons.extend(plan.refusal.iter().map(|refusal| refusal.text.clone()));
    let pipeline = Ordered::default()
        .with("created", flag(&plan.created))
        .with_some("reason", reasons.into_iter().next().map(Value::String));
    let all = plan.jobs.iter().fold(Ordered::default(), |all, each| all.with(&each.name, job(each)));
    let unresolved: Vec<String> = plan.unresolved.iter().map(ToString::to_string).collect();
    Ordered::default()
        .with("gitlab_version", json!(version(reading.facts.version)))
        .with("pipeline", pipeline)
        .with_some("unresolved", (!unresolved.is_empty()).then(|| json!(unresolved)))
        .with("jobs", all)
}

pub(super) fn version(version: Version) -> String {
    format!("{}.{}", version.major, version.minor)
}

fn job(job: &Job) -> Ordered {
    let when = match &job.when {
        Answer::Known(when) => json!(when.keyword()),
        Answer::Unknown(_) => Value::Null,
    };
    let reason = job.included.reason().or(job.when.reason()).map(ToString::to_string);
    let assumes: Vec<String> = job.assumes.iter().map(ToString::to_string).collect();
    let variables = job.variables.iter().fold(Ordered::default(), |all, variable| {
        let value = match &variable.value {
            Answer::Known(value) => json!(&**value),
            Answer::Unknown(_) => Value::Null,
        };
        all.with(&variable.name, value)
    });
    Ordered::default()
        .with("included", flag(&job.included))
        .with("when", when)
        .with_some("reason", reason.map(Value::String))
        .with("id_tokens", id_tokens(&job.id_tokens))
        .with("secrets", secrets(&job.secrets))
        .with("variables", variables)
        .with_some("assumes", (!assumes.is_empty()).then(|| json!(assumes)))
}

pub(super) fn flag(answer: &Answer<bool>) -> Value {
    match answer {
        Answer::Known(flag) => json!(flag),
        Answer::Unknown(_) => json!("unknown"),
    }
}

pub(super) fn id_tokens(tokens: &Answer<Vec<IdToken>>) -> Part {
    match tokens {
        Answer::Unknown(_) => json!("unknown").into(),
        Answer::Known(tokens) => tokens
            .iter()
            .fold(Ordered::default(), |all, token| {
                all.with(&token.name, json!({"aud": audience(&token.audience)}))
            })
            .into(),
    }
}

/// As the YAML has it: a text or a list; null where it is unknown.
fn audience(audience: &Audience) -> Value {
    let one = |expanded: &Expanded| expanded.value.known().map_or(Value::Null, |value| json!(value));
    match audience {
        Audience::One(expanded) => one(expanded),
        Audience::Several(all) => all.iter().map(one).collect(),
    }
}

pub(super) fn secrets(secrets: &Answer<Vec<Secret>>) -> Part {
    match secrets {
        Answer::Unknown(_) => json!("unknown").into(),
        Answer::Known(secrets) => {
            secrets.iter().fold(Ordered::default(), |all, each| all.with(&each.name, secret(each))).into()
        }
    }
}

fn secret(secret: &Secret) -> Ordered {
    let provider = match &secret.provider {
        Provider::Vault(vault) => Ordered::default().with(
            "vault",
            Ordered::default()
                .with("engine", json!({"name": vault.engine, "path": vault.mount}))
                .with("path", json!(vault.path))
                .with("field", json!(vault.field)),
        ),
        Provider::Other(keyword) => Ordered::default().with(keyword, json!({})),
    };
    let token = secret.logs_in_with.as_ref().map(|token| format!("${token}"));
    provider.with("file", json!(secret.file)).with("token", json!(token))
}
