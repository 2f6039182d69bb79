use std::time::Duration;

use crate::{
    api::{Core, failure::Failure, process::Asking},
    auth::token::{DefaultPolicy, Kind, Metadata, Order, Renewal, Session, Terms, TokenError},
    exchange::{Answer, Fields, Request, parse},
    policy::Verdict,
};

/// Whose child a new token is.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Parent {
    /// The child of who asks for it, unless they ask for an orphan.
    Asking,
    None,
}

pub(super) async fn create(
    core: &Core,
    asking: &Asking<'_>,
    request: &Request<'_>,
    parent: Parent,
) -> Result<Answer, Failure> {
    let Asking { session, acl, .. } = asking;
    if session.token.kind == Kind::Batch {
        return Err(TokenError::BatchParent.into());
    }
    if session.uses != 0 {
        return Err(TokenError::RestrictedParent.into());
    }
    let fields = request.fields;
    let path = match parent {
        Parent::Asking => "auth/token/create",
        Parent::None => "auth/token/create-orphan",
    };
    let privilege = acl.may_sudo(path);
    let orphan = parent == Parent::None || fields.flag("no_parent")?.unwrap_or_default();
    if parent == Parent::Asking && orphan && privilege == Verdict::Refuse {
        return Err(TokenError::OrphanNeedsSudo.into());
    }
    let kind = match fields.text("type")?.as_deref() {
        None | Some("" | "service") => Kind::Service,
        Some("batch") => Kind::Batch,
        Some(_) => return Err(TokenError::UnknownKind.into()),
    };
    let id = chosen_id(fields, privilege)?;
    let policies = policies(fields, session, privilege)?;
    let terms = terms(fields, privilege)?;
    let uses = fields.integer("num_uses")?.unwrap_or_default();
    if uses < 0 {
        return Err(TokenError::NegativeUses.into());
    }
    if kind == Kind::Batch {
        refuse_for_batch(uses, &terms)?;
    }
    let missing = policies.iter().filter(|name| core.policies.read(name).is_none());
    let missing: Vec<String> = missing.map(|name| format!("Policy {name:?} does not exist")).collect();
    let metadata = fields.texts_by_name("meta").map_err(TokenError::Body)?.unwrap_or_default();
    let order = Order {
        kind,
        policies,
        display_name: display_name(fields)?,
        metadata: Metadata::from_iter(metadata),
        path: path.to_owned(),
        role: None,
        entity_id: String::new(),
        parent: (!orphan).then_some(session.key),
        terms,
        uses,
        renewal: if fields.flag("renewable")? == Some(false) { Renewal::Refused } else { Renewal::Allowed },
        bound_cidrs: Vec::new(),
        id: id.map(Into::into),
    };
    let (auth, mut warnings) = core.tokens.issue(order, request.now).await?;
    warnings.extend(missing);
    Ok(Answer::authenticated(auth, warnings))
}

fn chosen_id(fields: &Fields, privilege: Verdict) -> Result<Option<String>, Failure> {
    let Some(id) = fields.text("id")?.filter(|id| !id.is_empty()) else { return Ok(None) };
    if privilege == Verdict::Refuse {
        return Err(TokenError::IdNeedsSudo.into());
    }
    for reserved in ["s.", "b."] {
        if id.starts_with(reserved) {
            return Err(TokenError::ReservedId(reserved).into());
        }
    }
    Ok(Some(id))
}

/// Without a word a child has its parent's policies; nobody gives more than they have but by `sudo`.
fn policies(fields: &Fields, session: &Session, privilege: Verdict) -> Result<Vec<String>, Failure> {
    let no_default = fields.flag("no_default_policy")?.unwrap_or_default();
    let with = if no_default { DefaultPolicy::Refused } else { DefaultPolicy::Given };
    let asked = fields.texts("policies")?.filter(|policies| !policies.is_empty());
    let policies = match asked {
        Some(asked) => Order::policies(&asked, with),
        None => Order::policies(&session.token.policies, with),
    };
    let own = |name: &String| session.token.policies.contains(name) || name == "default";
    let is_root = session.token.policies.iter().any(|name| name == "root");
    let is_more = !policies.iter().all(own) && privilege == Verdict::Refuse;
    if !is_root && (is_more || policies.iter().any(|name| name == "root")) {
        return Err(TokenError::MorePolicies.into());
    }
    Ok(policies)
}

fn terms(fields: &Fields, privilege: Verdict) -> Result<Terms, Failure> {
    let read = |field| -> Result<Duration, Failure> {
        let Some(text) = fields.text(field)? else { return Ok(Duration::ZERO) };
        let nanos = parse(&text).map_err(TokenError::Duration)?;
        let negative = || TokenError::Duration(format!("cannot provide negative value '{text}'"));
        Ok(Duration::from_nanos(u64::try_from(nanos).map_err(|_| negative())?))
    };
    let ttl = read("ttl")?;
    let usual = if ttl.is_zero() { read("lease")? } else { ttl };
    let period = read("period")?;
    if !period.is_zero() && privilege == Verdict::Refuse {
        return Err(TokenError::PeriodNeedsSudo.into());
    }
    Ok(Terms { usual, explicit_max: read("explicit_max_ttl")?, period, ..Terms::default() })
}

fn refuse_for_batch(uses: i64, terms: &Terms) -> Result<(), TokenError> {
    let set = [
        (uses != 0, "num_uses"),
        (!terms.explicit_max.is_zero(), "explicit_max_ttl"),
        (!terms.period.is_zero(), "period"),
    ];
    match set.into_iter().find(|(is_set, _)| *is_set) {
        Some((_, field)) => Err(TokenError::NotForBatch(field)),
        None => Ok(()),
    }
}

fn display_name(fields: &Fields) -> Result<String, Failure> {
    let named = fields.text("display_name")?.unwrap_or_default();
    let plain: String = named.chars().map(|c| if c.is_ascii_alphanumeric() { c } else { '-' }).collect();
    Ok(format!("token-{plain}").trim_end_matches('-').to_owned())
}
