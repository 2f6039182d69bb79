use std::{
    collections::HashMap,
    ffi::OsString,
    fs::{self, OpenOptions},
    io::{self, Write},
    os::unix::fs::OpenOptionsExt,
    path::{Path, PathBuf},
    pin::pin,
    rc::Rc,
    sync::Arc,
    time::Duration,
};

use rustix::{process::Pid, stdio::stderr};
use tokio::{net::UnixListener, sync::Mutex, task::LocalSet};

use super::{
    Delivery, Ended, Environment, Error, Filled, PLACEHOLDER, Variable, Wanted,
    credentials::{Credentials, Held},
    guardian::{Begin, Granted, Place, Returned, Ward},
    hardening::adopt_orphans,
    launch::Launched,
    masking::Masking,
    private_dir::socket_in,
    pump::{Pump, takes_a_line},
    signals::Signals,
    streams::Streams,
    terminal::{BackgroundWrites, block_background_writes},
    watch::{Seat, watch},
};
use crate::{
    git::{
        self, RealmCredential, Setup,
        credential::{SOCKET_VARIABLE, socket_name},
    },
    secret::{BuildToken, GitlabAt, SecretName},
    vault,
};

/// All that running a command takes.
#[derive(Debug)]
pub struct Config {
    /// Which vault, and how to log in; none where no secret is asked for.
    pub vault: Option<vault::Config>,
    /// Where minted tokens end themselves, where the vault does not end them.
    pub gitlab: Option<GitlabAt>,
    /// What the job may have.
    pub secrets: Vec<Wanted>,
    /// The names of secrets that are not for this job.
    pub withheld: Vec<SecretName>,
    /// What is in its environment already.
    pub filled: Vec<Filled>,
    /// Which secret git gets, and for where.
    pub git: git::Config,
    /// How long a session outlives a machine that vanishes.
    pub lead: Duration,
    /// Whether CMD gets the ID token.
    pub id_token: IdTokenForCmd,
    /// What was inherited.
    pub environment: Environment,
    /// Where the private directory is made.
    pub folder: PathBuf,
    /// This program, for git to call.
    pub program: PathBuf,
    /// CMD and its arguments.
    pub command: Vec<OsString>,
}

/// Whether CMD gets the ID token that is in our environment.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum IdTokenForCmd {
    /// No, under whatever name it stands there beside this one.
    Removed(String),
    /// Yes: the user wants it so.
    Kept,
}

impl Config {
    /// Runs CMD with what the job may have, and gives everything back; `note` hears what the person who watches should know.
    ///
    /// # Errors
    /// When CMD was not started.
    pub async fn run(self, note: impl Fn(&str)) -> Result<Ended, Error> {
        let background_writes = block_background_writes();
        adopt_orphans()
            .map_err(|error| Error::System { what: "orphans cannot be adopted", source: error.into() })?;
        let mut signals = Signals::listen().map_err(Error::system("signals cannot be listened to"))?;
        let mut ward = Ward::start()?;
        let Self {
            vault,
            gitlab,
            secrets,
            withheld,
            filled,
            git,
            lead,
            id_token,
            mut environment,
            folder,
            program,
            command,
        } = self;
        let masking = Arc::new(Masking::new(
            git.realms.iter().map(|realm| realm.username.as_str().to_owned()).collect(),
        ));
        scrub(&mut environment, &masking, &id_token);
        let place = Place::needed(!secrets.is_empty() || !filled.is_empty());
        let begin = Begin { vault, gitlab, wanted: secrets.clone(), lead, folder, place };
        let granted = tokio::select! {
            granted = ward.begin(begin, &note) => granted,
            signal = signals.end() => Err(Error::Interrupted(signal.as_raw())),
        };
        let granted = match granted {
            Ok(granted) => granted,
            Err(error) => {
                // Who waits for our end may tear everything down then: a session that is on its way goes back first.
                tokio::select! {
                    returned = ward.end(&note) => returned.lines().iter().for_each(|line| note(line)),
                    _ = signals.end() => {}
                }
                return Err(error);
            }
        };
        let directory = granted.directory.clone();
        let guardian = ward.pid();
        let ward = Rc::new(Mutex::new(ward));
        let job = Job {
            secrets,
            withheld,
            filled,
            git,
            program,
            command,
            background_writes,
            guardian,
            masking,
            ward: Rc::clone(&ward),
        };
        let carried_out =
            LocalSet::new().run_until(job.carry_out(granted, environment, &mut signals, &note)).await;
        // The credential socket's tasks ended with the set, so that nobody else holds the ward.
        let give_back = async {
            match Rc::try_unwrap(ward) {
                Ok(ward) => ward.into_inner().end(&note).await,
                Err(_) => Returned::LivesOn(vec!["the session was left to the guardian".to_owned()]),
            }
        };
        let mut give_back = pin!(give_back);
        let mut at_once = false;
        let returned = loop {
            tokio::select! {
                returned = &mut give_back => break returned,
                () = signals.second_request(), if !at_once => at_once = true,
            }
        };
        if let Returned::GuardianGone(_) = returned {
            directory.into_iter().for_each(|directory| drop(fs::remove_dir_all(directory)));
        }
        // Output that nobody reads keeps us waiting, but no session.
        let (ended, pumps) = match carried_out {
            Ok((ended, pumps)) => (Ok(ended), pumps),
            Err(error) => (Err(error), Vec::new()),
        };
        if !at_once {
            tokio::select! {
                () = finish(pumps) => {}
                () = signals.second_request() => at_once = true,
            }
        }
        if !at_once || takes_a_line(stderr()) {
            returned.lines().iter().for_each(|line| note(line));
        }
        ended
    }
}

