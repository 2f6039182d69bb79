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

/// A part of the vault's words, and the check that says them. The first that fits counts.
const SAID_BY: [(&str, Rung); 39] = [
    ("could not load configuration", Rung::Configuration),
    ("missing role", Rung::Role),
    ("could not be found", Rung::Role),
    ("does not exist during renewal", Rung::Role),
    ("oidc role_type is not allowed", Rung::RoleType),
    ("missing token", Rung::Token),
    ("keyset configuration error", Rung::Keys),
    ("fetching keys", Rung::Keys),
    ("failed to refresh all", Rung::Keys),
    ("malformed jwt", Rung::Signature),
    ("failed to verify id token signature", Rung::Signature),
    ("no known key successfully validated", Rung::Signature),
    ("error searching for key set", Rung::Signature),
    ("no key set found with kid", Rung::Signature),
    ("missing kid header", Rung::Signature),
    ("token must be signed", Rung::Signature),
    ("multiple signatures", Rung::Signature),
    ("error verifying token signature", Rung::Signature),
    ("ambiguous claim", Rung::ClaimNames),
    ("invalid algorithm", Rung::Algorithm),
    ("unexpected algorithm", Rung::Algorithm),
    ("invalid issuer", Rung::Issuer),
    ("invalid subject", Rung::Subject),
    ("sub claim does not match", Rung::Subject),
    ("invalid audience", Rung::Audience),
    ("no audiences bound to the role", Rung::AudienceBound),
    ("invalid expiration time", Rung::Times),
    ("invalid not before", Rung::Times),
    ("invalid issued at", Rung::Times),
    ("no issued at", Rung::Times),
    ("error validating claims", Rung::BoundClaims),
    ("error converting claim", Rung::ClaimMappings),
    ("failed to fetch groups", Rung::Groups),
    ("could not be converted to string list", Rung::Groups),
    ("in groups claim", Rung::Groups),
    ("claim not found in token", Rung::Groups),
    ("could not be converted to string", Rung::UserClaim),
    ("not found in token", Rung::UserClaim),
    ("permission denied", Rung::Address),
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
        SAID_BY.iter().find(|(part, _)| text.contains(part)).map(|(_, rung)| *rung)
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

    #[test]
    fn the_rungs_stand_in_their_order() {
        assert!(Rung::ALL.is_sorted());
        let passed: Vec<_> = Rung::Role.passed_before().map(Rung::words).collect();
        assert_eq!(passed, ["auth mount", "its configuration"]);
        assert_eq!(Rung::Groups.not_reached_after().collect::<Vec<_>>(), [Rung::BoundClaims]);
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
