//! What buildpass says itself, where nobody else is to blame: `identity`, `http` and `vault` print these hints.

use super::{Row, Source, Stage, of};

const OWN: Row = of(Stage::Own, Source::Code("buildpass"));

/// The variable is not set.
pub const NO_ID_TOKEN: Row = Row {
    name: "own-no-id-token",
    says: &["there is no ID token: the variable `{variable}` is not set"],
    meaning: "the job was given no ID token",
    causes: &[
        "the job has no `id_tokens:`, and extends no template that has",
        "its `id_tokens:` names another variable",
        "`inherit: default: false` keeps it from the `id_tokens:` under `default:`",
    ],
    hint: "give the job `id_tokens:`, with the vault's address as `aud:`; `buildpass ci explain` says which line lacks",
    example: "error: there is no ID token: the variable `VAULT_ID_TOKEN` is not set",
    ..OWN
};

/// The place holds nothing.
pub const EMPTY_ID_TOKEN: Row = Row {
    name: "own-empty-id-token",
    says: &["the ID token in {any} is empty"],
    meaning: "the place of the ID token is there, and holds nothing",
    causes: &[
        "the job that runs this has no `id_tokens:` of its own",
        "a variable of the same name is set to nothing",
    ],
    hint: "does the job that runs this have `id_tokens:`? a `needs:` or a trigger does not pass them on",
    example: "error: the ID token in VAULT_ID_TOKEN is empty",
    ..OWN
};

/// The place holds the name of a variable.
pub const UNEXPANDED_ID_TOKEN: Row = Row {
    name: "own-unexpanded-id-token",
    says: &["a variable that was not expanded"],
    meaning: "the place of the ID token holds a variable's name in its stead",
    causes: &[
        "it was set under `variables:`, where GitLab does not expand ID tokens",
        "it was quoted for the shell",
    ],
    hint: "set it by `id_tokens:` of the job, not by `variables:`",
    example: "error: the ID token in VAULT_ID_TOKEN is the text `$CI_JOB_JWT`: a variable that was not expanded",
    ..OWN
};

/// The place holds something else.
pub const NOT_A_JWT: Row = Row {
    name: "own-not-a-jwt",
    says: &["is not a JWT:"],
    meaning: "the place of the ID token holds something else",
    causes: &["quotes or the word `Bearer` stand with it", "another secret stands there"],
    hint: "it takes the ID token alone, as `id_tokens:` sets it: no quotes, no `Bearer`",
    example: "error: what stands in VAULT_ID_TOKEN is not a JWT: it has no three parts",
    ..OWN
};

/// Its time is over.
pub const EXPIRED: Row = Row {
    name: "own-expired",
    says: &["the ID token expired"],
    meaning: "the ID token's time was over before it was sent",
    causes: &["the job ran longer than its `timeout:` before it asked", "the token is from an earlier job"],
    hint: "an ID token lasts as long as the job's timeout: retry the job, or raise its `timeout:`",
    example: "error: the ID token expired 12m ago",
    ..OWN
};

/// It is for somebody else.
pub const OTHER_AUDIENCE: Row = Row {
    name: "own-other-audience",
    says: &["the ID token is for another audience", "the ID token is not for this vault"],
    meaning: "the ID token is for somebody else than the vault that it would go to, so it was not sent",
    causes: &[
        "`aud:` under `id_tokens:` and the vault's address differ: scheme, host and port count",
        "the vault is reached by an internal name, and `aud:` names its public one",
    ],
    hint: "set the vault's address as `aud:` under `id_tokens:`, or name the audience with `--audience` or BUILDPASS_AUDIENCE",
    example: "error: the ID token is not for this vault: expected the audience `https://vault.example`, actual `https://gitlab.example`",
    ..OWN
};

/// Another issuer signed it.
pub const OTHER_ISSUER: Row = Row {
    name: "own-other-issuer",
    says: &["the ID token is of another issuer"],
    meaning: "the ID token is from another GitLab than the configuration names",
    causes: &[
        "`[identity] issuer` is misspelt, or lacks `https://`",
        "the job runs on a mirror of this GitLab",
    ],
    hint: "set `[identity] issuer` to the token's issuer, where that one is right",
    example: "error: the ID token is of another issuer: expected `https://gitlab.com`, actual `https://gitlab.example`",
    ..OWN
};

/// Nobody named a vault.
pub const NO_ADDRESS: Row = Row {
    name: "own-no-address",
    says: &["no vault address is known"],
    meaning: "neither flags nor environment nor `buildpass.toml` name a vault",
    causes: &[
        "`buildpass.toml` is not in the job's folder",
        "VAULT_SERVER_URL is protected, and the branch is not",
    ],
    hint: "set `[vault] address`, VAULT_SERVER_URL or VAULT_ADDR, or say `--address`",
    example: "error: no vault address is known",
    ..OWN
};

