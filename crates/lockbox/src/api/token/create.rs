use super::{policies, time::Time};
use crate::{
    api::{Core, failure::Failure, process::Asking},
    auth::{
        Cidr, entity_id,
        token::{Key, Kind, KindRule, Metadata, Order, Renewal, Session, Terms, TokenError, TokenRole},
    },
    exchange::{Answer, Fields, Request},
    policy::Verdict,
};

/// Whose child a new token is, and by which rules it is made.
#[derive(Clone, Copy)]
pub(super) enum By<'a> {
    /// The child of who asks for it, unless they ask for an orphan.
    Parent,
    Nobody,
    /// As the role of this name says.
    Role(&'a str, &'a TokenRole),
}

pub(super) async fn create_by_role(
    core: &Core,
    asking: &Asking<'_>,
    request: &Request<'_>,
    name: &str,
) -> Result<Answer, Failure> {
    let role = core.token_roles.read(name).ok_or_else(|| TokenError::UnknownRole(name.to_owned()))?;
    create(core, asking, request, By::Role(name, &role)).await
}

/// Checks in OpenBao's order: the first that fails is the answer.
pub(super) async fn create(
    core: &Core,
    asking: &Asking<'_>,
    request: &Request<'_>,
    by: By<'_>,
) -> Result<Answer, Failure> {
    let (Asking { session: creator, acl, .. }, fields) = (asking, request.fields);
    check_creator(creator)?;
    let path = format!("auth/token/{}", request.path);
    let privilege = acl.may_sudo(&path);
    let kind = kind(fields, by.role())?;
    let uses = uses(fields, kind)?;
    let alias = entity_of_alias(core, fields, by.role())?;
    let named = fields.text("id")?.filter(|id| !id.is_empty());
    if named.is_some() && privilege == Verdict::Refuse {
        return Err(TokenError::IdNeedsSudo.into());
    }
    let policies = policies::choose(fields, creator, by.role(), privilege)?;
    policies::check_root(&policies, creator, kind)?;
    let parent = parent(fields, creator, by, privilege)?;
    let Time { terms, own_explicit_max, own_period, mut warnings } =
        Time::read(fields, by.role().filter(|_| kind == Kind::Service), privilege)?;
    let mut order = Order {
        id: None,
        kind,
        policies,
        display_name: display_name(fields)?,
        metadata: fields
            .texts_by_name("meta")?
            .filter(|_| fields.value("meta").is_some())
            .map(Metadata::from_iter),
        path: by.path(path),
        role: by.name().map(str::to_owned),
        entity_id: alias.or_else(|| parent.map(|_| creator.token.entity_id.to_string())).unwrap_or_default(),
        parent,
        terms: Terms { mount: core.mounts.token_lifetimes(), ..terms },
        explicit_max: own_explicit_max,
        period: own_period,
        uses: by.role().map_or(uses, |role| fewer(uses, role.uses)),
        renewal: renewal(fields, by.role())?,
        bound_cidrs: bound_cidrs(creator, by, parent)?,
    };
    if order.lasts() {
        if !creator.token.first_ttl.is_zero() {
            return Err(TokenError::RootThatOutlives.into());
        }
        order.bound_cidrs.clear();
    }
    let custom_id = named.is_some().then(|| CUSTOM_ID.to_owned());
    if let Some(named) = named.filter(|_| kind == Kind::Service) {
        check_id(&named)?;
        order.id = Some(named.into());
    }
    let missing = order.policies.iter().filter(|name| core.policies.read(name).is_none());
    let missing: Vec<String> = missing.map(|name| format!("Policy {name:?} does not exist")).collect();
    let (auth, granted) = core.tokens.issue(order, request.now).await?;
    warnings.extend(granted.into_iter().chain(custom_id).chain(missing));
    Ok(Answer::authenticated(auth, warnings))
}

impl<'a> By<'a> {
    fn role(self) -> Option<&'a TokenRole> {
        match self {
            Self::Parent | Self::Nobody => None,
            Self::Role(_, role) => Some(role),
        }
    }

    fn name(self) -> Option<&'a str> {
        match self {
            Self::Parent | Self::Nobody => None,
            Self::Role(name, _) => Some(name),
        }
    }

    /// The path that a token is known to come from.
    fn path(self, path: String) -> String {
        match self.role().map(|role| role.path_suffix.as_str()) {
            None | Some("") => path,
            Some(suffix) => format!("{path}/{suffix}"),
        }
    }
}

/// Who uses their token for the last time is gone already.
fn check_creator(creator: &Session) -> Result<(), TokenError> {
    match (creator.token.kind, creator.uses) {
        (_, i64::MIN..=-1) => Err(TokenError::NoParent),
        (Kind::Batch, _) => Err(TokenError::BatchParent),
        (Kind::Service, 0) => Ok(()),
        (Kind::Service, 1..) => Err(TokenError::RestrictedParent),
    }
}

fn kind(fields: &Fields, role: Option<&TokenRole>) -> Result<Kind, Failure> {
    let asked = fields.text("type")?.unwrap_or_default();
    match (role.map(|role| role.kind), asked.as_str()) {
        (Some(KindRule::Service), _) => Ok(Kind::Service),
        (Some(KindRule::Batch), _) | (Some(KindRule::DefaultBatch), "") | (_, "batch") => Ok(Kind::Batch),
        (_, "" | "service") => Ok(Kind::Service),
        _ => Err(TokenError::UnknownKind.into()),
    }
}

