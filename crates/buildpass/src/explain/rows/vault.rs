use super::{Row, Source, Stage, of};
use crate::explain::Weight;

const VAULT: Row = of(Stage::Vault, Source::Code("OpenBao and Vault"));
const SEEN: Source = Source::Seen("reading as a job, OpenBao");

/// What the vault says when something is read, renewed or given back, and of itself.
pub(super) const ROWS: &[Row] = &[
    Row {
        name: "vault-session-over",
        says: &[
            "2 errors occurred:\n* permission denied\n* invalid token",
            "permission denied\n* invalid token",
            "* invalid token",
        ],
        meaning: "the vault token is over",
        causes: &[
            "the session's time ended while the job ran",
            "it was revoked, by the job itself or by the vault's owner",
            "the token is from another vault or namespace",
        ],
        hint: "the session is over: was it revoked, or did its time end?",
        source: Source::Docs("Vault, since 1.16"),
        example: "2 errors occurred:\n\t* permission denied\n\t* invalid token\n\n",
        ..VAULT
    },
    Row {
        name: "vault-policy-denies",
        says: &["1 error occurred:\n* permission denied"],
        meaning: "the session is good, and its policies do not allow this path",
        causes: &[
            "the policy names another path: of a KV store of version 2 it is `<mount>/data/<path>`",
            "the role gives the session another policy, or none: its `token_policies`",
            "there is no such mount: the answer is the same",
            "the policy allows `<path>`, and `<path>/…` is read, which needs a `/*`",
            "the namespace is missing or another one",
        ],
        hint: "the policies of the role must allow `read` on exactly this path; a mount that does not exist answers the same",
        source: SEEN,
        example: "1 error occurred:\n\t* permission denied\n\n",
        ..VAULT
    },
    Row {
        name: "vault-permission-denied",
        says: &["permission denied"],
        weight: Weight::Framed,
        meaning: "the vault does not know the token, or there is none",
        causes: &[
            "the session's time ended while the job ran",
            "it was revoked, by the job itself or by the vault's owner",
            "no token was sent, or that of another vault",
        ],
        hint: "the session is over: was it revoked, or did its time end?",
        source: SEEN,
        example: "permission denied",
        ..VAULT
    },
    Row {
        name: "vault-no-mount",
        says: &["no handler for route \"{word}\"", "route entry not found"],
        meaning: "nothing is mounted at this path",
        causes: &[
            "the mount's name is misspelt: it is the part behind the `@` of `path/field@mount`",
            "`@mount` was left out: GitLab takes the mount `kv-v2` then",
            "the namespace is missing or another one",
        ],
        hint: "is the mount right? it is the part behind the `@` of `path/field@mount`",
        source: SEEN,
        example: "no handler for route \"nope/data/x\". route entry not found.",
        ..VAULT
    },
    Row {
        name: "vault-no-namespace",
        says: &["namespace not found"],
        weight: Weight::Framed,
        meaning: "the vault has no such namespace",
        causes: &["the name is misspelt, or lacks its parent: `parent/child`", "the vault has no namespaces"],
        hint: "is the namespace's name right (`[vault] namespace`, VAULT_NAMESPACE)?",
        source: SEEN,
        example: "namespace not found",
        ..VAULT
    },
    Row {
        name: "vault-nothing-there",
        says: &["{\"errors\":[]}", "No value found at {word}"],
        meaning: "the path may be read, and nothing stands there",
        causes: &[
            "the path is misspelt, or lacks a part",
            "`data/` is missing before the path, or there twice: the short form leaves it out",
            "the newest version was deleted or destroyed",
        ],
        hint: "is the path right? it is the one that the vault's web page shows, without `data/` or `metadata/`",
        source: SEEN,
        example: "{\"errors\":[]}",
        ..VAULT
    },
    Row {
        name: "vault-wrong-kv-version",
        says: &["Invalid path for a versioned K/V secrets engine"],
        meaning: "the mount is a KV store of version 2, and was read as one of version 1",
        causes: &["`data/` is missing between the mount and the path", "the engine in `secrets:` is `kv-v1`"],
        hint: "read it with the engine `kv-v2`: `path/field@mount`",
        source: SEEN,
        example: "Invalid path for a versioned K/V secrets engine. See the API docs for the appropriate API endpoints to use. If using the Vault CLI, use 'vault kv get' for this operation.",
        ..VAULT
    },
    Row {
        name: "vault-unsupported-operation",
        says: &["1 error occurred:\n* unsupported operation"],
        meaning: "the path is there, and takes another kind of request",
        causes: &[
            "it was written where reading makes the token: `token/<role>` of the GitLab engine is read",
            "a folder was read that can only be listed",
            "`data/` is missing before the path",
        ],
        hint: "read the path instead of writing it, or the other way round",
        source: SEEN,
        example: "1 error occurred:\n\t* unsupported operation\n\n",
        ..VAULT
    },
    Row {
        name: "vault-inline-authentication",
        says: &["requests with inline authentication cannot generate leases"],
        meaning: "the vault was asked for a secret with an end, without a session that it could end with",
        causes: &[
            "GitLab's secrets manager asks OpenBao so, and the engine makes its secret when it is read",
        ],
        hint: "log in first: `buildpass run` does",
        source: Source::Code("OpenBao"),
        example: "requests with inline authentication cannot generate leases",
        ..VAULT
    },
    Row {
        name: "vault-rate-limit",
        says: &["rate limit quota exceeded", "lease count quota exceeded"],
        meaning: "the vault has set a limit, and it is reached",
        causes: &[
            "many jobs begin at once, each with a login for every secret",
            "sessions and leases of ended jobs are alive until their time ends: nothing gives them back",
        ],
        hint: "try again later; `buildpass run` logs in once, and gives everything back",
        source: SEEN,
        example: "request path \"auth/jwt/login\": rate limit quota exceeded",
        ..VAULT
    },
    Row {
        name: "vault-replica-behind",
        says: &["required index state not present", "status code 412", "Code: 412"],
        meaning: "this node of the vault does not know yet what another one has written",
        causes: &["a performance standby or secondary lags behind"],
        hint: "try again; where it stays so, the vault's operator looks at the replication",
        source: Source::Docs("Vault"),
        example: "required index state not present",
        ..VAULT
    },
    Row {
        name: "vault-sealed",
        says: &["Vault is sealed", "OpenBao is sealed", "the vault is sealed"],
        meaning: "the vault is running, and its storage is locked",
        causes: &["it was restarted, and nobody has unsealed it", "its key service is not reached"],
        hint: "an operator has to unseal it",
        source: SEEN,
        example: "Vault is sealed",
        ..VAULT
    },
    Row {
        name: "vault-not-initialised",
        says: &[
            "Vault is not initialized",
            "security barrier not initialized",
            "server is not yet initialized",
        ],
        meaning: "the vault was never set up",
        causes: &["the address is that of a new server", "its storage was lost or is another one"],
        hint: "an operator has to initialise it: is it the right address?",
        source: Source::Code("OpenBao and Vault"),
        example: "server is not yet initialized",
        ..VAULT
    },
    Row {
        name: "vault-no-leader",
        says: &["local node not active but active cluster node not found"],
        meaning: "no node of the vault leads at the moment",
        causes: &[
            "the leader has just gone, and the others are choosing",
            "more than half of the nodes are down",
        ],
        hint: "try again in some seconds; list the addresses of all nodes",
        source: Source::Code("OpenBao"),
        example: "local node not active but active cluster node not found",
        ..VAULT
    },
    Row {
        name: "vault-http-to-https",
        says: &["Client sent an HTTP request to an HTTPS server"],
        meaning: "the vault speaks TLS, and was asked without",
        causes: &["the address begins with `http://`"],
        hint: "write the vault's address with `https://`",
        source: Source::Code("Go's net/http"),
        example: "Client sent an HTTP request to an HTTPS server.",
        ..VAULT
    },
    Row {
        name: "vault-https-to-http",
        says: &["server gave HTTP response to HTTPS client"],
        meaning: "the vault was asked with TLS, and speaks without",
        causes: &[
            "the address begins with `https://`, and the server is one for development",
            "a proxy before the vault ends TLS",
        ],
        hint: "is the port right? where the way is known to be safe, the address may begin with `http://`",
        source: Source::Code("Go's net/http"),
        example: "Get \"https://vault.example:8200/v1/sys/health\": http: server gave HTTP response to HTTPS client",
        ..VAULT
    },
    Row {
        name: "vault-lease-not-found",
        says: &["lease not found", "lease is not renewable"],
        meaning: "what was to be renewed is not there, or cannot be",
        causes: &["the session it was made with is over", "its engine's secrets have a fixed end"],
        hint: "read the secret again",
        source: SEEN,
        example: "lease not found",
        ..VAULT
    },
    Row {
        name: "vault-batch-token",
        says: &[
            "batch tokens cannot be revoked",
            "batch tokens cannot be renewed",
            "cannot revoke a batch token",
        ],
        meaning: "the session is a batch token, which nobody renews or gives back",
        causes: &["the role's `token_type` is `batch`, or the mount's is"],
        hint: "where the session should end with its job, the vault's owner sets `token_type=service`",
        source: SEEN,
        example: "batch tokens cannot be revoked",
        ..VAULT
    },
];
