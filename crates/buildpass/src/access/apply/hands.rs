use std::{
    cell::RefCell,
    collections::{BTreeMap, BTreeSet},
};

use serde_json::{Value, json};

use super::renewed::Renewed;
use crate::{
    access::{
        Declaration, Error, Mark, Object, Plan, RESERVED_METADATA, Step, Stored, Token, TokenName, Verb,
        World,
        gitlab::{Gitlab, TokenView},
        laid, left, note_of, role_body_of, wanted,
    },
    vault::{SecretRef, Session, Taken, Written},
};

/// What it takes to carry a plan out.
pub struct Hands<'a> {
    /// What is declared.
    pub declaration: &'a Declaration,
    /// What was there when the plan was made.
    pub world: &'a World,
    /// GitLab.
    pub gitlab: &'a Gitlab,
    /// The vault.
    pub session: &'a Session,
    /// Who does it, for the notes.
    pub by: &'a str,
    /// How tokens are replaced.
    pub manner: Manner,
    /// Says by which signal somebody asked us to end; read between two steps, since a step that is dropped would lose a new token.
    pub ended: &'a dyn Fn() -> Option<i32>,
    /// Is told of every step that is done.
    pub done: &'a dyn Fn(&Step, &str),
}

/// How tokens are replaced.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub enum Manner {
    /// A new one is made, and the old one lives on for a while.
    #[default]
    Overlap,
    /// GitLab replaces it: the old one is dead at once, and a job that holds it fails.
    InPlace,
}

/// What this run itself has changed since it looked.
#[derive(Default)]
pub(super) struct Since {
    /// The versions of secrets that it wrote.
    pub(super) versions: BTreeMap<TokenName, u64>,
    /// Secrets that nobody can write any more who had looked before.
    pub(super) fenced: BTreeSet<TokenName>,
    /// Secrets that another run has written: what this one saw of their tokens is not true any more.
    pub(super) overtaken: BTreeSet<TokenName>,
    /// The same of what is not declared any more.
    left: BTreeSet<String>,
    /// Secrets whose field was taken, by their paths.
    taken: BTreeSet<String>,
    /// Tokens that are not alive any more.
    ended: BTreeSet<u64>,
}

/// What is said of a token that another run was faster with.
const OVERTAKEN: &str = "another run has stored a new value meanwhile, and this one leaves it at that";

