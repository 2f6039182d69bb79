use alloc::string::ToString;
use alloc::vec::Vec;

use crate::answer::Reason;
use crate::plan::testing::{Case, case, said};
use crate::plan::{Audience, Plan, agreed};

fn both(yaml: &str) -> Plan {
    let on = |protected: &str| -> Case { case(yaml).predefined("CI_COMMIT_REF_PROTECTED", protected) };
    agreed(on("true").planned(), on("false").planned(), &Reason::new("nobody said"))
}

#[test]
fn what_holds_either_way_is_known() {
    let plan = both(
        "variables: {A: $CI_COMMIT_REF_PROTECTED, B: b}\n\
         same: {script: x, id_tokens: {T: {aud: a}, U: {aud: $CI_COMMIT_REF_PROTECTED}}, secrets: {S: {vault: a/b}}}\n\
         one: {script: x, rules: [{if: '$CI_COMMIT_REF_PROTECTED == \"true\"'}]}\n\
         either: {script: x, rules: [{if: '$CI_COMMIT_REF_PROTECTED == \"true\"', when: manual}, {when: always}]}\n\
         out: {script: x, rules: [{when: never}]}",
    );
    let jobs: Vec<_> = plan
        .jobs
        .iter()
        .map(|job| {
            let included = said(&job.included, ToString::to_string);
            (&*job.name, included, said(&job.when, |when| when.keyword().to_string()))
        })
        .collect();
    let expected = [
        ("same", "true", "on_success"),
        ("one", "unknown", "unknown"),
        ("either", "true", "unknown"),
        ("out", "false", "never"),
    ];
    assert_eq!(jobs, expected.map(|(name, included, when)| (name, included.to_string(), when.to_string())));
    let same = plan.jobs.first().expect("a job");
    let audiences: Vec<_> = same
        .id_tokens
        .known()
        .into_iter()
        .flatten()
        .map(|token| match &token.audience {
            Audience::One(it) => said(&it.value, Clone::clone),
            Audience::Several(_) => "several".to_string(),
        })
        .collect();
    assert_eq!(audiences, ["a", "unknown"]);
    assert_eq!(same.secrets.known().map(Vec::len), Some(1));
    let values: Vec<_> = plan.variables.iter().map(|it| said(&it.value, ToString::to_string)).collect();
    assert_eq!(values, ["unknown", "b"]);
    assert_eq!(said(&plan.created, ToString::to_string), "true");
    let either = plan.jobs.iter().find(|job| &*job.name == "either").expect("a job");
    let matches: Vec<_> =
        either.decision.tried.iter().map(|it| said(&it.matches, ToString::to_string)).collect();
    assert_eq!(matches, ["unknown", "true"]);
}
