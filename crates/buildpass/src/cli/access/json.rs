use std::collections::BTreeMap;

use serde::Serialize;

use crate::access::{Breadth, Plan, Step, TokenName, Verb};

/// A plan for programs.
#[derive(Serialize)]
pub(super) struct PlanJson<'a> {
    create: usize,
    change: usize,
    rotate: usize,
    revoke: usize,
    steps: &'a [Step],
    warnings: &'a [String],
    reach: BTreeMap<&'a str, Breadth>,
}

impl<'a> PlanJson<'a> {
    pub(super) fn of(plan: &'a Plan, breadths: &'a BTreeMap<TokenName, Breadth>) -> Self {
        Self {
            create: plan.count(Verb::Create),
            change: plan.count(Verb::Change),
            rotate: plan.count(Verb::Rotate),
            revoke: plan.count(Verb::Revoke),
            steps: &plan.steps,
            warnings: &plan.warnings,
            reach: breadths.iter().map(|(token, breadth)| (token.as_str(), *breadth)).collect(),
        }
    }
}
