use std::{
    env,
    ffi::OsString,
    path::Path,
    process::{Command, Stdio},
};

use crate::workbench::{Place, ROLE, SECRET_FIELD, SECRET_PATH, Workbench};

/// One of the three ways from a job to its token. Each logs in, reads one secret, prints it and revokes its session.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Contender {
    /// `buildpass token`.
    Buildpass,
    /// A shell script with three calls of curl, and sed for what it answers.
    Curl,
    /// A shell script with three calls of the vault's own command line.
    Bao,
}

const CURL: &str = r#"set -eu
session=$(curl -sSf --max-time 20 -H 'Content-Type: application/json' \
  -d "{\"role\":\"$ROLE\",\"jwt\":\"$VAULT_ID_TOKEN\"}" "$BAO_ADDR/v1/auth/jwt/login" |
  sed -n 's/.*"client_token":"\([^"]*\)".*/\1/p')
curl -sSf --max-time 20 -H "X-Vault-Token: $session" "$BAO_ADDR/v1/ci/data/$SECRET_PATH" |
  sed -n 's/.*"'"$SECRET_FIELD"'":"\([^"]*\)".*/\1/p'
curl -sSf --max-time 20 -X POST -H "X-Vault-Token: $session" "$BAO_ADDR/v1/auth/token/revoke-self"
"#;

const BAO: &str = r#"set -eu
BAO_TOKEN=$(bao write -field=token auth/jwt/login role="$ROLE" jwt="$VAULT_ID_TOKEN")
export BAO_TOKEN
bao kv get -mount=ci -field="$SECRET_FIELD" "$SECRET_PATH"
bao token revoke -self >/dev/null
"#;

impl Contender {
    /// All of them, in the order of the tables.
    pub(crate) const ALL: [Self; 3] = [Self::Buildpass, Self::Curl, Self::Bao];

    /// How the tables call it.
    pub(crate) fn name(self) -> &'static str {
        match self {
            Self::Buildpass => "`buildpass token`",
            Self::Curl => "`sh` with curl and sed",
            Self::Bao => "`sh` with the `bao` CLI",
        }
    }

    /// Its command, with what a job has in its environment and nothing else.
    pub(crate) fn command(self, workbench: &Workbench<'_>, place: &Place) -> Command {
        let mut command = match self {
            Self::Buildpass => buildpass(workbench, place),
            Self::Curl => shell(CURL),
            Self::Bao => shell(BAO),
        };
        if self == Self::Buildpass {
            command.args(["token", "TOKEN"]);
        }
        surround(&mut command, workbench, place);
        command
    }
}

/// buildpass and its configuration by flags; the command comes behind it.
pub(crate) fn buildpass(workbench: &Workbench<'_>, place: &Place) -> Command {
    let mut command = Command::new(&workbench.programs.buildpass);
    let secret = format!("TOKEN={SECRET_PATH}/{SECRET_FIELD}@ci");
    command.args(["--address", &place.address, "--role", ROLE, "--secret", &secret]);
    command
}

/// The environment of a job.
pub(crate) fn surround(command: &mut Command, workbench: &Workbench<'_>, place: &Place) {
    let home = workbench.home.path();
    command
        .env_clear()
        .env("PATH", search_path(workbench))
        .env("HOME", home)
        .env("TMPDIR", home)
        .env("VAULT_ID_TOKEN", &place.id_token)
        .env("SSL_CERT_FILE", &workbench.bundle)
        .env("BAO_ADDR", &place.address)
        .env("BAO_CACERT", &workbench.bundle)
        .env("ROLE", ROLE)
        .env("SECRET_PATH", SECRET_PATH)
        .env("SECRET_FIELD", SECRET_FIELD)
        .current_dir(home)
        .stdin(Stdio::null());
}

fn shell(script: &str) -> Command {
    let mut command = Command::new("sh");
    command.args(["-c", script]);
    command
}

/// `bao` first, then what every job has.
fn search_path(workbench: &Workbench<'_>) -> OsString {
    let bao = workbench.programs.bao.parent().unwrap_or(Path::new("/"));
    let others = env::split_paths(&workbench.programs.search_path);
    let all = std::iter::once(bao.to_owned()).chain(others);
    env::join_paths(all).unwrap_or_default()
}
