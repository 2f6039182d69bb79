use std::time::Duration;

use super::{
    Environment, Error, Flags, VaultParts,
    access::MirrorUrls,
    file::{ConfigFile, Origin},
    of_pipeline::OfPipeline,
    parts::Said,
    realms::realms,
    secrets::{all, secrets},
    vault_settings::duration,
};
use crate::{
    git,
    run::{Filled, Wanted},
    secret::{GitlabAt, SecretName},
    vault,
};

/// What a job may have, proven.
#[derive(Debug, Default)]
pub struct Settings {
    /// Which vault, and how to log in; none where no secret is asked for, so that a job that may have nothing needs nothing.
    pub vault: Option<vault::Config>,
    /// Where minted tokens end themselves; none where no secret is minted, or nobody names a GitLab.
    pub gitlab: Option<GitlabAt>,
    /// The variable that holds the ID token.
    pub id_token_variable: String,
    /// The secrets whose `when` holds.
    pub secrets: Vec<Wanted>,
    /// The secrets whose `when` does not hold: they are not asked for.
    pub withheld: Vec<SecretName>,
    /// Which secret git gets, and for where.
    pub git: git::Config,
    /// How long a session outlives a machine that vanishes.
    pub lead: Duration,
    /// The secrets that GitLab Runner has already read: the vault is not asked for them again.
    pub filled: Vec<Filled>,
    /// Variables of which nobody can tell whether the project's settings define them, where they decide on the secrets.
    pub doubts: Vec<String>,
    /// What the person who watches should know.
    pub notes: Vec<String>,
}

pub(super) const DEFAULT_PATIENCE: Duration = Duration::from_secs(30);
const DEFAULT_LEAD: Duration = Duration::from_secs(60);

impl Settings {
    /// Joins flags, `buildpass.toml` and the environment, in this order.
    ///
    /// # Errors
    /// What cannot be meant, or may not be said by whom it was said.
    pub fn load(flags: &Flags, environment: &Environment) -> Result<Self, Error> {
        Said::load(flags, environment)?.whole(environment)
    }

    /// What is left when the vault gives no secret.
    pub fn without_secrets(self) -> Self {
        Self { vault: None, secrets: Vec::new(), ..self }
    }

    /// The realms alone: what it takes to tell git whom to ask.
    ///
    /// # Errors
    /// What cannot be meant, or may not be said by whom it was said.
    pub fn realms(flags: &Flags, environment: &Environment) -> Result<git::Config, Error> {
        let file = ConfigFile::find(flags, environment)?;
        let (mut secrets, withheld) = secrets(flags, file.as_ref(), environment)?;
        secrets.append(&mut of_pipeline(flags, file.as_ref(), environment)?.secrets);
        realms(flags, file.as_ref(), environment, &secrets, &withheld)
    }
}

/// What the pipeline's own file says, where nobody says anything else.
pub(super) fn of_pipeline(
    flags: &Flags,
    file: Option<&ConfigFile>,
    environment: &Environment,
) -> Result<OfPipeline, Error> {
    match file.is_none() && OfPipeline::applies(flags, environment) {
        true => OfPipeline::read(flags, environment),
        false => Ok(OfPipeline::default()),
    }
}

/// A repository may shorten the time that a session outlives its machine, and not lengthen it.
pub(super) fn lead(flags: &Flags, file: Option<&ConfigFile>) -> Result<Duration, Error> {
    let from_file = file.and_then(|file| file.raw.vault.lead.as_ref());
    let lead = duration(flags.lead, "lead", from_file, DEFAULT_LEAD)?;
    match file.filter(|file| flags.lead.is_none() && file.origin == Origin::Repository) {
        Some(file) if lead > DEFAULT_LEAD => {
            Err(Error::NotFromRepository { key: "lead", path: file.path.clone() })
        }
        _ => Ok(lead),
    }
}

/// The vault, whether or not a secret is asked for.
pub(super) fn vault(
    flags: &Flags,
    file: Option<&ConfigFile>,
    environment: &Environment,
) -> Result<vault::Config, Error> {
    VaultParts::find(flags, file, environment).whole()
}

/// What flags, `buildpass.toml` and environment say that a pipeline's own file should agree with.
#[derive(Debug, Default)]
pub struct Stated {
    /// The vault's addresses, and an audience that was named in their place.
    pub audiences: Vec<String>,
    /// The variable of the ID token.
    pub id_token: Option<String>,
    /// The realms of credentials.
    pub realms: Vec<String>,
    /// All secrets, whatever their `when` says, and it.
    pub secrets: Vec<(Wanted, Option<String>)>,
}

impl Stated {
    /// Reads no more than what is stated: a vault need not be configured at all.
    ///
    /// # Errors
    /// Where `buildpass.toml` cannot be read.
    pub fn load(flags: &Flags, environment: &Environment) -> Result<Self, Error> {
        let file = ConfigFile::find(flags, environment)?;
        let raw = file.as_ref().map(|file| &file.raw);
        let of_environment = ["VAULT_SERVER_URL", "VAULT_ADDR", "BAO_ADDR"];
        let mut audiences = flags.address.clone();
        if let Some(raw) = raw.filter(|_| audiences.is_empty()) {
            audiences.clone_from(&raw.vault.address);
        }
        if audiences.is_empty() {
            audiences.extend(environment.first_setting(&of_environment).map(str::to_owned));
        }
        let named = flags.audience.clone().or_else(|| raw.and_then(|raw| raw.identity.audience.clone()));
        audiences.extend(named);
        let id_token =
            flags.token_variable.clone().or_else(|| raw.and_then(|raw| raw.identity.token.clone()));
        let git = raw.map(|raw| &raw.git[..]).unwrap_or_default();
        let mut realms: Vec<String> = git.iter().filter_map(|git| git.realm.clone()).collect();
        if git.iter().any(|git| git.mirrors) {
            match MirrorUrls::find(file.as_ref(), environment, None) {
                Ok(mirrors) => realms.extend(mirrors.private()),
                // Where they lie is known to the job alone.
                Err(Error::NoGitlab) => {}
                Err(error) => return Err(error),
            }
        }
        let all = all(flags, file.as_ref())?.into_iter();
        let secrets = all.map(|declared| (declared.wanted, declared.when)).collect();
        Ok(Self { audiences, id_token, realms, secrets })
    }
}
