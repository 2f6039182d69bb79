use alloc::format;
use alloc::string::String;
use alloc::vec::Vec;

use super::declared::{Declared, Position, declared};
use super::id_tokens::{self, Written};
use super::job::{Kind, Secret, When};
use super::keys;
use super::needs::{Need, names_a_pipeline, needs};
use super::parallel::Parallel;
use super::presence::{Presence, Workflow};
use super::secrets::secrets;
use super::shape::Shape;
use super::spot::{Spot, texts};
use super::stages;
use crate::invalid::Invalid;
use crate::rules::Cache;
use crate::yaml::{Place, Value};

const MAX_NAME_LENGTH: usize = 255;

/// A job that GitLab would take, as far as it can be seen by itself.
pub(super) struct Draft<'a> {
    pub(super) shape: &'a Shape<'a>,
    pub(super) stage: (&'a str, Place),
    pub(super) when: When,
    pub(super) needs: Option<Vec<Need<'a>>>,
    /// `needs` of its rules.
    pub(super) rule_needs: Vec<Vec<Need<'a>>>,
    pub(super) dependencies: Vec<(&'a str, Place)>,
    /// Its `variables`, and those of its matrix.
    pub(super) declared: Vec<Declared>,
    pub(super) parallel: Parallel<'a>,
    pub(super) tokens: Vec<Written<'a>>,
    pub(super) secrets: Vec<Secret>,
    pub(super) presence: Presence,
}

impl<'a> Draft<'a> {
    /// # Errors
    /// Where GitLab would refuse the job.
    pub(super) fn of(shape: &'a Shape<'a>, workflow: Workflow, cache: &Cache) -> Result<Self, Invalid> {
        match Self::checked(shape, workflow, cache) {
            Err(_) if shape.incomplete.is_some() => Ok(Self::unchecked(shape)),
            draft => draft,
        }
    }

    fn checked(shape: &'a Shape<'a>, workflow: Workflow, cache: &Cache) -> Result<Self, Invalid> {
        let jobs = Spot::jobs(&shape.content);
        let job = jobs.below(&shape.entry.key, &shape.content);
        refuse_what_no_job_may_say(&job, shape)?;
        let needs = job.key("needs").map(|spot| needs(&spot)).transpose()?;
        let dependencies = dependencies(&job, needs.as_deref())?;
        let parallel = Parallel::of(&job)?;
        let mut declared = match job.key("variables") {
            Some(spot) => declared(&spot, Position::Job, shape.incomplete)?,
            None => Vec::new(),
        };
        declared.extend(parallel.variables());
        let tokens = id_tokens::written(&job)?;
        let secrets = secrets(&job, &tokens.iter().map(|token| token.name).collect::<Vec<_>>())?;
        Ok(Self {
            shape,
            stage: stage(&job)?,
            when: when(&job, shape.kind)?,
            needs,
            rule_needs: rule_needs(&job)?,
            dependencies,
            declared,
            parallel,
            tokens,
            secrets,
            presence: Presence::of(&job, workflow, cache)?,
        })
    }

    /// A job of which more is missing than can be checked.
    fn unchecked(shape: &'a Shape<'a>) -> Self {
        Self {
            shape,
            stage: (stages::OF_A_JOB, shape.entry.place),
            when: When::OnSuccess,
            needs: None,
            rule_needs: Vec::new(),
            dependencies: Vec::new(),
            declared: Vec::new(),
            parallel: Parallel::No,
            tokens: Vec::new(),
            secrets: Vec::new(),
            presence: Presence::Always,
        }
    }
}

fn refuse_what_no_job_may_say(job: &Spot<'_, '_>, shape: &Shape<'_>) -> Result<(), Invalid> {
    let refuse = |message: &str| Err(Invalid::at(shape.entry.place, format!("{} {message}", job.location())));
    let mapping = job.hash()?;
    if mapping.is_empty() {
        return refuse("config can't be blank");
    }
    if shape.entry.key.chars().count() > MAX_NAME_LENGTH {
        return refuse("name is too long (maximum is 255 characters)");
    }
    let has = |key| mapping.value(key).is_some();
    for pair in [["script", "trigger"], ["run", "trigger"], ["script", "run"]] {
        if pair.into_iter().all(has) {
            return Err(
                job.invalid(&format!("config these keys cannot be used together: {}", pair.join(", ")))
            );
        }
    }
    job.allow_keys(&keys::allowed(shape.kind))?;
    if let Some(rules) = job.key("rules") {
        let clashing: Vec<&str> =
            ["only", "except", "start_in"].into_iter().filter(|key| job.key(key).is_some()).collect();
        if !clashing.is_empty() {
            return Err(job
                .invalid(&format!("config key may not be used with `rules`: {}", clashing.join(", ")))
                .note("`rules` stands here", Some(rules.place())));
        }
    }
    match shape.kind {
        Kind::Script if !has("run") && is_blank(job, "script") && has("script") => {
            refuse("script can't be blank")
        }
        Kind::Trigger
            if job.key("trigger").is_none() && !mapping.value("needs").is_some_and(names_a_pipeline) =>
        {
            refuse("config should contain either a trigger or a needs:pipeline")
        }
        Kind::Script | Kind::Trigger => Ok(()),
    }
}

/// Rules may be lists in lists, as `!reference` leaves them.
fn rule_needs<'a>(job: &Spot<'_, 'a>) -> Result<Vec<Vec<Need<'a>>>, Invalid> {
    let Some(rules) = job.key("rules") else { return Ok(Vec::new()) };
    let mut all = Vec::new();
    let mut waiting = alloc::vec![rules.value];
    while let Some(rule) = waiting.pop() {
        waiting.extend(rule.node.sequence().unwrap_or_default());
        let spot = rules.below("rule", rule);
        if let Some(spot) = spot.key("needs") {
            all.push(needs(&spot)?);
        }
    }
    Ok(all)
}

fn is_blank(job: &Spot<'_, '_>, key: &str) -> bool {
    match job.value.node.mapping().and_then(|it| it.value(key)).map(|it| &it.node.value) {
        Some(Value::Text(text)) => text.trim().is_empty(),
        Some(Value::Sequence(items)) => items.is_empty(),
        Some(Value::Mapping(map)) => map.is_empty(),
        Some(Value::Null | Value::Boolean(false)) | None => true,
        Some(_) => false,
    }
}

fn stage<'a>(job: &Spot<'_, 'a>) -> Result<(&'a str, Place), Invalid> {
    match job.key("stage") {
        Some(spot) => match spot.value.node.text() {
            Some(stage) => Ok((stage, spot.place())),
            None => Err(spot.invalid("config should be a string")),
        },
        None => Ok((stages::OF_A_JOB, job.place())),
    }
}

