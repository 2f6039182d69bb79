use super::{Row, Source, Stage, of};

const RUNNER: Row = of(Stage::Runner, Source::Code("GitLab Runner"));

/// What GitLab Runner says when it gets a job's `secrets:`, and GitLab when it makes the job.
pub(super) const ROWS: &[Row] = &[
    Row {
        name: "runner-no-provider",
        says: &["secrets provider can not be found", "secrets provider cannot be found"],
        meaning: "the job has `secrets:`, and no variable says where the vault is",
        causes: &[
            "VAULT_SERVER_URL is not set in the project, its group or the job",
            "it is protected, and the job runs on a branch that is not",
            "it is set for another environment",
        ],
        hint: "set VAULT_SERVER_URL under the job's `variables:`, or in the settings of the group",
        source: Source::Docs("GitLab"),
        example: "The secrets provider can not be found. Check your CI/CD variables and try again.",
        ..RUNNER
    },
    Row {
        name: "runner-not-resolved",
        says: &["no resolver that can handle the secret"],
        meaning: "the runner does not know this kind of secret, and the job goes on without the variable",
        causes: &[
            "the runner is older than what `secrets:` asks for",
            "the key under `secrets:` is misspelt",
        ],
        hint: "upgrade the runner; `FF_SECRET_RESOLVING_FAILS_IF_MISSING` makes such a job fail at its start",
        example: "Not resolved: no resolver that can handle the secret",
        ..RUNNER
    },
    Row {
        name: "runner-engine",
        says: &["requesting SecretEngine factory", "factory for{any}is not registered"],
        meaning: "the runner does not know the engine that `secrets:` names",
        causes: &["`engine:name:` is something else than `kv-v1`, `kv-v2` or `generic`"],
        hint: "name `generic` under `engine:name:`, which reads any path",
        example: "requesting SecretEngine factory: factory for engine \"aws\" is not registered",
        ..RUNNER
    },
    Row {
        name: "runner-no-id-token",
        says: &["missing required auth method configuration key"],
        meaning: "the runner was given no ID token to log in with",
        causes: &[
            "the job has `secrets:` and no `id_tokens:`",
            "`token:` of the secret names a variable that is not there",
        ],
        hint: "give the job `id_tokens:`, and name one of them in the secret's `token:`",
        example: "missing required auth method configuration key \"jwt\"",
        ..RUNNER
    },
    Row {
        name: "runner-secret-not-found",
        says: &["secret not found: {variable}"],
        meaning: "the vault was read, and the path or the field is not there",
        causes: &[
            "the field is misspelt: it is the part after the last `/` of `path/field@mount`",
            "the path is misspelt, or has `data/` in it, which the short form leaves out",
            "the newest version was deleted",
        ],
        hint: "is `path/field@mount` right? the field that GitLab keeps a token in is often `token`",
        example: "resolving secrets: secret not found: SECURITY_PRIVATE_TOKEN",
        ..RUNNER
    },
    Row {
        name: "runner-no-signing-key",
        says: &["NoSigningKeyError"],
        meaning: "GitLab has no key to sign ID tokens with",
        causes: &[
            "`ci_jwt_signing_key` is missing in GitLab's secrets, or cannot be decrypted after a restore",
        ],
        hint: "GitLab's administrator makes a key: `ci_jwt_signing_key` in the application settings",
        source: Source::Docs("GitLab"),
        example: "GitLab::Ci::Jwt::NoSigningKeyError",
        ..RUNNER
    },
    Row {
        name: "runner-secrets-unknown",
        says: &["config contains unknown keys: secrets", "contains unknown keys: id_tokens"],
        meaning: "this GitLab does not know the key, so the pipeline is not made",
        causes: &[
            "`secrets:` on the Community Edition, which does not have it",
            "a GitLab older than 15.7, without `id_tokens:`",
        ],
        hint: "leave `secrets:` out: `buildpass ci template --edition ce` writes the template for this edition",
        source: Source::Code("GitLab"),
        example: "jobs:build config contains unknown keys: secrets",
        ..RUNNER
    },
    Row {
        name: "runner-vault-unreachable",
        says: &[
            "writing to Vault: Put \"{word}\"",
            "reading from Vault: Get \"{word}\"",
            "initializing Vault service: creating{any}client",
        ],
        meaning: "the runner does not reach the vault",
        causes: &[
            "VAULT_SERVER_URL is misspelt, or lacks its port",
            "the runner's machine does not resolve or reach the vault's host",
            "the vault's certificate is signed by an authority that the runner does not know",
        ],
        hint: "open VAULT_SERVER_URL from the runner's machine: `curl $VAULT_SERVER_URL/v1/sys/health`",
        example: "resolving secrets: initializing Vault service: preparing authenticated client: authenticating Vault client: writing to Vault: Put \"https://vault.example/v1/auth/jwt/login\": dial tcp 192.0.2.7:443: i/o timeout",
        ..RUNNER
    },
];
