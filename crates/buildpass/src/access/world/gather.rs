use std::{
    collections::{BTreeMap, BTreeSet},
    time::SystemTime,
};

use futures_util::{StreamExt, TryStreamExt, stream};
use serde_json::{Map, Value};

use super::{
    Admitted, Breadth, Engines, Held, JwtMount, KvMount, Leftover, Stored, breadth::breadths, gitlab_side,
    jwt_mount, needed::needed, vault_side,
};
use crate::{
    access::{
        Declaration, Error, FullPath, Mark, Owner, RoleName, TokenName, Trail,
        gitlab::{Gitlab, Holder, TokenView},
        wanted,
    },
    vault::{SecretRef, Session},
};

/// Both servers, as they were when they were asked.
#[derive(Clone, Debug)]
pub struct World {
    /// What time it was at GitLab.
    pub now: SystemTime,
    /// The living tokens of every owner.
    pub tokens: BTreeMap<Owner, Vec<TokenView>>,
    /// The secrets of the declared tokens.
    pub stored: BTreeMap<TokenName, Stored>,
    /// Secrets of tokens that are ours and not declared any more.
    pub forgotten: Vec<(SecretRef, Stored)>,
    /// Where secrets are kept.
    pub kv_mounts: BTreeMap<String, KvMount>,
    /// What mints.
    pub engines: Engines,
    /// GitLab's own address.
    pub gitlab: String,
    /// How jobs log in.
    pub jwt: JwtMount,
    /// The roles of that name that are there.
    pub roles: BTreeMap<RoleName, Map<String, Value>>,
    /// The policies of that name that are there.
    pub policies: BTreeMap<String, String>,
    /// What leads to tokens that nobody is granted, where there is such a policy.
    pub trail: Option<(Trail, String)>,
    /// What this declaration made and does not want any more.
    pub leftovers: Vec<Leftover>,
    /// Whom every role is to let in.
    pub admitted: BTreeMap<RoleName, Admitted>,
    /// How much wider than needed tokens are, where the build's repositories are known.
    pub breadths: BTreeMap<TokenName, Breadth>,
    /// The GitLab user who asks.
    pub user_id: u64,
    /// The projects of every fine-grained token.
    pub needed: BTreeMap<TokenName, BTreeMap<u64, FullPath>>,
    /// What could not be looked at, and may hold something that is not to be there.
    pub unseen: Vec<String>,
}

/// How many requests are on their way to one server at a time.
const AT_ONCE: usize = 16;

impl World {
    /// Asks both servers: of every group one list a page, of every other thing once.
    ///
    /// # Errors
    /// When one refuses or does not answer, or a project is not there.
    pub async fn gather(
        declaration: &Declaration,
        gitlab: &Gitlab,
        session: &Session,
    ) -> Result<Self, Error> {
        // The tokens after the secrets: one that is stored must never be missing among them.
        let (vault, (admitted, needed), breadths) = tokio::try_join!(
            VaultSide::gather(declaration, session),
            async {
                let projects = gitlab_side::projects(declaration, gitlab).await?;
                tokio::try_join!(
                    gitlab_side::admitted(declaration, &projects, gitlab),
                    needed(declaration, &projects, gitlab),
                )
            },
            breadths(declaration, gitlab),
        )?;
        let VaultSide { mut stored, kv_mounts, engines, jwt, roles, policies, trail, leftovers, owners } =
            vault;
        let (tokens, unseen) = gitlab_side::tokens(declaration, &owners, gitlab).await?;
        let doubted = declaration.tokens().iter().filter(|token| {
            let living = tokens.get(&token.owner).map(Vec::as_slice).unwrap_or_default();
            stored.get(&token.name).is_some_and(|stored| is_doubted(stored, &token.store.field, living))
        });
        let held =
            each(doubted, async |token| Ok((token, held(&token.store, gitlab, session).await?))).await?;
        for (token, held) in held {
            if let Some(stored) = stored.get_mut(&token.name) {
                stored.held = held;
            }
        }
        let forgotten = forgotten(declaration, &tokens, session).await?;
        let now = gitlab.now();
        Ok(Self {
            now,
            tokens,
            stored,
            forgotten,
            kv_mounts,
            engines,
            gitlab: gitlab.address().to_owned(),
            jwt,
            roles,
            policies,
            trail,
            leftovers,
            admitted,
            breadths,
            user_id: gitlab.who().user_id,
            needed,
            unseen,
        })
    }

    /// The living tokens of an owner.
    pub fn living(&self, owner: &Owner) -> &[TokenView] {
        self.tokens.get(owner).map(Vec::as_slice).unwrap_or_default()
    }
}

/// What is there of a secret says nothing certain about its value.
fn is_doubted(stored: &Stored, field: &str, living: &[TokenView]) -> bool {
    let noted = stored.note.as_ref().is_some_and(|note| living.iter().any(|view| view.id == note.token_id));
    stored.state.readable && !(stored.is_as_noted(field) && noted)
}

async fn held(store: &SecretRef, gitlab: &Gitlab, session: &Session) -> Result<Held, Error> {
    let Some(value) = session.field_now(store).await? else { return Ok(Held::NoToken) };
    Ok(match gitlab.holder_of(&value).await? {
        Holder::Nobody => Held::NoToken,
        Holder::Hidden => Held::Hidden,
        Holder::Known(view) => Held::Token(view),
    })
}

