use alloc::format;

use super::declared::Position;
use super::draft::Draft;
use super::expansion::{Expansion, Purpose};
use super::inherit::Choice;
use super::job::{Job, When};
use super::listing::Common;
use super::presence::Verdict;
use super::scope::{Scope as Seen, Shared};
use super::spot::Spot;
use super::{listing, of_job, rule_variables};
use crate::answer::{Answer, Reason};
use crate::context::Facts;
use crate::invalid::Invalid;
use crate::rules::Scope;

/// What its rules say of a job.
pub(super) fn verdict(draft: &Draft<'_>, seen: &Seen<'_>, around: &Scope<'_>, facts: &Facts) -> Verdict {
    match draft.shape.incomplete {
        Some(reason) => Verdict::simple(Answer::Unknown(reason.clone()), draft.when, Default::default()),
        None => draft.presence.verdict(&Scope { variables: seen, ..*around }, facts, draft.when),
    }
}

/// A job with all that it would be handed. `created`: is there a pipeline?
///
/// # Errors
/// Where GitLab would refuse the variables of its rule, or finds a circle in those of a job that is part of the pipeline.
pub(super) fn job(
    draft: &Draft<'_>,
    mut seen: Seen<'_>,
    verdict: Verdict,
    common: &Common,
    created: &Answer<bool>,
    unresolved: &[Reason],
) -> Result<Job, Invalid> {
    let entry = draft.shape.entry;
    let jobs = Spot::jobs(&draft.shape.content);
    let spot = jobs.below(&entry.key, &draft.shape.content);
    seen.declare(rule_variables::of(&verdict, &spot, Position::JobRule)?);
    let (variables, circle) = listing::variables(&seen, common);
    if let (Some(circle), Answer::Known(true), Answer::Known(true)) = (circle, &verdict.included, created) {
        return Err(Invalid::at(entry.place, format!("{}: {}", entry.key, circle.message())));
    }
    let mut expansion = Expansion::new(&seen, Purpose::Audience);
    let around = spot.key("id_tokens").map_or(&draft.shape.content, |it| it.value);
    let tokens = draft.tokens.iter().map(|token| token.expanded(around, &mut expansion)).collect();
    let (included, when) = match created {
        Answer::Known(true) => (verdict.included, verdict.when),
        Answer::Known(false) => (Answer::Known(false), Answer::Known(When::Never)),
        Answer::Unknown(reason) => match verdict.included {
            Answer::Known(true) => (Answer::Unknown(reason.clone()), Answer::Unknown(reason.clone())),
            included => (included, verdict.when),
        },
    };
    let incomplete = draft.shape.incomplete;
    let known = |reason: Option<&Reason>| reason.cloned();
    Ok(Job {
        name: entry.key.clone(),
        place: entry.place,
        kind: draft.shape.kind,
        included,
        when,
        decision: verdict.decision,
        id_tokens: match known(incomplete.or(draft.shape.tokens_elsewhere)) {
            Some(reason) => Answer::Unknown(reason),
            None => Answer::Known(tokens),
        },
        secrets: match known(incomplete) {
            Some(reason) => Answer::Unknown(reason),
            None => Answer::Known(draft.secrets.clone()),
        },
        variables,
        content: draft.shape.content.clone(),
        assumes: unresolved.to_vec(),
    })
}

/// The variables that a job's rules see.
pub(super) fn scope<'a>(draft: &'a Draft<'_>, shared: &'a Shared<'a>) -> Seen<'a> {
    let inherit: &Choice<'_> = &draft.shape.inherit.variables;
    let mut seen = Seen::new(shared, inherit, of_job::predefined(draft, shared));
    seen.declare(draft.declared.iter().cloned());
    seen
}
