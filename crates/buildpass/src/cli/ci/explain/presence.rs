use gitlab_ci::{Answer, plan::Job, plan::When, rules::Decision};

use super::words;
use crate::{
    cli::ci::snippet::{Kind, Passage},
    pipeline::Reading,
};

/// Is the job part of the pipeline, and which rule says so?
pub(super) fn passage(job: &Job, reading: &Reading) -> Passage {
    let name = &job.name;
    let title = match (&job.included, &job.when) {
        (Answer::Known(true), Answer::Known(When::OnSuccess)) => format!("`{name}` is part of the pipeline"),
        (Answer::Known(true), Answer::Known(when)) => {
            format!("`{name}` is part of the pipeline, and starts `{}`", when.keyword())
        }
        (Answer::Known(true), Answer::Unknown(reason)) => {
            format!("`{name}` is part of the pipeline; when it starts is unknown: {reason}")
        }
        (Answer::Known(false), _) => format!("`{name}` is not part of the pipeline"),
        (Answer::Unknown(reason), _) => {
            format!("whether `{name}` is part of the pipeline is unknown: {reason}")
        }
    };
    let passage = Passage::new(Kind::Note, title).mark(job.place, "");
    let passage = tried(passage, &job.decision, reading);
    match (job.decision.place, &job.included) {
        (Some(_), Answer::Known(false)) if job.decision.tried.iter().all(says_no) => {
            passage.note("none of its rules matches")
        }
        (None, Answer::Known(false)) if reading.plan.created == Answer::Known(true) => {
            passage.note("a job without rules is in the pipelines of branches and tags alone")
        }
        _ => passage,
    }
}

/// Where there is no pipeline at all, why.
pub(super) fn of_workflow(job: &Job, reading: &Reading) -> Option<Passage> {
    let plan = &reading.plan;
    let title = match &plan.created {
        Answer::Known(true) => return None,
        Answer::Known(false) => {
            let why = plan.refusal.as_ref().map_or("", |refusal| refusal.text.as_str());
            format!("no pipeline is created: {why}")
        }
        // The same reason was given for the job.
        Answer::Unknown(reason) if job.included.reason() == Some(reason) => return None,
        Answer::Unknown(reason) => format!("whether a pipeline is created is unknown: {reason}"),
    };
    let passage = Passage::new(Kind::Note, title);
    let at = plan.refusal.as_ref().and_then(|refusal| refusal.place);
    let in_rules = plan.workflow.tried.iter().any(|tried| Some(tried.rule.node.place) == at);
    let passage = match at {
        Some(place) if !in_rules => passage.mark(place, ""),
        _ => passage,
    };
    let last = plan.workflow.tried.iter().rev().take(1);
    Some(last.fold(passage, |passage, tried| {
        passage.mark(tried.rule.node.place, words::verdict(tried, &reading.sources))
    }))
}

/// Every rule that was looked at, with its verdict.
pub(super) fn tried(passage: Passage, decision: &Decision, reading: &Reading) -> Passage {
    decision.tried.iter().fold(passage, |passage, tried| {
        let place = tried.clauses.first().map_or(tried.rule.node.place, |clause| clause.place);
        passage.mark(place, words::verdict(tried, &reading.sources))
    })
}

fn says_no(tried: &gitlab_ci::rules::Tried) -> bool {
    tried.matches == Answer::Known(false)
}
