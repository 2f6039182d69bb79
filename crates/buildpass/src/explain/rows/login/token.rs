use super::{LOGIN, Row, SEEN};

/// What the token says of itself, in the order of the checks: algorithm, issuer, subject, audience, times.
pub(in crate::explain::rows) const ROWS: &[Row] = &[
    Row {
        name: "login-ambiguous-claim",
        says: &["ambiguous claim: key \"{claim}\" collides with registered claim"],
        meaning: "the token has one claim twice, in different letters",
        causes: &["the token was not made by GitLab", "somebody tries to get past the role's bounds"],
        hint: "send the ID token that GitLab gives",
        source: SEEN,
        example: "error validating token: ambiguous claim: key \"SUB\" collides with registered claim \"sub\" under case folding",
        ..LOGIN
    },
    Row {
        name: "login-algorithm",
        says: &["invalid algorithm (alg) header parameter"],
        meaning: "the auth mount does not take this kind of signature",
        causes: &[
            "`jwt_supported_algs` of the auth mount lacks RS256, with which GitLab signs",
            "the token is not from GitLab",
        ],
        hint: "the vault's owner sets `jwt_supported_algs` to RS256, or leaves it out",
        source: SEEN,
        example: "error validating token: invalid algorithm (alg) header parameter: token signed with unexpected algorithm",
        ..LOGIN
    },
    Row {
        name: "login-unsigned",
        says: &["token must be signed", "token with multiple signatures not supported"],
        meaning: "the token has no signature, or several",
        causes: &["the token was not made by GitLab"],
        hint: "send the ID token that GitLab gives",
        example: "error validating token: error verifying token signature: token must be signed",
        ..LOGIN
    },
    Row {
        name: "login-issuer",
        says: &["invalid issuer (iss) claim"],
        meaning: "the token is from another issuer than the auth mount is bound to",
        causes: &[
            "`bound_issuer` lacks `https://`, as it was right for the old CI_JOB_JWT",
            "`bound_issuer` has a slash at its end, or a port, which the token's `iss` has not",
            "the job runs on another GitLab",
        ],
        hint: "the mount's `bound_issuer` must equal the token's `iss`, `https://` and slashes included",
        source: SEEN,
        example: "error validating token: invalid issuer (iss) claim",
        ..LOGIN
    },
    Row {
        name: "login-subject",
        says: &["invalid subject (sub) claim", "sub claim does not match bound subject"],
        meaning: "the role is for another subject: project, kind of ref and ref in one",
        causes: &[
            "the pipeline runs on another branch or tag than `bound_subject` names",
            "`bound_subject` was left from an earlier version of the role: writing a role keeps what is not named",
            "a merge request's pipeline of a fork: its `sub` names the fork",
            "GitLab was told to make up `sub` of other parts",
        ],
        hint: "the role's `bound_subject` must equal the token's `sub`",
        source: SEEN,
        example: "error validating token: invalid subject (sub) claim",
        ..LOGIN
    },
    Row {
        name: "login-audience",
        says: &["audience claim does not match any expected audience", "invalid audience (aud) claim"],
        meaning: "the token is for another audience than the role takes",
        causes: &[
            "`aud:` under `id_tokens:` and the role's `bound_audiences` differ: scheme, port and a slash at the end count",
            "the job sends another of its ID tokens",
            "the token has no audience",
        ],
        hint: "set the `aud:` under `id_tokens:` to one of the role's `bound_audiences`",
        source: SEEN,
        example: "error validating token: invalid audience (aud) claim: audience claim does not match any expected audience",
        ..LOGIN
    },
    Row {
        name: "login-expired",
        says: &["invalid expiration time (exp) claim", "token is expired (exp)"],
        meaning: "the ID token's time is over",
        causes: &[
            "the job asks for its secret after the time that its `timeout:` gives it",
            "the token is from an earlier job, or was kept in a file or cache",
            "the vault's clock is ahead of GitLab's by more than a minute",
        ],
        hint: "an ID token lasts as long as the job's timeout; are the clocks right?",
        source: SEEN,
        example: "error validating token: invalid expiration time (exp) claim: token is expired",
        ..LOGIN
    },
    Row {
        name: "login-not-yet-valid",
        says: &["invalid not before (nbf) claim", "token not yet valid"],
        meaning: "the ID token begins in the vault's future",
        causes: &["the vault's clock is behind GitLab's by more than a minute", "GitLab's clock is ahead"],
        hint: "set the clocks: the vault's is behind the issuer's, and `clock_skew_leeway` allows 60 s",
        source: SEEN,
        example: "error validating token: invalid not before (nbf) claim: token not yet valid",
        ..LOGIN
    },
    Row {
        name: "login-issued-in-the-future",
        says: &["invalid issued at (iat) claim", "token issued in the future"],
        meaning: "the ID token was made in the vault's future",
        causes: &["the vault's clock is behind GitLab's by more than a minute", "GitLab's clock is ahead"],
        hint: "set the clocks: the vault's is behind the issuer's, and `clock_skew_leeway` allows 60 s",
        example: "error validating token: invalid issued at (iat) claim: token issued in the future",
        ..LOGIN
    },
    Row {
        name: "login-no-times",
        says: &["no issued at (iat), not before (nbf), or expiration time (exp) claims in token"],
        meaning: "the token says nothing of when it is valid",
        causes: &["the token was not made by GitLab"],
        hint: "send the ID token that GitLab gives",
        source: SEEN,
        example: "error validating token: no issued at (iat), not before (nbf), or expiration time (exp) claims in token",
        ..LOGIN
    },
    Row {
        name: "login-role-without-audience",
        says: &["no audiences bound to the role"],
        meaning: "the token has an audience, and the role takes none",
        causes: &[
            "the role was written without `bound_audiences`; Vault refuses that since 1.17, and OpenBao does",
            "the vault was upgraded, and the role is older",
        ],
        hint: "the vault's owner sets `bound_audiences` on the role",
        source: SEEN,
        example: "audience claim found in JWT but no audiences bound to the role",
        ..LOGIN
    },
];
