use std::{
    fs,
    path::{Path, PathBuf},
};

use serde::Deserialize;

use super::{super::file, raw::RawAccess};
use crate::config::Error;

/// One file of a folder of declarations.
#[derive(Debug)]
pub(super) struct Declared {
    pub(super) path: String,
    pub(super) access: RawAccess,
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct RawFile {
    #[serde(default)]
    access: RawAccess,
}

/// Every `*.toml` of a folder, by name.
pub(super) fn read(folder: &Path) -> Result<Vec<Declared>, Error> {
    let unreadable = |source| Error::Unreadable { path: folder.to_owned(), source };
    let mut paths: Vec<PathBuf> = Vec::new();
    for entry in fs::read_dir(folder).map_err(unreadable)? {
        let path = entry.map_err(unreadable)?.path();
        if path.extension().is_some_and(|extension| extension == "toml") {
            paths.push(path);
        }
    }
    paths.sort();
    paths.iter().map(|path| one(path)).collect()
}

fn one(path: &Path) -> Result<Declared, Error> {
    let text = file::committed(path).map_err(|source| Error::Unreadable { path: path.to_owned(), source })?;
    let RawFile { access } = file::parse(&text, path)?;
    let misplaced = [("name", access.name.is_some()), ("folder", access.folder.is_some())];
    if let Some((key, _)) = misplaced.into_iter().find(|(_, said)| *said) {
        return Err(Error::InFolder { key, path: path.to_owned() });
    }
    Ok(Declared { path: path.display().to_string(), access })
}
