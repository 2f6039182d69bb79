use super::Plan;
use crate::answer::{Answer, Reason};

/// Leaves open all that an include which nobody could read may override: it may say whatever GitLab lets it.
pub(super) fn open(plan: &mut Plan, reason: &Reason) {
    plan.created = Answer::Unknown(reason.clone());
    plan.refusal = None;
    for job in &mut plan.jobs {
        job.included = Answer::Unknown(reason.clone());
        job.when = Answer::Unknown(reason.clone());
        job.id_tokens = Answer::Unknown(reason.clone());
        job.secrets = Answer::Unknown(reason.clone());
    }
}
