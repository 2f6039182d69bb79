use super::{Row, Source, Stage, of};
use crate::explain::Weight;

const ENGINE: Row = of(Stage::Engine, Source::Code("ilijamt/vault-plugin-secrets-gitlab"));

/// The vault's engine that makes a GitLab token at each read.
pub(super) const ROWS: &[Row] = &[
    Row {
        name: "engine-not-configured",
        says: &["backend not configured"],
        meaning: "the engine has no GitLab to make tokens on",
        causes: &["`config/<name>` was never written", "the role's `config_name` names another one"],
        hint: "the vault's owner writes `<mount>/config/<name>` with GitLab's address and an Owner's token",
        example: "backend not configured",
        ..ENGINE
    },
    Row {
        name: "engine-no-role",
        says: &["role {word}: not found", "role '{word}' not found"],
        meaning: "the engine has no role of this name",
        causes: &["the name is misspelt: it is the part after `token/`"],
        hint: "list `<mount>/roles`",
        example: "role builds: not found",
        ..ENGINE
    },
    Row {
        name: "engine-path-refused",
        says: &["path doesn't match regex", "invalid path"],
        weight: Weight::Framed,
        meaning: "the role does not make tokens for this group or project",
        causes: &[
            "the role has a fixed path, and one was added",
            "the path does not match the role's pattern",
        ],
        hint: "read `token/<role>` of a role with a fixed path, and `token/<role>/<path>` of one with `dynamic_path`",
        example: "path doesn't match regex",
        ..ENGINE
    },
    Row {
        name: "engine-path-not-found",
        says: &["path '{word}' not found: invalid value", "username '{word}' not found: invalid value"],
        meaning: "the engine's own token does not see the group, project or user",
        causes: &[
            "the path is misspelt",
            "the engine's token has expired or was revoked: the engine says the same then",
            "its user is no member there",
        ],
        hint: "the vault's owner reads `<mount>/config/<name>`: `token_expires_at` says when the engine's token ends",
        example: "path 'group' not found: invalid value",
        ..ENGINE
    },
    Row {
        name: "engine-token-dead",
        says: &[
            "/api/v4/{any}: 401 {message: 401 Unauthorized}",
            "/api/v4/{any}: 401 {error: invalid_token}",
        ],
        meaning: "GitLab does not take the engine's own token any more",
        causes: &["it has expired", "it was revoked, or rotated by somebody else than the engine"],
        hint: "the vault's owner writes a new token into `<mount>/config/<name>`, with `auto_rotate_token`",
        example: "POST https://gitlab.example/api/v4/groups/g/access_tokens: 401 {message: 401 Unauthorized}",
        ..ENGINE
    },
    Row {
        name: "engine-token-too-weak",
        says: &[
            "/api/v4/{any}: 403 {message: 403 Forbidden}",
            "/api/v4/{any}: 404 {message: 404 Group Not Found}",
        ],
        meaning: "the engine's own token may not make tokens there",
        causes: &[
            "its user is no Owner of the group",
            "it lacks the scope `api`",
            "it is a group's token, which makes no others",
        ],
        hint: "the engine needs a personal access token of an Owner, with the scope `api`",
        example: "POST https://gitlab.example/api/v4/groups/g/access_tokens: 403 {message: 403 Forbidden}",
        ..ENGINE
    },
    Row {
        name: "engine-bad-request",
        says: &["/access_tokens: 400 {message:", "/api/v4/{any}: 400 {"],
        meaning: "GitLab does not make a token as the role wants it",
        causes: &[
            "its level is above that of the engine's own user",
            "its end is too late",
            "a scope is unknown to this GitLab",
        ],
        hint: "GitLab's words behind the 400 say what it does not take",
        example: "POST https://gitlab.example/api/v4/groups/g/access_tokens: 400 {message: 400 Bad request - Expires at must be a date}",
        ..ENGINE
    },
    Row {
        name: "engine-ttl",
        says: &["[ttl >= 1h]", "<= ttl <=", "[ttl <= max_ttl"],
        meaning: "the role's tokens would live shorter or longer than the engine makes them",
        causes: &[
            "`ttl` is below 1 h",
            "with `gitlab_revokes_token` it is below a day, which is as short as GitLab's own ends are",
            "it is above a year, or above the mount's longest",
        ],
        hint: "write a `ttl` between 1 h and 8760 h, and tune the mount's `max_lease_ttl`",
        example: "ttl = 30m0s [ttl >= 1h]: invalid value",
        ..ENGINE
    },
    Row {
        name: "engine-role-refused",
        says: &[
            "not allowed for token_type",
            "access_level='{word}' not allowed",
            "token_type='{word}', should be one of",
            "cannot create user-service-account with saas",
        ],
        meaning: "the role asks for a token that GitLab does not have",
        causes: &[
            "the scope or level does not go with this kind of token",
            "this GitLab is older than the scope",
        ],
        hint: "for builds: `token_type=group`, `access_level=reporter`, `scopes=read_repository`",
        example: "scopes='[sudo]' not allowed for token_type='group' on gitlab 18.2, should be one of [api read_api]",
        ..ENGINE
    },
    Row {
        name: "engine-token-name",
        says: &["error generating token name", "invalid template{any}for name"],
        meaning: "the role's pattern for the tokens' names is not one",
        causes: &["the Go template names a field or function that the engine does not have"],
        hint: "for example `name='build-{{ .role_name }}-{{ randHexString 4 }}'`",
        example: "error generating token name: template: name:1: function \"uuid\" not defined",
        ..ENGINE
    },
    Row {
        name: "engine-irrevocable",
        says: &["failed to revoke lease, marking lease as irrevocable", "failed to revoke token"],
        meaning: "a token that was made could not be taken back: it lives until the day that GitLab has for it",
        causes: &["the engine's own token is dead", "GitLab was down for more than ten minutes"],
        hint: "revoke it in GitLab by its name, then `vault lease revoke -force -prefix <mount>`",
        example: "failed to revoke lease, marking lease as irrevocable",
        ..ENGINE
    },
    Row {
        name: "engine-disable-refused",
        says: &["secret is unsupported by this backend"],
        meaning: "the engine cannot be taken away while it has leases that it does not know any more",
        causes: &["it was upgraded since they were made"],
        hint: "`vault lease revoke -force -prefix <mount>`, and revoke the tokens in GitLab",
        source: Source::Issue("ilijamt/vault-plugin-secrets-gitlab#123"),
        example: "failed to revoke \"gitlab/token/builds/x\" (1 / 1): failed to revoke entry: secret is unsupported by this backend",
        ..ENGINE
    },
];
