use crate::{
    doctor::{Check, Evidence, Fault, Reach, SourceSeen, SourcesSeen, Stage, Verdict},
    sources::{Channel, Origin},
};

/// The build takes its sources from where the token is needed.
pub(super) const CHECK: Check =
    Check { id: "channel", stage: Stage::Configuration, needs: &["configuration"], reach: Reach::Here, run };

fn run(evidence: &Evidence<'_>) -> Verdict {
    let sources = match &evidence.gitlab.sources {
        None => return Verdict::not_needed("the project has no list of sources"),
        Some(Ok(sources)) => sources,
        Some(Err(message)) => {
            return Verdict::fail(
                "where the sources come from cannot be told",
                Fault::new(
                    "a list of sources that can be read",
                    message,
                    "mend it; `buildpass sources list` reads it the same way",
                ),
            );
        }
    };
    let verdict = judge(evidence, sources);
    sources.all.iter().fold(verdict, |verdict, source| verdict.detail(line(source)))
}

fn judge(evidence: &Evidence<'_>, sources: &SourcesSeen) -> Verdict {
    let secured = sources.all.iter().filter(|source| source.origin == Origin::Security).count();
    let known = sources.all.iter().filter(|source| source.has_security_url).count();
    let seen = format!(
        "channel `{}`: {secured} of {} sources from security URLs",
        sources.channel.as_str(),
        sources.all.len()
    );
    let environment = evidence.environment;
    let in_security_project = environment.setting("CI_PROJECT_PATH").is_some()
        && environment.setting("CI_PROJECT_PATH") == environment.setting("SECURITY_PROJECT_PATH");
    if sources.channel == Channel::Security || known == 0 || !in_security_project {
        return Verdict::pass(seen);
    }
    let actual = match environment.value("SECURITY_SOURCES") {
        Some(value) => format!("SECURITY_SOURCES is `{value}`"),
        None => "SECURITY_SOURCES is not set".to_owned(),
    };
    let fault = Fault::new(
        format!(
            "SECURITY_SOURCES is exactly `true` in the security project, so that {known} sources come from security URLs"
        ),
        actual,
        "set the variable SECURITY_SOURCES to `true` where the job or the pipeline is defined; every other value is as good as none",
    );
    Verdict::fail(seen, fault)
}

fn line(source: &SourceSeen) -> String {
    let location = source.location.as_ref().map_or("no URL", |location| location.as_str());
    let credential =
        source.credential.as_ref().map_or_else(String::new, |(_, name)| format!(", with {name}"));
    format!("{}: {location} ({}{credential})", source.name, source.origin.as_str())
}
