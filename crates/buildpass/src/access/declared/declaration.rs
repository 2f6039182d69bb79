use std::{
    collections::{BTreeMap, BTreeSet, HashMap},
    time::Duration,
};

use super::{
    BadDeclaration, EngineRole, FullPath, Grant, Matching, Mirror, Mirrors, Owner, ProjectRef, Role,
    SessionType, Token, TokenName,
};

/// Everything that is declared, and nothing in it contradicts the rest.
#[derive(Clone, Debug)]
pub struct Declaration {
    /// Whose it is: what several declarations make in one vault is told apart by it.
    pub name: String,
    /// The JWT auth method that jobs log in by.
    pub auth_mount: String,
    /// Who signs the ID tokens.
    pub issuer: String,
    tokens: Vec<Token>,
    minted: Vec<EngineRole>,
    grants: Vec<Grant>,
    mirrors: Mirrors,
    needed: Vec<FullPath>,
    roles: Vec<Role>,
}

/// A job that has just started holds what it read for a while.
const SHORTEST_OVERLAP: Duration = Duration::from_secs(60 * 60);

/// What a declaration is made of.
#[derive(Clone, Debug, Default)]
pub struct Parts {
    /// Tokens.
    pub tokens: Vec<Token>,
    /// Tokens that are minted.
    pub minted: Vec<EngineRole>,
    /// Grants.
    pub grants: Vec<Grant>,
    /// Mirrors.
    pub mirrors: Mirrors,
    /// The private repositories that the project's list of sources names.
    pub sources: BTreeSet<FullPath>,
}

impl Declaration {
    /// Proves that the parts fit together.
    ///
    /// # Errors
    /// What contradicts what.
    pub fn build(
        name: String,
        auth_mount: String,
        issuer: String,
        parts: Parts,
    ) -> Result<Self, BadDeclaration> {
        let Parts { tokens, minted, grants, mirrors, sources } = parts;
        each_once(&tokens, &minted)?;
        within_reach((&tokens, &minted), &mirrors)?;
        let roles = roles(&grants)?;
        let of_mirrors = mirrors.iter().filter_map(|mirror| mirror.security.clone());
        let mut needed: Vec<FullPath> = Vec::new();
        for repository in of_mirrors.chain(sources) {
            if !needed.iter().any(|known| known.is(&repository)) {
                needed.push(repository);
            }
        }
        Ok(Self { name, auth_mount, issuer, tokens, minted, grants, mirrors, needed, roles })
    }

    /// The tokens.
    pub fn tokens(&self) -> &[Token] {
        &self.tokens
    }

    /// The tokens of which each job has its own.
    pub fn minted(&self) -> &[EngineRole] {
        &self.minted
    }

    /// The grants.
    pub fn grants(&self) -> &[Grant] {
        &self.grants
    }

    /// The mirrors.
    pub fn mirrors(&self) -> &Mirrors {
        &self.mirrors
    }

    /// The roles that the grants want, each once.
    pub fn roles(&self) -> &[Role] {
        &self.roles
    }

    /// A token by its name.
    pub fn token(&self, name: &str) -> Option<&Token> {
        self.tokens.iter().find(|token| token.name.as_str() == name)
    }

    /// The repositories that the build reads with a token: those of its mirrors and sources that the token reaches, unless the mirror names
    /// another.
    pub fn needed_of(&self, token: &Token) -> Vec<&FullPath> {
        let of_another = |repository: &FullPath| {
            let is_its = |mirror: &&Mirror| mirror.security.as_ref().is_some_and(|own| own.is(repository));
            let named = self.mirrors.iter().find(is_its).and_then(|mirror| mirror.token.as_ref());
            named.is_some_and(|named| *named != token.name)
        };
        self.needed.iter().filter(|repository| token.reaches(repository) && !of_another(repository)).collect()
    }

    /// Repositories of the sources that no declared token reaches.
    pub fn unreached(&self) -> impl Iterator<Item = &FullPath> {
        let reached = |repository: &FullPath| {
            self.tokens.iter().any(|token| token.reaches(repository))
                || self.minted.iter().any(|role| role.owner.reaches(&role.within, repository))
        };
        self.needed.iter().filter(move |repository| !reached(repository))
    }

    /// The repositories that a new token proves itself with, as far as the declaration names any: all that a fine-grained one is for, else one.
    pub fn proofs_of<'a>(&'a self, token: &'a Token) -> Vec<&'a FullPath> {
        let needed = self.needed_of(token);
        let own = match &token.owner {
            Owner::User => return needed,
            Owner::Project(path) => Some(path),
            Owner::Group(_) => None,
        };
        let of_grants = self.grants.iter().filter(|grant| grant.token.as_ref() == Some(&token.name));
        let of_grants = of_grants.flat_map(|grant| &grant.projects).filter_map(|project| match project {
            ProjectRef::Path(path) => Some(path),
            ProjectRef::Id(_) => None,
        });
        needed.into_iter().chain(of_grants).chain(own).filter(|path| token.reaches(path)).take(1).collect()
    }

