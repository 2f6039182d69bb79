use std::time::Duration;

use super::{
    raw::{RawGrant, RawProject, RawRefs, RawSession},
    tokens::named,
};
use crate::{
    access::{
        BadDeclaration, EngineRole, Grant, Matching, Mirrors, ProjectRef, RefPattern, Refs, RoleName,
        SessionType, Token,
    },
    run::Wanted,
    vault::{Engine, SecretPath},
};

const DEFAULT_SESSION: Duration = Duration::from_secs(60 * 60);

/// A session starts at a minute, and is renewed.
const SHORTEST_SESSION: Duration = Duration::from_secs(60);
const LONGEST_SESSION: Duration = Duration::from_secs(32 * 24 * 60 * 60);

/// What a grant can be of, and for whom it is where it doesn't say.
pub(super) struct Around<'a> {
    pub(super) tokens: &'a [Token],
    pub(super) minted: &'a [EngineRole],
    pub(super) secrets: &'a [Wanted],
    pub(super) mirrors: &'a Mirrors,
    pub(super) audience: Option<String>,
}

impl Around<'_> {
    pub(super) fn grant(&self, file: &str, raw: &RawGrant) -> Result<Grant, BadDeclaration> {
        let place = || format!("the grant of `{}` in {file}", raw.secret);
        let role: RoleName = named(&raw.vault_role, place)?;
        let unbound =
            |key| BadDeclaration::Unbound { secret: raw.secret.clone(), role: raw.vault_role.clone(), key };
        let Read { path, token, mints } = self.secret(raw)?;
        let mut projects = raw
            .projects
            .iter()
            .map(|project| match project {
                RawProject::Id(id) => Ok(ProjectRef::Id(*id)),
                RawProject::Path(path) => named(path, place).map(ProjectRef::Path),
            })
            .collect::<Result<Vec<_>, _>>()?;
        for name in &raw.mirrors {
            let no_mirror = |reason| BadDeclaration::NoMirror {
                secret: raw.secret.clone(),
                mirror: name.clone(),
                reason,
            };
            let mirror = self.mirrors.named(name).ok_or_else(|| no_mirror("which is not there"))?;
            let project = mirror.security.clone().ok_or_else(|| no_mirror("which has no `security`"))?;
            projects.push(ProjectRef::Path(project));
        }
        projects.sort();
        projects.dedup();
        if projects.is_empty() {
            return Err(unbound("projects"));
        }
        let audiences = match &raw.audience {
            Some(named) => named.0.clone(),
            None => self.audience.clone().into_iter().collect(),
        };
        if audiences.is_empty() || audiences.iter().any(|audience| audience.trim().is_empty()) {
            return Err(unbound("audience"));
        }
        let mut environments = raw.environments.clone();
        environments.sort();
        Ok(Grant {
            secret: raw.secret.clone(),
            path,
            token: token.map(|token| token.name.clone()),
            mints,
            role,
            projects,
            refs: refs(raw, place)?.ok_or_else(|| unbound("refs"))?,
            environments,
            audiences,
            session_ttl: session(raw, place)?,
            session: match raw.session {
                RawSession::Service => SessionType::Service,
                RawSession::Batch => SessionType::Batch,
            },
            matching: if raw.glob { Matching::Glob } else { Matching::Exact },
            file: file.to_owned(),
        })
    }

    /// A `[[secret]]` of that name, else a token; and the token that is stored, or minted, where the secret is read.
    fn secret(&self, raw: &RawGrant) -> Result<Read<'_>, BadDeclaration> {
        let name = raw.secret.as_str();
        let wanted = self.secrets.iter().find(|secret| secret.name.as_str() == name);
        let minted = self.minted.iter().find(|role| match wanted {
            Some(wanted) => {
                role.store.path.mount == wanted.from.path.mount
                    && role.store.path.path == wanted.from.path.path
            }
            None => role.name.as_str() == name,
        });
        if let Some(role) = minted {
            if let Some(wanted) = wanted.filter(|wanted| wanted.from.path.engine != Engine::Generic) {
                return Err(BadDeclaration::MintedFromStore {
                    secret: name.to_owned(),
                    path: wanted.from.path.path.clone(),
                    mount: wanted.from.path.mount.clone(),
                });
            }
            return Ok(Read { path: role.store.path.clone(), token: None, mints: Some(role.api_path()) });
        }
        if raw.mint.is_some() {
            return Err(BadDeclaration::MintsNothing {
                secret: name.to_owned(),
                role: raw.vault_role.clone(),
            });
        }
        if let Some(wanted) = wanted {
            let stored = self.tokens.iter().find(|token| token.store.path == wanted.from.path);
            return Ok(Read { path: wanted.from.path.clone(), token: stored, mints: None });
        }
        let token = self.tokens.iter().find(|token| token.name.as_str() == name);
        let token = token.ok_or_else(|| BadDeclaration::NoSecret(name.to_owned()))?;
        Ok(Read { path: token.store.path.clone(), token: Some(token), mints: None })
    }
}

/// What a grant lets be read.
struct Read<'a> {
    path: SecretPath,
    token: Option<&'a Token>,
    /// The engine's role, where it is made by the reading.
    mints: Option<String>,
}

fn refs(raw: &RawGrant, place: impl Fn() -> String) -> Result<Option<Refs>, BadDeclaration> {
    let each = |texts: &[String]| {
        let mut patterns =
            texts.iter().map(|text| named(text, &place)).collect::<Result<Vec<RefPattern>, _>>()?;
        patterns.sort();
        patterns.dedup();
        Ok(patterns)
    };
    let wrong = |text: &str| BadDeclaration::Refs { secret: raw.secret.clone(), text: text.to_owned() };
    match (&raw.refs, &raw.tags[..]) {
        (Some(RawRefs::Word(word)), []) if word == "protected" => Ok(Some(Refs::Protected)),
        (Some(RawRefs::Word(word)), []) => Err(wrong(word)),
        (Some(RawRefs::Word(word)), _) => Err(wrong(&format!("{word} with `tags`"))),
        (Some(RawRefs::Branches(branches)), tags) if !branches.is_empty() => {
            Ok(Some(Refs::Named { branches: each(branches)?, tags: each(tags)? }))
        }
        (_, []) => Ok(None),
        (_, tags) => Ok(Some(Refs::Named { branches: Vec::new(), tags: each(tags)? })),
    }
}

pub(super) fn session(raw: &RawGrant, place: impl Fn() -> String) -> Result<Duration, BadDeclaration> {
    let Some(text) = &raw.session_ttl else { return Ok(DEFAULT_SESSION) };
    let said = humantime::parse_duration(text).ok();
    said.filter(|said| (SHORTEST_SESSION..=LONGEST_SESSION).contains(said)).ok_or_else(|| {
        BadDeclaration::Time {
            key: "session_ttl",
            place: place(),
            text: text.clone(),
            wanted: "at least the job's timeout, from a minute to 32 days",
        }
    })
}
