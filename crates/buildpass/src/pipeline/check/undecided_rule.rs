use gitlab_ci::rules::{Clause, Decision};

use super::{
    Finding, Rule, Severity, Subject,
    occurrences::{Occurrence, Occurrences},
    templates::hands_out,
};

/// A condition on files that leaves open who gets a token.
pub(super) const RULE: Rule = Rule {
    name: "undecided-rule",
    severity: Severity::Note,
    summary: "`exists` or `changes` leaves open whether a job with a token runs, or a file is included",
    help: "give the changed files with `--changed-file` or `--changed-files`, or decide with `--assume-changes`; where a token \
           hangs on it, ask for a branch or a project in `if` instead",
    find,
};

fn find(subject: &Subject<'_>) -> Vec<Finding> {
    let mut found: Occurrences<(&Clause, &'static str)> = Occurrences::new();
    for pipeline in subject.pipelines {
        let plan = &pipeline.plan;
        for include in plan.includes.iter().filter(|it| it.taken.known().is_none()) {
            for clause in open(&include.decision) {
                let name = include.location.to_string();
                found.add((clause.place, clause.keyword), &name, pipeline, || (clause, "the include"));
            }
        }
        if plan.created.known().is_none() {
            for clause in open(&plan.workflow) {
                found.add((clause.place, clause.keyword), "workflow", pipeline, || (clause, "the pipeline"));
            }
        }
        for job in plan.jobs.iter().filter(|job| job.included.known().is_none()) {
            for clause in open(&job.decision).filter(|_| hands_out(&job.content).next().is_some()) {
                found.add((clause.place, clause.keyword), &job.name, pipeline, || (clause, "the job"));
            }
        }
    }
    let finding = |(place, it): (_, Occurrence<(&Clause, &'static str)>)| {
        let (clause, what) = it.what;
        let (message, label) = match what {
            "the pipeline" => ("it is not known whether there is a pipeline".to_owned(), it.pipelines()),
            "the include" => ("it is not known whether this is included".to_owned(), it.pipelines()),
            _ => (
                format!("it is not known whether {} with a token runs", it.jobs()),
                format!("in {}", it.pipelines()),
            ),
        };
        let finding = Finding::of(&RULE, place, message, format!("`{}`: {label}", clause.keyword));
        match clause.holds.reason() {
            Some(reason) => finding.note(reason.to_string(), None),
            None => finding,
        }
    };
    found.into_iter().map(finding).collect()
}

fn open(decision: &Decision) -> impl Iterator<Item = &Clause> {
    let clauses = decision.tried.iter().flat_map(|tried| &tried.clauses);
    clauses.filter(|clause| clause.holds.known().is_none() && matches!(clause.keyword, "exists" | "changes"))
}
