use super::claims;
use crate::doctor::{Check, Evidence, Fault, Reach, Stage, Verdict};

/// The ID token is of the issuer that is expected.
pub(super) const CHECK: Check =
    Check { id: "id-token-issuer", stage: Stage::Identity, needs: &["id-token"], reach: Reach::Here, run };

fn run(evidence: &Evidence<'_>) -> Verdict {
    let (Some(claims), Some(login)) = (claims(evidence), evidence.jwt_login()) else {
        return Verdict::not_needed("no ID token logs in here");
    };
    let actual = claims.issuer.clone().unwrap_or_else(|| "none".to_owned());
    if let Some(expected) = &login.expected.issuer {
        if login.expected.check_issuer(&claims).is_ok() {
            return Verdict::pass(format!("of `{actual}`, as configured"));
        }
        return Verdict::fail(
            "the ID token is of another issuer than the configuration says",
            Fault::new(
                format!("`iss` is `{expected}`, to the last slash"),
                format!("`iss` is `{actual}`"),
                format!(
                    "set `[identity] issuer = \"{actual}\"` in buildpass.toml (or `--issuer`) if that is your GitLab"
                ),
            ),
        );
    }
    match evidence.environment.setting("CI_SERVER_URL") {
        Some(server) if server.trim_end_matches('/') != actual.trim_end_matches('/') => Verdict::warn(
            format!("of `{actual}`"),
            Fault::new(
                format!("the GitLab that runs this job, `{server}` (CI_SERVER_URL)"),
                format!("`iss` is `{actual}`"),
                "is the token one of this job's own `id_tokens:`, and was it not copied from elsewhere?",
            ),
        ),
        _ => Verdict::pass(format!("of `{actual}`")),
    }
}
