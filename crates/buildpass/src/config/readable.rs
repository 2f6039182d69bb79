use std::{fmt, path::Path};

use super::{Environment, Error};
use crate::{
    secret::SecretName,
    sources::{self, Profile},
};

/// What the value of a variable becomes, where a profile names it.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Purpose {
    /// It is compared, and decides on the channel.
    Channel,
    /// It is a URL that is asked, and shown.
    Url,
    /// It is a version, which a server is asked for, and shown.
    Version,
    /// It is sent as a password, to this GitLab or to where the user allows it.
    Password,
}

/// A profile that somebody may commit names no variable that holds a secret by its name, and no file outside the project. What a profile
/// that ships inside names for the same, it may name too.
pub(super) fn judge(own: &Profile, path: &Path, environment: &Environment) -> Result<(), Error> {
    let shipped = Profile::omnibus();
    let known = uses(&shipped);
    for (purpose, name) in uses(own) {
        let value = environment.value(name).unwrap_or_default().trim();
        let may = purpose.takes_name(name) && purpose.takes_value(value);
        if !may && !known.contains(&(purpose, name)) {
            return Err(Error::VariableAstray { purpose, name: name.to_owned(), path: path.to_owned() });
        }
    }
    let mut files = own.rule.iter().filter_map(|rule| rule.version_file.as_ref()).chain(&own.version_facts);
    match files.find(|file| !sources::lies_within(Path::new(file))) {
        Some(file) => Err(Error::VersionElsewhere { file: file.clone(), path: path.to_owned() }),
        None => Ok(()),
    }
}

/// Whether a profile that ships inside says both which variable gives the URL of a source and which password goes with it: then the
/// repository has no say in where it goes.
pub(super) fn ships_override(profile: &Profile, source: &str, password: &SecretName) -> bool {
    let shipped = Profile::omnibus();
    let variable = |profile: &Profile| profile.rule(source).and_then(|rule| rule.r#override.clone());
    variable(&shipped).is_some_and(|name| variable(profile) == Some(name))
        && shipped.credential.r#override.contains(password)
}

fn uses(profile: &Profile) -> Vec<(Purpose, &str)> {
    let of_channels = profile.channel.iter().map(|rule| (Purpose::Channel, rule.variable.as_deref()));
    let of_rules = profile.rule.iter().flat_map(|rule| {
        [(Purpose::Url, rule.r#override.as_deref()), (Purpose::Version, rule.version.as_deref())]
    });
    let passwords = profile.passwords().map(|name| (Purpose::Password, Some(name.as_str())));
    let all = of_channels.chain(of_rules).chain(passwords);
    all.filter_map(|(purpose, name)| Some((purpose, name?))).collect()
}

/// How names end whose values are public by their nature.
const VERSIONS: [&str; 7] = ["VERSION", "REF", "TAG", "BRANCH", "REVISION", "COMMIT", "SHA"];
const URLS: [&str; 4] = ["URL", "REPO", "REPOSITORY", "SOURCE"];
const PASSWORDS: [&str; 2] = ["TOKEN", "PASSWORD"];

/// What stands in names whose values are not.
const SECRETS: [&str; 8] =
    ["TOKEN", "SECRET", "PASSW", "CREDENTIAL", "JWT", "WEBHOOK", "AUTH", "PRIVATE_KEY"];

/// What proves who the job is, and opens more than repositories.
const PROOFS: [&str; 5] = ["ID_TOKEN", "JWT", "VAULT_TOKEN", "BAO_TOKEN", "ACTIONS_"];

impl Purpose {
    fn takes_name(self, name: &str) -> bool {
        let ends = |words: &[&str]| name.rsplit('_').next().is_some_and(|last| words.contains(&last));
        let holds = |words: &[&str]| words.iter().any(|word| name.contains(word));
        let keyed = || name.split('_').any(|part| ["KEY", "PAT"].contains(&part));
        let is_public = !holds(&SECRETS) && !keyed();
        match self {
            Self::Channel => is_public,
            Self::Version => is_public && ends(&VERSIONS),
            // GitLab's own, of which one has the job token in it.
            Self::Url => is_public && ends(&URLS) && !name.starts_with("CI_"),
            Self::Password => ends(&PASSWORDS) && !holds(&PROOFS),
        }
    }

    /// What a name does not tell: an ID token is one under any name, and a webhook's URL is as good as a password.
    fn takes_value(self, value: &str) -> bool {
        let is_jwt = value.starts_with("eyJ") && value.matches('.').count() == 2;
        let is_repository = || value.is_empty() || value.trim_end_matches('/').ends_with(".git");
        !is_jwt && (self != Self::Url || is_repository())
    }

    /// What to name instead.
    pub(super) fn hint(self) -> String {
        let or =
            |words: &[&str]| words.iter().map(|word| format!("`_{word}`")).collect::<Vec<_>>().join(", ");
        let name = match self {
            Self::Channel => "name one that holds no secret".to_owned(),
            Self::Url => format!("name one that ends in one of {}, and let its URL end in `.git`", or(&URLS)),
            Self::Version => format!("name one that ends in one of {}", or(&VERSIONS)),
            Self::Password => format!("name one that ends in one of {}, and is no ID token", or(&PASSWORDS)),
        };
        format!("{name}; a file outside the repository, named with `--config`, may name any")
    }
}

impl fmt::Display for Purpose {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(match self {
            Self::Channel => "decides on the channel",
            Self::Url => "gives a URL",
            Self::Version => "gives a version",
            Self::Password => "is a password",
        })
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_name_tells_what_it_is_for() {
        for (purpose, name, expected) in [
            (Purpose::Version, "RUNNER_VERSION", true),
            (Purpose::Version, "VERSION", true),
            (Purpose::Version, "CI_COMMIT_TAG", true),
            (Purpose::Version, "HOME", false),
            (Purpose::Version, "MY_TOKEN_VERSION", false),
            (Purpose::Version, "KEY_VERSION", false),
            (Purpose::Version, "CONVERSION", false),
            (Purpose::Url, "RUNNER_REPOSITORY", true),
            (Purpose::Url, "CI_REPOSITORY_URL", false),
            (Purpose::Url, "SLACK_WEBHOOK_URL", false),
            (Purpose::Channel, "EMBARGOED", true),
            (Purpose::Channel, "SSH_PRIVATE_KEY", false),
            (Purpose::Password, "EMBARGO_TOKEN", true),
            (Purpose::Password, "SIGSTORE_ID_TOKEN", false),
            (Purpose::Password, "CI_JOB_JWT_V2", false),
            (Purpose::Password, "SSH_PRIVATE_KEY", false),
        ] {
            assert_eq!(purpose.takes_name(name), expected, "{purpose}: {name}");
        }
    }
}
