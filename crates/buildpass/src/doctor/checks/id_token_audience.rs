use url::Url;

use crate::{
    doctor::{Check, Evidence, Fault, Reach, Stage, Verdict},
    identity::{Audience, claims_in},
};

/// The ID token is for this vault.
pub(super) const CHECK: Check =
    Check { id: "id-token-audience", stage: Stage::Identity, needs: &["id-token"], reach: Reach::Here, run };

fn run(evidence: &Evidence<'_>) -> Verdict {
    let (Some(held), Some(login)) = (evidence.held(), evidence.jwt_login()) else {
        return Verdict::not_needed("no ID token logs in here");
    };
    let Ok(claims) = claims_in(&held.token, &held.place) else {
        return Verdict::not_needed("the ID token cannot be read");
    };
    let actual = match &claims.audience[..] {
        [] => "none".to_owned(),
        audience => audience.iter().map(|each| format!("`{each}`")).collect::<Vec<_>>().join(", "),
    };
    if login.expected.check_audience(&claims).is_ok() {
        let verdict = Verdict::pass(format!("it is for {actual}"));
        return match claims.audience.iter().any(|audience| audience.ends_with('/')) {
            true => {
                verdict.detail("with a slash at its end: the role's `bound_audiences` has to have it too")
            }
            false => verdict,
        };
    }
    let expected = match &login.expected.audience {
        Audience::Named(named) | Audience::TheVault { configured: Some(named) } => named.clone(),
        Audience::TheVault { configured: None } => login.expected.origins.join(" and "),
    };
    let variable = evidence.parts().map_or("VAULT_ID_TOKEN", |parts| &parts.id_token_variable);
    Verdict::fail(
        format!("it is for {actual}, and would be sent elsewhere"),
        Fault::new(
            format!("`{expected}`, in scheme, host and port"),
            match claims.audience.iter().find_map(|audience| differences(audience, &expected)) {
                Some(differences) => format!("{actual}: {differences}"),
                None => actual,
            },
            format!(
                "in `.gitlab-ci.yml`, under `id_tokens: {variable}:`, write `aud: {expected}`; if the address is wrong instead, set \
                 `[vault] address`; if this vault wants another audience than its address, say `--audience`"
            ),
        ),
    )
}

/// Where two addresses part ways, of one host at least.
fn differences(audience: &str, expected: &str) -> Option<String> {
    let (audience, expected) = (Url::parse(audience).ok()?, Url::parse(expected).ok()?);
    if audience.host_str() != expected.host_str() {
        return None;
    }
    let port = |url: &Url| url.port_or_known_default().unwrap_or_default();
    let scheme = (audience.scheme() != expected.scheme())
        .then(|| format!("the scheme is {} and not {}", audience.scheme(), expected.scheme()));
    let port = (port(&audience) != port(&expected))
        .then(|| format!("the port is {} and not {}", port(&audience), port(&expected)));
    let differences: Vec<String> = scheme.into_iter().chain(port).collect();
    (!differences.is_empty()).then(|| differences.join(", "))
}
