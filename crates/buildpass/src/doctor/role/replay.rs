use serde_json::{Map, Value};

use super::{
    Role, bound,
    claims::{Claims, with_type},
    times,
};
use crate::doctor::{Fault, Rung};

/// A check of the role that a token does not pass.
#[derive(Clone, Debug)]
pub struct Refusal {
    /// Which.
    pub rung: Rung,
    /// What OpenBao answers to a login.
    pub text: String,
    /// What the role wants beside what the token says.
    pub fault: Fault,
}

/// What the role refuses in these claims at this time, the vault's own answer first. What only the vault knows (its keys, its
/// `bound_issuer`, where the job's address lies) is taken for granted.
pub fn replay(role: &Role, claims: &Map<String, Value>, now: u64) -> Vec<Refusal> {
    let claims = Claims(claims);
    let mut refused = Vec::new();
    refused.extend(role_type(role));
    refused.extend(subject(role, claims));
    refused.extend(audience(role, claims));
    refused.extend(time(role, claims, now));
    refused.extend(audience_bound(role, claims));
    refused.extend(user_claim(role, claims));
    refused.extend(mappings(role, claims));
    refused.extend(groups(role, claims));
    refused.extend(bound::refusal(&role.bound_claims, role.bound_claims_type, claims));
    refused
}

fn refusal(rung: Rung, text: impl Into<String>, fault: Fault) -> Option<Refusal> {
    Some(Refusal { rung, text: text.into(), fault })
}

fn role_type(role: &Role) -> Option<Refusal> {
    if role.takes_tokens() {
        return None;
    }
    let actual = match &role.role_type {
        Some(other) => format!("`role_type` is `{other}`"),
        None => "no `role_type`, which is `oidc`, for people in a browser".to_owned(),
    };
    let fault =
        Fault::new("`role_type` is `jwt`", actual, "the vault's owner sets `role_type=jwt` on the role");
    refusal(Rung::RoleType, "role with oidc role_type is not allowed", fault)
}

fn subject(role: &Role, claims: Claims<'_>) -> Option<Refusal> {
    let (wanted, actual) = (&role.bound_subject, claims.text("sub"));
    if wanted.is_empty() || wanted == actual {
        return None;
    }
    let fault = Fault::new(
        format!("`sub` is `{wanted}`"),
        format!("`sub` is `{actual}`"),
        "have the vault's owner set `bound_subject`, or empty it: a write that does not name it leaves the old one",
    );
    refusal(Rung::Subject, "error validating token: invalid subject (sub) claim", fault)
}

fn audience(role: &Role, claims: Claims<'_>) -> Option<Refusal> {
    let actual = claims.audience();
    let bound = &role.bound_audiences;
    if bound.is_empty() || actual.iter().any(|each| bound.iter().any(|bound| bound == each)) {
        return None;
    }
    let fault = Fault::new(
        format!("`aud` is {}, to the last slash", in_ticks(bound.iter().map(String::as_str))),
        format!("`aud` is {}", in_ticks(actual.iter().copied())),
        format!(
            "write `aud: {}` under `id_tokens:`, or have the vault's owner add the token's to `bound_audiences`",
            bound[0]
        ),
    );
    let text = "error validating token: invalid audience (aud) claim: audience claim does not match any expected audience";
    refusal(Rung::Audience, text, fault)
}

fn time(role: &Role, claims: Claims<'_>, now: u64) -> Option<Refusal> {
    let text = times::refusal(role, claims, now)?;
    let actual = format!(
        "now is {now}, `nbf` {}, `iat` {}, `exp` {} (seconds since 1970)",
        claims.date("nbf"),
        claims.date("iat"),
        claims.date("exp")
    );
    let fault = Fault::new(
        "a token that is good now, by the vault's clock and a minute beside",
        actual,
        "retry the job; a token lasts as long as the job's timeout; where it was made just now, the clocks differ",
    );
    refusal(Rung::Times, format!("error validating token: {text}"), fault)
}

fn audience_bound(role: &Role, claims: Claims<'_>) -> Option<Refusal> {
    let actual = claims.audience();
    if !role.bound_audiences.is_empty() || actual.is_empty() {
        return None;
    }
    let fault = Fault::new(
        format!("`bound_audiences` has {}", in_ticks(actual.iter().copied())),
        "`bound_audiences` is empty",
        format!("the vault's owner sets `bound_audiences={}` on the role", actual.join(",")),
    );
    refusal(Rung::AudienceBound, "audience claim found in JWT but no audiences bound to the role", fault)
}

fn user_claim(role: &Role, claims: Claims<'_>) -> Option<Refusal> {
    let name = &role.user_claim;
    let value = if role.user_claim_json_pointer { claims.value(name) } else { claims.named(name) };
    let (text, actual) = match value {
        Some(Value::String(_)) => return None,
        Some(other) => (
            format!("claim {name:?} could not be converted to string"),
            format!("`{name}` is {}", with_type(other)),
        ),
        None => (format!("claim {name:?} not found in token"), format!("the token has no `{name}`")),
    };
    let fault = Fault::new(
        "`user_claim` names a text that is in every token",
        actual,
        "the vault's owner sets `user_claim=project_id` on the role",
    );
    refusal(Rung::UserClaim, text, fault)
}

fn mappings(role: &Role, claims: Claims<'_>) -> Option<Refusal> {
    let no_text = |name: &&String| claims.value(name).is_some_and(|value| !value.is_string());
    let name = role.claim_mappings.keys().find(no_text)?;
    let fault = Fault::new(
        format!("`claim_mappings` takes texts, and `{name}` is one"),
        format!("`{name}` is {}", claims.value(name).map(with_type).unwrap_or_default()),
        format!("the vault's owner takes `{name}` out of `claim_mappings`"),
    );
    refusal(Rung::ClaimMappings, format!("error converting claim '{name}' to string"), fault)
}

fn groups(role: &Role, claims: Claims<'_>) -> Option<Refusal> {
    let name = &role.groups_claim;
    if name.is_empty() {
        return None;
    }
    let fault = |actual: String| {
        Fault::new(
            format!("`{name}` is a list of texts"),
            actual,
            "the vault's owner empties `groups_claim`; GitLab leaves `groups_direct` out of tokens of users in more than 200 groups",
        )
    };
    let Some(value) = claims.value(name) else {
        let text = format!("failed to fetch groups: {name:?} claim not found in token");
        return refusal(Rung::Groups, text, fault(format!("the token has no `{name}`")));
    };
    let text = match value {
        Value::Object(_) => format!("{name:?} claim could not be converted to string list"),
        Value::Array(values) => {
            let wrong = values.iter().find(|value| !value.is_string())?;
            format!("value {wrong} in groups claim could not be parsed as string")
        }
        Value::String(_) => return None,
        other => format!("value {other} in groups claim could not be parsed as string"),
    };
    refusal(Rung::Groups, text, fault(format!("`{name}` is {}", with_type(value))))
}

fn in_ticks<'a>(texts: impl Iterator<Item = &'a str>) -> String {
    let texts: Vec<String> = texts.map(|text| format!("`{text}`")).collect();
    if texts.is_empty() { "nothing".to_owned() } else { texts.join(" or ") }
}