fn when(job: &Spot<'_, '_>, kind: Kind) -> Result<When, Invalid> {
    let Some(spot) = job.key("when") else { return Ok(When::OnSuccess) };
    let allowed = When::allowed(kind);
    let when = spot.value.node.text().and_then(When::of).filter(|when| allowed.contains(when));
    when.ok_or_else(|| {
        let names: Vec<&str> = allowed.iter().map(|when| when.keyword()).collect();
        spot.attribute(&format!("should be one of: {}", names.join(", ")))
    })
}

fn dependencies<'a>(
    job: &Spot<'_, 'a>,
    needs: Option<&[Need<'a>]>,
) -> Result<Vec<(&'a str, Place)>, Invalid> {
    let Some(spot) = job.key("dependencies") else { return Ok(Vec::new()) };
    let names = texts(spot.value).ok_or_else(|| spot.attribute("should be an array of strings"))?;
    let needs = needs.unwrap_or_default();
    if !needs.is_empty() {
        let needed: alloc::collections::BTreeSet<&str> = needs.iter().map(|need| need.name).collect();
        let missing: Vec<&str> =
            names.iter().map(|(name, _)| *name).filter(|name| !needed.contains(name)).collect();
        if !missing.is_empty() {
            let message: String = format!("the {} should be part of needs", missing.join(", "));
            return Err(spot.attribute(&message));
        }
    }
    Ok(names)
}
