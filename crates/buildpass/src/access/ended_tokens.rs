use std::collections::BTreeMap;

use super::{
    Error, Owner, World,
    gitlab::{Gitlab, TokenView},
};

/// The tokens that have ended, as far as GitLab tells of them still, of every group and project that was looked at.
#[derive(Clone, Debug)]
pub struct EndedTokens(BTreeMap<Owner, Vec<TokenView>>);

impl EndedTokens {
    /// One list a page of each owner.
    ///
    /// # Errors
    /// When GitLab refuses or does not answer.
    pub async fn gather(world: &World, gitlab: &Gitlab) -> Result<Self, Error> {
        let mut all = BTreeMap::new();
        for owner in world.tokens.keys().filter(|owner| **owner != Owner::User) {
            all.insert(owner.clone(), gitlab.ended_tokens(owner).await?);
        }
        Ok(Self(all))
    }

    /// Owner by owner.
    pub fn of_each(&self) -> impl Iterator<Item = (&Owner, &[TokenView])> {
        self.0.iter().map(|(owner, ended)| (owner, &ended[..]))
    }
}