/// Secrets that a token at GitLab names as its own, and no declaration does: whatever field it names, a declared path is no forgotten one.
async fn forgotten(
    declaration: &Declaration,
    tokens: &BTreeMap<Owner, Vec<TokenView>>,
    session: &Session,
) -> Result<Vec<(SecretRef, Stored)>, Error> {
    let marks = tokens.values().flatten().filter_map(Mark::of);
    let ours = marks.filter(|mark| mark.declaration == declaration.name);
    let stores: BTreeSet<String> = ours.map(|mark| mark.store).collect();
    let references = stores.iter().filter_map(|store| store.parse::<SecretRef>().ok());
    let undeclared = references.filter(|reference| {
        !declaration.tokens().iter().any(|token| token.store.path.api_path() == reference.path.api_path())
    });
    let found = each(undeclared, async |reference: SecretRef| {
        let stored = Stored::of(session.kv_state(&reference.path).await?);
        Ok((reference, stored))
    })
    .await?;
    let ours =
        |stored: &Stored| stored.note.as_ref().is_some_and(|note| note.declaration == declaration.name);
    Ok(found.into_iter().filter(|(_, stored)| ours(stored)).collect())
}

struct VaultSide {
    stored: BTreeMap<TokenName, Stored>,
    kv_mounts: BTreeMap<String, KvMount>,
    engines: Engines,
    jwt: JwtMount,
    roles: BTreeMap<RoleName, Map<String, Value>>,
    policies: BTreeMap<String, String>,
    trail: Option<(Trail, String)>,
    leftovers: Vec<Leftover>,
    /// Whose tokens were made for secrets that our policies speak of, and that are not declared any more.
    owners: BTreeSet<Owner>,
}

impl VaultSide {
    async fn gather(declaration: &Declaration, session: &Session) -> Result<Self, Error> {
        let auth = &declaration.auth_mount;
        let mounts: BTreeSet<&String> =
            declaration.tokens().iter().map(|token| &token.store.path.mount).collect();
        let kv_mounts =
            each(mounts, async |mount| Ok((mount.clone(), vault_side::kv_mount(session, mount).await?)))
                .await?;
        let stored = each(declaration.tokens(), async |token| {
            Ok((token.name.clone(), Stored::of(session.kv_state(&token.store.path).await?)))
        })
        .await?;
        let jwt = match declaration.roles() {
            [] => JwtMount::Unasked,
            _ => jwt_mount::look(session, auth).await?,
        };
        let roles = each(declaration.roles(), async |role| {
            let found = match &jwt {
                JwtMount::Absent | JwtMount::Unasked => None,
                _ => vault_side::role(session, auth, role.name.as_str()).await?,
            };
            Ok(found.map(|found| (role.name.clone(), found)))
        })
        .await?;
        let names = session.list("sys/policies/acl").await?;
        let wanted: BTreeSet<String> = declaration
            .roles()
            .iter()
            .map(|role| wanted::policy_name(&declaration.name, &role.name))
            .collect();
        let ours = wanted::policy_prefix(&declaration.name);
        let asked = names.into_iter().filter(|name| wanted.contains(name) || name.starts_with(&ours));
        let texts =
            each(asked, async |name: String| Ok((vault_side::policy(session, &name).await?, name))).await?;
        let declared: BTreeSet<String> =
            declaration.tokens().iter().map(|token| token.store.path.api_path()).collect();
        let trail_name = wanted::trail_name(&declaration.name);
        let mut trail = None;
        let mut undeclared: BTreeSet<String> = BTreeSet::new();
        let mut policies = BTreeMap::new();
        let (mut left, mut marked) = (Vec::new(), BTreeSet::new());
        for (text, name) in texts {
            let text = text.unwrap_or_default();
            if name == trail_name {
                trail = Some((Trail::read(&declaration.name, &text).unwrap_or_default(), text));
                continue;
            }
            let paths = wanted::paths_of_policy(&text).map(str::to_owned);
            undeclared.extend(paths.filter(|path| !declared.contains(path)));
            marked.extend(wanted::engine_roles_of_policy(&declaration.name, &text).map(str::to_owned));
            match wanted::role_of_policy(&declaration.name, &text) {
                _ if wanted.contains(&name) => drop(policies.insert(name, text)),
                Some(role) => left.push((name, role)),
                None => {}
            }
        }
        let leftovers = each(left, async |(policy, role): (String, String)| {
            let there = vault_side::role(session, auth, &role).await?;
            let uses = |there: &Map<String, Value>| {
                let policies = there.get("token_policies").and_then(Value::as_array);
                policies.is_some_and(|all| all.iter().any(|each| each.as_str() == Some(&policy)))
            };
            let role = there.as_ref().filter(|there| uses(there)).map(|_| role);
            Ok(Leftover { policy, role })
        })
        .await?;
        let engines = Engines::gather(declaration, marked, session).await?;
        let owners =
            each(undeclared, async |path: String| vault_side::owner_noted(session, &path, declaration).await)
                .await?;
        let wanted_trail = Trail::of(declaration);
        let led =
            trail.iter().flat_map(|(trail, _)| trail.beyond(&wanted_trail)).map(|lead| lead.owner.clone());
        let owners: BTreeSet<Owner> = owners.into_iter().flatten().chain(led).collect();
        Ok(Self {
            owners,
            trail,
            stored: stored.into_iter().collect(),
            kv_mounts: kv_mounts.into_iter().collect(),
            engines,
            jwt,
            roles: roles.into_iter().flatten().collect(),
            policies,
            leftovers,
        })
    }
}

/// Asks for each of several things, some at a time.
pub(in crate::access) async fn each<I, T>(
    of: impl IntoIterator<Item = I>,
    ask: impl AsyncFn(I) -> Result<T, Error>,
) -> Result<Vec<T>, Error> {
    stream::iter(of).map(|one| ask(one)).buffered(AT_ONCE).try_collect().await
}
