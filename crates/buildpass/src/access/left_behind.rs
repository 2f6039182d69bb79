use std::time::Duration;

use serde::Serialize;

use super::{
    Declaration, EndedTokens, Error, Mark, World,
    gitlab::{Bot, Gitlab, TokenView},
    status::days,
    world::each,
};

/// The bot user of tokens that have all ended, which is a member still.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
pub struct LeftBehind {
    /// GitLab's number of it.
    pub user_id: u64,
    /// Its name.
    pub username: String,
    /// Of what it is a member.
    pub owner: String,
    /// Whether buildpass made a token of it, for this declaration.
    pub ours: bool,
    /// The tokens that it had, as far as GitLab tells of them.
    pub tokens: Vec<u64>,
    /// Why it is here.
    pub because: String,
}

impl LeftBehind {
    /// Those whose last token has certainly ended so long ago: one list a page of each owner.
    ///
    /// # Errors
    /// When GitLab refuses or does not answer.
    pub async fn all(
        declaration: &Declaration,
        (world, ended): (&World, &EndedTokens),
        gitlab: &Gitlab,
        ended_for: Duration,
    ) -> Result<Vec<Self>, Error> {
        let mut all = Vec::new();
        let listed =
            each(ended.of_each(), async |(owner, ended)| Ok((owner, ended, gitlab.bots(owner).await?)));
        for (owner, ended, bots) in listed.await? {
            let living = world.living(owner);
            for bot in bots.into_iter().filter(|bot| !living.iter().any(|view| view.user_id == bot.id)) {
                let had: Vec<&TokenView> = ended.iter().filter(|view| view.user_id == bot.id).collect();
                // GitLab does not say when a token was taken back: not after the day on which it was to end.
                let since = had.iter().map(|view| {
                    view.expires_at
                        .and_then(|date| world.now.duration_since(date.start()).ok())
                        .unwrap_or_default()
                });
                let since = since.min();
                if since.is_some_and(|since| since < ended_for) {
                    continue;
                }
                let because = match (since, had.len()) {
                    (None, _) => "it has no token".to_owned(),
                    (Some(since), 1) => format!("its token ended, {} days ago at least", days(since)),
                    (Some(since), count) => {
                        format!("all of its {count} tokens ended, {} days ago at least", days(since))
                    }
                };
                let marks = had.iter().filter_map(|view| Mark::of(view));
                let ours = marks.into_iter().any(|mark| mark.declaration == declaration.name);
                let tokens = had.iter().map(|view| view.id).collect();
                let Bot { id: user_id, username } = bot;
                all.push(Self { user_id, username, owner: owner.to_string(), ours, tokens, because });
            }
        }
        Ok(all)
    }

    /// The user that GitLab is asked to remove.
    pub fn bot(&self) -> Bot {
        Bot { id: self.user_id, username: self.username.clone() }
    }
}
