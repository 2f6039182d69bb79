use std::collections::BTreeMap;

use gitlab_ci::{
    Answer,
    plan::{Origin, Plan},
    rules::{Clause, Read},
    yaml::Place,
};

use super::{Finding, Rule, Severity, Subject};

/// A variable that `include` reads and YAML alone defines.
pub(super) const RULE: Rule = Rule {
    name: "unseen-variable",
    severity: Severity::Warning,
    summary: "a condition in `include:rules` reads a variable that only YAML defines, which `include` never sees",
    help: "define the variable in the settings of the project or its group; where it is defined there, tell this check with \
           `--variable NAME=VALUE`",
    find,
};

fn find(subject: &Subject<'_>) -> Vec<Finding> {
    let mut found: BTreeMap<(Place, String), Finding> = BTreeMap::new();
    for pipeline in subject.pipelines {
        let defined = defined(&pipeline.plan);
        let clauses =
            pipeline.plan.includes.iter().flat_map(|it| &it.decision.tried).flat_map(|it| &it.clauses);
        for clause in clauses {
            for read in clause.variables.iter().filter(|read| read.value == Answer::Known(None)) {
                let Some(place) = defined.get(&*read.name) else { continue };
                let key = (clause.place, read.name.clone());
                found.entry(key).or_insert_with(|| finding(clause, read, *place));
            }
        }
    }
    found.into_values().collect()
}

fn finding(clause: &Clause, read: &Read, defined: Place) -> Finding {
    let name = &read.name;
    let message = format!("`include` never sees the variable `{name}`, which only YAML defines");
    let label = match clause.holds.known() {
        Some(true) => format!("`${name}` is null here, so this holds"),
        Some(false) => format!("`${name}` is null here, so this does not hold"),
        None => format!("`${name}` is null here"),
    };
    Finding::of(&RULE, clause.place, message, label)
        .note(format!("`{name}` is defined here, which counts for jobs alone"), Some(defined))
}

/// The variables of the YAML, wherever it defines them, and where.
fn defined(plan: &Plan) -> BTreeMap<&str, Place> {
    let of_jobs = plan.jobs.iter().flat_map(|job| &job.variables);
    let mut all = BTreeMap::new();
    for variable in plan.variables.iter().chain(of_jobs) {
        if let Origin::Pipeline(place) | Origin::Workflow(place) | Origin::Job(place) | Origin::Rule(place) =
            variable.origin
        {
            all.entry(&*variable.name).or_insert(place);
        }
    }
    all
}
