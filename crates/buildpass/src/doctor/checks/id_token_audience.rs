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
        return Verdict::pass(format!("it is for {actual}"));
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
            actual,
            format!(
                "in `.gitlab-ci.yml`, under `id_tokens: {variable}:`, write `aud: {expected}`; if the address is wrong instead, set \
                 `[vault] address`; if this vault wants another audience than its address, say `--audience`"
            ),
        ),
    )
}
