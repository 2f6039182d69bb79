use std::{collections::BTreeSet, path::PathBuf};

use super::{
    Channel, Entry, Error, Location, OwnCredential, Profile, SourceList, Variables,
    list::Written,
    version::{reference, version},
};
use crate::{
    git::{self, Reach, Username},
    secret::SecretName,
};

/// All that decides where the sources of a build come from.
#[derive(Clone, Debug)]
pub struct Config {
    /// What is the project's own.
    pub profile: Profile,
    /// The sources.
    pub list: SourceList,
    /// The project's root, where version files are.
    pub project: PathBuf,
    /// What the environment says.
    pub variables: Variables,
    /// The secrets that this job gets from buildpass; as good as variables that are set.
    pub given: BTreeSet<SecretName>,
    /// Which secret goes to which realm, whatever the profile says.
    pub realms: git::Config,
    /// The channel, where the user says it.
    pub channel: Option<Channel>,
}

/// Where one source comes from.
#[derive(Debug)]
pub struct Resolved {
    /// What the project calls it.
    pub name: String,
    /// The channel that the build is on.
    pub channel: Channel,
    /// Where it lies; none where no rule knows.
    pub location: Option<Location>,
    /// The user name that goes with the credential.
    pub username: Option<Username>,
    /// The secret or variable that is its password.
    pub credential: Option<SecretName>,
    /// A credential that stood in the URL itself, and goes nowhere else.
    pub own: Option<OwnCredential>,
    /// The version as it was read.
    pub version: String,
    /// The ref to check out; none is the repository's own default.
    pub reference: Option<String>,
    /// Which rule gave the URL.
    pub origin: Origin,
    /// Why what is written for a URL is none, and where.
    pub unreadable: Option<String>,
    /// What the person who watches should know.
    pub notes: Vec<String>,
}

/// Which rule gave a source its URL.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Origin {
    /// A variable.
    Override,
    /// The channel `security`.
    Security,
    /// There is no security URL, so another channel's.
    Fallback,
    /// The channel of the build.
    Channel,
    /// None: it has no URL.
    None,
}

impl Resolved {
    /// All that the person who watches should know.
    pub fn remarks(&self) -> impl Iterator<Item = &String> {
        self.notes.iter().chain(&self.unreadable)
    }
}

impl Origin {
    /// As it is written in answers.
    pub fn as_str(self) -> &'static str {
        match self {
            Self::Override => "override",
            Self::Security => "security",
            Self::Fallback => "fallback",
            Self::Channel => "channel",
            Self::None => "none",
        }
    }
}

impl Config {
    /// The channel of the build.
    pub fn channel(&self) -> Channel {
        self.channel.unwrap_or_else(|| self.profile.channel(&self.variables))
    }

    /// The sources of these names, or all where none is named.
    ///
    /// # Errors
    /// Where the version of one cannot be told.
    pub fn resolve(&self, names: &[String]) -> Result<Vec<Resolved>, Error> {
        match names {
            [] => self.list.entries().iter().map(|entry| self.resolve_one(&entry.name)).collect(),
            names => names.iter().map(|name| self.resolve_one(name)).collect(),
        }
    }

    fn resolve_one(&self, name: &str) -> Result<Resolved, Error> {
        let channel = self.channel();
        let entry = self.list.entry(name);
        let rule = self.profile.rule(name);
        let version = version(name, &self.profile, &self.variables, &self.project)?;
        let own_reference = entry.and_then(|entry| entry.reference.clone());
        let reference = own_reference.or_else(|| reference(&version, rule));
        let (origin, written) = self.url(name, entry, channel);
        let mut resolved = Resolved {
            name: name.to_owned(),
            channel,
            location: None,
            username: None,
            credential: None,
            own: None,
            version,
            reference,
            origin,
            unreadable: None,
            notes: Vec::new(),
        };
        let Some(written) = written else { return Ok(resolved) };
        match Location::read(&written.url) {
            Ok((location, own)) => {
                self.find_credential(&mut resolved, &location, own, &written.place);
                resolved.location = Some(location);
            }
            Err(error) => resolved.unreadable = Some(format!("{}: {error}", written.place)),
        }
        Ok(resolved)
    }

