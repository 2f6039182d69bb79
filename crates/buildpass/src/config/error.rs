use std::path::PathBuf;

use crate::{
    failure::{Blame, Failure},
    git::{BadRealm, BadUsername, Realm},
    http,
    run::NoDelivery,
    secret::{NotAName, NotPrivate, SecretName},
    vault::BadReference,
};

/// What the flags, `buildpass.toml` or the environment cannot mean. All of it is the user's to mend.
#[derive(Debug, thiserror::Error)]
pub enum Error {
    /// The file that was named cannot be read.
    #[error("`{}` cannot be read", .path.display())]
    Unreadable {
        /// The file.
        path: PathBuf,
        /// Why.
        #[source]
        source: std::io::Error,
    },
    /// The file is no TOML, or says what buildpass does not know.
    #[error("{}:{line}:{column}: {message}", .path.display())]
    File {
        /// The file.
        path: PathBuf,
        /// The line, from 1.
        line: usize,
        /// The column, from 1.
        column: usize,
        /// What is wrong there.
        message: String,
        /// The key that was perhaps meant.
        nearest: Option<String>,
    },
    /// A `--secret` is incomplete.
    #[error("`--secret {0}` is not NAME=PATH/FIELD@MOUNT")]
    SecretFlag(String),
    /// A `--git` is incomplete.
    #[error("`--git {0}` is not realm=URL,password=NAME")]
    GitFlag(String),
    /// The pipeline is a child: which file it was made of is not said anywhere.
    #[error("which configuration this child pipeline has cannot be told from the job")]
    ChildPipeline,
    /// The pipeline's configuration is not in this project.
    #[error("the pipeline's configuration `{0}` is not in this project")]
    PipelineElsewhere(String),
    /// What the pipeline is asked cannot be meant.
    #[error(transparent)]
    Question(#[from] crate::pipeline::Error),
    /// GitLab would refuse the pipeline's configuration as it is read here.
    #[error("the pipeline's configuration cannot be read: {place}: {message}")]
    Pipeline {
        /// File, line and column, where they are known.
        place: String,
        /// What is wrong.
        message: String,
    },
    /// The configuration does not say what the job may have.
    #[error("which secrets the job `{job}` may have is unknown: {reason}")]
    PipelineUnknown {
        /// `CI_JOB_NAME`
        job: String,
        /// Why.
        reason: String,
    },
    /// The job is not in the configuration.
    #[error("the job `{job}` is not in `{}`", .path.display())]
    NoJob {
        /// `CI_JOB_NAME`
        job: String,
        /// The configuration.
        path: PathBuf,
        /// The job that was perhaps meant.
        nearest: Option<String>,
    },
    /// A secret of the pipeline has no ID token.
    #[error("no ID token of the job logs in for the secret {0}")]
    NoIdToken(SecretName),
    /// The job's secrets log in with different ID tokens.
    #[error("the job's secrets log in with two ID tokens, {one} and {other}")]
    SeveralIdTokens {
        /// One.
        one: String,
        /// Another.
        other: String,
    },
    /// A secret's name is none.
    #[error(transparent)]
    Name(#[from] NotAName),
    /// A secret's reference is none.
    #[error("the reference of the secret {name} cannot be read")]
    Reference {
        /// The secret.
        name: SecretName,
        /// What is wrong with its reference.
        #[source]
        source: BadReference,
    },
    /// A secret is handed over in no way that is known.
    #[error("the secret {name} cannot be handed over")]
    Delivery {
        /// The secret.
        name: SecretName,
        /// The word.
        #[source]
        source: NoDelivery,
    },
    /// A placeholder stands for what git alone has.
    #[error("the secret {0} has a placeholder, and is not for git alone")]
    PlaceholderOutside(SecretName),
    /// A condition is none.
    #[error("`when` of the secret {name} is not an expression of GitLab's `rules:if`: {reason}")]
    When {
        /// The secret.
        name: SecretName,
        /// What is wrong, and where.
        reason: String,
    },
    /// Two secrets have one name.
    #[error("the secret {0} is there twice")]
    Twice(SecretName),
    /// A realm is none.
    #[error(transparent)]
    Realm(#[from] BadRealm),
    /// A user name is none.
    #[error(transparent)]
    Username(#[from] BadUsername),
    /// A realm's password is no secret of this configuration.
    #[error("the password of {realm} is the secret {password}, which is not configured")]
    NoPassword {
        /// The realm.
        realm: Realm,
        /// The name.
        password: SecretName,
    },
    /// The vault's address cannot be used.
    #[error("the vault's address is wrong")]
    Address(#[source] http::Error),
    /// No address anywhere.
    #[error("no vault address is known")]
    NoAddress,
    /// Whoever looks after a vault shows a token of their own.
    #[error("no token of the vault's owner is known")]
    NoOwnerToken,
    /// The other vault has a token of its own.
    #[error("no token of the vault that is written to is known")]
    NoOtherToken,
    /// A file gives no token of a vault's owner.
    #[error("the token file `{}` {why}", .path.display())]
    TokenFile {
        /// The file.
        path: PathBuf,
        /// What it is.
        why: NotPrivate,
    },
    /// Certificates are never skipped.
    #[error(
        "{0} is set: the vault's certificate would not be checked, and whoever is on the way would get the ID token"
    )]
    SkipVerify(&'static str),
    /// A key without its certificate, or the reverse.
    #[error("a client certificate needs its key, and a key its certificate")]
    HalfIdentity,
    /// A duration is none.
    #[error("`{key}` is not a duration of a year at most: `{text}`")]
    Duration {
        /// The key.
        key: &'static str,
        /// The text.
        text: String,
    },
    /// The repository's file names what only the user may name.
    #[error("`{key}` stands in the repository's own {}, and is not taken from there", .path.display())]
    NotFromRepository {
        /// The key.
        key: &'static str,
        /// The file.
        path: PathBuf,
    },
    /// A personal token would go where the repository says.
    #[error("your own vault token would go to {address}, an address that the repository's {} names", .path.display())]
    PersonalTokenAstray {
        /// The address.
        address: String,
        /// The file.
        path: PathBuf,
    },
    /// An ID token would be made to order for whom the repository says.
    #[error("GitHub would make an ID token for {address}, an address that the repository's {} names", .path.display())]
    OrderedTokenAstray {
        /// The address.
        address: String,
        /// The file.
        path: PathBuf,
    },
    /// A build token would go where the repository says.
    #[error("the build token would go to {realm}, a realm that the repository's {} names and that is not on this GitLab", .path.display())]
    RealmAstray {
        /// The realm.
        realm: Realm,
        /// The file.
        path: PathBuf,
        /// `CI_SERVER_HOST`, where it is set.
        server: Option<String>,
    },
    /// No list of sources anywhere.
    #[error("no sources are known: there is no `[sources]`, no `[[source]]` and no `.custom_sources.yml`")]
    NoSources,
    /// A profile that does not ship inside.
    #[error(transparent)]
    Profile(#[from] crate::sources::NoProfile),
    /// A repository's file names one that is not in the repository.
    #[error("`[sources] file` names `{0}`, which is not in the project")]
    SourcesElsewhere(String),
    /// A profile that somebody may commit names a variable that is none of its business.
    #[error("the repository's {} names {name}, which {purpose}, and may not read it", .path.display())]
    VariableAstray {
        /// What it would be read for.
        purpose: super::Purpose,
        /// The variable.
        name: String,
        /// The file.
        path: PathBuf,
    },
    /// A profile that somebody may commit names a file that is not in the project.
    #[error("the repository's {} takes versions from `{file}`, which is not in the project", .path.display())]
    VersionElsewhere {
        /// The file.
        file: String,
        /// The file that names it.
        path: PathBuf,
    },
    /// The list of sources is none.
    #[error(transparent)]
    Sources(#[from] crate::sources::Error),
    /// No address of GitLab anywhere.
    #[error("no GitLab is known")]
    NoGitlab,
    /// A mirror lies on a GitLab that nobody names.
    #[error("the mirror `{0}` has a `dev`, and no GitLab of it is known")]
    NoDev(String),
    /// A realm is neither named nor that of the mirrors.
    #[error("{path}: the `[[git]]` of `{password}` wants either `realm` or `mirrors = true`")]
    RealmOrMirrors {
        /// The password.
        password: String,
        /// The file.
        path: PathBuf,
    },
    /// GitLab's address cannot be used.
    #[error("GitLab's address is wrong")]
    GitlabUrl(#[source] http::Error),
    /// Where the vault keeps GitLab's token is no reference.
    #[error("`[gitlab] from` cannot be read")]
    GitlabFrom(#[source] BadReference),
    /// Nothing to ask GitLab with.
    #[error("{0} is not set: it holds the token that GitLab is asked with")]
    NoGitlabToken(String),
    /// The token for GitLab would go where the repository says.
    #[error("your GitLab token would go to {url}, an address that the repository's {} names", .path.display())]
    GitlabAstray {
        /// Scheme, host and port.
        url: String,
        /// The file.
        path: PathBuf,
    },
    /// Neither a token nor a grant is declared.
    #[error("nothing is declared: there is no `[[access.token]]` and no `[[access.grant]]`")]
    NothingDeclared,
    /// A file of the folder says what buildpass.toml alone may say.
    #[error("`[access] {key}` stands in {}: buildpass.toml alone says it", .path.display())]
    InFolder {
        /// The key.
        key: &'static str,
        /// The file.
        path: PathBuf,
    },
    /// A repository's file names a folder that is not in the repository.
    #[error("the repository's {} names the folder `{}`, which is not in the project", .path.display(), .folder.display())]
    FolderElsewhere {
        /// The folder.
        folder: PathBuf,
        /// The file.
        path: PathBuf,
    },
    /// The declaration cannot be meant.
    #[error(transparent)]
    Declaration(#[from] crate::access::BadDeclaration),
    /// Nothing to log in with.
    #[error(transparent)]
    Identity(#[from] crate::identity::Error),
}

impl Error {
    /// What to do about it.
    pub fn hint(&self) -> Option<String> {
        match self {
            Self::File { nearest, .. } => nearest.as_ref().map(|key| format!("did you mean `{key}`?")),
            Self::SecretFlag(_) => {
                Some("for example `--secret TOKEN=group/build-token/token@ci,to=git`".to_owned())
            }
            Self::GitFlag(_) => {
                Some("for example `--git realm=https://gitlab.example/group/,password=TOKEN`".to_owned())
            }
            Self::Reference { source, .. } => source.hint(),
            Self::PlaceholderOutside(_) => Some("say `to = \"git\"`, or leave `placeholder` out".to_owned()),
            Self::When { .. } => Some("for example `$CI_PROJECT_PATH == \"group/project\"`".to_owned()),
            Self::Twice(_) => {
                Some("a flag and buildpass.toml add up: give each secret its own name".to_owned())
            }
            Self::NoPassword { .. } => {
                Some("add a `[[secret]]` of that name, or name one that is there".to_owned())
            }
            Self::ChildPipeline => {
                Some("name its file in the project with `--ci-config`, or the secrets with `--secret`".to_owned())
            }
            Self::PipelineElsewhere(_) => {
                Some(
                    "put a copy into the project and name it with `--ci-config`, or name the secrets with `--secret`"
                        .to_owned(),
                )
            }
            Self::Question(error) => Some(error.hint()),
            Self::Pipeline { .. } => {
                Some("`buildpass ci jobs` shows the place; `--secret` does without the file".to_owned())
            }
            Self::PipelineUnknown { .. } => Some(
                "give the missing files with `--include-dir`, or name the secrets with `--secret`".to_owned(),
            ),
            Self::NoJob { nearest, .. } => Some(match nearest {
                Some(nearest) => {
                    format!("its nearest job is `{nearest}`; another file is named with `--ci-config`")
                }
                None => "another file is named with `--ci-config`".to_owned(),
            }),
            Self::NoIdToken(_) => Some("add `id_tokens` to the job".to_owned()),
            Self::SeveralIdTokens { .. } => {
                Some("run buildpass once for each, with `--secret` and `--token-variable`".to_owned())
            }
            Self::Address(error) => error.hint(),
            Self::NoOwnerToken => Some(
                "name a file that holds it with `--root-token-file`, or set VAULT_TOKEN or BAO_TOKEN".to_owned(),
            ),
            Self::NoOtherToken => {
                Some("name a file that holds it with `--to-token-file`, or set BUILDPASS_TO_TOKEN".to_owned())
            }
            Self::TokenFile { path, why } => {
                why.hint(path).or_else(|| Some("name a file that holds a token, and nothing else".to_owned()))
            }
            Self::NoAddress => Some(
                "set `[vault] address` in buildpass.toml, VAULT_SERVER_URL or VAULT_ADDR, or say `--address`"
                    .to_owned(),
            ),
            Self::SkipVerify(_) => {
                Some("unset it, and name the vault's authority with `--ca-cert` or VAULT_CACERT".to_owned())
            }
            Self::Duration { .. } => Some("for example `30s` or `2m`".to_owned()),
            Self::NotFromRepository { .. } => Some(
                "say it by flag or variable, or in a file outside the repository that BUILDPASS_CONFIG names"
                    .to_owned(),
            ),
            Self::OrderedTokenAstray { .. } => Some(
                "if that is your vault, say so with `--address`, VAULT_ADDR or BUILDPASS_AUDIENCE".to_owned(),
            ),
            Self::PersonalTokenAstray { .. } => {
                Some("if that is your vault, say so with `--address` or VAULT_ADDR".to_owned())
            }
            Self::RealmAstray { server: Some(server), .. } => Some(format!(
                "this GitLab is `{server}`; if the other may have the token, say so with `--realm`"
            )),
            Self::RealmAstray { server: None, .. } => Some(
                "CI_SERVER_HOST is not set; if that host may have the token, say so with `--realm`"
                    .to_owned(),
            ),
            Self::NoGitlab => {
                Some("set `[gitlab] url` in buildpass.toml or CI_SERVER_URL, or say `--gitlab`".to_owned())
            }
            Self::NoDev(_) => Some("set `[gitlab] dev` to its address".to_owned()),
            Self::RealmOrMirrors { .. } => Some(
                "`mirrors = true` stands for the `security` of every `[[access.mirror]]`".to_owned(),
            ),
            Self::GitlabUrl(error) => error.hint(),
            Self::GitlabFrom(error) => error.hint(),
            Self::NoGitlabToken(_) => Some(
                "give it a token with the scope `api` of an owner of the groups; `[gitlab] token` names another variable, `[gitlab] from` a secret of the vault"
                    .to_owned(),
            ),
            Self::GitlabAstray { .. } => {
                Some("if that is your GitLab, say so with `--gitlab` or CI_SERVER_URL".to_owned())
            }
            Self::NothingDeclared => {
                Some("declare one in buildpass.toml, or name a folder of TOML files with `--folder`".to_owned())
            }
            Self::InFolder { .. } => Some("move it there".to_owned()),
            Self::FolderElsewhere { .. } => Some("name a folder beside the file, or say `--folder`".to_owned()),
            Self::Declaration(error) => error.hint(),
            Self::Identity(error) => error.hint(),
            Self::NoSources => Some(
                "say it in buildpass.toml: `[[source]]` with `name` and `url`, or `[sources]` with `file` and `profile = \"omnibus\"`"
                    .to_owned(),
            ),
            Self::VariableAstray { purpose, .. } => Some(purpose.hint()),
            Self::SourcesElsewhere(_) | Self::VersionElsewhere { .. } => Some("name a file of the project, from its root".to_owned()),
            Self::Sources(error) => error.hint(),
            Self::Realm(_) => Some("for example `https://gitlab.example/group/`".to_owned()),
            Self::Unreadable { .. }
            | Self::Profile(_)
            | Self::Name(_)
            | Self::Username(_)
            | Self::Delivery { .. }
            | Self::HalfIdentity => None,
        }
    }
}

impl From<Error> for Failure {
    fn from(error: Error) -> Self {
        Self::of(&error, error.hint(), Blame::Usage)
    }
}
