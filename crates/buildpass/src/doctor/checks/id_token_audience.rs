use url::Url;

use crate::{
    doctor::{Check, Evidence, Fault, Reach, Stage, Verdict},
    identity::{Error, claims_in},
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
    let (expected, written, how) = match login.expected.check_audience(&claims) {
        Ok(()) => {
            let verdict = Verdict::pass(format!("it is for {actual}"));
            return match claims.audience.iter().any(|audience| audience.ends_with('/')) {
                true => {
                    verdict.detail("with a slash at its end: the role's `bound_audiences` has to have it too")
                }
                false => verdict,
            };
        }
        Err(Error::OtherAudience { expected, .. }) => (expected.clone(), expected, "to the letter"),
        Err(_) => {
            let origins = &login.expected.origins;
            let all = origins.join(", ");
            let written = if origins.len() > 1 { format!("[{all}]") } else { all.clone() };
            (all, written, "in scheme, host and port")
        }
    };
    let variable = evidence.parts().map_or("VAULT_ID_TOKEN", |parts| &parts.id_token_variable);
    Verdict::fail(
        format!("it is for {actual}, and would be sent elsewhere"),
        Fault::new(
            format!("`{expected}`, {how}"),
            match claims.audience.iter().find_map(|audience| differences(audience, &expected)) {
                Some(differences) => format!("{actual}: {differences}"),
                None => actual,
            },
            format!(
                "in `.gitlab-ci.yml`, under `id_tokens: {variable}:`, write `aud: {written}`; if the address is wrong instead, set \
                 `[vault] address`; if this vault wants another audience, say `--audience`, which is compared to the letter"
            ),
        ),
    )
}

/// Where two addresses part ways, of one host at least.
fn differences(audience: &str, expected: &str) -> Option<String> {
    let written = (audience, expected);
    let (audience, expected) = (Url::parse(audience).ok()?, Url::parse(expected).ok()?);
    if audience.host_str() != expected.host_str() {
        return None;
    }
    let slash = match (written.0.strip_suffix('/'), written.1.strip_suffix('/')) {
        (Some(audience), None) if audience == written.1 => Some("it has a slash at its end".to_owned()),
        (None, Some(expected)) if written.0 == expected => Some("the slash at its end is missing".to_owned()),
        _ => None,
    };
    let port = |url: &Url| url.port_or_known_default().unwrap_or_default();
    let scheme = (audience.scheme() != expected.scheme())
        .then(|| format!("the scheme is {} and not {}", audience.scheme(), expected.scheme()));
    let port = (port(&audience) != port(&expected))
        .then(|| format!("the port is {} and not {}", port(&audience), port(&expected)));
    let differences: Vec<String> = scheme.into_iter().chain(port).chain(slash).collect();
    (!differences.is_empty()).then(|| differences.join(", "))
}
