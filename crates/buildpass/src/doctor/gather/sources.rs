use super::Question;
use crate::{
    config::{self, SourceCredentials, SourceFlags, Submodules},
    git::{self, Reach, Username},
    secret::SecretName,
    sources::{self, Channel, Location, Origin, Resolved},
};

/// The sources of the build, as they resolve now.
#[derive(Debug)]
pub struct SourcesSeen {
    /// The channel of the build.
    pub channel: Channel,
    /// The sources.
    pub all: Vec<SourceSeen>,
}

/// One source.
#[derive(Debug)]
pub struct SourceSeen {
    /// What the project calls it.
    pub name: String,
    /// Which rule gave its URL.
    pub origin: Origin,
    /// Where it lies.
    pub location: Option<Location>,
    /// Whether the list knows a security URL for it.
    pub has_security_url: bool,
    /// The secret that `sources fetch` gives it, and under which name.
    pub credential: Option<(Username, SecretName)>,
    /// What the person who watches should know.
    pub remarks: Vec<String>,
}

impl SourcesSeen {
    /// `None` where the project has no list of sources.
    pub(super) fn look(question: Question<'_>) -> Option<Result<Self, String>> {
        let Question { flags, environment, .. } = question;
        let config = match config::sources(flags, &SourceFlags::default(), environment) {
            Ok(config) => config,
            Err(config::Error::NoSources) => return None,
            Err(error) => return Some(Err(error.to_string())),
        };
        Some(Self::resolve(question, &config))
    }

    fn resolve(question: Question<'_>, config: &sources::Config) -> Result<Self, String> {
        let Question { flags, environment, .. } = question;
        let mut resolved = config.resolve(&[]).map_err(|error| error.to_string())?;
        let found = SourceCredentials::find(flags, environment, config, &mut resolved, Submodules::LeftOut);
        // What configuration says that cannot be meant is told by the check of its name.
        let realms = found.map(|found| found.realms).unwrap_or_default();
        let mut realms = realms.iter();
        let of = |source: &Resolved| {
            let remote = source.location.as_ref().and_then(Location::secured);
            let of_source = realms.next();
            let covers = |each: &&git::RealmCredential| {
                remote.is_some_and(|url| each.realm.judge(url) == Reach::Inside)
            };
            let realm = of_source.and_then(|config| {
                config.realms.iter().filter(covers).max_by_key(|each| each.realm.as_str().len())
            });
            let entry = config.list.entry(&source.name);
            SourceSeen {
                name: source.name.clone(),
                origin: source.origin,
                location: source.location.clone(),
                has_security_url: entry.is_some_and(|entry| entry.urls.contains_key(&Channel::Security)),
                credential: realm.map(|realm| (realm.username.clone(), realm.password.clone())),
                remarks: source.remarks().cloned().collect(),
            }
        };
        Ok(Self { channel: config.channel(), all: resolved.iter().map(of).collect() })
    }
}
