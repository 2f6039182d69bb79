use alloc::boxed::Box;
use alloc::vec::Vec;

use super::job::{Kind, When};
use super::spot::Spot;
use crate::answer::{Answer, Reason};
use crate::context::Facts;
use crate::invalid::Invalid;
use crate::rules::{Cache, Decision, Default, Keyword, Policy, RuleList, Scope};
use crate::yaml::Linked;

/// What decides on whether a job is part of a pipeline.
pub(super) enum Presence {
    Rules(RuleList),
    /// `only` and `except`, or what GitLab takes for them where a job says nothing.
    Policy(Box<Policy>),
    /// Nothing: with `workflow:rules`, jobs that say nothing are in every pipeline.
    Always,
}

/// What came of it.
pub(super) struct Verdict {
    pub(super) included: Answer<bool>,
    pub(super) when: Answer<When>,
    pub(super) decision: Decision,
    /// The rules that may have matched; the one that did, where that is known.
    pub(super) candidates: Vec<Linked>,
}

/// Are there `workflow:rules`? A job that says nothing is then in merge requests too.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Workflow {
    HasRules,
    HasNone,
}

impl Presence {
    /// # Errors
    /// Where GitLab would refuse the rules.
    pub(super) fn of(job: &Spot<'_, '_>, workflow: Workflow, cache: &Cache) -> Result<Self, Invalid> {
        if let Some(rules) = job.key("rules") {
            return RuleList::parse(rules.value, Keyword::Job, cache)
                .map(Self::Rules)
                .map_err(|it| rules.trail(job.around(it)));
        }
        let [only, except] = ["only", "except"].map(|key| job.key(key));
        let default = match (&only, &except, workflow) {
            (None, None, Workflow::HasRules) => return Ok(Self::Always),
            (.., Workflow::HasRules) => Default::Everything,
            (.., Workflow::HasNone) => Default::BranchesAndTags,
        };
        let [only, except] = [only, except].map(|spot| spot.map(|it| it.value));
        Policy::parse(only, except, default, cache)
            .map(Box::new)
            .map(Self::Policy)
            .map_err(|it| job.trail(job.around(it)))
    }

    /// `when`: what the job says, where no rule says something else.
    pub(super) fn verdict(&self, scope: &Scope<'_>, facts: &Facts, when: When) -> Verdict {
        match self {
            Self::Rules(rules) => Verdict::of_rules(rules.decide(scope), when),
            Self::Policy(policy) => {
                let decided = policy.decide(scope, facts);
                Verdict::simple(decided.included, when, decided.decision)
            }
            Self::Always => Verdict::simple(Answer::Known(true), when, Decision::default()),
        }
    }
}

impl Verdict {
    pub(super) fn simple(included: Answer<bool>, when: When, decision: Decision) -> Self {
        let when = included.clone().map(|included| if included { when } else { When::Never });
        Self { included, when, decision, candidates: Vec::new() }
    }

    /// A rule that may match leaves open what those after it say; where they all say the same, it is known all the same.
    pub(super) fn of_rules(decision: Decision, when: When) -> Self {
        let mut candidates = Vec::new();
        let mut ends = Vec::new();
        let mut open: Option<Reason> = None;
        let mut settled = false;
        for tried in &decision.tried {
            match &tried.matches {
                Answer::Known(false) => continue,
                Answer::Known(true) => settled = true,
                Answer::Unknown(reason) => open = open.or_else(|| Some(reason.clone())),
            }
            ends.push(when_of(&tried.rule).unwrap_or(when));
            candidates.push(tried.rule.clone());
            if settled {
                break;
            }
        }
        if !settled {
            ends.push(When::Never);
        }
        let included = agreed(ends.iter().map(|end| *end != When::Never), open.as_ref());
        let when = agreed(ends.iter().copied(), open.as_ref());
        Self { included, when, decision, candidates }
    }

    /// Why it is not known which rule matches.
    pub(super) fn open(&self) -> Option<&Reason> {
        self.decision.tried.iter().find_map(|tried| tried.matches.reason())
    }
}

impl When {
    pub(super) fn of(text: &str) -> Option<Self> {
        let all = [Self::OnSuccess, Self::OnFailure, Self::Always, Self::Manual, Self::Delayed, Self::Never];
        all.into_iter().find(|when| when.keyword() == text)
    }

    /// What a job of this kind may say.
    pub(super) fn allowed(kind: Kind) -> &'static [Self] {
        match kind {
            Kind::Script => &[Self::OnSuccess, Self::OnFailure, Self::Always, Self::Manual, Self::Delayed],
            Kind::Trigger => &[Self::OnSuccess, Self::OnFailure, Self::Always, Self::Manual],
        }
    }
}

/// `when` of a rule.
pub(super) fn when_of(rule: &Linked) -> Option<When> {
    When::of(rule.node.mapping()?.value("when")?.node.text()?)
}

/// What all say.
fn agreed<T: PartialEq>(all: impl IntoIterator<Item = T>, open: Option<&Reason>) -> Answer<T> {
    let mut all = all.into_iter();
    let first = all.next();
    match (first, open) {
        (Some(first), Some(reason)) if all.any(|other| other != first) => Answer::Unknown(reason.clone()),
        (Some(first), _) => Answer::Known(first),
        (None, reason) => {
            Answer::Unknown(reason.cloned().unwrap_or_else(|| Reason::new("nothing decides on it")))
        }
    }
}
