use serde::Deserialize;
use serde_json::json;

use super::{Gitlab, TokenView};
use crate::{
    access::{Date, Error, Owner, Token},
    http::Method,
    secret::BuildToken,
};

/// A token that GitLab is to make.
#[derive(Clone, Debug)]
pub struct Wish<'a> {
    /// What is declared.
    pub token: &'a Token,
    /// What is written into its description.
    pub description: String,
    /// The day at whose start it ends.
    pub expires_at: Date,
}

/// When a token that is to end did.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum End {
    /// By this request.
    Now,
    /// Nothing was there any more, or nothing that we may see.
    Before,
}

/// The one answer that holds a value.
#[derive(Deserialize)]
struct Made {
    token: String,
    #[serde(flatten)]
    view: TokenView,
}

impl Gitlab {
    /// The tokens of a group or project that can be used now; one request a page.
    ///
    /// # Errors
    /// When GitLab refuses or does not answer.
    pub async fn tokens(&self, owner: &Owner) -> Result<Vec<TokenView>, Error> {
        let path = format!("{}/access_tokens?state=active", self.of(owner));
        self.list(&path, &format!("list the tokens of the {owner}")).await
    }

    /// Makes a token. Not repeated where GitLab may have made it: what was lost on the way is found by its description.
    ///
    /// # Errors
    /// When GitLab refuses or does not answer.
    pub async fn make(&self, wish: &Wish<'_>) -> Result<(TokenView, BuildToken), Error> {
        let Wish { token, description, expires_at } = wish;
        let scopes: Vec<&str> = token.scopes.iter().map(|scope| scope.as_str()).collect();
        let body = json!({
            "name": token.name.as_str(),
            "description": description,
            "scopes": scopes,
            "access_level": token.level.number(),
            "expires_at": expires_at,
        });
        let path = format!("{}/access_tokens", self.of(&token.owner));
        let answer = self.ask(Method::Post, &path, Some(&body)).await?;
        let Made { token: value, view } = self.read(answer, &format!("make the token `{}`", token.name))?;
        Ok((view, BuildToken::new(value)))
    }

    /// Lets GitLab replace a token itself: the old one is dead at once.
    ///
    /// # Errors
    /// When GitLab refuses or does not answer.
    pub async fn replace(&self, wish: &Wish<'_>, id: u64) -> Result<(TokenView, BuildToken), Error> {
        let Wish { token, expires_at, .. } = wish;
        let path = format!("{}/access_tokens/{id}/rotate", self.of(&token.owner));
        let answer = self.ask(Method::Post, &path, Some(&json!({ "expires_at": expires_at }))).await?;
        let Made { token: value, view } = self.read(answer, &format!("rotate the token `{}`", token.name))?;
        Ok((view, BuildToken::new(value)))
    }

    /// Ends a token; one that is gone already is as good as ended.
    ///
    /// # Errors
    /// When GitLab refuses or does not answer.
    pub async fn end(&self, owner: &Owner, id: u64) -> Result<End, Error> {
        let answer =
            self.ask(Method::Delete, &format!("{}/access_tokens/{id}", self.of(owner)), None).await?;
        match answer.status {
            200..=299 => Ok(End::Now),
            404 => Ok(End::Before),
            _ => Err(self.refused(&answer, &format!("revoke the token {id} of the {owner}"), &[])),
        }
    }

    fn of(&self, owner: &Owner) -> String {
        let kind = match owner {
            Owner::Group(_) => "groups",
            Owner::Project(_) => "projects",
        };
        format!("/{kind}/{}", owner.path().in_url())
    }
}
