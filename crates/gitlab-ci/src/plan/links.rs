use alloc::collections::{BTreeMap, BTreeSet};
use alloc::format;
use alloc::string::String;
use alloc::vec::Vec;

use super::draft::Draft;
use super::needs::{Demand, Need, duplicated};
use super::spot::Spot;
use super::stages::Stages;
use crate::invalid::Invalid;
use crate::yaml::Place;

/// GitLab's usual limit on `needs`.
const MAX_NEEDS: usize = 50;

/// The jobs by their names.
pub(super) struct Links<'d, 'a> {
    pub(super) drafts: &'d [Draft<'a>],
    positions: BTreeMap<&'a str, usize>,
}

/// Are there names that a file may define which could not be read?
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Elsewhere {
    Nothing,
    Names,
}

impl<'d, 'a> Links<'d, 'a> {
    pub(super) fn of(drafts: &'d [Draft<'a>]) -> Self {
        let positions = drafts.iter().map(|draft| &*draft.shape.entry.key).zip(0..).collect();
        Self { drafts, positions }
    }

    /// The job of a name, or the one that `parallel` makes several of with this name among them.
    pub(super) fn position(&self, name: &str) -> Option<usize> {
        let of_several = || {
            let ends = name.match_indices(": [").map(|(at, _)| at).chain(name.rfind(' '));
            ends.filter_map(|end| self.positions.get(name.get(..end)?).copied()).find(|at| {
                let draft = self.drafts.get(*at);
                draft.is_some_and(|draft| draft.parallel.is_name_of_one(&draft.shape.entry.key, name))
            })
        };
        self.positions.get(name).copied().or_else(of_several)
    }

    /// # Errors
    /// Where a job names a stage or another job that there is not, or that comes too late.
    pub(super) fn check(&self, stages: &Stages<'_>, elsewhere: Elsewhere) -> Result<(), Invalid> {
        for draft in self.drafts.iter().filter(|draft| draft.shape.incomplete.is_none()) {
            self.check_stage(draft, stages, elsewhere)?;
            for (name, place) in &draft.dependencies {
                let dependency = Need { name, place: *place, demand: Demand::Required };
                self.check_need(draft, "dependency", dependency, stages, elsewhere)?;
            }
            for needs in draft.needs.iter().chain(&draft.rule_needs) {
                self.check_needs(draft, needs, stages, elsewhere)?;
            }
        }
        self.refuse_circles()
    }

    fn check_stage(
        &self,
        draft: &Draft<'_>,
        stages: &Stages<'_>,
        elsewhere: Elsewhere,
    ) -> Result<(), Invalid> {
        let (stage, place) = draft.stage;
        if stages.position(stage).is_some() || elsewhere == Elsewhere::Names {
            return Ok(());
        }
        let message = format!(
            "{} job: chosen stage {stage} does not exist; available stages are {}",
            draft.shape.entry.key,
            stages.listed()
        );
        Err(refusal(draft, "stage", place, message))
    }

    fn check_needs(
        &self,
        draft: &Draft<'_>,
        needs: &[Need<'_>],
        stages: &Stages<'_>,
        elsewhere: Elsewhere,
    ) -> Result<(), Invalid> {
        for need in needs {
            self.check_need(draft, "need", *need, stages, elsewhere)?;
        }
        let Some(first) = needs.first() else { return Ok(()) };
        let name = &draft.shape.entry.key;
        let twice = duplicated(needs);
        if !twice.is_empty() {
            let message = format!("{name} has the following needs duplicated: {}.", twice.join(", "));
            return Err(refusal(draft, "needs", first.place, message));
        }
        if needs.len() > MAX_NEEDS {
            let message = format!(
                "{name}: one job can only need {MAX_NEEDS} others, but you have listed {}. \
                 See needs keyword documentation for more details",
                needs.len()
            );
            return Err(refusal(draft, "needs", first.place, message));
        }
        Ok(())
    }

    fn check_need(
        &self,
        draft: &Draft<'_>,
        kind: &str,
        need: Need<'_>,
        stages: &Stages<'_>,
        elsewhere: Elsewhere,
    ) -> Result<(), Invalid> {
        let name = &draft.shape.entry.key;
        let key = if kind == "need" { "needs" } else { "dependencies" };
        let refuse = |message| Err(refusal(draft, key, need.place, message));
        let Some(needed) = self.position(need.name).and_then(|at| self.drafts.get(at)) else {
            return match (need.demand, elsewhere) {
                (Demand::Required, Elsewhere::Nothing) => {
                    refuse(format!("{name} job: undefined {kind}: {}", need.name))
                }
                (Demand::Optional, _) | (_, Elsewhere::Names) => Ok(()),
            };
        };
        match (stages.position(needed.stage.0), stages.position(draft.stage.0)) {
            (Some(its), Some(own)) if its > own => {
                refuse(format!("{name} job: {kind} {} is not defined in current or prior stages", need.name))
            }
            _ => Ok(()),
        }
    }

    fn refuse_circles(&self) -> Result<(), Invalid> {
        let mut done = BTreeSet::new();
        for start in 0..self.drafts.len() {
            let mut way: Vec<(usize, Vec<(usize, Place)>)> = Vec::new();
            let mut on_the_way = BTreeSet::new();
            let mut next = (!done.contains(&start)).then_some(start);
            loop {
                if let Some(at) = next.take() {
                    on_the_way.insert(at);
                    way.push((at, self.needed(at)));
                }
                let Some((at, waits)) = way.last_mut() else { break };
                match waits.pop() {
                    Some((need, _)) if done.contains(&need) => {}
                    Some((need, place)) if on_the_way.contains(&need) => {
                        let circle = way.iter().map(|(at, _)| *at).skip_while(|at| *at != need).chain([need]);
                        let names: Vec<&str> =
                            circle.filter_map(|at| Some(&*self.drafts.get(at)?.shape.entry.key)).collect();
                        let circle: String = names.join(" → ");
                        return Err(Invalid::at(place, "The pipeline has circular dependencies")
                            .note(format!("the circle is {circle}"), None));
                    }
                    Some((need, _)) => next = Some(need),
                    None => {
                        done.insert(*at);
                        on_the_way.remove(at);
                        way.pop();
                    }
                }
            }
        }
        Ok(())
    }

    fn needed(&self, at: usize) -> Vec<(usize, Place)> {
        let needs = self.drafts.get(at).and_then(|draft| draft.needs.as_deref()).unwrap_or_default();
        needs.iter().filter_map(|need| Some((self.position(need.name)?, need.place))).collect()
    }
}

/// What is wrong with what a job says under a key, how it came to say so, and where the job stands.
fn refusal(draft: &Draft<'_>, key: &str, place: Place, message: String) -> Invalid {
    let entry = draft.shape.entry;
    let jobs = Spot::jobs(&draft.shape.content);
    let job = jobs.below(&entry.key, &draft.shape.content);
    let invalid = match draft.shape.content.node.mapping().and_then(|it| it.entry(key)) {
        Some(entry) => job.below(&entry.key, &entry.value).plain(message),
        None => job.plain(message),
    };
    Invalid { place: Some(place), ..invalid }
        .note(format!("the job {} stands here", entry.key), Some(entry.place))
}
