use serde::Deserialize;

use super::{Channel, Variables};
use crate::{git::Username, secret::SecretName};

/// How a project chooses among the URLs of its sources, and which versions it takes: all that is the project's own.
#[derive(Clone, Debug, Default, PartialEq, Eq, Deserialize)]
#[serde(deny_unknown_fields, default)]
pub struct Profile {
    /// One that ships inside, which this one changes.
    pub profile: Option<String>,
    /// The sources file, from the project's root.
    pub file: Option<String>,
    /// Whether every declared mirror is a source as well.
    pub mirrors: Option<bool>,
    /// The user name that goes with a token.
    pub username: Option<Username>,
    /// Whether the variable of a token that is for git alone holds a placeholder.
    pub placeholder: Option<bool>,
    /// A file with the version of any source; `{source}` stands for its name.
    pub version_facts: Option<String>,
    /// Which channel a build is on: the first whose variable says so.
    pub channel: Vec<ChannelRule>,
    /// Which variables hold passwords.
    pub credential: Credentials,
    /// What is particular to some sources.
    pub rule: Vec<SourceRule>,
}

/// When a build is on a channel.
#[derive(Clone, Debug, PartialEq, Eq, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct ChannelRule {
    /// The channel.
    pub name: Channel,
    /// The variable that decides; none decides for all that is left.
    pub variable: Option<String>,
    /// What the variable has to be, exactly.
    #[serde(default)]
    pub is: String,
}

/// The variables whose value is a password; the first that is set is taken.
#[derive(Clone, Debug, Default, PartialEq, Eq, Deserialize)]
#[serde(deny_unknown_fields, default)]
pub struct Credentials {
    /// For URLs of the security channel.
    pub security: Vec<SecretName>,
    /// For URLs that a variable gives.
    pub r#override: Vec<SecretName>,
}

/// What is particular to some sources.
#[derive(Clone, Debug, PartialEq, Eq, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct SourceRule {
    /// Their names.
    pub sources: Vec<String>,
    /// The variable that gives the URL, whatever the sources file says.
    pub r#override: Option<String>,
    /// The variable that gives the version.
    pub version: Option<String>,
    /// The file in the project's root that holds the version.
    pub version_file: Option<String>,
}

/// A profile that does not ship inside.
#[derive(Debug, thiserror::Error)]
#[error("there is no profile `{0}`: `omnibus` is the one that ships with buildpass")]
pub struct NoProfile(String);

impl Profile {
    /// One that ships inside, by its name.
    ///
    /// # Errors
    /// When there is none of that name.
    pub fn named(name: &str) -> Result<Self, NoProfile> {
        match name {
            "omnibus" => Ok(Self::omnibus()),
            other => Err(NoProfile(other.to_owned())),
        }
    }

    /// That of Omnibus GitLab.
    pub fn omnibus() -> Self {
        // A test reads it; were it ever broken, no source would be known.
        toml::from_str(include_str!("omnibus.toml")).unwrap_or_default()
    }

    /// The same, with what a project says differently; its rules come first.
    pub fn changed_by(self, own: Self) -> Self {
        let Self {
            profile: _,
            file,
            mirrors,
            username,
            placeholder,
            version_facts,
            channel,
            credential,
            mut rule,
        } = own;
        let either = |own: Vec<SecretName>, base: Vec<SecretName>| if own.is_empty() { base } else { own };
        rule.extend(self.rule);
        Self {
            profile: self.profile,
            file: file.or(self.file),
            mirrors: mirrors.or(self.mirrors),
            username: username.or(self.username),
            placeholder: placeholder.or(self.placeholder),
            version_facts: version_facts.or(self.version_facts),
            channel: if channel.is_empty() { self.channel } else { channel },
            credential: Credentials {
                security: either(credential.security, self.credential.security),
                r#override: either(credential.r#override, self.credential.r#override),
            },
            rule,
        }
    }

    /// The channel that the build is on.
    pub fn channel(&self, variables: &Variables) -> Channel {
        self.first_channel(variables, |_| true)
    }

    /// Where a source without a security URL comes from.
    pub fn fallback(&self, variables: &Variables) -> Channel {
        self.first_channel(variables, |channel| channel != Channel::Security)
    }

    fn first_channel(&self, variables: &Variables, wanted: impl Fn(Channel) -> bool) -> Channel {
        let says_so = |rule: &&ChannelRule| match &rule.variable {
            Some(variable) => variables.value(variable) == Some(rule.is.as_str()),
            None => true,
        };
        let rule = self.channel.iter().filter(|rule| wanted(rule.name)).find(says_so);
        rule.map_or(Channel::Alternative, |rule| rule.name)
    }

