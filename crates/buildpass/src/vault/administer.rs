use serde::{Serialize, de::DeserializeOwned};
use zeroize::Zeroizing;

use super::{
    Error, Session,
    answer::{not_a_vault, one_line, parse, words},
    nodes::{Repeat, Request},
};
use crate::http::{Answer, Method};

/// What one request to an administrator's path does.
#[derive(Clone, Copy, Debug)]
pub enum Work<'a> {
    /// Writes a whole object.
    Write(&'a str),
    /// Removes what stands there; nothing there is as good.
    Remove(&'a str),
}

/// What stands at a path of the API.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Found<T> {
    /// This.
    There(T),
    /// Nothing.
    Nothing,
    /// Nothing, since nothing is mounted there.
    NoMount,
}

impl<T> Found<T> {
    /// What is there.
    pub fn there(self) -> Option<T> {
        match self {
            Self::There(found) => Some(found),
            Self::Nothing | Self::NoMount => None,
        }
    }
}

/// The vault's words for a path below no mount.
const NO_MOUNT: [&str; 2] = ["no handler for route", "No secret engine mount at"];

impl Session {
    /// What stands at a path of the API.
    ///
    /// # Errors
    /// When the vault refuses or does not answer.
    pub async fn look<T: DeserializeOwned>(&self, path: &str) -> Result<Found<T>, Error> {
        self.found(path, &self.send(Method::Get, path, None).await?)
    }

    /// What is listed at a path of the API.
    ///
    /// # Errors
    /// When the vault refuses or does not answer.
    pub async fn list<T: DeserializeOwned>(&self, path: &str) -> Result<Found<T>, Error> {
        self.found(path, &self.send(Method::List, path, None).await?)
    }

    /// Changes what stands at a path of the API. Twice does no more than once: an object is written whole.
    ///
    /// # Errors
    /// When the vault refuses or does not answer.
    pub async fn carry_out(&self, work: &Work<'_>, body: &impl Serialize) -> Result<(), Error> {
        let (method, path, body) = match work {
            Work::Write(path) => {
                let body = Zeroizing::new(serde_json::to_vec(body).unwrap_or_default());
                (Method::Post, *path, Some(body))
            }
            Work::Remove(path) => (Method::Delete, *path, None),
        };
        let answer = self.send(method, path, body).await?;
        match answer.status {
            200..=299 => Ok(()),
            404 if method == Method::Delete => Ok(()),
            _ => Err(self.not_done(path, &answer)),
        }
    }

    fn found<T: DeserializeOwned>(&self, path: &str, answer: &Answer) -> Result<Found<T>, Error> {
        if answer.status == 200 {
            return parse(answer).map(Found::There);
        }
        let Some(said) = words(answer) else { return Err(not_a_vault(answer)) };
        let no_mount = said.iter().any(|text| NO_MOUNT.iter().any(|part| text.contains(part)));
        match answer.status {
            400 | 404 if no_mount => Ok(Found::NoMount),
            404 => Ok(Found::Nothing),
            _ => Err(self.not_done(path, answer)),
        }
    }

    async fn send(
        &self,
        method: Method,
        path: &str,
        body: Option<Zeroizing<Vec<u8>>>,
    ) -> Result<Answer, Error> {
        let repeat = Repeat::Freely;
        let request = Request { method, path, token: Some(&self.token), body, repeat, secret_in_body: None };
        self.nodes.send(&request).await
    }

    fn not_done(&self, path: &str, answer: &Answer) -> Error {
        let Some(words) = words(answer) else { return not_a_vault(answer) };
        let text = one_line(&words, &[self.token.expose()]);
        Error::NotDone { path: path.to_owned(), status: answer.status, text }
    }
}
