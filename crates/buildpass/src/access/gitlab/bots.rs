use serde::Deserialize;

use super::{End, Gitlab, TokenView};
use crate::{
    access::{Error, Owner},
    http::Method,
};

/// The user that GitLab makes for a token of a group or project.
/// <https://docs.gitlab.com/user/group/settings/group_access_tokens/#bot-users-for-groups>
#[derive(Clone, Debug, PartialEq, Eq, Deserialize)]
pub struct Bot {
    /// Its number.
    pub id: u64,
    /// Its name, which says what it is: a list of members does not.
    pub username: String,
}

impl Gitlab {
    /// The bots among the members of a group or project itself; one request a page. A person has none.
    ///
    /// # Errors
    /// When GitLab refuses or does not answer.
    pub async fn bots(&self, owner: &Owner) -> Result<Vec<Bot>, Error> {
        let path = match owner {
            Owner::Group(group) => format!("/groups/{}/members", group.in_url()),
            Owner::Project(project) => format!("/projects/{}/members", project.in_url()),
            Owner::User => return Ok(Vec::new()),
        };
        let all: Vec<Bot> = self.list(&path, &format!("list the members of the {owner}")).await?;
        Ok(all.into_iter().filter(|member| is_of_a_bot(&member.username)).collect())
    }

    /// The tokens of a group or project that have ended, as long as GitLab keeps them; one request a page.
    ///
    /// # Errors
    /// When GitLab refuses or does not answer.
    pub async fn ended_tokens(&self, owner: &Owner) -> Result<Vec<TokenView>, Error> {
        let path = format!("{}?state=inactive", self.of(owner));
        let all: Vec<TokenView> = self.list(&path, &format!("list the ended tokens of the {owner}")).await?;
        // Before 17.2 it knows no `state`.
        Ok(all.into_iter().filter(|view| !view.active).collect())
    }

    /// Removes a bot, with its membership and its tokens: an owner may not, an administrator may.
    ///
    /// # Errors
    /// When GitLab refuses or does not answer.
    pub async fn remove_bot(&self, bot: &Bot) -> Result<End, Error> {
        let answer = self.ask(Method::Delete, &format!("/users/{}", bot.id), None).await?;
        match answer.status {
            200..=299 => Ok(End::Now),
            404 => Ok(End::Before),
            403 => Err(Error::OnlyAnAdministrator(bot.username.clone())),
            _ => Err(self.refused(&answer, &format!("remove the bot user {}", bot.username), &[])),
        }
    }
}

/// `group_1_bot_a1b2`, and before GitLab 16.2 `project_1_bot` and `project_1_bot2`.
fn is_of_a_bot(username: &str) -> bool {
    let behind = username.strip_prefix("group_").or_else(|| username.strip_prefix("project_"));
    let Some((number, rest)) = behind.and_then(|behind| behind.split_once("_bot")) else { return false };
    let digits = |text: &str| text.bytes().all(|byte| byte.is_ascii_digit());
    let hex = |text: &str| !text.is_empty() && text.bytes().all(|byte| byte.is_ascii_hexdigit());
    !number.is_empty() && digits(number) && (digits(rest) || rest.strip_prefix('_').is_some_and(hex))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_bot_is_known_by_its_name() {
        for name in ["group_12_bot_0a1f", "project_3_bot_ff", "project_3_bot", "project_3_bot2"] {
            assert!(is_of_a_bot(name), "{name}");
        }
        for name in
            ["group_bot", "group_x_bot_ff", "group_1_bot_", "my_group_1_bot_ff", "group_1_bottle", "root"]
        {
            assert!(!is_of_a_bot(name), "{name}");
        }
    }
}