    /// The first rule that answers.
    fn url(&self, name: &str, entry: Option<&Entry>, channel: Channel) -> (Origin, Option<Written>) {
        let variable = self.profile.rule(name).and_then(|rule| rule.r#override.as_deref());
        let overridden = variable.and_then(|name| Some((name, self.variables.value(name)?)));
        if let Some((variable, url)) = overridden {
            return (Origin::Override, Some(Written { url: url.to_owned(), place: format!("${variable}") }));
        }
        let on = |channel: Channel| entry.and_then(|entry| entry.urls.get(&channel)).cloned();
        let (origin, written) = match (channel, on(channel)) {
            (Channel::Security, Some(written)) => (Origin::Security, Some(written)),
            (Channel::Security, None) => (Origin::Fallback, on(self.profile.fallback(&self.variables))),
            (_, written) => (Origin::Channel, written),
        };
        if written.is_some() { (origin, written) } else { (Origin::None, None) }
    }

    /// A realm that the user configured comes first, then what the profile says, then what stands in the URL.
    fn find_credential(
        &self,
        resolved: &mut Resolved,
        location: &Location,
        own: Option<OwnCredential>,
        place: &str,
    ) {
        let name = &resolved.name;
        let passwords = match resolved.origin {
            Origin::Override => &self.profile.credential.r#override[..],
            Origin::Security => &self.profile.credential.security,
            Origin::Fallback | Origin::Channel | Origin::None => &[],
        };
        let is_set = |password: &&SecretName| {
            self.given.contains(*password) || self.variables.value(password.as_str()).is_some()
        };
        let of_profile = passwords.iter().find(is_set);
        let in_realm = location.secured().and_then(|url| {
            let covers = |each: &&git::RealmCredential| each.realm.judge(url) == Reach::Inside;
            self.realms.realms.iter().filter(covers).max_by_key(|each| each.realm.as_str().len())
        });
        if own.is_some() {
            resolved.notes.push(format!(
                "{place}: the URL of `{name}` has a credential in it, where everybody can read it: take it out"
            ));
        }
        match (in_realm, of_profile) {
            (Some(realm), _) => {
                resolved.credential = Some(realm.password.clone());
                resolved.username = Some(realm.username.clone());
            }
            (None, Some(password)) if location.takes_tokens() => {
                resolved.credential = Some(password.clone());
                resolved.username = Some(self.profile.username.clone().unwrap_or_default());
            }
            (None, Some(password)) => {
                let (over, takes) = match location.transport() {
                    "ssh" => ("over ssh", "keys"),
                    "git" => ("over git://", "no credential"),
                    _ => ("from this machine", "no credential"),
                };
                resolved.notes.push(format!(
                    "{place}: `{name}` is fetched {over}, which takes {takes} and not {password}"
                ));
            }
            (None, None) => resolved.own = own,
        }
    }
}

#[cfg(test)]
mod tests {
    use std::path::Path;

    use super::*;

    const LIST: &str = "
gitlab-shell:
  remote: git@dev.example:shell.git
  alternative: https://gitlab.example/g/shell.git
  security: https://gitlab.example/g/security/shell.git
exporter:
  remote: git@dev.example:exporter.git
  alternative: https://gitlab.example/g/exporter.git
keys:
  alternative: https://gitlab.example/g/keys.git
  security: git@gitlab.example:g/security/keys.git
tool:
  alternative: https://me:made-up@gitlab.example/g/tool.git
";

    fn config(variables: &[(&str, &str)]) -> Config {
        Config {
            profile: Profile::omnibus(),
            list: SourceList::parse(LIST, Path::new("s.yml")).unwrap(),
            project: PathBuf::from("/nonexistent"),
            variables: Variables::of(variables.iter().copied()),
            given: BTreeSet::new(),
            realms: git::Config::default(),
            channel: None,
        }
    }

    fn said(config: &Config, name: &str) -> String {
        let [resolved] = &config.resolve(&[name.to_owned()]).unwrap()[..] else { panic!() };
        let text = |text: Option<&str>| text.unwrap_or("-").to_owned();
        format!(
            "{} {} {} {}",
            resolved.origin.as_str(),
            text(resolved.location.as_ref().map(Location::as_str)),
            text(resolved.username.as_ref().map(Username::as_str)),
            text(resolved.credential.as_ref().map(SecretName::as_str)),
        )
    }

