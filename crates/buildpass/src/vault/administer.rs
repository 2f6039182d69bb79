//! What a vault's owner asks for beside secrets: any API path, and all of the vault at once.

use std::collections::BTreeMap;

use serde::{Deserialize, Serialize, de::DeserializeOwned};
use serde_json::json;
use zeroize::Zeroizing;

use super::{
    Error, Session, Values,
    answer::{is_nothing, not_a_vault, one_line, parse, words},
    body::json_body,
    nodes::{Repeat, Request},
};
use crate::http::{Answer, Method, Pieces, Upload};

/// What frames every answer of a vault that has something to say.
#[derive(Deserialize)]
#[serde(bound = "T: DeserializeOwned")]
struct Data<T> {
    #[serde(deserialize_with = "Option::deserialize")]
    data: Option<T>,
}

#[derive(Deserialize)]
struct Keys {
    #[serde(default)]
    keys: Vec<String>,
}

impl Session {
    /// What stands under `data` at an API path; nothing where nothing is.
    ///
    /// # Errors
    /// When the token may not read it, or no vault answers.
    pub async fn look<T: DeserializeOwned>(&self, path: &str) -> Result<Option<T>, Error> {
        let answer = self.asked(Method::Get, (path, None), None).await?;
        if is_nothing(&answer)? {
            return Ok(None);
        }
        self.data_of(&answer, &format!("GET {path}"))
    }

    /// The same with a parameter.
    ///
    /// # Errors
    /// When the token may not read it, or no vault answers.
    pub async fn look_at<T: DeserializeOwned>(
        &self,
        path: &str,
        (name, value): (&str, u64),
    ) -> Result<Option<T>, Error> {
        let query = format!("{name}={value}");
        let answer = self.asked(Method::Get, (path, Some(&query)), None).await?;
        if is_nothing(&answer)? {
            return Ok(None);
        }
        self.data_of(&answer, &format!("GET {path}?{query}"))
    }

    /// What every vault has at an API path.
    ///
    /// # Errors
    /// When it is not there, the token may not read it, or no vault answers.
    pub async fn look_for<T: DeserializeOwned>(&self, path: &str) -> Result<T, Error> {
        let answer = self.asked(Method::Get, (path, None), None).await?;
        self.data_of(&answer, &format!("GET {path}"))?.ok_or_else(|| not_a_vault(&answer))
    }

    /// Removes what stands at an API path.
    ///
    /// # Errors
    /// When the vault refuses it, or does not answer.
    pub async fn remove(&self, path: &str) -> Result<(), Error> {
        let answer = self.asked(Method::Delete, (path, None), None).await?;
        self.accepted(&answer, &format!("DELETE {path}"), &[])
    }

    /// The names in a folder; those of folders end in a slash.
    ///
    /// # Errors
    /// When the token may not list it, or no vault answers.
    pub async fn list(&self, path: &str) -> Result<Vec<String>, Error> {
        let answer = self.asked(Method::List, (path, None), None).await?;
        if is_nothing(&answer)? {
            return Ok(Vec::new());
        }
        let data: Option<Keys> = self.data_of(&answer, &format!("LIST {path}"))?;
        Ok(data.map(|data| data.keys).unwrap_or_default())
    }

    /// Writes to an API path what is the same when it is written twice; what it answers is not needed.
    ///
    /// # Errors
    /// When the vault refuses it, or does not answer.
    pub async fn set(&self, path: &str, body: &impl Serialize) -> Result<(), Error> {
        let answer = self.asked(Method::Post, (path, None), Some(json_body(body))).await?;
        self.accepted(&answer, &format!("POST {path}"), &[])
    }

    /// Writes a secret to an API path, all of it; the same twice is the same.
    ///
    /// # Errors
    /// When the vault refuses it, or does not answer.
    pub async fn set_values(&self, path: &str, values: &Values) -> Result<(), Error> {
        let answer = self.asked(Method::Post, (path, None), Some(json_body(values))).await?;
        self.accepted(&answer, &format!("POST {path}"), &values.texts())
    }

    /// The first of some API paths that the token may not write to; nothing where it may, or may not ask.
    ///
    /// # Errors
    /// When the vault does not answer.
    pub async fn lacks<'a>(&self, paths: &'a [String]) -> Result<Option<&'a str>, Error> {
        let body = json_body(&json!({ "paths": paths }));
        let answer = self.asked(Method::Post, ("sys/capabilities-self", None), Some(body)).await?;
        let found = self.data_of(&answer, "POST sys/capabilities-self");
        let capabilities: BTreeMap<String, Vec<String>> = match found {
            Ok(found) => found.unwrap_or_default(),
            Err(Error::Refused { .. }) => return Ok(None),
            Err(error) => return Err(error),
        };
        let may = |path: &&String| match capabilities.get(*path) {
            Some(of_path) => of_path.iter().any(|each| ["update", "root"].contains(&each.as_str())),
            None => true,
        };
        Ok(paths.iter().find(|path| !may(path)).map(String::as_str))
    }

    /// All of the vault at once, sealed.
    ///
    /// # Errors
    /// When the vault refuses it, or does not answer.
    pub async fn backup(&self) -> Result<Pieces, Error> {
        let pieces = self.nodes.open(SNAPSHOT, &self.token).await?;
        match pieces.status() {
            200 => Ok(pieces),
            _ => Err(self.refusal(&pieces.whole().await?, &format!("GET {SNAPSHOT}"), &[])),
        }
    }

    /// Puts a backup in the place of everything that the vault has.
    ///
    /// # Errors
    /// When the vault refuses it, or does not answer.
    pub async fn restore(&self, backup: Upload) -> Result<(), Error> {
        let answer = self.nodes.upload(SNAPSHOT, &self.token, backup).await?;
        self.accepted(&answer, &format!("POST {SNAPSHOT}"), &[])
    }

    async fn asked(
        &self,
        method: Method,
        (path, query): (&str, Option<&str>),
        body: Option<Zeroizing<Vec<u8>>>,
    ) -> Result<Answer, Error> {
        let (token, repeat) = (Some(&self.token), Repeat::Freely);
        let request = Request { method, path, query, token, body, repeat, secret_in_body: None };
        self.nodes.send_again(&request).await
    }

    fn accepted(&self, answer: &Answer, asked: &str, secrets: &[&str]) -> Result<(), Error> {
        let is_own = || answer.body.is_empty() || words(answer).is_some();
        if answer.status < 300 && is_own() { Ok(()) } else { Err(self.refusal(answer, asked, secrets)) }
    }

    fn data_of<T: DeserializeOwned>(&self, answer: &Answer, asked: &str) -> Result<Option<T>, Error> {
        if answer.status >= 300 {
            return Err(self.refusal(answer, asked, &[]));
        }
        let Data { data } = parse(answer)?;
        Ok(data)
    }

    /// What a vault says against something; the secrets that were sent with it are not repeated.
    pub(super) fn refusal(&self, answer: &Answer, asked: &str, secrets: &[&str]) -> Error {
        match words(answer) {
            Some(words) => Error::Refused {
                asked: asked.to_owned(),
                status: answer.status,
                text: one_line(&words, &[secrets, &[self.token.expose()]].concat()),
            },
            None => not_a_vault(answer),
        }
    }
}

const SNAPSHOT: &str = "sys/storage/raft/snapshot";
