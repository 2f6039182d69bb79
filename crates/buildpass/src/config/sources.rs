use std::{
    collections::BTreeSet,
    path::{Path, PathBuf},
};

use clap::Args;
use url::Url;

use super::{
    Environment, Error, Flags,
    access::MirrorUrls,
    file::{ConfigFile, Origin, RawSource},
    of_pipeline::OfPipeline,
    readable,
    realms::realms,
    secrets::secrets,
};
use crate::{
    access::FullPath,
    secret::SecretName,
    sources::{self, Channel, Entry, Location, Profile, SourceList, Variables},
};

/// What a command says of the sources.
#[derive(Clone, Debug, Default, Args)]
pub struct SourceFlags {
    /// The channel, whatever the variables say
    #[arg(long, value_name = "CHANNEL")]
    pub channel: Option<Channel>,
}

/// The file that is read with the profile `omnibus` where nothing else is said.
const OMNIBUS_FILE: &str = ".custom_sources.yml";

/// Where the sources of this build come from.
///
/// # Errors
/// What cannot be meant, or may not be said by whom it was said.
pub fn sources(
    flags: &Flags,
    source_flags: &SourceFlags,
    environment: &Environment,
) -> Result<sources::Config, Error> {
    let file = ConfigFile::find(flags, environment)?;
    let file = file.as_ref();
    let project = project(environment);
    if let Some(ConfigFile { raw, path, origin: Origin::Repository }) = file
        && let Some(own) = &raw.sources
    {
        readable::judge(own, path, environment)?;
    }
    let profile = profile(file, &project)?.ok_or(Error::NoSources)?;
    let list = list(file, &profile, (&project, environment), None)?;
    let variables = Variables::of(names(&profile).filter_map(|name| Some((name, environment.value(name)?))));
    let (mut wanted, withheld) = secrets(flags, file, environment)?;
    let found = |name: &SecretName| variables.value(name.as_str()).is_some();
    if file.is_none() && OfPipeline::applies(flags, environment) && !profile.passwords().any(found) {
        wanted.append(&mut OfPipeline::read(flags, environment)?.secrets);
    }
    let realms = realms(flags, file, environment, &wanted, &withheld)?;
    let given = wanted.into_iter().map(|wanted| wanted.name).collect();
    Ok(sources::Config { profile, list, project, variables, given, realms, channel: source_flags.channel })
}

/// The profile that is in force: what `buildpass.toml` says, else that of Omnibus where its sources file is.
pub(super) fn profile(file: Option<&ConfigFile>, project: &Path) -> Result<Option<Profile>, Error> {
    let own = file.and_then(|file| file.raw.sources.as_ref());
    let has_list = file.is_some_and(|file| !file.raw.source.is_empty());
    Ok(match own {
        Some(own) => {
            let base = own.profile.as_deref().map(Profile::named).transpose()?.unwrap_or_default();
            Some(base.changed_by(own.clone()))
        }
        None if project.join(OMNIBUS_FILE).symlink_metadata().is_ok() => Some(Profile::omnibus()),
        None if has_list => Some(Profile::default()),
        None => None,
    })
}

/// The project's root.
pub fn project(environment: &Environment) -> PathBuf {
    environment.path("CI_PROJECT_DIR").unwrap_or_else(|| environment.working_directory().clone())
}

fn list(
    file: Option<&ConfigFile>,
    profile: &Profile,
    (project, environment): (&Path, &Environment),
    gitlab: Option<&Url>,
) -> Result<SourceList, Error> {
    let mirrors = profile.mirrors == Some(true);
    let is_named = file.and_then(|file| file.raw.sources.as_ref()).is_some_and(|own| own.file.is_some());
    // The mirrors may stand for the file that the profile names.
    let there = |name: &&String| !mirrors || is_named || project.join(name).symlink_metadata().is_ok();
    let mut list = match profile.file.as_ref().filter(there) {
        Some(name) => {
            let of_repository = file.is_none_or(|file| file.origin == Origin::Repository);
            if of_repository && !sources::lies_within(Path::new(name)) {
                return Err(Error::SourcesElsewhere(name.clone()));
            }
            SourceList::read(project, name)?
        }
        None => SourceList::default(),
    };
    if mirrors {
        let mirrors = MirrorUrls::find(file, environment, gitlab)?;
        let place = file.map(|file| file.path.clone()).unwrap_or_default();
        for (name, urls) in mirrors.sources() {
            list.put(Entry::of_mirror(name.to_owned(), urls, &place));
        }
    }
    for (file, raw) in file.into_iter().flat_map(|file| file.raw.source.iter().map(move |raw| (file, raw))) {
        let RawSource { name, url, r#ref } = raw;
        list.put(Entry::plain(name.clone(), url.clone(), r#ref.clone(), &file.path)?);
    }
    Ok(list)
}

/// The repositories of the security channel that lie on this GitLab: what the build's own token is for.
pub(super) fn private_sources(
    file: Option<&ConfigFile>,
    environment: &Environment,
    gitlab: &Url,
) -> Result<BTreeSet<FullPath>, Error> {
    let project = project(environment);
    let Some(profile) = profile(file, &project)? else { return Ok(BTreeSet::new()) };
    let list = list(file, &profile, (&project, environment), Some(gitlab))?;
    let written = list.entries().iter().filter_map(|entry| entry.urls.get(&Channel::Security));
    Ok(written.filter_map(|written| project_on(gitlab, &written.url)).collect())
}

/// The project that a URL of this GitLab is the repository of.
fn project_on(gitlab: &Url, url: &str) -> Option<FullPath> {
    let (location, _) = Location::read(url).ok()?;
    let url = location.secured()?.as_url();
    let below = url.path().strip_prefix(gitlab.path().trim_end_matches('/'))?;
    let path = below.trim_matches('/');
    let path = path.strip_suffix(".git").unwrap_or(path);
    path.parse().ok().filter(|_| url.origin() == gitlab.origin())
}

/// The variables that a profile asks for: no other is looked at.
fn names(profile: &Profile) -> impl Iterator<Item = &str> {
    let of_channels = profile.channel.iter().filter_map(|rule| rule.variable.as_deref());
    let of_rules = profile.rule.iter().flat_map(|rule| [rule.r#override.as_deref(), rule.version.as_deref()]);
    of_channels.chain(of_rules.flatten()).chain(profile.passwords().map(SecretName::as_str))
}