    #[test]
    fn the_first_rule_that_answers_gives_url_and_credential() {
        let security = ("SECURITY_SOURCES", "true");
        let (token, job) = (("SECURITY_PRIVATE_TOKEN", "made-up"), ("CI_JOB_TOKEN", "made-up"));
        let other = ("GITLAB_SHELL_ALTERNATIVE_REPO", "https://other.example/shell.git");
        let no_alternative = ("ALTERNATIVE_SOURCES", "false");
        let (shell, secured) = ("gitlab-shell", "security https://gitlab.example/g/security/shell.git");
        for (variables, name, expected) in [
            (&[][..], shell, "channel https://gitlab.example/g/shell.git - -".to_owned()),
            (&[token, job], shell, "channel https://gitlab.example/g/shell.git - -".to_owned()),
            (&[no_alternative], shell, "channel git@dev.example:shell.git - -".to_owned()),
            (&[security], shell, format!("{secured} - -")),
            (&[security, token, job], shell, format!("{secured} gitlab-ci-token SECURITY_PRIVATE_TOKEN")),
            (
                &[security, ("SECURITY_PRIVATE_TOKEN", " "), job],
                shell,
                format!("{secured} gitlab-ci-token CI_JOB_TOKEN"),
            ),
            (&[security, token], "exporter", "fallback https://gitlab.example/g/exporter.git - -".to_owned()),
            (
                &[security, token, no_alternative],
                "exporter",
                "fallback git@dev.example:exporter.git - -".to_owned(),
            ),
            (&[security, token], "keys", "security git@gitlab.example:g/security/keys.git - -".to_owned()),
            (&[no_alternative], "keys", "none - - -".to_owned()),
            (&[security, token, other], shell, "override https://other.example/shell.git - -".to_owned()),
            (
                &[other, ("ALTERNATIVE_PRIVATE_TOKEN", "made-up")],
                shell,
                "override https://other.example/shell.git gitlab-ci-token ALTERNATIVE_PRIVATE_TOKEN"
                    .to_owned(),
            ),
            (&[security, token], "nobody", "none - - -".to_owned()),
            (&[], "tool", "channel https://gitlab.example/g/tool.git - -".to_owned()),
        ] {
            assert_eq!(said(&config(variables), name), expected, "{variables:?}");
        }
    }

    #[test]
    fn what_buildpass_gives_is_as_good_as_set_and_a_realm_of_the_users_comes_first() {
        let mut config = config(&[("SECURITY_SOURCES", "true"), ("CI_JOB_TOKEN", "made-up")]);
        config.given.insert("SECURITY_PRIVATE_TOKEN".parse().unwrap());
        assert!(said(&config, "gitlab-shell").ends_with(" gitlab-ci-token SECURITY_PRIVATE_TOKEN"));
        config.realms.realms.push(git::RealmCredential {
            realm: "https://gitlab.example/g/".parse().unwrap(),
            username: "me".parse().unwrap(),
            password: "MINE".parse().unwrap(),
        });
        assert!(said(&config, "gitlab-shell").ends_with(" me MINE"));
        assert!(said(&config, "exporter").ends_with(" me MINE"), "a private fallback in the realm");
    }

    #[test]
    fn the_user_may_say_the_channel() {
        let mut config = config(&[("SECURITY_SOURCES", "true")]);
        config.channel = Some(Channel::Remote);
        assert_eq!(said(&config, "gitlab-shell"), "channel git@dev.example:shell.git - -");
    }

    #[test]
    fn what_people_should_know_names_the_line_and_no_secret() {
        let config = config(&[("SECURITY_SOURCES", "true"), ("SECURITY_PRIVATE_TOKEN", "made-up")]);
        let notes: Vec<String> =
            config.resolve(&[]).unwrap().into_iter().flat_map(|resolved| resolved.notes).collect();
        assert_eq!(
            notes,
            [
                "s.yml:11: `keys` is fetched over ssh, which takes keys and not SECURITY_PRIVATE_TOKEN",
                "s.yml:13: the URL of `tool` has a credential in it, where everybody can read it: take it out",
            ]
        );
        let tool = &config.resolve(&["tool".to_owned()]).unwrap()[0];
        assert_eq!(tool.own.as_ref().unwrap().username.as_str(), "me");
        assert!(!format!("{config:?}{tool:?}").contains("made-up"));
    }
}
