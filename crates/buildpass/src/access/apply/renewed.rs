use std::time::SystemTime;

use super::{Hands, Manner};
use crate::{
    access::{
        Date, Error, Fate, Mark, Note, Stored, Token,
        gitlab::{TokenView, Wish},
        judge, latest_end, retire,
    },
    secret::BuildToken,
    vault::Written,
};

/// What has taken an old token's place.
pub(super) struct Renewed {
    pub(super) id: u64,
    pub(super) version: u64,
    pub(super) expires_at: Date,
}

impl Hands<'_> {
    /// Makes a token, proves it, stores it in the place of the one that is there, and notes what retires. None where another run was faster.
    pub(super) async fn renew(&self, token: &Token) -> Result<Option<Renewed>, Error> {
        let nothing = Stored::default();
        let stored = self.world.stored.get(&token.name).unwrap_or(&nothing);
        let old = match judge(token, self.world)? {
            Fate::Keep(view) | Fate::Replace(Some(view), _) => Some(view),
            Fate::Make(_) | Fate::Replace(None, _) => None,
        };
        let now = self.gitlab.now();
        let wish = Wish { token, description: self.mark(token).write(), expires_at: latest_end(token, now) };
        let (view, value) = match (self.manner, old) {
            (Manner::InPlace, Some(old)) => self.gitlab.replace(&wish, old.id).await?,
            _ => self.gitlab.make(&wish).await?,
        };
        if let Err(error) = self.prove(token, &value).await {
            self.gitlab.end(&token.owner, view.id).await?;
            // A faster run may have ended it: it was stored nowhere.
            let overtaken = self.session.kv_state(&token.store.path).await?.version != stored.state.version;
            return if overtaken { Ok(None) } else { Err(error) };
        }
        let version = match self.session.put_field(&token.store, &value, stored.state.version).await? {
            Written::Version(version) => version,
            Written::Overtaken => {
                self.gitlab.end(&token.owner, view.id).await?;
                return Ok(None);
            }
        };
        let note = self.new_note(token, (&view, version), (stored, old), now);
        self.session.put_custom(&token.store.path, &note.write()).await?;
        Ok(Some(Renewed { id: view.id, version, expires_at: view.expires_at.unwrap_or(wish.expires_at) }))
    }

    /// A new token is what it was made for, before any job is given it.
    async fn prove(&self, token: &Token, value: &BuildToken) -> Result<(), Error> {
        let reads = token.scopes.iter().any(|scope| scope.as_str().ends_with("_repository"));
        match self.declaration.repository_of(token).filter(|_| reads) {
            Some(repository) => self.gitlab.try_out(value, repository).await,
            None => match self.gitlab.holder_of(value).await? {
                Some(view) if view.active => Ok(()),
                _ => Err(Error::Blocked(format!("the new token `{}` was born dead", token.name))),
            },
        }
    }

    fn mark(&self, token: &Token) -> Mark {
        Mark { declaration: self.declaration.name.clone(), store: token.store.to_string() }
    }

    fn new_note(
        &self,
        token: &Token,
        (view, version): (&TokenView, u64),
        (stored, old): (&Stored, Option<&TokenView>),
        now: SystemTime,
    ) -> Note {
        let living = self.world.living(&token.owner);
        let noted = stored.note.as_ref();
        let mut retiring = noted.map(|note| note.retiring.clone()).unwrap_or_default();
        retiring.retain(|each| each.at > now && living.iter().any(|view| view.id == each.id));
        let out = old.map(|old| old.id).into_iter().chain(noted.map(|note| note.token_id));
        for id in out.filter(|id| self.manner == Manner::Overlap && *id != view.id) {
            let lives = living.iter().any(|view| view.id == id);
            if lives && !retiring.iter().any(|each| each.id == id) {
                retiring.push(retire(id, self.declaration.overlap(token), now));
            }
        }
        let made_at = humantime::format_rfc3339_seconds(now).to_string();
        let made = [("made_at".to_owned(), made_at), ("made_by".to_owned(), self.by.to_owned())].into();
        Note {
            declaration: self.declaration.name.clone(),
            token_id: view.id,
            version,
            field: Some(token.store.field.clone()),
            expires_at: view.expires_at,
            retiring,
            told: Note::told_of(token, &made),
        }
    }
}