/// The certificate is not trusted.
pub const UNTRUSTED: Row = Row {
    name: "own-untrusted",
    says: &["the server does not prove who it is:"],
    meaning: "the certificate of whoever answers is not trusted, so nothing was sent",
    causes: &[
        "it is signed by an authority of one's own",
        "it is for another name than the address",
        "it has expired",
        "a proxy on the way shows a certificate of its own",
    ],
    hint: "name the authority that signed the server's certificate with `--ca-cert` or VAULT_CACERT, and the name in it with `--tls-server-name` where it is not the address's",
    example: "  caused by: the server does not prove who it is: invalid peer certificate: UnknownIssuer",
    ..OWN
};

/// No connection was made.
pub const NO_CONNECTION: Row = Row {
    name: "own-no-connection",
    says: &["caused by: cannot connect: "],
    meaning: "nobody answers at this address",
    causes: &[
        "the address or its port is wrong",
        "this runner may not reach it: route, firewall, name service",
        "the server is down",
    ],
    hint: "is the address right, is the server up, and may this machine reach it?",
    example: "  caused by: cannot connect: Connection refused (os error 111)",
    ..OWN
};

/// Nothing came in time.
pub const SILENT: Row = Row {
    name: "own-silent",
    says: &["caused by: no answer in "],
    meaning: "somebody took the connection, and did not answer in time",
    causes: &[
        "the server is overloaded",
        "something else than a vault listens there",
        "a proxy holds the request",
    ],
    hint: "is the address a vault's? `--timeout` sets how long is waited in all",
    example: "  caused by: no answer in 30 s",
    ..OWN
};

/// A standby, and no leader.
pub const STANDBY: Row = Row {
    name: "own-standby",
    says: &["is a standby, and no listed address leads"],
    meaning: "the nodes that answer send elsewhere, to a node that is not listed or not there",
    causes: &["the list of addresses lacks the leader", "the leader is down, and the others are choosing"],
    hint: "list the addresses of all nodes, or one that stands before them all",
    example: "error: the vault at http://127.0.0.1:8200 is a standby, and no listed address leads",
    ..OWN
};

/// No vault.
pub const NOT_A_VAULT: Row = Row {
    name: "own-not-a-vault",
    says: &["what answers at this address is not a vault"],
    meaning: "what answers there is something else",
    causes: &[
        "the address is that of a web page, or lacks its port",
        "a proxy on the way wants to be signed in to",
    ],
    hint: "is it the address of a web page, or of a proxy on the way?",
    example: "error: what answers at this address is not a vault: status 200, `text/html`",
    ..OWN
};

/// Nothing at the path.
pub const NO_SECRET: Row = Row {
    name: "own-no-secret",
    says: &["there is no secret at `"],
    meaning: "the path may be read, and nothing stands there",
    causes: &[
        "the path is misspelt, or lacks a part",
        "it has `data/` in it, which the short form leaves out",
    ],
    hint: "is the path right? it is the one that the vault's web page shows, without `data/` or `metadata/`",
    example: "error: there is no secret at `ci/data/no/such`",
    ..OWN
};

/// The newest version is gone.
pub const VERSION_GONE: Row = Row {
    name: "own-version-gone",
    says: &["the newest version of the secret at `"],
    meaning: "the secret was deleted, or its newest version destroyed",
    causes: &[
        "somebody deleted it",
        "its rotation failed halfway",
        "`delete_version_after` of the mount or secret is over",
    ],
    hint: "write a new version, or undelete it",
    example: "error: the newest version of the secret at `ci/data/a` was destroyed",
    ..OWN
};

/// No such field.
pub const NO_FIELD: Row = Row {
    name: "own-no-field",
    says: &["the secret at `{any}` has no field `"],
    meaning: "the secret has other fields than the one that is asked for",
    causes: &[
        "the field is misspelt: those that are there stand behind it",
        "the field was left out of `path/field@mount`",
    ],
    hint: "the field is the part after the last `/` of `path/field@mount`",
    example: "error: the secret at `ci/data/a` has no field `tokn`: it has `token`",
    ..OWN
};

/// No git.
pub const NO_GIT: Row = Row {
    name: "own-no-git",
    says: &["git cannot be started"],
    meaning: "there is no git on this machine",
    causes: &["the job's image has no git in it", "git is not in the PATH"],
    hint: "install git, and put it into the PATH of this job",
    example: "error: shell: https://gitlab.example/g/x.git: git cannot be started",
    ..OWN
};

/// All of them.
pub(super) const ROWS: &[Row] = &[
    NO_ID_TOKEN,
    EMPTY_ID_TOKEN,
    UNEXPANDED_ID_TOKEN,
    NOT_A_JWT,
    EXPIRED,
    OTHER_AUDIENCE,
    OTHER_ISSUER,
    NO_ADDRESS,
    UNTRUSTED,
    NO_CONNECTION,
    SILENT,
    STANDBY,
    NOT_A_VAULT,
    NO_SECRET,
    VERSION_GONE,
    NO_FIELD,
    NO_GIT,
];