/// CMD's own time.
struct Job {
    secrets: Vec<Wanted>,
    withheld: Vec<SecretName>,
    filled: Vec<Filled>,
    git: git::Config,
    program: PathBuf,
    command: Vec<OsString>,
    background_writes: BackgroundWrites,
    guardian: Pid,
    masking: Arc<Masking>,
    ward: Rc<Mutex<Ward>>,
}

impl Job {
    async fn carry_out(
        mut self,
        granted: Granted,
        mut environment: Environment,
        signals: &mut Signals,
        note: &impl Fn(&str),
    ) -> Result<(Ended, Vec<Pump>), Error> {
        for hidden in &granted.hidden {
            // Neither a session's token nor an ID token is ever short.
            let _ = self.masking.add_text(hidden.0.expose());
        }
        self.withhold(&mut environment);
        // There is one where there is a secret, and without one nobody looks.
        let directory = granted.directory.clone().unwrap_or_default();
        let mut held = self.hand_over(granted, &mut environment, note)?;
        self.keep_filled(&mut held, &mut environment, note);
        if !self.git.realms.is_empty() {
            self.serve_git(&directory, held, &mut environment)?;
        }
        let streams = Streams::set_up(&self.masking)
            .map_err(Error::system("the streams of the command cannot be set up"))?;
        let style = streams.style();
        let Streams { channels, pumps, terminal } = streams;
        let mut launched =
            Launched::start(style, &self.command, &environment, self.background_writes, channels)?;
        self.ward.lock().await.watch(launched.pid).await?;
        let seat = Seat::take(terminal, launched.pid);
        let program = self.command.first().map(OsString::as_os_str).unwrap_or_default();
        let group = launched.go(program).await?;
        if let Some(group) = group.filter(|_| seat.has_terminal()) {
            self.ward.lock().await.watch(group).await?;
        }
        let ended = watch(&mut launched, group, signals, &seat).await;
        self.masking.shared().cmd_ended();
        Ok((ended, pumps))
    }

    /// Takes the variables out that CMD is not to find, whoever set them.
    fn withhold(&self, environment: &mut Environment) {
        let for_git = self
            .secrets
            .iter()
            .filter(|secret| matches!(secret.to, Delivery::Git(_)))
            .map(|secret| &secret.name);
        for name in for_git {
            environment.remove(name.as_str());
        }
        for name in &self.withheld {
            environment.remove(name.as_str());
        }
    }

