use super::job::Kind;

/// What every job may say.
const OF_ANY: [&str; 13] = [
    "allow_failure",
    "environment",
    "except",
    "extends",
    "inherit",
    "interruptible",
    "needs",
    "only",
    "resource_group",
    "rules",
    "stage",
    "variables",
    "when",
];

/// What a job with a script may say on top.
const OF_SCRIPT: [&str; 25] = [
    "after_script",
    "artifacts",
    "before_script",
    "cache",
    "coverage",
    "dast_configuration",
    "dependencies",
    "hooks",
    "id_tokens",
    "identity",
    "image",
    "inputs",
    "manual_confirmation",
    "pages",
    "parallel",
    "publish",
    "release",
    "retry",
    "run",
    "script",
    "secrets",
    "services",
    "start_in",
    "tags",
    "timeout",
];

/// What a trigger job may say on top: neither tokens nor secrets.
const OF_TRIGGER: [&str; 2] = ["parallel", "trigger"];

/// The keys that a job may have.
pub(super) fn allowed(kind: Kind) -> [&'static [&'static str]; 2] {
    match kind {
        Kind::Script => [&OF_ANY, &OF_SCRIPT],
        Kind::Trigger => [&OF_ANY, &OF_TRIGGER],
    }
}
