use crate::explain::{self, Stage};

/// The checks of a login with a JWT. They run in this order on every vault, and the first that fails is the answer: whoever knows the answer
/// knows which have passed.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
#[expect(missing_docs, reason = "`words` says what each is")]
pub enum Rung {
    Mount,
    Configuration,
    Role,
    RoleType,
    Token,
    Address,
    Keys,
    Signature,
    ClaimNames,
    Algorithm,
    Issuer,
    Subject,
    Audience,
    Times,
    AudienceBound,
    UserClaim,
    ClaimMappings,
    Groups,
    BoundClaims,
}

/// The rows of the table of errors, and the check that says their words.
const SAID_BY: [(&str, Rung); 38] = [
    ("login-no-configuration", Rung::Configuration),
    ("login-missing-role", Rung::Role),
    ("login-role-not-found", Rung::Role),
    ("login-role-gone", Rung::Role),
    ("login-oidc-role", Rung::RoleType),
    ("login-missing-token", Rung::Token),
    ("login-permission-denied", Rung::Address),
    ("login-other-issuer-at-address", Rung::Keys),
    ("login-keys-untrusted", Rung::Keys),
    ("login-no-key-set", Rung::Keys),
    ("login-keys-not-there", Rung::Keys),
    ("login-keys-unreachable", Rung::Keys),
    ("login-keys-no-json", Rung::Keys),
    ("login-all-keys-unreachable", Rung::Keys),
    ("login-malformed-algorithm", Rung::Signature),
    ("login-malformed", Rung::Signature),
    ("login-unknown-key", Rung::Signature),
    ("login-no-kid", Rung::Signature),
    ("login-signature", Rung::Signature),
    ("login-static-keys", Rung::Signature),
    ("login-unsigned", Rung::Signature),
    ("login-ambiguous-claim", Rung::ClaimNames),
    ("login-algorithm", Rung::Algorithm),
    ("login-issuer", Rung::Issuer),
    ("login-subject", Rung::Subject),
    ("login-audience", Rung::Audience),
    ("login-expired", Rung::Times),
    ("login-not-yet-valid", Rung::Times),
    ("login-issued-in-the-future", Rung::Times),
    ("login-no-times", Rung::Times),
    ("login-role-without-audience", Rung::AudienceBound),
    ("login-user-claim-absent", Rung::UserClaim),
    ("login-user-claim-no-text", Rung::UserClaim),
    ("login-mapping-no-text", Rung::ClaimMappings),
    ("login-groups", Rung::Groups),
    ("login-claim-missing", Rung::BoundClaims),
    ("login-claim-mismatch", Rung::BoundClaims),
    ("login-claim-kind", Rung::BoundClaims),
];

impl Rung {
    /// All of them, in their order.
    pub const ALL: [Self; 19] = [
        Self::Mount,
        Self::Configuration,
        Self::Role,
        Self::RoleType,
        Self::Token,
        Self::Address,
        Self::Keys,
        Self::Signature,
        Self::ClaimNames,
        Self::Algorithm,
        Self::Issuer,
        Self::Subject,
        Self::Audience,
        Self::Times,
        Self::AudienceBound,
        Self::UserClaim,
        Self::ClaimMappings,
        Self::Groups,
        Self::BoundClaims,
    ];

    /// The check that says these words.
    pub fn of_refusal(text: &str) -> Option<Self> {
        let row = explain::find(Stage::Login, text)?;
        SAID_BY.iter().find(|(name, _)| *name == row.name).map(|(_, rung)| *rung)
    }

    /// Those that have passed when this one failed.
    pub fn passed_before(self) -> impl Iterator<Item = Self> {
        Self::ALL.into_iter().filter(move |rung| *rung < self)
    }

    /// Those that were not reached when this one failed.
    pub fn not_reached_after(self) -> impl Iterator<Item = Self> {
        Self::ALL.into_iter().filter(move |rung| *rung > self)
    }

    /// What it looks at, in a word or two.
    pub fn words(self) -> &'static str {
        match self {
            Self::Mount => "auth mount",
            Self::Configuration => "its configuration",
            Self::Role => "role",
            Self::RoleType => "role type",
            Self::Token => "token sent",
            Self::Address => "address of the job",
            Self::Keys => "issuer's keys",
            Self::Signature => "signature",
            Self::ClaimNames => "names of claims",
            Self::Algorithm => "algorithm",
            Self::Issuer => "issuer",
            Self::Subject => "subject",
            Self::Audience => "audience",
            Self::Times => "times",
            Self::AudienceBound => "audience bound",
            Self::UserClaim => "user claim",
            Self::ClaimMappings => "claim mappings",
            Self::Groups => "groups",
            Self::BoundClaims => "bound claims",
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::explain::rows;

    #[test]
    fn the_rungs_stand_in_their_order() {
        assert!(Rung::ALL.is_sorted());
        let passed: Vec<_> = Rung::Role.passed_before().map(Rung::words).collect();
        assert_eq!(passed, ["auth mount", "its configuration"]);
        assert_eq!(Rung::Groups.not_reached_after().collect::<Vec<_>>(), [Rung::BoundClaims]);
    }

    #[test]
    fn every_row_of_a_login_is_said_by_a_check_or_by_none() {
        let by_none = ["login-no-namespace", "login-cel-denied", "login-cel-program", "login-other-check"];
        let of_login = rows::all().filter(|row| row.stage == Stage::Login).map(|row| row.name);
        let unknown =
            of_login.filter(|name| !by_none.contains(name) && !SAID_BY.iter().any(|(said, _)| said == name));
        assert_eq!(unknown.collect::<Vec<_>>(), [""; 0]);
    }

    #[test]
    fn each_refusal_is_said_by_one_check() {
        for (text, rung) in [
            (r#"role "x" could not be found"#, Rung::Role),
            ("error validating token: invalid issuer (iss) claim", Rung::Issuer),
            (
                r#"error validating claims: claim "ref_protected" does not match any associated bound claim values"#,
                Rung::BoundClaims,
            ),
            (r#"claim "runner_id" could not be converted to string"#, Rung::UserClaim),
            (r#""groups_direct" claim not found in token"#, Rung::Groups),
            (r#"claim "user_email" not found in token"#, Rung::UserClaim),
            (
                "error validating token: error verifying token signature: fetching keys oidc: get keys failed",
                Rung::Keys,
            ),
        ] {
            assert_eq!(Rung::of_refusal(text), Some(rung), "{text}");
        }
        assert_eq!(Rung::of_refusal("teapot"), None);
    }
}
