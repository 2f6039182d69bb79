use crate::{
    doctor::{Check, Evidence, Fault, Reach, SourceSeen, Stage, Verdict},
    sources::{Location, Origin},
};

/// Each repository that needs a token lies in the realm of one.
pub(super) const CHECK: Check = Check {
    id: "repository-credential",
    stage: Stage::Repository,
    needs: &["configuration", "project", "channel"],
    reach: Reach::Here,
    run,
};

fn run(evidence: &Evidence<'_>) -> Verdict {
    let Some(Ok(sources)) = &evidence.gitlab.sources else {
        return Verdict::not_needed("the project has no list of sources");
    };
    let secured = || sources.all.iter().filter(|source| source.origin == Origin::Security);
    let realms: Vec<&str> = evidence.realms().realms.iter().map(|each| each.realm.as_str()).collect();
    let faults: Vec<Fault> = secured().filter_map(|source| fault(source, &realms)).collect();
    let good = secured().filter(|source| source.credential.is_some()).count();
    Verdict::of(
        format!("a credential goes to {good} of {} sources from security URLs", secured().count()),
        faults,
        Vec::new(),
    )
}

fn fault(source: &SourceSeen, realms: &[&str]) -> Option<Fault> {
    let location = source.location.as_ref()?;
    if source.credential.is_some() {
        return None;
    }
    let name = &source.name;
    if location.transport() == "ssh" {
        return Some(Fault::new(
            format!("`{name}` has an https URL, to which a token can go"),
            format!("{location}: ssh takes keys and no token"),
            "write the https URL into the list of sources",
        ));
    }
    let advice = match location.secured().and_then(|url| url.as_url().join(".").ok()) {
        Some(group) if realms.is_empty() => {
            format!(
                "name its realm in buildpass.toml: `[[git]] realm = \"{group}\"`, and the secret that is its password"
            )
        }
        Some(_) => "is the URL right? if it is, name its realm with another `[[git]]`".to_owned(),
        None => "write the https URL into the list of sources: a token goes nowhere else".to_owned(),
    };
    let expected = match realms {
        [] => format!("`{name}` lies in the realm of a token"),
        realms => format!("`{name}` lies below {}", realms.join(" or ")),
    };
    Some(Fault::new(expected, format!("{} lies in none", Location::as_str(location)), advice))
}