    /// What is particular to a source.
    pub fn rule(&self, source: &str) -> Option<&SourceRule> {
        self.rule.iter().find(|rule| rule.sources.iter().any(|name| name == source))
    }

    /// All variables that can hold a password.
    pub fn passwords(&self) -> impl Iterator<Item = &SecretName> {
        self.credential.security.iter().chain(&self.credential.r#override)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn channels(variables: &[(&str, &str)]) -> (Channel, Channel) {
        let (profile, variables) = (Profile::omnibus(), Variables::of(variables.iter().copied()));
        (profile.channel(&variables), profile.fallback(&variables))
    }

    #[test]
    fn security_is_on_only_when_exactly_true_and_alternative_off_only_when_exactly_false() {
        use Channel::{Alternative, Remote, Security};
        for (security, alternative, expected) in [
            (None, None, (Alternative, Alternative)),
            (Some("true"), None, (Security, Alternative)),
            (Some(" true\n"), None, (Security, Alternative)),
            (Some("TRUE"), None, (Alternative, Alternative)),
            (Some("1"), Some("false"), (Remote, Remote)),
            (Some("true"), Some("false"), (Security, Remote)),
            (Some(""), Some("False"), (Alternative, Alternative)),
            (Some("false"), Some("  "), (Alternative, Alternative)),
            (None, Some("true"), (Alternative, Alternative)),
        ] {
            let mut variables = Vec::new();
            variables.extend(security.map(|value| ("SECURITY_SOURCES", value)));
            variables.extend(alternative.map(|value| ("ALTERNATIVE_SOURCES", value)));
            assert_eq!(channels(&variables), expected, "{variables:?}");
        }
    }

    #[test]
    fn what_ships_inside_is_whole() {
        let profile = Profile::omnibus();
        assert_eq!(profile.file.as_deref(), Some(".custom_sources.yml"));
        for (source, r#override, version, file) in [
            ("gitlab-rails", "GITLAB_ALTERNATIVE_REPO", "GITLAB_VERSION", "VERSION"),
            ("gitlab-rails-ee", "GITLAB_ALTERNATIVE_REPO", "GITLAB_VERSION", "VERSION"),
            ("gitlab-shell", "GITLAB_SHELL_ALTERNATIVE_REPO", "GITLAB_SHELL_VERSION", "GITLAB_SHELL_VERSION"),
            ("gitlab-pages", "GITLAB_PAGES_ALTERNATIVE_REPO", "GITLAB_PAGES_VERSION", "GITLAB_PAGES_VERSION"),
            ("gitaly", "GITALY_SERVER_ALTERNATIVE_REPO", "GITALY_SERVER_VERSION", "GITALY_SERVER_VERSION"),
            (
                "gitlab-elasticsearch-indexer",
                "GITLAB_ELASTICSEARCH_INDEXER_ALTERNATIVE_REPO",
                "GITLAB_ELASTICSEARCH_INDEXER_VERSION",
                "GITLAB_ELASTICSEARCH_INDEXER_VERSION",
            ),
            ("gitlab-kas", "GITLAB_KAS_ALTERNATIVE_REPO", "GITLAB_KAS_VERSION", "GITLAB_KAS_VERSION"),
        ] {
            let rule = profile.rule(source).unwrap();
            assert_eq!(rule.r#override.as_deref(), Some(r#override), "{source}");
            assert_eq!(rule.version.as_deref(), Some(version), "{source}");
            assert_eq!(rule.version_file.as_deref(), Some(file), "{source}");
        }
        let gem = profile.rule("omnibus").unwrap();
        assert_eq!((gem.r#override.as_deref(), gem.version.as_deref()), (None, None));
        assert_eq!(gem.version_file.as_deref(), Some("OMNIBUS_GEM_VERSION"));
        assert_eq!(profile.rule.len(), 7);
        assert_eq!(profile.passwords().count(), 3);
        assert!(Profile::named("other").is_err());
    }

    #[test]
    fn a_project_says_its_own_and_keeps_the_rest() {
        let own: Profile = toml::from_str(
            "file = 'sources.yml'\n[credential]\nsecurity = ['MINE']\n[[rule]]\nsources = ['gitaly']\nversion = 'V'\n",
        )
        .unwrap();
        let profile = Profile::omnibus().changed_by(own);
        assert_eq!(profile.file.as_deref(), Some("sources.yml"));
        assert_eq!(profile.rule("gitaly").unwrap().version.as_deref(), Some("V"));
        assert_eq!(
            profile.passwords().map(SecretName::as_str).collect::<Vec<_>>(),
            ["MINE", "ALTERNATIVE_PRIVATE_TOKEN"]
        );
    }
}
