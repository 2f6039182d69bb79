use super::fault_of;
use crate::{
    doctor::{
        Check, Evidence, Fault, Reach, Rung, Stage, Verdict,
        role::{advice, replay},
    },
    vault::{self, Kind},
};

/// The vault takes the ID token. Its checks run in a fixed order: its one answer tells which have passed.
pub(super) const CHECK: Check = Check {
    id: "login",
    stage: Stage::Login,
    needs: &[
        "id-token-times",
        "id-token-issuer",
        "id-token-audience",
        "vault-certificate",
        "clock",
        "auth-role",
        "issuer-keys",
    ],
    reach: Reach::Session,
    run,
};

fn run(evidence: &Evidence<'_>) -> Verdict {
    match (&evidence.vault.login, &evidence.vault.session) {
        (Some(Ok(())), Some(session)) if session.kind == Kind::Personal && session.is_unknown => {
            Verdict::fail(
                "the vault does not know your own vault token",
                Fault::new(
                    "a vault token that is good",
                    "it has expired, was taken back, or is of another vault",
                    "log in anew, as by `bao login`; VAULT_TOKEN, BAO_TOKEN and `~/.vault-token` are looked at, in this order",
                ),
            )
        }
        (Some(Ok(())), Some(session)) if session.kind == Kind::Personal => {
            Verdict::pass("your own vault token is used; there was no login")
        }
        (Some(Ok(())), _) => Verdict::pass("the vault takes the ID token: all of its checks have passed"),
        (Some(Err(error)), _) => refused(error, evidence),
        (None, _) if evidence.parts().is_some_and(|parts| !parts.asks_the_vault()) => {
            Verdict::not_needed("a job of this configuration asks the vault for nothing")
        }
        (None, _) => Verdict::not_needed("the vault is not ready, or there is nothing to log in with"),
    }
}

fn refused(error: &vault::Error, evidence: &Evidence<'_>) -> Verdict {
    let (text, explained) = match error {
        vault::Error::LoginRefused { text, explained, .. } => (text.as_str(), explained.as_slice()),
        vault::Error::Busy { text, .. } => (text.as_str(), &[][..]),
        other => {
            return Verdict::fail("the login came to nothing", fault_of("a session", other, other.hint()));
        }
    };
    let hint = error.hint().unwrap_or_else(|| "ask the vault's owner for its log of this login".to_owned());
    let Some(rung) = Rung::of_refusal(text) else {
        return Verdict::fail("the vault refused the ID token", Fault::new("a session", text, hint));
    };
    let actual = if explained.is_empty() { text.to_owned() } else { explained.join("; ") };
    let fault = by_role(rung, evidence)
        .or_else(|| by_claim(rung, text, &actual, evidence))
        .unwrap_or_else(|| Fault::new(expected(rung), actual, hint));
    let verdict = Verdict::fail(format!("the vault refused the ID token for its {}", rung.words()), fault)
        .detail(format!("passed: {}", words(rung.passed_before())))
        .detail(format!("failed: {}: {text}", rung.words()));
    let not_reached = words(rung.not_reached_after());
    if not_reached.is_empty() { verdict } else { verdict.detail(format!("not reached: {not_reached}")) }
}

/// Both sides, where the role is known.
fn by_role(rung: Rung, evidence: &Evidence<'_>) -> Option<Fault> {
    let opened = evidence.held()?.opened.as_ref().ok()?;
    let refusals = replay(evidence.role()?, &opened.claims, evidence.clock.unix_seconds());
    refusals.into_iter().find(|refusal| refusal.rung == rung).map(|refusal| refusal.fault)
}

/// The claim that the vault names, where it keeps to itself what it wants.
fn by_claim(rung: Rung, text: &str, actual: &str, evidence: &Evidence<'_>) -> Option<Fault> {
    let opened = evidence.held()?.opened.as_ref().ok()?;
    let claim = text.split_once("claim \"").filter(|_| rung == Rung::BoundClaims)?.1.split_once('"')?.0;
    let expected = format!("`{claim}` as the role's `bound_claims` has it; with `--role-file` that is shown");
    Some(Fault::new(expected, actual, advice(claim, &opened.claims)))
}

fn words(rungs: impl Iterator<Item = Rung>) -> String {
    rungs.map(Rung::words).collect::<Vec<_>>().join(", ")
}

fn expected(rung: Rung) -> &'static str {
    match rung {
        Rung::Mount => "a JWT auth method at the mount",
        Rung::Configuration => "an auth mount that is configured",
        Rung::Role => "a role that the mount knows",
        Rung::RoleType => "a role with `role_type=jwt`",
        Rung::Token => "an ID token",
        Rung::Address => "a job whose address lies in the role's `token_bound_cidrs`",
        Rung::Keys => "a vault that can fetch the issuer's keys",
        Rung::Signature => "a token that one of the vault's keys has signed",
        Rung::ClaimNames => "claims whose names differ in more than case",
        Rung::Algorithm => "an algorithm of the mount's `jwt_supported_algs`",
        Rung::Issuer => "`iss` equals the mount's `bound_issuer`, to the last slash",
        Rung::Subject => "`sub` equals the role's `bound_subject`",
        Rung::Audience => "`aud` is one of the role's `bound_audiences`, to the last slash",
        Rung::Times => "a token that is good now, by the vault's clock",
        Rung::AudienceBound => "a role with `bound_audiences`",
        Rung::UserClaim => "the role's `user_claim` is a text of the token",
        Rung::ClaimMappings => "the role's `claim_mappings` are texts of the token",
        Rung::Groups => "the role's `groups_claim` is a list of texts of the token",
        Rung::BoundClaims => {
            "every claim of the role's `bound_claims` fits; the vault does not say with what"
        }
    }
}
