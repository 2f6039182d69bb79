use super::{
    super::file::{ConfigFile, Origin},
    folder::{self, Declared},
    raw::{RawAccess, RawGrant, RawMirror, RawToken},
};
use crate::{
    config::{AccessFlags, Environment, Error},
    sources,
};

/// Entries of all files together, each with the file that holds it.
#[derive(Default)]
pub(super) struct Entries<'a> {
    pub(super) tokens: Vec<(&'a str, &'a RawToken)>,
    pub(super) grants: Vec<(&'a str, &'a RawGrant)>,
    pub(super) mirrors: Vec<&'a RawMirror>,
}

impl<'a> Entries<'a> {
    /// What buildpass.toml itself declares.
    pub(super) fn add_file(&mut self, file: Option<&'a ConfigFile>) {
        let Some(file) = file else { return };
        let name = file.path.file_name().and_then(|name| name.to_str()).unwrap_or_default();
        self.add(name, &file.raw.access);
    }

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
            let named = file.raw.access.folder.as_ref();
            if let Some(folder) = named.filter(|_| file.origin == Origin::Repository) {
                // What is read there may be shown, by an error that quotes it.
                let is_ours = sources::lies_within(folder)
                    && beside.join(folder).symlink_metadata().is_ok_and(|found| found.is_dir());
                if !is_ours {
                    return Err(Error::FolderElsewhere { folder: folder.clone(), path: file.path.clone() });
                }
            }
            named.map(|folder| beside.join(folder))
        }
        (None, None) => None,
    };
    folder.map_or_else(|| Ok(Vec::new()), |folder| folder::read(&folder))
}
