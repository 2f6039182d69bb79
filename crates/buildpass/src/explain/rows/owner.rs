use super::{Row, Source, Stage, of};

const OWNER: Row = of(Stage::Owner, Source::Code("vault-plugin-auth-jwt and OpenBao's credential/jwt"));
const SEEN: Source = Source::Seen("writing auth mounts and roles, OpenBao");

/// What the vault's owner is told when an auth mount or a role is written.
pub(super) const ROWS: &[Row] = &[
    Row {
        name: "owner-role-type",
        says: &["'allowed_redirect_uris' must be set"],
        meaning: "the role was written as one for people with a browser",
        causes: &["`role_type` was left out, also of a change: its default is `oidc` each time"],
        hint: "write `role_type=jwt` with the role, each time",
        source: SEEN,
        example: "'allowed_redirect_uris' must be set if 'role_type' is 'oidc' or unspecified.",
        ..OWNER
    },
    Row {
        name: "owner-no-user-claim",
        says: &["a user claim must be defined on the role"],
        meaning: "the role does not say by which claim it names a job",
        causes: &["`user_claim` was left out"],
        hint: "write `user_claim=project_id`",
        source: SEEN,
        example: "a user claim must be defined on the role",
        ..OWNER
    },
    Row {
        name: "owner-no-bound",
        says: &["must have at least one bound constraint"],
        meaning: "the role would admit every token of the issuer",
        causes: &[
            "none of `bound_audiences`, `bound_subject`, `bound_claims` and `token_bound_cidrs` is set",
        ],
        hint: "write `bound_audiences`, and `bound_claims` with at least `project_path` or `project_id`",
        source: SEEN,
        example: "must have at least one bound constraint when creating/updating a role",
        ..OWNER
    },
    Row {
        name: "owner-bound-claims-type",
        says: &["invalid 'bound_claims_type'"],
        meaning: "claims are compared as texts or with stars, and in no other way",
        causes: &["`bound_claims_type` is misspelt"],
        hint: "write `bound_claims_type=string` or `=glob`",
        source: SEEN,
        example: "invalid 'bound_claims_type': regex",
        ..OWNER
    },
    Row {
        name: "owner-claim-kind",
        says: &["claim is not a string"],
        meaning: "a bound claim is given as something that cannot be compared",
        causes: &["with `bound_claims_type=glob` a value is a number or an object"],
        hint: "write the value of each bound claim as a text, or as a list of texts",
        source: SEEN,
        example: "claim is not a string: 7",
        ..OWNER
    },
    Row {
        name: "owner-reserved-key",
        says: &[
            "is reserved and may not be a mapping destination",
            "multiple keys are mapped to metadata key",
        ],
        meaning: "two things would stand under one name in the session",
        causes: &["`claim_mappings` maps a claim to `role`", "`claim_mappings` maps two claims to one name"],
        hint: "give each mapped claim a name of its own",
        source: SEEN,
        example: "metadata key \"role\" is reserved and may not be a mapping destination",
        ..OWNER
    },
    Row {
        name: "owner-ttl",
        says: &[
            "ttl should not be greater than max ttl",
            "'token_ttl' cannot be greater than 'token_max_ttl'",
        ],
        meaning: "a session would start longer than it may become",
        causes: &["`token_ttl` is above `token_max_ttl`"],
        hint: "write `token_ttl` no longer than `token_max_ttl`; 60 s are enough, a session is renewed while its job runs",
        source: SEEN,
        example: "ttl should not be greater than max ttl",
        ..OWNER
    },
    Row {
        name: "owner-key-source",
        says: &["exactly one of 'jwt_validation_pubkeys'"],
        meaning: "the auth mount has no source of keys, or several",
        causes: &[
            "none, or more than one of `oidc_discovery_url`, `jwks_url`, `jwks_pairs`, `jwt_validation_pubkeys` is set",
        ],
        hint: "write `oidc_discovery_url` with GitLab's address alone",
        source: SEEN,
        example: "exactly one of 'jwt_validation_pubkeys', 'jwks_url' or 'oidc_discovery_url' must be set",
        ..OWNER
    },
    Row {
        name: "owner-discovery",
        says: &["error checking oidc discovery URL"],
        meaning: "the vault does not get the issuer's configuration from this address",
        causes: &[
            "the address is not exactly the issuer: a slash at its end, `http` for `https`, a path",
            "the vault does not reach GitLab, or does not trust its certificate",
            "the address already ends in `/.well-known/openid-configuration`",
        ],
        hint: "open `<address>/.well-known/openid-configuration` from the vault's machine, and compare `issuer`",
        source: SEEN,
        example: "error checking oidc discovery URL",
        ..OWNER
    },
    Row {
        name: "owner-well-known",
        says: &["contains '.well-known' component"],
        meaning: "the address is too long by the part that the vault adds itself",
        causes: &["`oidc_discovery_url` ends in `/.well-known/openid-configuration`"],
        hint: "write `oidc_discovery_url` with GitLab's address alone",
        source: SEEN,
        example: "'oidc_discovery_url' contains '.well-known' component",
        ..OWNER
    },
    Row {
        name: "owner-keys",
        says: &["error checking jwks URL", "error checking jwks_ca_pem"],
        meaning: "the vault does not get keys from this address",
        causes: &[
            "`jwks_url` is not GitLab's `/oauth/discovery/keys`",
            "the vault does not reach GitLab, or does not trust its certificate",
        ],
        hint: "open the `jwks_url` from the vault's machine; `jwks_ca_pem` names the authority of its certificate",
        source: SEEN,
        example: "error checking jwks URL",
        ..OWNER
    },
    Row {
        name: "owner-issuer-and-pairs",
        says: &["Bound issuer is not supported for use with 'jwks_pairs'"],
        meaning: "with several issuers none of them can be bound",
        causes: &["`bound_issuer` and `jwks_pairs` are both set"],
        hint: "leave `bound_issuer` out, or make an auth mount for each GitLab",
        source: Source::Code("vault-plugin-auth-jwt"),
        example: "Bound issuer is not supported for use with 'jwks_pairs'",
        ..OWNER
    },
];
