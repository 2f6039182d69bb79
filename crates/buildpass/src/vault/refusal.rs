//! What the vault's refusals mean: it names the check that failed, and we put the token's own value beside it.

use crate::identity::{Claims, GitlabClaims, IdToken};

/// A part of the vault's text, and what to do when it stands there.
const LOGIN: &[(&str, &str)] = &[
    (
        "could not load configuration",
        "the auth mount has no configuration: the vault's owner writes `auth/<mount>/config`",
    ),
    (
        "missing role",
        "name the role with `[vault] role`, VAULT_AUTH_ROLE or `--role`; the mount has no default role",
    ),
    ("could not be found", "is the role's name right, and is it on this auth mount and in this namespace?"),
    ("role with oidc role_type is not allowed", "the vault's owner sets `role_type=jwt` on the role"),
    (
        "permission denied",
        "is the auth mount's name right (`[vault] auth`, VAULT_AUTH_PATH), and may this machine's address log in (`token_bound_cidrs`)?",
    ),
    ("namespace not found", "is the namespace's name right (`[vault] namespace`, VAULT_NAMESPACE)?"),
    ("malformed jwt", "what was sent is not a JWT: is the variable expanded?"),
    (
        "failed to verify id token signature",
        "the issuer's keys do not match: is the token from the GitLab that this vault knows?",
    ),
    (
        "no known key successfully validated",
        "the vault's static keys do not match: has the issuer changed its keys?",
    ),
    (
        "invalid issuer",
        "the mount's `bound_issuer` must equal the token's `iss`, `https://` and slashes included",
    ),
    ("invalid subject", "the role's `bound_subject` must equal the token's `sub`"),
    ("invalid audience", "set the `aud:` under `id_tokens:` to one of the role's `bound_audiences`"),
    ("no audiences bound to the role", "the vault's owner sets `bound_audiences` on the role"),
    ("token is expired", "an ID token lasts as long as the job's timeout; are the clocks right?"),
    ("token not yet valid", "the vault's clock is behind the issuer's"),
    ("issued in the future", "the vault's clock is behind the issuer's"),
    (
        "does not match any associated bound claim values",
        "the role is for other jobs: its `bound_claims` name what this one is not",
    ),
    ("is missing", "the role binds a claim that this job's token does not have"),
    (
        "could not be converted to string",
        "the role's `user_claim` must be a text: `project_id` is, `runner_id` is not",
    ),
    ("not found in token", "the role's `user_claim` is not in the token: `project_id` always is"),
];

pub(super) fn login_hint(text: &str) -> Option<String> {
    let row = LOGIN.iter().find(|(part, _)| text.contains(part));
    row.map(|(_, hint)| (*hint).to_owned())
}

/// The token's side of a refusal.
pub(super) fn login_explained(text: &str, token: &IdToken) -> Vec<String> {
    let Ok(claims) = Claims::read(token) else {
        return Vec::new();
    };
    let or_none = |value: Option<String>| value.unwrap_or_else(|| "none".to_owned());
    if text.contains("(aud)") || text.contains("audience") {
        return vec![format!("the token's audience is `{}`", claims.audience.join("`, `"))];
    }
    if text.contains("(iss)") || text.contains("signature") {
        return vec![format!("the token's issuer is `{}`", or_none(claims.issuer))];
    }
    if text.contains("(sub)") {
        return vec![format!("the token's subject is `{}`", or_none(claims.subject))];
    }
    let Some(claim) = text.split_once("claim \"").and_then(|(_, rest)| Some(rest.split_once('"')?.0)) else {
        return Vec::new();
    };
    let Some(gitlab) = GitlabClaims::read(token) else {
        return Vec::new();
    };
    let actual = match claim {
        "project_path" => gitlab.project_path,
        "project_id" => gitlab.project_id,
        "namespace_path" => gitlab.namespace_path,
        "namespace_id" => gitlab.namespace_id,
        "ref" => gitlab.r#ref,
        "ref_type" => gitlab.ref_type,
        "ref_protected" => gitlab.ref_protected,
        "environment" => match gitlab.environment {
            Some(environment) => environment,
            None => return vec!["the token has no `environment`".to_owned()],
        },
        _ => return Vec::new(),
    };
    vec![format!("the token's `{claim}` is `{actual}`")]
}

/// OpenBao says a plain `permission denied` of a token that is dead, and `1 error occurred` of a policy that says no.
pub(super) fn read_hint(text: &str) -> &'static str {
    match text {
        "permission denied" => "the session is over: was it revoked, or did its time end?",
        _ => {
            "the policies of the role must allow `read` on exactly this path; a mount that does not exist answers the same"
        }
    }
}
