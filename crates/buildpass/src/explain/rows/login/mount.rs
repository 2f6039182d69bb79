use super::{LOGIN, Row, SEEN, Weight};

/// The auth mount, the role, and that there is a token at all.
pub(in crate::explain::rows) const ROWS: &[Row] = &[
    Row {
        name: "login-no-configuration",
        says: &["could not load configuration"],
        weight: Weight::Framed,
        meaning: "the auth mount is there, and has no configuration",
        causes: &[
            "`auth/<mount>/config` was never written, or its writing was refused",
            "the mount of this name is another one, in another namespace",
        ],
        hint: "the auth mount has no configuration: the vault's owner writes `auth/<mount>/config`",
        source: SEEN,
        example: "could not load configuration",
        ..LOGIN
    },
    Row {
        name: "login-missing-role",
        says: &["missing role"],
        weight: Weight::Framed,
        meaning: "the login names no role, and the mount has no default role",
        causes: &[
            "VAULT_AUTH_ROLE is not set in the job, or is set for other environments or branches only",
            "`default_role` of the auth mount is empty",
        ],
        hint: "name the role with `[vault] role`, VAULT_AUTH_ROLE or `--role`; the mount has no default role",
        source: SEEN,
        example: "missing role",
        ..LOGIN
    },
    Row {
        name: "login-role-not-found",
        says: &["role \"{word}\" could not be found"],
        meaning: "there is no role of this name on this auth mount",
        causes: &[
            "the name is misspelt; names of roles are in lower case",
            "the role stands on another auth mount: VAULT_AUTH_PATH names the mount, and is `jwt` by default",
            "the role stands in another namespace",
            "the role was refused when it was written, for instance because `role_type` was left out",
        ],
        hint: "is the role's name right, and is it on this auth mount and in this namespace?",
        source: SEEN,
        example: "role \"omnibus\" could not be found",
        ..LOGIN
    },
    Row {
        name: "login-oidc-role",
        says: &["role with oidc role_type is not allowed"],
        meaning: "the role is for people who log in by a browser",
        causes: &[
            "the role was written without `role_type`, whose default is `oidc`",
            "it is not the role for jobs",
        ],
        hint: "the vault's owner sets `role_type=jwt` on the role",
        source: SEEN,
        example: "role with oidc role_type is not allowed",
        ..LOGIN
    },
    Row {
        name: "login-missing-token",
        says: &["missing token"],
        weight: Weight::Framed,
        meaning: "the login was sent without an ID token",
        causes: &[
            "the job has no `id_tokens:`, or its variable has another name than the one that is read",
            "a variable of the same name under `variables:` hides the ID token",
            "GitLab has no key to sign ID tokens with: its log says `NoSigningKeyError`",
        ],
        hint: "give the job `id_tokens:`, and send the variable that it names",
        source: SEEN,
        example: "missing token",
        ..LOGIN
    },
    Row {
        name: "login-permission-denied",
        says: &["permission denied"],
        weight: Weight::Framed,
        meaning: "the vault lets nobody log in here, or not from here",
        causes: &[
            "there is no auth mount of this name: VAULT_AUTH_PATH names it, and is `jwt` by default",
            "the role's `token_bound_cidrs` do not hold this runner's address",
            "the namespace is missing or another one",
        ],
        hint: "is the auth mount's name right (`[vault] auth`, VAULT_AUTH_PATH), and may this machine's address log in (`token_bound_cidrs`)?",
        source: SEEN,
        example: "permission denied",
        ..LOGIN
    },
    Row {
        name: "login-no-namespace",
        says: &["namespace not found"],
        weight: Weight::Framed,
        meaning: "the vault has no such namespace",
        causes: &["the name is misspelt, or lacks its parent: `parent/child`", "the vault has no namespaces"],
        hint: "is the namespace's name right (`[vault] namespace`, VAULT_NAMESPACE)?",
        source: SEEN,
        example: "namespace not found",
        ..LOGIN
    },
];
