use alloc::format;
use alloc::vec::Vec;

use super::draft::Draft;
use super::links::Links;
use super::needs::{Demand, Need, needs};
use super::presence::Verdict;
use super::spot::Spot;
use super::{Note, stages};
use crate::answer::{Answer, Reason};
use crate::yaml::Place;

/// Is there a pipeline, as far as its jobs decide on that?
pub(super) struct Creation {
    pub(super) created: Answer<bool>,
    pub(super) refusal: Option<Note>,
}

/// GitLab creates no pipeline that would be empty, and none in which a job needs one that is not there.
pub(super) fn creation(
    links: &Links<'_, '_>,
    verdicts: &[Verdict],
    unresolved: &[Reason],
    top: Place,
) -> Creation {
    let drafts = links.drafts;
    let mut open: Option<Reason> = None;
    for (draft, verdict) in drafts.iter().zip(verdicts) {
        if verdict.included == Answer::Known(false) {
            continue;
        }
        for (needs, is_certain) in needs_of(draft, verdict) {
            for need in needs.iter().filter(|need| need.demand == Demand::Required) {
                let there = match links.position(need.name).and_then(|at| verdicts.get(at)) {
                    Some(needed) => needed.included.clone(),
                    None => Answer::Unknown(missing(need.name, unresolved)),
                };
                match (there, &verdict.included) {
                    (Answer::Known(true), _) => {}
                    (Answer::Known(false), Answer::Known(_)) if is_certain => return refused(draft, need),
                    (Answer::Unknown(reason), _) => open = open.or(Some(reason)),
                    (Answer::Known(false), Answer::Unknown(reason)) => {
                        open = open.or_else(|| Some(reason.clone()))
                    }
                    (Answer::Known(false), Answer::Known(_)) => {
                        open = open.or_else(|| verdict.open().cloned())
                    }
                }
            }
        }
    }
    let mut filling = drafts.iter().zip(verdicts).filter(|(draft, _)| !stages::is_edge(draft.stage.0));
    if filling.clone().any(|(_, verdict)| verdict.included == Answer::Known(true)) {
        let created = open.map_or(Answer::Known(true), Answer::Unknown);
        return Creation { created, refusal: None };
    }
    let open = filling.find_map(|(_, verdict)| verdict.included.reason().cloned()).or(open);
    match open.or_else(|| unresolved.first().cloned()) {
        Some(reason) => Creation { created: Answer::Unknown(reason), refusal: None },
        None => {
            let text = "The resulting pipeline would have been empty. \
                        Review the rules configuration for the relevant jobs.";
            Creation {
                created: Answer::Known(false),
                refusal: Some(Note { text: text.into(), place: Some(top) }),
            }
        }
    }
}

/// What a job needs, and whether that is certain: a rule that matches may replace it.
fn needs_of<'v>(draft: &'v Draft<'_>, verdict: &'v Verdict) -> Vec<(Vec<Need<'v>>, bool)> {
    let is_certain = verdict.open().is_none();
    let own = || draft.needs.iter().flatten().copied().collect::<Vec<Need<'v>>>();
    if verdict.candidates.is_empty() {
        return alloc::vec![(own(), is_certain)];
    }
    let of_rule = |rule| {
        let rule = Spot::top("rule", rule);
        let replaced = rule.key("needs").and_then(|spot| needs(&spot).ok());
        (replaced.unwrap_or_else(own), is_certain)
    };
    verdict.candidates.iter().map(of_rule).collect()
}

fn missing(name: &str, unresolved: &[Reason]) -> Reason {
    match unresolved.first() {
        Some(reason) => {
            Reason::new(format!("a job needs '{name}', which no file that was read defines: {reason}"))
        }
        None => Reason::new(format!("a job needs '{name}', which is not defined")),
    }
}

fn refused(draft: &Draft<'_>, need: &Need<'_>) -> Creation {
    let (name, needed) = (&draft.shape.entry.key, need.name);
    let text = format!(
        "'{name}' job needs '{needed}' job, but '{needed}' does not exist in the pipeline. \
         This might be because of the only, except, or rules keywords. \
         To need a job that sometimes does not exist in the pipeline, use needs:optional."
    );
    Creation { created: Answer::Known(false), refusal: Some(Note { text, place: Some(need.place) }) }
}
