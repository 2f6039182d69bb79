use serde::{Deserialize, Serialize};

use super::{Plan, Step};
use crate::access::Error;

/// A plan in a file: what was looked at, and what was to be done then.
#[derive(Debug, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct SavedPlan {
    /// Of this form.
    pub version: u32,
    /// Which GitLab.
    pub gitlab: String,
    /// Which vault.
    pub vault: String,
    /// The steps.
    pub steps: Vec<Step>,
}

impl SavedPlan {
    /// The form that is written now.
    pub const VERSION: u32 = 1;

    /// The plan, to be kept.
    pub fn of(plan: &Plan, gitlab: &str, vault: &str) -> Self {
        Self {
            version: Self::VERSION,
            gitlab: gitlab.to_owned(),
            vault: vault.to_owned(),
            steps: plan.steps.clone(),
        }
    }

    /// Refuses where what is to be done now is anything else than what was to be done then.
    ///
    /// # Errors
    /// When the world, or the declaration, has moved.
    pub fn still_holds(&self, now: &Self) -> Result<(), Error> {
        let mut differences = Vec::new();
        for (what, then, now) in
            [("GitLab", &self.gitlab, &now.gitlab), ("the vault", &self.vault, &now.vault)]
        {
            if then != now {
                differences.push(format!("the plan is for {what} at {then}, and this is {now}"));
            }
        }
        let said =
            |step: &Step| format!("{} the {}: {}", step.verb.as_str(), step.object, step.because.join("; "));
        let gone = self.steps.iter().filter(|step| !now.steps.contains(step));
        differences.extend(gone.map(|step| format!("planned, and not to be done any more: {}", said(step))));
        let new = now.steps.iter().filter(|step| !self.steps.contains(step));
        differences.extend(new.map(|step| format!("to be done now, and not planned: {}", said(step))));
        if differences.is_empty() { Ok(()) } else { Err(Error::Moved { differences }) }
    }
}
