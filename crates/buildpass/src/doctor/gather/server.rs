use url::Url;

use crate::http::{Client, Error, Roots, Tls};

/// A client for a GitLab or any other server of git: it follows no redirect, so that a credential stays where it was sent.
pub(super) fn client(roots: &Roots, url: &Url) -> Result<Client, Error> {
    Client::build(&Tls { roots: roots.clone(), client: None, server_name: None }, url)
}

/// A server's words, with nothing in them that moves a cursor, and no more than so many.
pub(super) fn words(body: &[u8], most: usize) -> String {
    let text = String::from_utf8_lossy(body);
    text.chars().map(|each| if each.is_control() { ' ' } else { each }).take(most).collect()
}