    /// How long an old token lives beside the new one: where nothing else is said, as long as a job may last that holds it.
    pub fn overlap(&self, token: &Token) -> Duration {
        let otherwise = self.longest_session(token).unwrap_or_default().max(SHORTEST_OVERLAP);
        token.overlap.unwrap_or(otherwise.min(token.rotate_before.duration()))
    }

    /// The longest session that reads a token.
    fn longest_session(&self, token: &Token) -> Option<Duration> {
        let grants = self.grants.iter().filter(|grant| grant.path == token.store.path);
        grants.map(|grant| grant.session_ttl).max()
    }

    /// What a reader should know before it is carried out.
    pub fn warnings(&self) -> Vec<String> {
        let held_longer = self.tokens.iter().filter_map(|token| {
            let (session, overlap) = (self.longest_session(token)?, self.overlap(token));
            (overlap < session).then(|| {
                format!(
                    "the token {} ends {} after its rotation, and a job may hold it for {}: such a job would find it dead",
                    token.name,
                    humantime::format_duration(overlap),
                    humantime::format_duration(session)
                )
            })
        });
        let globs = self.roles.iter().filter(|role| role.matching == Matching::Glob);
        let globs = globs
            .map(|role| {
                format!(
                    "the role {} compares by patterns (`glob = true`): a ref that somebody makes to look like one gets in, if it is protected",
                    role.name
                )
            });
        let batches = self.roles.iter().filter(|role| role.session == SessionType::Batch);
        let batches = batches.map(|role| {
            format!(
                "the sessions of the role {} are of the type `batch`: nobody can renew one or give it back, so that each lives for {}, however its job ends",
                role.name,
                humantime::format_duration(role.session_ttl)
            )
        });
        let has_tokens = !self.tokens.is_empty() || !self.minted.is_empty();
        let unreached = self.unreached().filter(|_| has_tokens).map(|repository| {
            format!("the build reads {repository}, which lies outside of every group and project whose token is declared")
        });
        globs.chain(batches).chain(held_longer).chain(unreached).collect()
    }
}

fn each_once(tokens: &[Token], minted: &[EngineRole]) -> Result<(), BadDeclaration> {
    let (mut names, mut stores) = (HashMap::new(), HashMap::new());
    let stored = tokens.iter().map(|token| (&token.name, &token.store.path, &token.file));
    for (name, path, file) in
        stored.chain(minted.iter().map(|role| (&role.name, &role.store.path, &role.file)))
    {
        if let Some(other) = names.insert(name, file) {
            return Err(BadDeclaration::TokenTwice {
                name: name.clone(),
                one: other.clone(),
                other: file.clone(),
            });
        }
        if let Some(other) = stores.insert(path, name) {
            return Err(BadDeclaration::StoreTwice {
                one: other.clone(),
                other: name.clone(),
                path: path.api_path(),
            });
        }
    }
    Ok(())
}

/// A mirror's token reads it; where none is named, any that reaches it will do.
fn within_reach(
    (tokens, minted): (&[Token], &[EngineRole]),
    mirrors: &Mirrors,
) -> Result<(), BadDeclaration> {
    let of_roles = minted.iter().map(|role| (&role.name, (&role.owner, &role.within)));
    let of_tokens = tokens.iter().map(|token| (&token.name, (&token.owner, &token.within)));
    let all: HashMap<&TokenName, (&Owner, &FullPath)> = of_tokens.chain(of_roles).collect();
    for mirror in mirrors.iter() {
        let Some(repository) = &mirror.security else { continue };
        let Some(name) = &mirror.token else {
            if !all.is_empty() && !all.values().any(|(owner, within)| owner.reaches(within, repository)) {
                return Err(BadDeclaration::Unreached { repository: repository.clone() });
            }
            continue;
        };
        let (owner, within) = all.get(name).ok_or_else(|| BadDeclaration::NoToken {
            mirror: mirror.canonical.clone(),
            token: name.clone(),
        })?;
        if !owner.reaches(within, repository) {
            return Err(BadDeclaration::Outside {
                repository: repository.clone(),
                within: (*within).clone(),
                token: name.clone(),
            });
        }
    }
    Ok(())
}

fn roles(grants: &[Grant]) -> Result<Vec<Role>, BadDeclaration> {
    // The vault writes policies, which are named after their roles, in small letters.
    let mut roles: BTreeMap<String, (Role, &Grant)> = BTreeMap::new();
    for grant in grants {
        let Some((role, first)) = roles.get_mut(&grant.role.as_str().to_ascii_lowercase()) else {
            roles.insert(grant.role.as_str().to_ascii_lowercase(), (Role::of(grant), grant));
            continue;
        };
        let differs = role.contradicts(grant).or((role.name != grant.role).then_some("vault_role"));
        if let Some(key) = differs {
            return Err(BadDeclaration::Contradiction {
                one: first.secret.clone(),
                other: grant.secret.clone(),
                role: grant.role.to_string(),
                key,
            });
        }
        role.reads.push(grant.path.clone());
        role.mints.extend(grant.mints.clone());
    }
    let mut roles: Vec<Role> = roles.into_values().map(|(role, _)| role).collect();
    for role in &mut roles {
        role.reads.sort_by_key(|path| path.api_path());
        role.reads.dedup();
    }
    Ok(roles)
}
