use crate::doctor::{Check, Evidence, Fault, Reach, Stage, Verdict};

/// The issuer says where its keys are, as far as this machine sees it: the vault sees it from elsewhere.
pub(super) const CHECK: Check =
    Check { id: "issuer-discovery", stage: Stage::Login, needs: &["id-token"], reach: Reach::Servers, run };

fn run(evidence: &Evidence<'_>) -> Verdict {
    let Some(seen) = &evidence.issuer else { return Verdict::not_needed("the ID token names no issuer") };
    let document = format!("{}/.well-known/openid-configuration", seen.issuer.trim_end_matches('/'));
    match &seen.discovery {
        Ok(discovery) if discovery.issuer == seen.issuer => {
            Verdict::pass(format!("`{}` has its keys at `{}`", seen.issuer, discovery.jwks_uri))
        }
        Ok(discovery) => Verdict::warn(
            "the issuer calls itself by another name than in its tokens",
            Fault::new(
                format!("`{}`, to the last slash, in {document}", seen.issuer),
                format!("`{}`", discovery.issuer),
                "GitLab's owner sets `external_url` to the one that jobs and vault use",
            ),
        ),
        Err(error) => Verdict::warn(
            "this machine cannot read where the issuer's keys are",
            Fault::new(
                format!("a discovery document at {document}"),
                error.clone(),
                "look whether the vault can reach the issuer: it needs the keys unless it has been given them (`jwt_validation_pubkeys`)",
            ),
        ),
    }
}
