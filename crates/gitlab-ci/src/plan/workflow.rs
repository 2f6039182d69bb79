use super::declared::{Declared, Position};
use super::job::When;
use super::kind::global;
use super::presence::{Verdict, Workflow};
use super::rule_variables;
use super::scope::Scope as Seen;
use super::spot::Spot;
use super::{Note, inherit::Choice, scope::Shared};
use crate::answer::{Answer, Reason};
use crate::invalid::Invalid;
use crate::rules::{Cache, Decision, Keyword, RuleList, Scope};
use crate::yaml::{Linked, Mapping};

const MAX_NAME_LENGTH: usize = 255;

/// `workflow` of a configuration.
pub(super) struct Written<'a> {
    spot: Option<&'a Linked>,
    rules: Option<RuleList>,
    incomplete: Option<&'a Reason>,
}

/// What its rules come to.
pub(super) struct Decided {
    pub(super) created: Answer<bool>,
    pub(super) refusal: Option<Note>,
    pub(super) decision: Decision,
    pub(super) variables: alloc::vec::Vec<Declared>,
}

impl<'a> Written<'a> {
    /// # Errors
    /// Where GitLab would refuse it.
    pub(super) fn of(
        top: &'a Mapping,
        incomplete: Option<&'a Reason>,
        cache: &Cache,
    ) -> Result<Self, Invalid> {
        let value = global(top, "workflow").map(|entry| &entry.value);
        let (Some(value), None) = (value, incomplete) else {
            return Ok(Self { spot: None, rules: None, incomplete });
        };
        let spot = Spot::top("workflow", value);
        spot.allow_keys(&[&["auto_cancel", "name", "rules"]])?;
        if let Some(name) = spot.key("name") {
            match name.value.node.to_text().map(|text| text.chars().count()) {
                Some(0) => return Err(name.attribute("is too short (minimum is 1 character)")),
                Some(..=MAX_NAME_LENGTH) => {}
                Some(_) => return Err(name.attribute("is too long (maximum is 255 characters)")),
                None => return Err(name.attribute("should be a string")),
            }
        }
        let rules = match spot.key("rules") {
            Some(rules) => Some(
                RuleList::parse(rules.value, Keyword::Workflow, cache)
                    .map_err(|invalid| rules.trail(spot.around(invalid)))?,
            ),
            None => None,
        };
        Ok(Self { spot: Some(value), rules, incomplete: None })
    }

    /// One that is incomplete may have rules: a job that they would let in must not be left out for certain.
    pub(super) fn kind(&self) -> Workflow {
        match self.rules.is_some() || self.incomplete.is_some() {
            true => Workflow::HasRules,
            false => Workflow::HasNone,
        }
    }

    /// # Errors
    /// Where GitLab would refuse the variables of a rule.
    pub(super) fn decide(&self, shared: &Shared<'_>, around: &Scope<'_>) -> Result<Decided, Invalid> {
        let created = match self.incomplete {
            Some(reason) => Answer::Unknown(reason.clone()),
            None => Answer::Known(true),
        };
        let (Some(rules), Some(value)) = (&self.rules, self.spot) else {
            let decision = Decision::default();
            return Ok(Decided { created, refusal: None, decision, variables: alloc::vec::Vec::new() });
        };
        let seen = Seen::new(shared, &Choice::All, alloc::vec::Vec::new());
        let decision = rules.decide(&Scope { variables: &seen, ..*around });
        let verdict = Verdict::of_rules(decision, When::Always);
        let variables = rule_variables::of(&verdict, &Spot::top("workflow", value), Position::WorkflowRule)?;
        let refusal = (verdict.included == Answer::Known(false)).then(|| Note {
            text: "The pipeline did not run. Review the workflow:rules configuration for the pipeline."
                .into(),
            place: verdict.candidates.first().map(|rule| rule.node.place).or(verdict.decision.place),
        });
        Ok(Decided { created: verdict.included, refusal, decision: verdict.decision, variables })
    }
}
