use std::collections::BTreeSet;

use serde::Deserialize;
use serde_json::json;

use super::{Gitlab, TokenView, granular};
use crate::{
    access::{Date, Error, Mark, Owner, Token},
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
    /// The projects of a fine-grained one.
    pub projects: BTreeSet<u64>,
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
        let what = format!("list the tokens of the {owner}");
        let Owner::User = owner else {
            return self.list(&format!("{}?state=active", self.of(owner)), &what).await;
        };
        let path = format!("{}?state=active&user_id={}", self.of(owner), self.who().user_id);
        let mut all: Vec<TokenView> = self.list(&path, &what).await?;
        // What else a person has is theirs alone.
        all.retain(|view| Mark::of(view).is_some());
        Ok(all)
    }

    /// Makes a token. Not repeated where GitLab may have made it: what was lost on the way is found by its description.
    ///
    /// # Errors
    /// When GitLab refuses or does not answer.
    pub async fn make(&self, wish: &Wish<'_>) -> Result<(TokenView, BuildToken), Error> {
        let Wish { token, description, expires_at, projects } = wish;
        let mut body = json!({
            "name": token.name.as_str(),
            "description": description,
            "expires_at": expires_at,
        });
        let path = match &token.owner {
            Owner::User => {
                body["granular_scopes"] = granular::download_of(projects);
                "/user/personal_access_tokens".to_owned()
            }
            owner @ (Owner::Group(_) | Owner::Project(_)) => {
                body["scopes"] = token.scopes.iter().map(|scope| scope.as_str()).collect();
                body["access_level"] = token.level.number().into();
                self.of(owner)
            }
        };
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
        let path = format!("{}/{id}/rotate", self.of(&token.owner));
        let answer = self.ask(Method::Post, &path, Some(&json!({ "expires_at": expires_at }))).await?;
        let Made { token: value, view } = self.read(answer, &format!("rotate the token `{}`", token.name))?;
        Ok((view, BuildToken::new(value)))
    }

    /// Ends a token; one that is gone already is as good as ended.
    ///
    /// # Errors
    /// When GitLab refuses or does not answer.
    pub async fn end(&self, owner: &Owner, id: u64) -> Result<End, Error> {
        let answer = self.ask(Method::Delete, &format!("{}/{id}", self.of(owner)), None).await?;
        match answer.status {
            200..=299 => Ok(End::Now),
            404 => Ok(End::Before),
            _ => Err(self.refused(&answer, &format!("revoke the token {id} of the {owner}"), &[])),
        }
    }

    /// Where the tokens of an owner are.
    pub(super) fn of(&self, owner: &Owner) -> String {
        match owner {
            Owner::Group(group) => format!("/groups/{}/access_tokens", group.in_url()),
            Owner::Project(project) => format!("/projects/{}/access_tokens", project.in_url()),
            Owner::User => "/personal_access_tokens".to_owned(),
        }
    }
}
