use super::{
    super::file::ConfigFile,
    folder::{self, Declared},
    raw::{RawAccess, RawGrant, RawMirror, RawToken},
};
use crate::config::{AccessFlags, Environment, Error};

/// Entries of all files together, each with the file that holds it.
#[derive(Default)]
pub(super) struct Entries<'a> {
    pub(super) tokens: Vec<(&'a str, &'a RawToken)>,
    pub(super) grants: Vec<(&'a str, &'a RawGrant)>,
    pub(super) mirrors: Vec<&'a RawMirror>,
}

impl<'a> Entries<'a> {
    pub(super) fn add(&mut self, file: &'a str, raw: &'a RawAccess) {
        self.tokens.extend(raw.token.iter().map(|token| (file, token)));
        self.grants.extend(raw.grant.iter().map(|grant| (file, grant)));
        self.mirrors.extend(&raw.mirror);
    }
}

/// The files of the folder that a flag or buildpass.toml names.
pub(super) fn of_folder(
    flags: &AccessFlags,
    file: Option<&ConfigFile>,
    environment: &Environment,
) -> Result<Vec<Declared>, Error> {
    let here = environment.working_directory();
    let folder = match (&flags.folder, file) {
        (Some(folder), _) => Some(here.join(folder)),
        (None, Some(file)) => {
            let beside = file.path.parent().unwrap_or(here);
            file.raw.access.folder.as_ref().map(|folder| beside.join(folder))
        }
        (None, None) => None,
    };
    folder.map_or_else(|| Ok(Vec::new()), |folder| folder::read(&folder))
}
