use std::path::PathBuf;

use super::{
    Environment, Error, Flags,
    file::ConfigFile,
    filled::filled,
    identity_settings::{auth, id_token_variable},
    of_pipeline::OfPipeline,
    realms::realms,
    secrets::secrets,
    settings::{namespace, of_pipeline},
    vault_settings::Place,
};
use crate::{
    git,
    http::Tls,
    run::{Filled, Wanted},
    secret::SecretName,
    vault::{Address, Auth},
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
    /// The vault's nodes.
    pub nodes: Result<Vec<Address>, Error>,
    /// How they prove themselves.
    pub tls: Tls,
    /// The vault's namespace.
    pub namespace: Option<String>,
    /// How to log in.
    pub auth: Result<Auth, Error>,
    /// Which secret git gets, and for where.
    pub git: Result<git::Config, Error>,
    /// The variable that holds the ID token.
    pub id_token_variable: String,
    /// Variables of which nobody can tell whether the project's settings define them, where they decide on the secrets.
    pub doubts: Vec<String>,
}

impl Parts {
    /// Joins flags, `buildpass.toml` and the environment as `Settings` does.
    ///
    /// # Errors
    /// Where `buildpass.toml` cannot be read at all.
    pub fn load(flags: &Flags, environment: &Environment) -> Result<Self, Error> {
        let file = ConfigFile::find(flags, environment)?;
        let file = file.as_ref();
        let mut flags = flags.clone();
        let OfSecrets { wanted, withheld, filled, doubts, git } =
            match OfSecrets::load(&flags, file, environment) {
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
        let place = Place::find(&flags, file, environment);
        let nowhere = Place { nodes: Vec::new(), tls: Tls::system() };
        let auth = auth(&flags, file, environment, place.as_ref().unwrap_or(&nowhere));
        let namespace = namespace(&flags, file, environment);
        let (nodes, tls) = match place {
            Ok(place) => (Ok(place.nodes), place.tls),
            Err(error) => (Err(error), nowhere.tls),
        };
        let id_token_variable = id_token_variable(&flags, file).to_owned();
        let file = file.map(|file| file.path.clone());
        Ok(Self {
            file,
            secrets: wanted,
            withheld,
            filled,
            nodes,
            tls,
            namespace,
            auth,
            git,
            id_token_variable,
            doubts,
        })
    }
}

/// What is said of secrets and of what they are for.
struct OfSecrets {
    wanted: Result<Vec<Wanted>, Error>,
    withheld: Vec<SecretName>,
    filled: Vec<Filled>,
    doubts: Vec<String>,
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
        Ok((Self { wanted: Ok(wanted), withheld, filled, doubts, git }, of_pipeline))
    }

    fn unknown(error: Error) -> Self {
        Self {
            wanted: Err(error),
            withheld: Vec::new(),
            filled: Vec::new(),
            doubts: Vec::new(),
            git: Ok(git::Config::default()),
        }
    }
}
