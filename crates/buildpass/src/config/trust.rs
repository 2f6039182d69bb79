//! A configuration that a stranger committed may choose among what the user allows, and cannot add to it.

use std::path::Path;

use super::{
    Environment, Error, Flags,
    file::{ConfigFile, Origin},
};
use crate::{git::Realm, http::PlainHttp, vault::Address};

/// The first of these addresses that the repository's file named, and nobody else; and that file.
pub(super) fn named_by_repository<'a>(
    nodes: &'a [Address],
    own: &[Address],
    file: Option<&'a ConfigFile>,
) -> Option<(&'a Address, &'a Path)> {
    let file = file.filter(|file| file.origin == Origin::Repository)?;
    let stray = nodes.iter().find(|node| !own.contains(node))?;
    Some((stray, &file.path))
}

/// The addresses that the user named, not the repository.
pub(super) fn own_addresses(flags: &Flags, environment: &Environment, names: &[&str]) -> Vec<Address> {
    let named = flags
        .address
        .iter()
        .map(String::as_str)
        .chain(names.iter().filter_map(|name| environment.setting(name)));
    named
        .flat_map(|text| text.split(','))
        .filter_map(|text| Address::parse(text, PlainHttp::Anywhere).ok())
        .collect()
}

/// A realm from the repository lies on this GitLab, or in one that `--realm` names.
pub(super) fn judge_realm(
    realm: &Realm,
    path: &Path,
    flags: &Flags,
    environment: &Environment,
) -> Result<(), Error> {
    for allowed in &flags.realm {
        if realm.lies_in(&allowed.parse()?) {
            return Ok(());
        }
    }
    let server = environment.setting("CI_SERVER_HOST");
    let port = environment.setting("CI_SERVER_PORT").and_then(|port| port.parse().ok());
    let on_this_gitlab = server.is_some_and(|host| host.eq_ignore_ascii_case(realm.host()));
    if on_this_gitlab && realm.port() == port.unwrap_or(443) {
        return Ok(());
    }
    Err(Error::RealmAstray { realm: realm.clone(), path: path.to_owned(), server: server.map(str::to_owned) })
}
