use std::sync::Arc;

use url::Url;

use crate::{
    git::Username,
    http::{Client, Error, Roots, Tls},
    run::mask::{Forms, Masker, Needles},
    secret::BuildToken,
};

/// So much of what a server says is kept.
const MOST_SAID: usize = 600;

/// A client for a GitLab or any other server of git: it follows no redirect, so that a credential stays where it was sent.
pub(super) fn client(roots: &Roots, url: &Url) -> Result<Client, Error> {
    Client::build(&Tls { roots: roots.clone(), client: None, server_name: None }, url)
}

/// What a server says, without what it was sent: whatever stands before it may echo that.
pub(super) struct Hearing(Arc<Needles>);

impl Hearing {
    /// Where a token was sent, and perhaps a user's name with it.
    pub(super) fn of(token: Option<&BuildToken>, username: Option<&Username>) -> Self {
        let users: Vec<&str> = username.into_iter().map(Username::as_str).collect();
        // What is too short for a mask is no token of GitLab's.
        let forms = token.and_then(|token| Forms::of(token.expose(), &users).ok());
        Self(Arc::new(Needles::new(forms)))
    }

    /// Its words: nothing in them that moves a cursor, and no more of them than anybody reads.
    pub(super) fn words(&self, said: &[u8]) -> String {
        let mut masker = Masker::new(Arc::clone(&self.0));
        let mut masked = masker.mask(said).to_vec();
        masked.append(&mut masker.finish());
        let text = String::from_utf8_lossy(&masked);
        text.chars().map(|each| if each.is_control() { ' ' } else { each }).take(MOST_SAID).collect()
    }

    /// Where it points to.
    pub(super) fn location(&self, location: &str) -> String {
        self.words(bare(location).as_bytes())
    }
}

/// A redirect's target without what travels in such URLs: credentials, signatures, tickets of a login.
pub(super) fn bare(location: &str) -> String {
    let path = location.split(['?', '#']).next().unwrap_or_default();
    let without_credential = |mut url: Url| {
        url.set_username("").and_then(|()| url.set_password(None)).ok()?;
        Some(url.into())
    };
    match Url::parse(path) {
        Ok(url) => without_credential(url).unwrap_or_else(|| "elsewhere".to_owned()),
        Err(_) if path.starts_with('/') && !path.starts_with("//") => path.to_owned(),
        Err(_) => "elsewhere".to_owned(),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    const TOKEN: &str = "glpat-made-up-token-000001";

    #[test]
    fn what_was_sent_is_not_said_again() {
        let token = BuildToken::new(TOKEN.to_owned());
        let username: Username = "oauth2".parse().unwrap();
        let hearing = Hearing::of(Some(&token), Some(&username));
        let basic = "b2F1dGgyOmdscGF0LW1hZGUtdXAtdG9rZW4tMDAwMDAx";
        let echo = format!("\u{1b}[31m{TOKEN} as {basic}{}", "x".repeat(2 * MOST_SAID));
        let said = hearing.words(echo.as_bytes());
        assert!(said.starts_with(" [31m[MASKED] as [MASKED]xxx"), "{said}");
        assert_eq!(said.chars().count(), MOST_SAID);
        let pointed = hearing.location(&format!("https://h/{TOKEN}/p?{TOKEN}"));
        assert_eq!(pointed, "https://h/[MASKED]/p");
    }

    #[test]
    fn a_redirect_is_told_without_what_it_carries() {
        for (location, expected) in [
            ("https://me:made-up@h:80/users/sign_in?made-up#made-up", "https://h:80/users/sign_in"),
            ("/users/sign_in?made-up", "/users/sign_in"),
            ("//made-up@h/p", "elsewhere"),
            ("made-up", "elsewhere"),
        ] {
            assert_eq!(bare(location), expected);
        }
    }
}