    /// Hands each secret over as it is to be, and keeps those that git asks for.
    fn hand_over(
        &self,
        granted: Granted,
        environment: &mut Environment,
        note: &impl Fn(&str),
    ) -> Result<HashMap<SecretName, Held>, Error> {
        let directory = granted.directory.unwrap_or_default();
        let mut held = HashMap::new();
        for (secret, given) in self.secrets.iter().zip(granted.secrets) {
            if let Some(warning) = self.masking.add_named(&secret.name, &given.value) {
                note(&warning);
            }
            match secret.to {
                Delivery::Env => environment.set(secret.name.as_str(), given.value.expose()),
                Delivery::File => {
                    let path = directory.join(secret.name.as_str());
                    write_private(&path, &given.value)
                        .map_err(Error::system("a secret cannot be written to its file"))?;
                    environment.set(secret.name.as_str(), path);
                }
                Delivery::Git(variable) => stand_in(variable, &secret.name, environment),
            }
            held.insert(given.name, Held { value: Rc::new(given.value), until: given.until });
        }
        Ok(held)
    }

    /// What was there already is masked; what is for git alone leaves the environment.
    fn keep_filled(
        &mut self,
        held: &mut HashMap<SecretName, Held>,
        environment: &mut Environment,
        note: &impl Fn(&str),
    ) {
        for Filled { name, value, to } in self.filled.drain(..) {
            if let Some(warning) = self.masking.add_named(&name, &value) {
                note(&warning);
            }
            if let Delivery::Git(variable) = to {
                environment.remove(name.as_str());
                environment.without_text(value.expose().trim());
                stand_in(variable, &name, environment);
            }
            held.insert(name, Held { value: Rc::new(value), until: None });
        }
    }

    /// Opens the credential socket and tells git of it.
    fn serve_git(
        &self,
        directory: &Path,
        held: HashMap<SecretName, Held>,
        environment: &mut Environment,
    ) -> Result<(), Error> {
        let socket = socket_in(directory);
        let listener =
            UnixListener::bind(&socket).map_err(Error::system("the credential socket cannot be opened"))?;
        let credentials = Credentials::new(
            self.git.clone(),
            held,
            Rc::clone(&self.ward),
            Arc::clone(&self.masking),
            self.guardian,
        );
        tokio::task::spawn_local(credentials.serve(listener));
        // With the socket in its own words, a `run` within a `run` keeps the outer realms too.
        let name = socket_name(&socket);
        let named = OsString::from(format!("{SOCKET_VARIABLE}={name}"));
        let program = self.program.clone().into_os_string();
        let helper = ["env".into(), named, program, "git".into(), "credential".into()];
        let count = git::count_in(environment.value("GIT_CONFIG_COUNT"));
        let mut setup = Setup::new(&self.git, &helper);
        let has_placeholder =
            |each: &&RealmCredential| environment.value(each.password.as_str()) == Some(PLACEHOLDER);
        self.git.realms.iter().filter(has_placeholder).for_each(|each| setup.take_out(each, PLACEHOLDER));
        for (name, value) in setup.variables(count) {
            environment.set(&name, value);
        }
        environment.set(SOCKET_VARIABLE, name);
        if environment.value(CARGO).is_none() {
            environment.set(CARGO, "true");
        }
        Ok(())
    }
}

/// cargo's own git knows no configuration by environment; the program does.
const CARGO: &str = "CARGO_NET_GIT_FETCH_WITH_CLI";

/// What the variable of a secret holds that is for git alone.
fn stand_in(variable: Variable, name: &SecretName, environment: &mut Environment) {
    match variable {
        Variable::Unset => {}
        Variable::Placeholder => environment.set(name.as_str(), PLACEHOLDER),
    }
}

async fn finish(pumps: Vec<Pump>) {
    for pump in pumps {
        pump.finish().await;
    }
}

/// Takes out of the environment what no build may hold.
fn scrub(environment: &mut Environment, masking: &Masking, id_token: &IdTokenForCmd) {
    environment.without_credentials();
    let IdTokenForCmd::Removed(variable) = id_token else { return };
    // GitLab's own name for it goes too, whatever name the repository's file gives.
    for name in [variable, "VAULT_ID_TOKEN"] {
        let Some(text) = environment.take(name) else { continue };
        // What is too short to be masked is no JWT.
        if masking.add_text(text.trim()).is_ok() {
            environment.without_text(text.trim());
        }
    }
}

fn write_private(path: &Path, secret: &BuildToken) -> io::Result<()> {
    let mut file = OpenOptions::new().write(true).create_new(true).mode(0o600).open(path)?;
    file.write_all(secret.expose().as_bytes())
}