fn uses(fields: &Fields, kind: Kind) -> Result<i64, Failure> {
    let uses = fields.integer("num_uses")?.unwrap_or_default();
    if kind == Kind::Batch {
        refuse_for_batch(fields, uses)?;
    }
    if uses < 0 { Err(TokenError::NegativeUses.into()) } else { Ok(uses) }
}

/// Only the first of these that is said is looked at.
fn refuse_for_batch(fields: &Fields, uses: i64) -> Result<(), Failure> {
    let is_set = |field: &'static str, text: &str| -> Result<Option<&'static str>, TokenError> {
        let nanos = crate::exchange::parse(text).map_err(|_| TokenError::NoDuration(field))?;
        Ok(Some(field).filter(|_| nanos != 0))
    };
    let said = |field| Ok::<_, Failure>(fields.text(field)?.filter(|text| !text.is_empty()));
    let wrong = match (said("explicit_max_ttl")?, uses, said("period")?) {
        (Some(text), ..) => is_set("explicit_max_ttl", &text)?,
        (None, 0, Some(text)) => is_set("period", &text)?,
        (None, 0, None) => None,
        (None, ..) => Some("num_uses"),
    };
    wrong.map_or(Ok(()), |field| Err(TokenError::NotForBatch(field).into()))
}

/// The entity that goes by an alias, where a role allows to say one.
fn entity_of_alias(
    core: &Core,
    fields: &Fields,
    role: Option<&TokenRole>,
) -> Result<Option<String>, Failure> {
    let Some(alias) = fields.text("entity_alias")?.filter(|alias| !alias.is_empty()) else { return Ok(None) };
    let role = role.ok_or(TokenError::AliasWithoutRole)?;
    let alias = alias.to_lowercase();
    if !role.allows_alias(&alias) {
        return Err(TokenError::AliasNotAllowed.into());
    }
    let accessor = core.mounts.methods.at("token/").map(|mount| mount.description.accessor.clone());
    Ok(Some(entity_id(&accessor.unwrap_or_default(), &alias)))
}

fn parent(
    fields: &Fields,
    creator: &Session,
    by: By<'_>,
    privilege: Verdict,
) -> Result<Option<Key>, Failure> {
    let is_orphan = match by {
        By::Role(_, role) => role.orphan,
        By::Parent | By::Nobody => match (fields.flag("no_parent")?.unwrap_or_default(), privilege) {
            (true, Verdict::Refuse) => return Err(TokenError::OrphanNeedsSudo.into()),
            (true, Verdict::Allow) => true,
            (false, _) => matches!(by, By::Nobody),
        },
    };
    Ok((!is_orphan).then_some(creator.key))
}

/// Null is a no.
fn renewal(fields: &Fields, role: Option<&TokenRole>) -> Result<Renewal, Failure> {
    let asked = fields.flag("renewable")?.unwrap_or(!fields.has("renewable"));
    let allowed = asked && role.is_none_or(|role| role.renewable);
    Ok(if allowed { Renewal::Allowed } else { Renewal::Refused })
}

/// A child is bound to the networks of its parent; a role has its own.
fn bound_cidrs(creator: &Session, by: By<'_>, parent: Option<Key>) -> Result<Vec<Cidr>, Failure> {
    match by.role() {
        Some(role) => {
            let cidrs = role.bound_cidrs.value.iter().map(|cidr| cidr.parse());
            Ok(cidrs.collect::<Result<_, _>>().map_err(TokenError::Cidr)?)
        }
        None if parent.is_some() => Ok(creator.token.bound_cidrs.to_vec()),
        None => Ok(Vec::new()),
    }
}

/// Zero is as often as its bearer likes.
fn fewer(asked: i64, role: i64) -> i64 {
    match (asked, role) {
        (uses, 0) | (0, uses) => uses,
        (asked, role) => asked.min(role),
    }
}

fn check_id(id: &str) -> Result<(), TokenError> {
    for reserved in ["s.", "hvs."] {
        if id.starts_with(reserved) {
            return Err(TokenError::ReservedId(reserved));
        }
    }
    if id.contains('.') { Err(TokenError::DottedId) } else { Ok(()) }
}

fn display_name(fields: &Fields) -> Result<String, Failure> {
    let Some(named) = fields.text("display_name")?.filter(|name| !name.is_empty()) else {
        return Ok("token".to_owned());
    };
    let is_plain = |letter: char| letter.is_ascii_alphanumeric() || letter == '-';
    let plain: String = named.chars().map(|letter| if is_plain(letter) { letter } else { '-' }).collect();
    let named = format!("token-{plain}");
    Ok(named.strip_suffix('-').unwrap_or(&named).to_owned())
}

const CUSTOM_ID: &str = "Supplying a custom ID for the token uses the weaker SHA1 hashing instead of the more secure \
    SHA2-256 HMAC for token obfuscation. SHA1 hashed tokens on the wire leads to less secure lookups.";
