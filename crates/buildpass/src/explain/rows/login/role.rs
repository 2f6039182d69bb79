use super::{LOGIN, Row, SEEN, Weight};

/// What the role makes of the claims, in the order of the checks: the user claim, mappings, groups, bound claims; and OpenBao's CEL roles.
pub(in crate::explain::rows) const ROWS: &[Row] = &[
    Row {
        name: "login-groups",
        says: &[
            "\"{claim}\" claim not found in token",
            "failed to fetch groups",
            "\"{claim}\" claim could not be converted to string list",
        ],
        meaning: "the claim that the role takes groups from is not in the token",
        causes: &[
            "the user is a direct member of more than 200 groups: GitLab leaves `groups_direct` out then",
            "`groups_claim` of the role names a claim that GitLab does not send",
        ],
        hint: "the vault's owner takes `groups_claim` off the role, or names a claim that every job has",
        source: SEEN,
        example: "failed to fetch groups: \"groups_direct\" claim not found in token",
        ..LOGIN
    },
    Row {
        name: "login-user-claim-absent",
        says: &["claim \"{claim}\" not found in token"],
        meaning: "the claim by which the role names the job is not in the token",
        causes: &[
            "the role's `user_claim` is `environment`, and the job has no `environment:`",
            "it is `user_email`, and the user hides it",
            "it is misspelt",
        ],
        hint: "the role's `user_claim` is not in the token: `project_id` always is",
        source: SEEN,
        example: "claim \"user_email\" not found in token",
        ..LOGIN
    },
    Row {
        name: "login-user-claim-no-text",
        says: &["claim \"{claim}\" could not be converted to string"],
        meaning: "the claim by which the role names the job is not a text",
        causes: &["the role's `user_claim` is `runner_id`, which is a number; the other ids are texts"],
        hint: "the role's `user_claim` must be a text: `project_id` is, `runner_id` is not",
        source: SEEN,
        example: "claim \"runner_id\" could not be converted to string",
        ..LOGIN
    },
    Row {
        name: "login-mapping-no-text",
        says: &["error converting claim '{claim}' to string"],
        meaning: "a claim that the role copies into the session is not a text",
        causes: &["`claim_mappings` of the role names `runner_id`, which is a number"],
        hint: "the vault's owner takes the claim out of the role's `claim_mappings`",
        source: SEEN,
        example: "error converting claim 'runner_id' to string",
        ..LOGIN
    },
    Row {
        name: "login-claim-missing",
        says: &["error validating claims: claim \"{claim}\" is missing", "claim \"{claim}\" is missing"],
        meaning: "the role binds a claim that this job's token does not have",
        causes: &[
            "the role binds `environment`, and the job has no `environment:`",
            "the claim's name in `bound_claims` is misspelt, or its JSON pointer wrong",
            "this GitLab is older than the claim",
        ],
        hint: "give the job what the claim tells of, such as `environment:`, or take the claim out of the role's `bound_claims`",
        source: SEEN,
        example: "error validating claims: claim \"environment\" is missing",
        ..LOGIN
    },
    Row {
        name: "login-claim-mismatch",
        says: &["claim \"{claim}\" does not match any associated bound claim values"],
        meaning: "the role is for other jobs: this one's claim is none of the values that the role is bound to",
        causes: &[
            "the pipeline runs on another branch, tag or project than the role names",
            "`ref_protected` is \"false\": the branch or tag is not protected, or it is a merge request's pipeline",
            "a merge request's pipeline of a fork: since GitLab 18.2 `project_path`, `namespace_path` and `sub` name the fork",
            "`bound_claims_type` is `string` again, so that `*` is a star: writing a role without it resets it",
            "the values differ in kind: GitLab sends ids and `ref_protected` as texts, `runner_id` as a number",
        ],
        hint: "run it where the role says, or name the role that is for this project and ref: the role's `bound_claims` name the values",
        source: SEEN,
        example: "error validating claims: claim \"ref_protected\" does not match any associated bound claim values",
        ..LOGIN
    },
    Row {
        name: "login-claim-kind",
        says: &[
            "received claim is not a string, bool, int or list",
            "bound claim is not a string, bool, int or list",
        ],
        meaning: "a bound claim is nothing that can be compared",
        causes: &[
            "the role binds `ci_config_sha`, which is null when the configuration is in another project",
            "the role binds a claim that is an object",
        ],
        hint: "the vault's owner binds another claim",
        source: SEEN,
        example: "error validating claims: received claim is not a string, bool, int or list: map[a:1]",
        ..LOGIN
    },
    Row {
        name: "login-cel-denied",
        says: &["blocked authorization with boolean false return", "blocked authorization with message"],
        meaning: "the role's own program says no",
        causes: &[
            "the job is not one that the `cel_program` admits; where it says why, that stands behind `message`",
        ],
        hint: "ask the vault's owner what the role's `cel_program` wants",
        source: SEEN,
        example: "error executing cel program: CEL role 'builds' blocked authorization with boolean false return",
        ..LOGIN
    },
    Row {
        name: "login-cel-program",
        says: &["error executing cel program"],
        weight: Weight::Echo,
        meaning: "the role's own program failed",
        causes: &["it reads a claim that this token does not have", "it gives something else than yes or no"],
        hint: "the vault's owner mends the role's `cel_program`: `has(claims.x)` asks whether a claim is there",
        source: SEEN,
        example: "error executing cel program: no such key: environment",
        ..LOGIN
    },
    Row {
        name: "login-role-gone",
        says: &["failed to fetch role_name during renewal", "role {word} does not exist during renewal"],
        meaning: "the role was taken away while the job ran",
        causes: &["the vault's owner deleted or renamed the role"],
        hint: "run the job again when the role is back; the session ends when its time is over",
        source: SEEN,
        example: "role builds does not exist during renewal",
        ..LOGIN
    },
    Row {
        name: "login-other-check",
        says: &["error validating token", "error validating claims"],
        weight: Weight::Echo,
        meaning: "the vault checked the ID token, and refused it",
        causes: &["a check that is not in this table: the vault's words behind the colon name it"],
        hint: "compare the token's claims with the role: `buildpass doctor` does",
        example: "error validating token: something that nobody has seen",
        ..LOGIN
    },
];
