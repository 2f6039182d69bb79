use std::collections::BTreeSet;

use gitlab_ci::{
    plan::{Job, Origin},
    yaml::Place,
};

use super::{
    Finding, Rule, Severity, Subject,
    file_used_as_value::in_userinfo,
    occurrences::{Occurrence, Occurrences},
    script::scripts,
    shell::{self, Command, Output, Variable},
    subject::{id_tokens, secrets},
};

/// A token where everybody can see it.
pub(super) const RULE: Rule = Rule {
    name: "token-in-script",
    severity: Severity::Warning,
    summary: "a script or a variable puts a token in a URL, or a script in git's configuration or in the log",
    help: "let git ask for it: `buildpass run -- …` with `to = \"git\"` and a `[[git]]` realm in buildpass.toml; where a tool writes \
           the URL itself, add `placeholder = true`",
    find,
};

fn find(subject: &Subject<'_>) -> Vec<Finding> {
    let mut found: Occurrences<(String, Leak)> = Occurrences::new();
    for (pipeline, job) in subject.jobs() {
        let held = held(job);
        for (place, name) in urls_in_variables(job, &held) {
            found.add((place, name), &job.name, pipeline, || (name.to_owned(), Leak::Variable));
        }
        for script in scripts(job) {
            for command in shell::commands(script.text) {
                for variable in &command.variables {
                    let Some(leak) = leak(script.text, &command, variable, &held) else { continue };
                    let place = script.place_of(variable, subject.sources);
                    found.add((place, variable.name), &job.name, pipeline, || {
                        (variable.name.to_owned(), leak)
                    });
                }
            }
        }
    }
    let finding = |(place, it): (_, Occurrence<(String, Leak)>)| {
        let (name, leak) = &it.what;
        let finding =
            Finding::of(&RULE, place, format!("the token `{name}` stands {}", leak.place()), it.jobs());
        finding.note(leak.who_sees_it(), None).help(leak.help())
    };
    found.into_iter().map(finding).collect()
}

/// Where a token ends up.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Leak {
    Url,
    Variable,
    GitConfiguration,
    Log,
}

impl Leak {
    fn place(self) -> &'static str {
        match self {
            Self::Url => "in a URL",
            Self::Variable => "in the URL that a variable holds",
            Self::GitConfiguration => "in git's configuration",
            Self::Log => "in the job's log",
        }
    }

    fn who_sees_it(self) -> &'static str {
        match self {
            Self::Url => {
                "every process of the machine sees the arguments of a command, and git keeps a URL in `.git/config`"
            }
            Self::Variable => {
                "every process of the job sees its variables, and whoever fetches from the URL hands it to git, which keeps it in `.git/config`"
            }
            Self::GitConfiguration => {
                "every process of the machine sees the arguments of a command, and git's configuration outlives the job on a shell runner"
            }
            Self::Log => "GitLab masks a value as it is, and neither its parts nor its encoded forms",
        }
    }

    fn help(self) -> &'static str {
        match self {
            Self::Url | Self::Variable | Self::GitConfiguration => RULE.help,
            Self::Log => "say whether it is set, not what it is: `${NAME:+set}`",
        }
    }
}

/// The tokens that the YAML's own variables put between `://` and `@`, and where.
fn urls_in_variables<'a>(job: &'a Job, held: &BTreeSet<&str>) -> Vec<(Place, &'a str)> {
    let mut found = Vec::new();
    for variable in &job.variables {
        let (Origin::Pipeline(place) | Origin::Workflow(place) | Origin::Job(place) | Origin::Rule(place)) =
            variable.origin
        else {
            continue;
        };
        let Some(text) = variable.written.known() else { continue };
        let put_in = shell::commands(text).into_iter().flat_map(|command| command.variables);
        let tokens = put_in.filter(|it| is_token(it.name, held) && stands_in_userinfo(text, it));
        found.extend(tokens.map(|it| (place, it.name)));
    }
    found
}

/// The variables that hold a token or a secret in a job.
fn held(job: &Job) -> BTreeSet<&str> {
    let in_variables = secrets(job).iter().filter(|secret| !secret.file).map(|secret| &*secret.name);
    in_variables.chain(id_tokens(job).iter().map(|token| &*token.name)).collect()
}

/// GitLab's own job token may be read by every process of the job anyway, but not by its log's readers.
fn leak(script: &str, command: &Command<'_>, variable: &Variable<'_>, held: &BTreeSet<&str>) -> Option<Leak> {
    if !is_token(variable.name, held) {
        return None;
    }
    if stands_in_userinfo(script, variable) {
        return Some(Leak::Url);
    }
    let mut words = command.words();
    let configures = words.next() == Some("git") && matches!(words.next(), Some("config" | "-c"));
    if configures {
        return Some(Leak::GitConfiguration);
    }
    let printed = command.is(&["echo", "printf"]) && command.output == Output::Log;
    printed.then_some(Leak::Log)
}

fn stands_in_userinfo(text: &str, variable: &Variable<'_>) -> bool {
    let before = text.get(..variable.start).unwrap_or_default();
    let behind = text.get(variable.end..).unwrap_or_default();
    in_userinfo(before, behind)
}

const ENDINGS: [&str; 4] = ["TOKEN", "PASSWORD", "PASSWD", "SECRET"];

fn is_token(name: &str, held: &BTreeSet<&str>) -> bool {
    let ends =
        |ending: &&str| name.strip_suffix(*ending).is_some_and(|it| it.is_empty() || it.ends_with('_'));
    held.contains(name) || ENDINGS.iter().any(ends)
}
