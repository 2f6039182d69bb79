use std::collections::BTreeMap;

use super::{
    Error, Owner, World,
    gitlab::{Gitlab, TokenView},
    world::each,
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
        let owners = world.tokens.keys().filter(|owner| **owner != Owner::User);
        let listed =
            each(owners, async |owner: &Owner| Ok((owner.clone(), gitlab.ended_tokens(owner).await?)))
                .await?;
        Ok(Self(listed.into_iter().collect()))
    }

    /// Owner by owner.
    pub fn of_each(&self) -> impl Iterator<Item = (&Owner, &[TokenView])> {
        self.0.iter().map(|(owner, ended)| (owner, &ended[..]))
    }
}