impl Hands<'_> {
    /// Does every step of a plan.
    ///
    /// # Errors
    /// The first step that fails ends it, and so does a signal: what was done stays, and the next run goes on.
    pub async fn carry_out(&self, plan: &Plan) -> Result<(), Error> {
        let since = RefCell::new(Since::default());
        for (at, step) in plan.steps.iter().enumerate() {
            if let Some(signal) = (self.ended)() {
                return Err(Error::Ended { signal, left: plan.steps.len() - at });
            }
            let said = self.step(step, &since).await?;
            (self.done)(step, &said);
        }
        Ok(())
    }

    async fn step(&self, step: &Step, since: &RefCell<Since>) -> Result<String, Error> {
        match (&step.object, step.verb) {
            (Object::KvMount { path }, _) => self.mount_kv(path).await?,
            (Object::EngineMount { path, engine }, _) => self.mount_engine(path, engine).await?,
            (Object::EngineRole { path }, Verb::Revoke) => self.remove(path).await?,
            (Object::EngineRole { path }, _) => self.engine_role(path).await?,
            (Object::AuthMount { path }, _) => self.mount_auth(path).await?,
            (Object::AuthConfig { path }, _) => self.configure_auth(path).await?,
            (Object::Token { name, .. }, _) => return self.token(name, since).await,
            (Object::Policy { name }, Verb::Revoke) => {
                self.remove(&format!("sys/policies/acl/{name}")).await?
            }
            (Object::Policy { name }, _) => self.policy(name).await?,
            (Object::Trail { name }, verb) => return self.trail(name, verb, since).await,
            (Object::Role { name }, verb) => {
                let path = format!("auth/{}/role/{name}", self.declaration.auth_mount);
                match verb {
                    Verb::Revoke => self.remove(&path).await?,
                    _ => self.role(name, &path).await?,
                }
            }
            (Object::Secret { store }, _) => {
                let reference: SecretRef =
                    store.parse().map_err(|error| Error::Blocked(format!("{error}")))?;
                return self.forget(&reference, since).await;
            }
            (Object::OldToken { id, store, .. }, _) => {
                return self.old_token(*id, store.as_deref(), since).await;
            }
            (Object::Note { token }, _) => self.note(token, since).await?,
        }
        Ok(String::new())
    }

    async fn token(&self, name: &str, since: &RefCell<Since>) -> Result<String, Error> {
        let token = self.declared(name)?;
        let renewed = self.renew(token).await?;
        let mut since = since.borrow_mut();
        let Some(Renewed { id, version, expires_at }) = renewed else {
            since.overtaken.insert(token.name.clone());
            return Ok(OVERTAKEN.to_owned());
        };
        since.versions.insert(token.name.clone(), version);
        since.fenced.insert(token.name.clone());
        Ok(format!("it is {id}, until {expires_at}"))
    }

    /// A token that was made and is stored nowhere may be about to be stored by another run. The secret is written again first, so that such
    /// a run comes too late, and takes its token back itself.
    async fn old_token(&self, id: u64, store: Option<&str>, since: &RefCell<Since>) -> Result<String, Error> {
        let owner = self.world.tokens.iter().find(|(_, living)| living.iter().any(|view| view.id == id));
        let Some((owner, _)) = owner else { return Ok(String::new()) };
        if store.is_some_and(|store| since.borrow().left.contains(store)) {
            return Ok(OVERTAKEN.to_owned());
        }
        let place = store.and_then(|store| store.parse::<SecretRef>().ok());
        let of = self.declaration.tokens().iter().find(|token| {
            place.as_ref().is_some_and(|place| token.store.path == place.path) && token.owner == *owner
        });
        if let Some(token) = of {
            let fenced = since.borrow().fenced.contains(&token.name);
            if !fenced {
                self.fence(token, since).await?;
            }
            if since.borrow().overtaken.contains(&token.name) {
                return Ok(OVERTAKEN.to_owned());
            }
        }
        self.gitlab.end(owner, id).await?;
        since.borrow_mut().ended.insert(id);
        if let Some(place) = &place {
            self.tidy(place, since).await?;
        }
        Ok(String::new())
    }

    /// Takes the one field that a token was stored in: other fields of the secret are nobody's business.
    async fn forget(&self, store: &SecretRef, since: &RefCell<Since>) -> Result<String, Error> {
        let found = self.world.forgotten.iter().find(|(of, _)| of == store);
        let Some((_, Stored { state, .. })) = found else { return Ok(String::new()) };
        if self.session.take_field(store, state).await? == Taken::Overtaken {
            since.borrow_mut().left.insert(store.to_string());
            return Ok(OVERTAKEN.to_owned());
        }
        since.borrow_mut().taken.insert(store.path.api_path());
        Ok(String::new())
    }

    /// Takes what stands beside a forgotten secret when the last of its tokens is dead: until then it may be the one thing that leads to them.
    async fn tidy(&self, store: &SecretRef, since: &RefCell<Since>) -> Result<(), Error> {
        let found = self.world.forgotten.iter().find(|(of, _)| of.path == store.path);
        let Some((_, Stored { state, .. })) = found else { return Ok(()) };
        if state.readable && !since.borrow().taken.contains(&store.path.api_path()) {
            return Ok(());
        }
        let lives = |view: &TokenView| !since.borrow().ended.contains(&view.id);
        let is_its = |view: &&TokenView| Mark::of(view).is_some_and(|mark| mark.is_for(&store.path));
        if self.world.tokens.values().flatten().filter(is_its).any(lives) {
            return Ok(());
        }
        let mut custom = state.custom.clone();
        custom.retain(|key, _| !RESERVED_METADATA.contains(&key.as_str()));
        Ok(self.session.put_custom(&store.path, &custom).await?)
    }

    async fn fence(&self, token: &Token, since: &RefCell<Since>) -> Result<(), Error> {
        let Some(stored) = self.world.stored.get(&token.name).filter(|stored| stored.state.readable) else {
            return Ok(());
        };
        match self.session.put_again(&token.store.path, stored.state.version).await? {
            Written::Overtaken => {
                since.borrow_mut().overtaken.insert(token.name.clone());
                return Ok(());
            }
            Written::Version(version) => {
                let mut since = since.borrow_mut();
                since.versions.insert(token.name.clone(), version);
                since.fenced.insert(token.name.clone());
            }
        }
        self.note(token.name.as_str(), since).await
    }

    async fn note(&self, name: &str, since: &RefCell<Since>) -> Result<(), Error> {
        let token = self.declared(name)?;
        let Some(current) = self.current(token) else { return Ok(()) };
        let mut note = note_of(self.declaration, token, current, self.world);
        if let Some(version) = since.borrow().versions.get(&token.name) {
            note.version = *version;
        }
        Ok(self.session.put_custom(&token.store.path, &note.write()).await?)
    }

    /// The living token that is stored, as it was when the plan was made.
    fn current(&self, token: &Token) -> Option<&TokenView> {
        match crate::access::judge(token, self.world) {
            Ok(crate::access::Fate::Keep(view)) => Some(view),
            _ => None,
        }
    }

    async fn policy(&self, name: &str) -> Result<(), Error> {
        let named =
            |role: &&crate::access::Role| wanted::policy_name(&self.declaration.name, &role.name) == name;
        let Some(role) = self.declaration.roles().iter().find(named) else { return Ok(()) };
        let text = wanted::policy_text(&self.declaration.name, role);
        self.write(&format!("sys/policies/acl/{name}"), &json!({ "policy": text })).await
    }

    async fn trail(&self, name: &str, verb: Verb, since: &RefCell<Since>) -> Result<String, Error> {
        let path = format!("sys/policies/acl/{name}");
        let says = match verb {
            Verb::Create | Verb::Change | Verb::Rotate => laid(self.declaration, self.world),
            // Something that it leads to lives on.
            Verb::Revoke if !since.borrow().left.is_empty() => return Ok(OVERTAKEN.to_owned()),
            Verb::Revoke => left(self.declaration, self.world),
        };
        if says.is_empty() {
            self.remove(&path).await?;
        } else {
            let text = says.write(&self.declaration.name);
            self.write(&path, &json!({ "policy": text })).await?;
        }
        Ok(String::new())
    }

    async fn role(&self, name: &str, path: &str) -> Result<(), Error> {
        let Some(role) = self.declaration.roles().iter().find(|role| role.name.as_str() == name) else {
            return Ok(());
        };
        self.write(path, &Value::Object(role_body_of(self.declaration, role, self.world)?)).await
    }

    pub(super) fn declared(&self, name: &str) -> Result<&Token, Error> {
        self.declaration.token(name).ok_or_else(|| Error::NoToken(name.to_owned()))
    }

    pub(super) async fn write(&self, path: &str, body: &Value) -> Result<(), Error> {
        Ok(self.session.set(path, body).await?)
    }

    async fn remove(&self, path: &str) -> Result<(), Error> {
        Ok(self.session.remove(path).await?)
    }
}
