//! What a vault's owner asks for beside secrets: any API path, and all of the vault at once.

use std::fs::File;

use serde::{Deserialize, de::DeserializeOwned};
use serde_json::Value;
use zeroize::Zeroizing;

use super::{
    Error, Session,
    answer::{not_a_vault, one_line, parse, words},
    nodes::{Repeat, Request},
};
use crate::http::{Answer, Method, Pieces};

#[derive(Deserialize)]
struct Data<T> {
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
        let answer = self.asked(Method::Get, path, None).await?;
        if answer.status == 404 {
            return Ok(None);
        }
        let Data { data } = self.accepted(&answer, &format!("GET {path}"))?;
        Ok(data)
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
        let answer = self.nodes.open((path, Some(&query)), &self.token).await?.whole().await?;
        if answer.status == 404 {
            return Ok(None);
        }
        let Data { data } = self.accepted(&answer, &format!("GET {path}?{query}"))?;
        Ok(data)
    }

    /// Removes what stands at an API path.
    ///
    /// # Errors
    /// When the vault refuses it, or does not answer.
    pub async fn remove(&self, path: &str) -> Result<(), Error> {
        let answer = self.asked(Method::Delete, path, None).await?;
        if answer.status < 300 { Ok(()) } else { Err(self.refusal(&answer, &format!("DELETE {path}"))) }
    }

    /// The names in a folder; those of folders end in a slash.
    ///
    /// # Errors
    /// When the token may not list it, or no vault answers.
    pub async fn list(&self, path: &str) -> Result<Vec<String>, Error> {
        let answer = self.asked(Method::List, path, None).await?;
        if answer.status == 404 {
            return Ok(Vec::new());
        }
        let Data::<Keys> { data } = self.accepted(&answer, &format!("LIST {path}"))?;
        Ok(data.map(|data| data.keys).unwrap_or_default())
    }

    /// Writes to an API path; what it answers is not needed.
    ///
    /// # Errors
    /// When the vault refuses it, or does not answer.
    pub async fn write(&self, path: &str, body: &Value) -> Result<(), Error> {
        let text = Zeroizing::new(body.to_string().into_bytes());
        let answer = self.asked(Method::Post, path, Some(text)).await?;
        if answer.status < 300 { Ok(()) } else { Err(self.refusal(&answer, &format!("POST {path}"))) }
    }

    /// All of the vault at once, sealed.
    ///
    /// # Errors
    /// When the vault refuses it, or does not answer.
    pub async fn backup(&self) -> Result<Pieces, Error> {
        let pieces = self.nodes.open((SNAPSHOT, None), &self.token).await?;
        match pieces.status() {
            200 => Ok(pieces),
            _ => Err(self.refusal(&pieces.whole().await?, &format!("GET {SNAPSHOT}"))),
        }
    }

    /// Puts a backup in the place of everything that the vault has.
    ///
    /// # Errors
    /// When the vault refuses it, or does not answer.
    pub async fn restore(&self, backup: File) -> Result<(), Error> {
        let answer = self.nodes.upload(SNAPSHOT, &self.token, backup).await?;
        if answer.status < 300 { Ok(()) } else { Err(self.refusal(&answer, &format!("POST {SNAPSHOT}"))) }
    }

    async fn asked(
        &self,
        method: Method,
        path: &str,
        body: Option<Zeroizing<Vec<u8>>>,
    ) -> Result<Answer, Error> {
        let repeat = if method == Method::Post { Repeat::WhenUnsent } else { Repeat::Freely };
        let token = Some(&self.token);
        self.nodes.send_again(&Request { method, path, token, body, repeat, secret_in_body: None }).await
    }

    fn accepted<T: DeserializeOwned>(&self, answer: &Answer, asked: &str) -> Result<T, Error> {
        if answer.status < 300 { parse(answer) } else { Err(self.refusal(answer, asked)) }
    }

    fn refusal(&self, answer: &Answer, asked: &str) -> Error {
        match words(answer) {
            Some(words) => Error::Refused {
                asked: asked.to_owned(),
                status: answer.status,
                text: one_line(&words, &[self.token.expose()]),
            },
            None => not_a_vault(answer),
        }
    }
}

const SNAPSHOT: &str = "sys/storage/raft/snapshot";
