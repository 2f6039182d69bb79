use std::{collections::BTreeMap, time::SystemTime};

use super::{Hands, Manner};
use crate::{
    access::{
        Date, Error, Fate, Mark, Note, Owner, Scope, Stored, Token,
        gitlab::{Holder, TokenView, Wish},
        judge, latest_end, reaches_otherwise, retire,
    },
    secret::BuildToken,
    vault::{self, SecretAt, Written},
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
        // Before anything is made that could not be stored then.
        let secret = self.session.secret_at(&token.store.path, stored.state.version).await?;
        let now = self.gitlab.now();
        let needed = self.world.needed.get(&token.name);
        let wish = Wish {
            token,
            description: self.mark(token).write(),
            expires_at: latest_end(token, now),
            projects: needed.map(|needed| needed.keys().copied().collect()).unwrap_or_default(),
        };
        let replaced = self.replaceable(token, old, &secret).await;
        let (view, value) = match replaced {
            Some(old) => self.gitlab.replace(&wish, old.id).await?,
            None => self.gitlab.make(&wish).await?,
        };
        // What GitLab replaces is as good as what was there, and that was proven while it lived.
        if replaced.is_none()
            && let Err(error) = self.prove(token, &value).await
        {
            let error = self.take_back(token, &view, error).await;
            // A faster run may have ended it: it was stored nowhere.
            let overtaken = match self.session.kv_state(&token.store.path).await {
                Ok(state) => state.version != stored.state.version,
                Err(_) => false,
            };
            return if overtaken && !matches!(error, Error::Stray { .. }) { Ok(None) } else { Err(error) };
        }
        let version = match self.session.put_field(secret, &token.store.field, &value).await {
            Ok(Written::Version(version)) => version,
            Ok(Written::Overtaken) => {
                let stray = |source| Error::Stray { id: view.id, source: Box::new(source) };
                self.gitlab.end(&token.owner, view.id).await.map_err(stray)?;
                return Ok(None);
            }
            // Nothing was written, for certain.
            Err(error @ vault::Error::Refused { status: 400..=499, .. }) if replaced.is_none() => {
                return Err(self.take_back(token, &view, error.into()).await);
            }
            Err(source) => return Err(Error::PerhapsStored { id: view.id, source }),
        };
        let dead = old.filter(|_| self.manner == Manner::InPlace);
        if let Some(old) = dead.filter(|_| replaced.is_none()) {
            self.gitlab.end(&token.owner, old.id).await?;
        }
        let out = [old.map(|old| old.id), stored.note.as_ref().map(|note| note.token_id)];
        let out = out.into_iter().flatten().filter(|id| dead.is_none_or(|dead| dead.id != *id));
        let note = self.new_note(token, (&view, version), out, now);
        self.session.put_custom(&token.store.path, &note.write()).await?;
        Ok(Some(Renewed { id: view.id, version, expires_at: view.expires_at.unwrap_or(wish.expires_at) }))
    }

    /// Ends a token that is stored nowhere, and says why it was to be ended; where that fails too, that it lives.
    async fn take_back(&self, token: &Token, view: &TokenView, because: Error) -> Error {
        match self.gitlab.end(&token.owner, view.id).await {
            Ok(_) => because,
            Err(_) => Error::Stray { id: view.id, source: Box::new(because) },
        }
    }

    /// The old token, where GitLab can replace it: it keeps scopes, role, name and mark, so they must be as declared, and what jobs are
    /// given must do what it is for as long as it lives. Anything else is made anew, proven, and the old one ended then.
    async fn replaceable<'a>(
        &self,
        token: &Token,
        old: Option<&'a TokenView>,
        secret: &SecretAt,
    ) -> Option<&'a TokenView> {
        let old = old.filter(|old| self.manner == Manner::InPlace && self.is_like(token, old))?;
        let value = secret.value(&token.store.field)?;
        self.prove(token, &value).await.is_ok().then_some(old)
    }

    fn is_like(&self, token: &Token, old: &TokenView) -> bool {
        let mut scopes = old.scopes.clone();
        scopes.sort();
        scopes.join(" ") == token.scope_list()
            && old.access_level.is_none_or(|level| level == token.level.number())
            && old.name == token.name.as_str()
            && Mark::of(old).as_ref() == Some(&self.mark(token))
            && self
                .world
                .needed
                .get(&token.name)
                .is_none_or(|needed| reaches_otherwise(old, needed).is_none())
    }

    /// A new token is what it was made for, before any job is given it.
    async fn prove(&self, token: &Token, value: &BuildToken) -> Result<(), Error> {
        let reads = token
            .scopes
            .iter()
            .any(|scope| *scope == Scope::GRANULAR || scope.as_str().ends_with("_repository"));
        let repositories = if reads { self.declaration.proofs_of(token) } else { Vec::new() };
        for repository in &repositories {
            self.gitlab.try_out(value, repository).await?;
        }
        if repositories.is_empty() && self.gitlab.holder_of(value).await? == Holder::Nobody {
            return Err(Error::Blocked(format!("the new token `{}` was born dead", token.name)));
        }
        Ok(())
    }

    fn mark(&self, token: &Token) -> Mark {
        Mark { declaration: self.declaration.name.clone(), store: token.store.to_string() }
    }

    fn new_note(
        &self,
        token: &Token,
        (view, version): (&TokenView, u64),
        out: impl Iterator<Item = u64>,
        now: SystemTime,
    ) -> Note {
        let living = self.world.living(&token.owner);
        let noted = self.world.stored.get(&token.name).and_then(|stored| stored.note.as_ref());
        let overlap = self.declaration.overlap(token);
        let out: Vec<_> = out.map(|id| retire(id, overlap, now)).collect();
        let retiring = Note::retiring_after(noted, &out, (living, now), view.id);
        let made_at = humantime::format_rfc3339_seconds(now).to_string();
        let mut made: BTreeMap<String, String> =
            [("made_at".to_owned(), made_at), ("made_by".to_owned(), self.by.to_owned())].into();
        if token.owner == Owner::User {
            made.insert("user_id".to_owned(), self.world.user_id.to_string());
        }
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
