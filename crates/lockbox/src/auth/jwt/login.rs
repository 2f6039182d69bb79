use serde_json::Value;

use super::{
    Client, JwtError, Mounted, bound_claims,
    claims::Claims,
    config::Config,
    policy_template,
    role::{Flow, Role},
    times,
};
use crate::{
    auth::{
        Cidr, entity_id,
        jwt::algorithm::Algorithm,
        token::{Metadata, Order, Renewal, Terms},
    },
    exchange::{Request, go_value},
};

/// One login: by which role, where, and from where.
pub(super) struct Attempt<'a> {
    pub(super) config: &'a Config,
    pub(super) role_name: &'a str,
    pub(super) role: &'a Role,
    pub(super) mounted: Mounted<'a>,
    pub(super) client: Client,
}

/// The token that a login gives, after all the checks in OpenBao's order: the first that fails is the answer.
///
/// # Errors
/// With the first check that failed.
pub(super) async fn order(attempt: &Attempt<'_>, request: &Request<'_>) -> Result<Order, JwtError> {
    let Attempt { config, role_name, role, mounted, client } = *attempt;
    if role.flow == Flow::Oidc {
        return Err(JwtError::OidcRole);
    }
    let token = request.fields.secret("jwt").map_err(JwtError::Body)?.unwrap_or_default();
    if token.is_empty() {
        return Err(JwtError::NoToken);
    }
    let cidrs = &role.token.bound_cidrs;
    if !cidrs.is_empty() && !cidrs.iter().any(|cidr| cidr.contains(client.from)) {
        return Err(JwtError::OtherNetwork);
    }
    let jws = config.keys.verify(&token).await?;
    let all = Claims::object(&jws.payload)?;
    Claims::refuse_ambiguous(&all)?;
    if !config.algorithms.is_empty()
        && !Algorithm::named(&jws.header.algorithm)
            .is_some_and(|algorithm| config.algorithms.contains(&algorithm))
    {
        return refuse("invalid algorithm (alg) header parameter: token signed with unexpected algorithm");
    }
    let claims = Claims::new(all)?;
    check_registered(config, role, &claims)?;
    times::check(&claims, &role.leeways, client.time)?;
    if audiences(role).is_empty() && !claims.audience.is_empty() {
        return Err(JwtError::UnboundAudience);
    }
    let alias = alias(role, &claims)?;
    let metadata = metadata(role_name, role, &claims)?;
    check_groups(role, &claims)?;
    if let Some(bound) = &role.bound_claims {
        bound_claims::check(bound, role.matching, &claims)?;
    }
    if alias.is_empty() {
        return Err(JwtError::NoAlias);
    }
    let policies = match role.token.template_claims {
        true => policy_template::fill(&role.token.policies, &claims)?,
        false => role.token.policies.clone(),
    };
    let bound_cidrs = match role.token.strictly_bind_ip {
        true => vec![Cidr::of(client.from)],
        false => role.token.bound_cidrs.clone(),
    };
    Ok(Order {
        id: None,
        kind: role.token.kind.on(mounted.kind),
        policies: Order::policies(&policies, role.token.default_policy()),
        display_name: format!("{}-{alias}", mounted.path.trim_end_matches('/').replace('/', "-")),
        metadata: Some(metadata),
        path: format!("auth/{}login", mounted.path),
        role: Some(role_name.to_owned()),
        entity_id: entity_id(mounted.accessor, &alias),
        parent: None,
        terms: Terms { mount: mounted.lifetimes, ..role.token.terms() },
        explicit_max: role.token.explicit_max_ttl,
        period: role.token.period,
        uses: role.token.uses,
        renewal: Renewal::Allowed,
        bound_cidrs,
    })
}

fn check_registered(config: &Config, role: &Role, claims: &Claims) -> Result<(), JwtError> {
    if !config.written.bound_issuer.is_empty() && claims.issuer != config.written.bound_issuer {
        return refuse("invalid issuer (iss) claim");
    }
    if !role.bound_subject.is_empty() && claims.subject != role.bound_subject {
        return refuse("invalid subject (sub) claim");
    }
    let bound = |audience: &String| audiences(role).contains(audience);
    if !audiences(role).is_empty() && !claims.audience.iter().any(bound) {
        return refuse("invalid audience (aud) claim: audience claim does not match any expected audience");
    }
    Ok(())
}

fn audiences(role: &Role) -> &[String] {
    role.bound_audiences.as_deref().unwrap_or_default()
}

/// The name that the bearer goes by.
fn alias(role: &Role, claims: &Claims) -> Result<String, JwtError> {
    let name = &role.user_claim;
    let value = if role.user_claim_json_pointer { claims.value(name) } else { claims.named(name) };
    match value.ok_or_else(|| JwtError::NoUserClaim(name.clone()))? {
        Value::String(alias) => Ok(alias.clone()),
        _ => Err(JwtError::UserClaimNotText(name.clone())),
    }
}

fn metadata(name: &str, role: &Role, claims: &Claims) -> Result<Metadata, JwtError> {
    let mut pairs = vec![("role".to_owned(), name.to_owned())];
    for (claim, key) in role.claim_mappings.iter().flatten() {
        match claims.value(claim) {
            None => {}
            Some(Value::String(value)) => pairs.push((key.clone(), value.clone())),
            Some(_) => return Err(JwtError::MappedClaimNotText(claim.clone())),
        }
    }
    Ok(pairs.into_iter().collect())
}

/// Groups give nothing here, but a token without them is refused as OpenBao refuses it.
fn check_groups(role: &Role, claims: &Claims) -> Result<(), JwtError> {
    let name = &role.groups_claim;
    if name.is_empty() {
        return Ok(());
    }
    let groups = match claims.value(name).ok_or_else(|| JwtError::NoGroups(name.clone()))? {
        Value::Array(groups) => groups.as_slice(),
        Value::Object(_) => return Err(JwtError::GroupsNotListed(name.clone())),
        single => std::slice::from_ref(single),
    };
    match groups.iter().find(|group| !group.is_string()) {
        None => Ok(()),
        Some(group) => Err(JwtError::GroupNotText(go_value(group))),
    }
}

fn refuse<T>(problem: &str) -> Result<T, JwtError> {
    Err(JwtError::Token(problem.to_owned()))
}
