use serde::Serialize;

use crate::access::{Plan, Step, Verb};

/// A plan for programs.
#[derive(Serialize)]
pub(super) struct PlanJson<'a> {
    create: usize,
    change: usize,
    rotate: usize,
    revoke: usize,
    steps: &'a [Step],
    warnings: &'a [String],
}

impl<'a> PlanJson<'a> {
    pub(super) fn of(plan: &'a Plan) -> Self {
        Self {
            create: plan.count(Verb::Create),
            change: plan.count(Verb::Change),
            rotate: plan.count(Verb::Rotate),
            revoke: plan.count(Verb::Revoke),
            steps: &plan.steps,
            warnings: &plan.warnings,
        }
    }
}
