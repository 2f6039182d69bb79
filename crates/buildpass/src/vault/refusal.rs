//! The vault names the check that failed, and we put the token's own value beside it. What the check means stands in `explain`.

use crate::identity::{Claims, GitlabClaims, IdToken};

/// The token's side of a refusal.
pub(super) fn explained(text: &str, token: &IdToken) -> Vec<String> {
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
