use base64::{Engine as _, prelude::BASE64_STANDARD};
use zeroize::Zeroizing;

use super::{Gitlab, TokenView};
use crate::{
    access::{Error, FullPath},
    http::{self, Method, secret_header},
    secret::BuildToken,
};

/// The token that a request is made with.
const ITSELF: &str = "/api/v4/personal_access_tokens/self";

/// What a value is to GitLab.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Holder {
    /// No token that can be used now.
    Nobody,
    /// A token that lives and may not say what it is: a fine-grained one that is for code alone.
    Hidden,
    /// A token that can be used now.
    Known(TokenView),
}

impl Gitlab {
    /// What a value is.
    ///
    /// # Errors
    /// When GitLab does not answer.
    pub async fn holder_of(&self, value: &BuildToken) -> Result<Holder, Error> {
        let Ok(headers) = secret_header("private-token", value.expose()) else { return Ok(Holder::Nobody) };
        let answer = self.ask_as(headers, (Method::Get, ITSELF), None).await?;
        match answer.status {
            401 => Ok(Holder::Nobody),
            403 => Ok(Holder::Hidden),
            _ => {
                let view: TokenView =
                    self.read_masked(answer, "say what a stored value is", &[value.expose()])?;
                Ok(if view.active { Holder::Known(view) } else { Holder::Nobody })
            }
        }
    }

    /// Ends a token by its own right, whosever it is: GitLab lets every token do that. One that is dead already is as good as ended.
    ///
    /// # Errors
    /// When GitLab refuses or does not answer.
    pub async fn end_itself(&self, value: &BuildToken) -> Result<(), Error> {
        let Ok(headers) = secret_header("private-token", value.expose()) else { return Ok(()) };
        let answer = self.ask_as(headers, (Method::Delete, ITSELF), None).await?;
        match answer.status {
            200..=299 | 401 => Ok(()),
            _ => Err(self.refused(&answer, "let a stored value end itself", &[value.expose()])),
        }
    }

    /// Reads a repository as git would, with a token that was just made.
    ///
    /// # Errors
    /// When GitLab does not let it read, or does not answer.
    pub async fn try_out(&self, value: &BuildToken, repository: &FullPath) -> Result<(), Error> {
        let unusable =
            |source: http::Error| Error::GitlabUnreachable { address: self.address().to_owned(), source };
        let pair = Zeroizing::new(format!("oauth2:{}", value.expose()));
        let basic = Zeroizing::new(format!("Basic {}", BASE64_STANDARD.encode(pair.as_bytes())));
        let headers = secret_header("authorization", &basic).map_err(unusable)?;
        let path = format!("/{repository}.git/info/refs?service=git-upload-pack");
        let answer = self.ask_as(headers, (Method::Get, &path), None).await?;
        match answer.status {
            200 => Ok(()),
            status => Err(Error::DoesNotRead { repository: repository.to_string(), status }),
        }
    }
}
