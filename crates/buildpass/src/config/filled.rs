use std::fs;

use super::{Environment, Flags};
use crate::{
    run::{Delivery, Filled, PLACEHOLDER, Wanted},
    secret::BuildToken,
};

/// Parts what GitLab Runner has already read for this job (`secrets:`, on Premium) from what is still to be asked for.
/// Only a job's own environment is believed.
pub(super) fn filled(
    wanted: Vec<Wanted>,
    flags: &Flags,
    environment: &Environment,
) -> (Vec<Filled>, Vec<Wanted>) {
    let (mut filled, mut asked) = (Vec::new(), Vec::new());
    let in_job = environment.value("GITLAB_CI") == Some("true");
    for wanted in wanted {
        let found = environment.setting(wanted.name.as_str()).filter(|_| in_job && !flags.pipeline.refresh);
        // A `run` around us keeps the secret for git, and says so.
        let found = found.filter(|found| *found != PLACEHOLDER);
        match found.and_then(|found| value(found, wanted.to)) {
            Some(value) => filled.push(Filled { name: wanted.name, value, to: wanted.to }),
            None => asked.push(wanted),
        }
    }
    (filled, asked)
}

/// The variable may hold the path of a file, as it does unless the YAML says `file: false`.
fn value(found: &str, to: Delivery) -> Option<BuildToken> {
    let of_file = || fs::read_to_string(found).ok().filter(|text| !text.is_empty());
    match (found.starts_with('/').then(of_file).flatten(), to) {
        (Some(text), _) => Some(BuildToken::new(text)),
        (None, Delivery::File) => None,
        (None, Delivery::Env | Delivery::Git(_)) => Some(BuildToken::new(found.to_owned())),
    }
}
