use tokio::time::timeout;

use super::Deadline;
use crate::{
    doctor::Reach,
    http,
    identity::{self, IdToken, Opened, Source},
};

/// The job's ID token, and what can be read of it.
#[derive(Debug)]
pub struct HeldToken {
    /// Where it is kept, in words.
    pub place: String,
    /// The token.
    pub token: IdToken,
    /// Header and claims, or in words what makes it no JWT.
    pub opened: Result<Opened, String>,
}

impl HeldToken {
    /// Takes it from its place; `None` where GitHub would have to be asked, and nobody is to be.
    pub(super) async fn look(
        source: &Source,
        reach: Reach,
        deadline: Deadline,
    ) -> Option<Result<Self, identity::Error>> {
        if matches!(source, Source::GithubActions { .. }) && reach == Reach::Here {
            return None;
        }
        let held = |token: IdToken| {
            let opened = Opened::read(&token);
            Self { place: source.place(), token, opened }
        };
        let patience = deadline.for_one_look();
        let fetched = timeout(patience, source.fetch()).await;
        let silent = |_| Err(identity::Error::Github(http::Error::Silent(patience)));
        Some(fetched.unwrap_or_else(silent).map(held))
    }
}
