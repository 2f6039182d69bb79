use std::{path::PathBuf, time::Duration};

use super::{
    Environment, Error, Flags, Settings, VaultParts, access,
    file::ConfigFile,
    filled::filled,
    identity_settings::id_token_variable,
    of_pipeline::OfPipeline,
    realms::realms,
    secrets::secrets,
    settings::{lead, of_pipeline},
};
use crate::{
    git,
    run::{Filled, Wanted},
    secret::SecretName,
};

/// What `Settings` is made of, each part by itself: what is wrong with one does not hide the others.
#[derive(Debug)]
pub struct Parts {
    /// `buildpass.toml`, where there is one.
    pub file: Option<PathBuf>,
    /// The secrets that the vault would be asked for.
    pub secrets: Result<Vec<Wanted>, Error>,
    /// The secrets whose `when` does not hold.
    pub withheld: Vec<SecretName>,
    /// The secrets that GitLab Runner has already read.
    pub filled: Vec<Filled>,
    /// The vault.
    pub vault: VaultParts,
    /// Which secret git gets, and for where.
    pub git: Result<git::Config, Error>,
    /// The variable that holds the ID token.
    pub id_token_variable: String,
    /// How long a session outlives a machine that vanishes.
    pub lead: Result<Duration, Error>,
    /// Variables of which nobody can tell whether the project's settings define them, where they decide on the secrets.
    pub doubts: Vec<String>,
    /// What the person who watches should know.
    pub notes: Vec<String>,
}

impl Parts {
    /// Joins flags, `buildpass.toml` and the environment, in this order.
    ///
    /// # Errors
    /// Where `buildpass.toml` cannot be read at all.
    pub fn load(flags: &Flags, environment: &Environment) -> Result<Self, Error> {
        let said = Said::load(flags, environment)?;
        let vault = VaultParts::find(&said.flags, said.file.as_ref(), environment);
        let lead = said.lead();
        let id_token_variable = said.id_token_variable();
        let OfSecrets { wanted, withheld, filled, doubts, notes, git } = said.of_secrets;
        Ok(Self {
            file: said.file.map(|file| file.path),
            secrets: wanted,
            withheld,
            filled,
            vault,
            git,
            id_token_variable,
            lead,
            doubts,
            notes,
        })
    }

    /// Whether a job asks the vault: there is something to ask it for, and nothing else keeps the job from beginning.
    pub fn asks_the_vault(&self) -> bool {
        self.secrets.as_ref().is_ok_and(|secrets| !secrets.is_empty())
            && self.git.is_ok()
            && self.vault.patience.is_ok()
            && self.lead.is_ok()
    }
}

/// All that is said, and nothing yet of the vault: a job that wants no secret reads no token and no certificate of it.
pub(super) struct Said {
    file: Option<ConfigFile>,
    flags: Flags,
    of_secrets: OfSecrets,
}

impl Said {
    pub(super) fn load(flags: &Flags, environment: &Environment) -> Result<Self, Error> {
        let file = ConfigFile::find(flags, environment)?;
        let mut flags = flags.clone();
        let of_secrets = match OfSecrets::load(&flags, file.as_ref(), environment) {
            Ok((mut found, of_pipeline)) => {
                if flags.token_variable.is_none() && flags.token_file.is_none() && !flags.github_actions {
                    match found.wanted.as_ref().map(|wanted| of_pipeline.id_token(wanted)) {
                        Ok(Ok(variable)) => flags.token_variable = variable,
                        Ok(Err(error)) => found.wanted = Err(error),
                        Err(_) => {}
                    }
                }
                found
            }
            Err(error) => OfSecrets::unknown(error),
        };
        Ok(Self { file, flags, of_secrets })
    }

    /// What a job may have; the first part that cannot be meant is the error, of those that the job takes.
    pub(super) fn whole(self, environment: &Environment) -> Result<Settings, Error> {
        let (lead, id_token_variable) = (self.lead(), self.id_token_variable());
        let Self { file, flags, of_secrets } = self;
        let OfSecrets { wanted, withheld, filled, doubts, notes, git } = of_secrets;
        let (git, secrets) = (git?, wanted?);
        let find = || VaultParts::find(&flags, file.as_ref(), environment).whole();
        let vault = (!secrets.is_empty()).then(find).transpose()?;
        let minted = secrets.iter().any(|secret| secret.from.path.may_mint());
        let gitlab = if minted { access::gitlab_at(&flags, file.as_ref(), environment)? } else { None };
        let lead = lead?;
        Ok(Settings { vault, gitlab, id_token_variable, secrets, withheld, git, lead, filled, doubts, notes })
    }

    fn lead(&self) -> Result<Duration, Error> {
        lead(&self.flags, self.file.as_ref())
    }

    fn id_token_variable(&self) -> String {
        id_token_variable(&self.flags, self.file.as_ref()).to_owned()
    }
}

/// What is said of secrets and of what they are for.
struct OfSecrets {
    wanted: Result<Vec<Wanted>, Error>,
    withheld: Vec<SecretName>,
    filled: Vec<Filled>,
    doubts: Vec<String>,
    notes: Vec<String>,
    git: Result<git::Config, Error>,
}

impl OfSecrets {
    fn load(
        flags: &Flags,
        file: Option<&ConfigFile>,
        environment: &Environment,
    ) -> Result<(Self, OfPipeline), Error> {
        let (mut all, withheld) = secrets(flags, file, environment)?;
        let mut of_pipeline = of_pipeline(flags, file, environment)?;
        all.append(&mut of_pipeline.secrets);
        let git = realms(flags, file, environment, &all, &withheld);
        let (filled, wanted) = filled(all, flags, environment);
        let doubts = std::mem::take(&mut of_pipeline.doubts);
        let notes = std::mem::take(&mut of_pipeline.notes);
        Ok((Self { wanted: Ok(wanted), withheld, filled, doubts, notes, git }, of_pipeline))
    }

    fn unknown(error: Error) -> Self {
        Self {
            wanted: Err(error),
            withheld: Vec::new(),
            filled: Vec::new(),
            doubts: Vec::new(),
            notes: Vec::new(),
            git: Ok(git::Config::default()),
        }
    }
}
