use std::{
    ffi::OsString,
    path::{Path, PathBuf},
};

use clap::Args;

/// What the command line says of the vault, the job's identity, its secrets and its realms: every key of `buildpass.toml` has a flag.
#[derive(Clone, Debug, Default, Args)]
#[command(next_help_heading = "Configuration")]
pub struct Flags {
    /// The configuration file [default: BUILDPASS_CONFIG, then buildpass.toml in CI_PROJECT_DIR or here]
    #[arg(long, value_name = "FILE", global = true)]
    pub config: Option<PathBuf>,

    /// The vault's address; several are nodes of one cluster
    #[arg(long, value_name = "URL", global = true)]
    pub address: Vec<String>,

    /// The mount of the JWT auth method [default: jwt]
    #[arg(long, value_name = "MOUNT", global = true)]
    pub auth: Option<String>,

    /// The role to log in with [default: the mount's default role]
    #[arg(long, global = true)]
    pub role: Option<String>,

    /// The vault's namespace
    #[arg(long, global = true)]
    pub namespace: Option<String>,

    /// A PEM file with the authorities that may vouch for the vault
    #[arg(long, value_name = "FILE", global = true)]
    pub ca_cert: Option<PathBuf>,

    /// Our own certificate, where the vault wants one
    #[arg(long, value_name = "FILE", global = true)]
    pub client_cert: Option<PathBuf>,

    /// The key of our own certificate
    #[arg(long, value_name = "FILE", global = true)]
    pub client_key: Option<PathBuf>,

    /// The name that the vault's certificate is for, where it is not the address's
    #[arg(long, value_name = "NAME", global = true)]
    pub tls_server_name: Option<String>,

    /// How long the vault is waited for, in all [default: 30s]
    #[arg(long, value_name = "DURATION", global = true)]
    pub timeout: Option<humantime::Duration>,

    /// How long a session outlives a machine that vanishes [default: 60s]
    #[arg(long, value_name = "DURATION", global = true)]
    pub lead: Option<humantime::Duration>,

    /// Allow plain http to a vault on another machine
    #[arg(long, global = true)]
    pub insecure_http: bool,

    /// The variable that holds the ID token [default: VAULT_ID_TOKEN]
    #[arg(long, value_name = "NAME", global = true)]
    pub token_variable: Option<String>,

    /// A file that holds the ID token, read again at every login
    #[arg(long, value_name = "FILE", global = true, conflicts_with = "token_variable")]
    pub token_file: Option<PathBuf>,

    /// Ask GitHub Actions for the ID token
    #[arg(long, global = true, conflicts_with_all = ["token_variable", "token_file"])]
    pub github_actions: bool,

    /// Whom the ID token is for, where that is not the vault's address [default: BUILDPASS_AUDIENCE]
    #[arg(long, global = true)]
    pub audience: Option<String>,

    /// Who must have signed the ID token
    #[arg(long, value_name = "URL", global = true)]
    pub issuer: Option<String>,

    /// GitLab's address [default: `[gitlab] url`, then CI_SERVER_URL]
    #[arg(long, value_name = "URL", global = true)]
    pub gitlab: Option<String>,

    /// A secret: name, reference, and how it is handed over
    #[arg(
        long,
        value_name = "SECRET",
        global = true,
        help = "A secret, as NAME=PATH/FIELD@MOUNT[,to=env|file|git][,placeholder=true][,engine=kv-v2|kv-v1|generic][,when=EXPRESSION]"
    )]
    pub secret: Vec<String>,

    /// A realm's credential
    #[arg(
        long,
        value_name = "CREDENTIAL",
        global = true,
        help = "A realm's credential, as realm=URL,password=NAME[,username=NAME]"
    )]
    pub git: Vec<String>,

    /// A realm that the repository's buildpass.toml may name although it is not on this GitLab
    #[arg(long, value_name = "URL", global = true)]
    pub realm: Vec<String>,

    /// What a command says of the pipeline's own file.
    #[arg(skip)]
    pub pipeline: PipelineFlags,
}

/// What may be said of the pipeline's own file, and of what GitLab Runner made of it.
#[derive(Clone, Debug, Default, Args)]
pub struct PipelineFlags {
    /// The pipeline's configuration, where neither buildpass.toml nor a flag names secrets [default: CI_CONFIG_PATH, then .gitlab-ci.yml]
    #[arg(long, value_name = "PATH")]
    pub ci_config: Option<String>,

    /// A folder with what that configuration includes from elsewhere
    #[arg(long, value_name = "DIR")]
    pub include_dir: Vec<PathBuf>,

    /// Ask the vault for secrets that GitLab Runner has already filled in
    #[arg(long)]
    pub refresh: bool,
}

impl Flags {
    /// The same flags as arguments, for a helper that is started elsewhere: relative paths are resolved from `here`.
    pub fn to_arguments(&self, here: &Path) -> Vec<OsString> {
        let mut arguments: Vec<OsString> = Vec::new();
        let mut say = |flag: &str, value: OsString| arguments.extend([OsString::from(flag), value]);
        let paths = [
            ("--config", &self.config),
            ("--ca-cert", &self.ca_cert),
            ("--client-cert", &self.client_cert),
            ("--client-key", &self.client_key),
            ("--token-file", &self.token_file),
        ];
        for (flag, path) in paths {
            path.iter().for_each(|path| say(flag, here.join(path).into_os_string()));
        }
        let texts = [
            ("--auth", &self.auth),
            ("--role", &self.role),
            ("--namespace", &self.namespace),
            ("--tls-server-name", &self.tls_server_name),
            ("--token-variable", &self.token_variable),
            ("--audience", &self.audience),
            ("--issuer", &self.issuer),
            ("--gitlab", &self.gitlab),
        ];
        for (flag, text) in texts {
            text.iter().for_each(|text| say(flag, text.into()));
        }
        let lists = [
            ("--address", &self.address),
            ("--secret", &self.secret),
            ("--git", &self.git),
            ("--realm", &self.realm),
        ];
        for (flag, list) in lists {
            list.iter().for_each(|text| say(flag, text.into()));
        }
        for (flag, duration) in [("--timeout", self.timeout), ("--lead", self.lead)] {
            duration.iter().for_each(|duration| say(flag, duration.to_string().into()));
        }
        for (flag, set) in
            [("--insecure-http", self.insecure_http), ("--github-actions", self.github_actions)]
        {
            arguments.extend(set.then(|| OsString::from(flag)));
        }
        arguments
    }
}
