use url::Url;

use super::{
    entries::{Entries, of_folder},
    raw::RawMirror,
    tokens::named,
};
use crate::{
    access::{BadDeclaration, FullPath, Mirror, Mirrors},
    config::{AccessFlags, Environment, Error, file::ConfigFile},
    http::Secured,
    sources::Channel,
};

/// The declared mirrors, and where the two GitLabs are that hold them.
#[derive(Debug)]
pub(in crate::config) struct MirrorUrls {
    mirrors: Mirrors,
    gitlab: Url,
    dev: Option<Url>,
}

impl MirrorUrls {
    /// Those of buildpass.toml and of its folder, on this GitLab or on the one that is configured.
    pub(in crate::config) fn find(
        file: Option<&ConfigFile>,
        environment: &Environment,
        gitlab: Option<&Url>,
    ) -> Result<Self, Error> {
        let folder = of_folder(&AccessFlags::default(), file, environment)?;
        let mut entries = Entries::default();
        entries.add_file(file);
        folder.iter().for_each(|declared| entries.add(&declared.path, &declared.access));
        let raw = file.map(|file| &file.raw.gitlab);
        let stated =
            || raw.and_then(|raw| raw.url.as_deref()).or_else(|| environment.setting("CI_SERVER_URL"));
        let url = |text: &str| Secured::parse(text).map(|url| url.as_url().clone()).map_err(Error::GitlabUrl);
        let found = Self {
            mirrors: mirrors(&entries.mirrors)?,
            gitlab: gitlab.cloned().map_or_else(|| url(stated().ok_or(Error::NoGitlab)?), Ok)?,
            dev: raw.and_then(|raw| raw.dev.as_deref()).map(url).transpose()?,
        };
        let homeless = found.mirrors.iter().find(|mirror| mirror.dev.is_some() && found.dev.is_none());
        match homeless {
            Some(mirror) => Err(Error::NoDev(mirror.name.clone())),
            None => Ok(found),
        }
    }

    /// Each as a source: its name, and its URL on each channel.
    pub(in crate::config) fn sources(&self) -> impl Iterator<Item = (&str, Vec<(Channel, String)>)> {
        self.mirrors.iter().map(|mirror| {
            let canonical = repository(&self.gitlab, &mirror.canonical);
            let dev = self.dev.as_ref().zip(mirror.dev.as_ref()).map(|(dev, path)| repository(dev, path));
            let security =
                mirror.security.as_ref().map(|path| (Channel::Security, repository(&self.gitlab, path)));
            let open = [
                (Channel::Remote, dev.unwrap_or_else(|| canonical.clone())),
                (Channel::Alternative, canonical),
            ];
            (mirror.name.as_str(), open.into_iter().chain(security).collect())
        })
    }

    /// The repositories that take a credential.
    pub(in crate::config) fn private(&self) -> impl Iterator<Item = String> {
        self.mirrors.iter().filter_map(|mirror| Some(repository(&self.gitlab, mirror.security.as_ref()?)))
    }
}

/// What is declared in all files together.
pub(super) fn mirrors(raw: &[&RawMirror]) -> Result<Mirrors, BadDeclaration> {
    Mirrors::build(raw.iter().map(|raw| mirror(raw)).collect::<Result<_, _>>()?)
}

fn mirror(raw: &RawMirror) -> Result<Mirror, BadDeclaration> {
    let place = || format!("the mirror of `{}`", raw.canonical);
    let path = |said: &Option<String>| said.as_deref().map(|path| named(path, place)).transpose();
    let canonical: FullPath = named(&raw.canonical, place)?;
    Ok(Mirror {
        name: raw.name.clone().unwrap_or_else(|| canonical.last().to_owned()),
        canonical,
        security: path(&raw.security)?,
        dev: path(&raw.dev)?,
        token: raw.token.as_deref().map(|name| named(name, place)).transpose()?,
    })
}

fn repository(gitlab: &Url, path: &FullPath) -> String {
    format!("{}/{}.git", gitlab.as_str().trim_end_matches('/'), path.as_str())
}
