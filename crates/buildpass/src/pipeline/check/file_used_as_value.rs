use gitlab_ci::plan::Secret;

use super::{
    Finding, Rule, Severity, Subject,
    occurrences::{Occurrence, Occurrences},
    script::scripts,
    shell::{self, Command, Output, Variable},
    subject::secrets,
};

/// A path that is used as if it were the secret.
pub(super) const RULE: Rule = Rule {
    name: "file-used-as-value",
    severity: Severity::Error,
    summary: "a script uses a variable as the secret itself, and it holds the path of a file",
    help: "say `file: false` in the secret, or read the file: `$(cat \"$NAME\")`",
    find,
};

fn find(subject: &Subject<'_>) -> Vec<Finding> {
    let mut found: Occurrences<(&Secret, &'static str)> = Occurrences::new();
    for (pipeline, job) in subject.jobs().filter(|(_, job)| secrets(job).iter().any(|secret| secret.file)) {
        for script in scripts(job) {
            let commands = shell::commands(script.text);
            for (at, command) in commands.iter().enumerate() {
                for variable in &command.variables {
                    let named = |secret: &&Secret| secret.file && &*secret.name == variable.name;
                    let Some(secret) = secrets(job).iter().find(named) else { continue };
                    let Some(how) = as_value(script.text, command, commands.get(at + 1), variable) else {
                        continue;
                    };
                    let place = script.place_of(variable, subject.sources);
                    found.add((place, variable.name), &job.name, pipeline, || (secret, how));
                }
            }
        }
    }
    let finding = |(place, it): (_, Occurrence<(&Secret, &'static str)>)| {
        let (secret, how) = it.what;
        let message = format!("`{}` holds the path of a file and is used as the secret itself", secret.name);
        let missing = if secret.content.member("file").is_some() {
            "`file: true` here"
        } else {
            "`file` is true unless it is set"
        };
        Finding::of(&RULE, place, message, format!("{how}, in {}", it.jobs()))
            .help(format!("say `file: false` in the secret, or read the file: `$(cat \"${}\")`", secret.name))
            .note(format!("the secret is defined here: {missing}"), Some(secret.place))
    };
    found.into_iter().map(finding).collect()
}

const HEADERS: [&str; 3] = ["token: ", "bearer ", "authorization: "];

const FLAGS: [&str; 4] = ["--token", "--password", "--access-token", "--auth-token"];

/// How a variable is used as a value; `None` where it may well be a path.
fn as_value(
    script: &str,
    command: &Command<'_>,
    next: Option<&Command<'_>>,
    variable: &Variable<'_>,
) -> Option<&'static str> {
    let before = script.get(..variable.start).unwrap_or_default();
    let behind = script.get(variable.end..).unwrap_or_default();
    if in_userinfo(before, behind) {
        return Some("in a URL");
    }
    // Far enough for every header and flag; a script may be long.
    let near: String = before.chars().rev().take(40).collect::<Vec<_>>().into_iter().rev().collect();
    let near = near.trim_end_matches(['"', '\'']).to_ascii_lowercase();
    if HEADERS.iter().any(|header| near.ends_with(header)) {
        return Some("in a header");
    }
    if FLAGS.iter().any(|flag| near.strip_suffix(['=', ' ']).is_some_and(|near| near.ends_with(flag))) {
        return Some("behind a flag that takes the value");
    }
    let takes_stdin = next.is_some_and(|next| next.text.contains("--password-stdin"));
    if command.is(&["echo", "printf"]) && command.output == Output::Pipe && takes_stdin {
        return Some("as what a password is read from");
    }
    None
}

/// Is it between `://` and `@`?
pub(super) fn in_userinfo(before: &str, behind: &str) -> bool {
    let ends = |it: char| it.is_whitespace() || matches!(it, '/' | '@' | '"' | '\'');
    let start = before.rfind(ends).map_or(before, |at| &before[at..]);
    let opened =
        start.starts_with('/') && before.strip_suffix(start).is_some_and(|before| before.ends_with(":/"));
    let rest = behind.find(ends).map_or("", |at| &behind[at..]);
    opened && rest.starts_with('@')
}
