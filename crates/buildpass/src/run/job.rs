use std::{
    cell::RefCell,
    collections::HashMap,
    ffi::OsString,
    fs::{self, OpenOptions},
    io::{self, IsTerminal, Write},
    os::{fd::OwnedFd, unix::fs::OpenOptionsExt},
    path::{Path, PathBuf},
    rc::Rc,
    sync::Arc,
    time::Duration,
};

use rustix::process::{Pid, Signal, WaitOptions, WaitStatus, getpgrp, kill_process_group, wait};
use tokio::{net::UnixListener, sync::Mutex, task::LocalSet};

use super::{
    Delivery, Environment, Error, Wanted,
    credentials::{Credentials, Held},
    guardian::{Begin, Granted, Returned, Ward},
    hardening::adopt_orphans,
    launch::{Channels, Launched, Said, Style},
    masking::Masking,
    private_dir::socket_in,
    pump::Pump,
    signals::{Came, Escalation, Signals},
    terminal::{Lent, Raw, Terminal, block_background_writes, own_copy},
};
use crate::{
    git::{self, Setup, credential::SOCKET_VARIABLE},
    secret::{BuildToken, SecretName},
    vault,
};

/// All that running a command takes.
#[derive(Debug)]
pub struct Config {
    /// Which vault, and how to log in; none where no secret is asked for.
    pub vault: Option<vault::Config>,
    /// What the job may have.
    pub secrets: Vec<Wanted>,
    /// The names of secrets that are not for this job.
    pub withheld: Vec<SecretName>,
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

/// How CMD ended.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Ended {
    /// With a code of its own.
    Code(u8),
    /// By a signal.
    Signal(i32),
}

impl Config {
    /// Runs CMD with what the job may have, and gives everything back; `note` hears what the person who watches should know.
    ///
    /// # Errors
    /// When CMD was not started.
    pub async fn run(self, note: impl Fn(&str)) -> Result<Ended, Error> {
        block_background_writes();
        adopt_orphans()
            .map_err(|error| Error::System { what: "orphans cannot be adopted", source: error.into() })?;
        let mut signals = Signals::listen().map_err(Error::system("signals cannot be listened to"))?;
        let mut ward = Ward::start()?;
        let Self { vault, secrets, withheld, git, lead, id_token, mut environment, folder, program, command } =
            self;
        let masking = Arc::new(Masking::new(git.realms.iter().map(|realm| realm.username.clone()).collect()));
        scrub(&mut environment, &masking, &id_token);
        let begin = Begin { vault, wanted: secrets.clone(), lead, folder };
        let granted = tokio::select! {
            granted = ward.begin(begin, &note) => granted,
            signal = signals.end() => Err(Error::Interrupted(signal.as_raw())),
        };
        let granted = match granted {
            Ok(granted) => granted,
            Err(error) => {
                // Who waits for our end may tear everything down then: a session that is on its way goes back first.
                tokio::select! {
                    returned = ward.end() => returned.line().into_iter().for_each(&note),
                    _ = signals.end() => {}
                }
                return Err(error);
            }
        };
        let directory = granted.directory.clone();
        let guardian = ward.pid();
        let ward = Rc::new(Mutex::new(ward));
        let job = Job { secrets, withheld, git, program, command, guardian, masking, ward: Rc::clone(&ward) };
        let carried_out =
            LocalSet::new().run_until(job.carry_out(granted, environment, signals, &note)).await;
        // The credential socket's tasks ended with the set, so that nobody else holds the ward.
        let returned = match Rc::try_unwrap(ward) {
            Ok(ward) => ward.into_inner().end().await,
            Err(_) => Returned::LivesOn("the session was left to the guardian".to_owned()),
        };
        if let Returned::GuardianGone = returned {
            let _ = fs::remove_dir_all(directory);
        }
        // Output that nobody reads keeps us waiting, but no session.
        let ended = carried_out.map(|(ended, pumps)| {
            pumps.into_iter().for_each(Pump::finish);
            ended
        });
        returned.line().into_iter().for_each(&note);
        ended
    }
}

/// CMD's own time.
struct Job {
    secrets: Vec<Wanted>,
    withheld: Vec<SecretName>,
    git: git::Config,
    program: PathBuf,
    command: Vec<OsString>,
    guardian: Pid,
    masking: Arc<Masking>,
    ward: Rc<Mutex<Ward>>,
}

impl Job {
    async fn carry_out(
        self,
        granted: Granted,
        mut environment: Environment,
        mut signals: Signals,
        note: &impl Fn(&str),
    ) -> Result<(Ended, Vec<Pump>), Error> {
        for hidden in &granted.hidden {
            // Neither a session's token nor an ID token is ever short.
            let _ = self.masking.add_text(hidden.0.expose());
        }
        self.withhold(&mut environment);
        let directory = granted.directory.clone();
        let held = self.hand_over(granted, &mut environment, note)?;
        if !self.git.realms.is_empty() {
            self.serve_git(&directory, held, &mut environment)?;
        }
        let (mut launched, pumps, terminal) = self.launch(&environment)?;
        self.ward.lock().await.watch(launched.pid).await?;
        let program = self.command.first().map(OsString::as_os_str).unwrap_or_default();
        let lent = terminal.is_none().then(|| Lent::to(launched.pid)).flatten();
        let raw = terminal.is_some().then(Raw::enter).flatten();
        let group = launched.go(program).await?;
        if let (Some(group), Some(_)) = (group, &terminal) {
            self.ward.lock().await.watch(group).await?;
        }
        let seat = Seat { terminal, raw: RefCell::new(raw), lent: RefCell::new(lent) };
        let ended = watch(&mut launched, group, &mut signals, &seat).await;
        self.masking.shared().cmd_ended();
        Ok((ended, pumps))
    }

    /// Takes the variables out that CMD is not to find, whoever set them.
    fn withhold(&self, environment: &mut Environment) {
        let for_git =
            self.secrets.iter().filter(|secret| secret.to == Delivery::Git).map(|secret| &secret.name);
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
        let mut held = HashMap::new();
        for (secret, given) in self.secrets.iter().zip(granted.secrets) {
            if let Some(warning) = self.masking.add_named(&secret.name, &given.value) {
                note(&warning);
            }
            match secret.to {
                Delivery::Env => environment.set(secret.name.as_str(), given.value.expose()),
                Delivery::File => {
                    let path = granted.directory.join(secret.name.as_str());
                    write_private(&path, &given.value)
                        .map_err(Error::system("a secret cannot be written to its file"))?;
                    environment.set(secret.name.as_str(), path);
                }
                Delivery::Git => {}
            }
            held.insert(given.name, Held { value: Rc::new(given.value), until: given.until });
        }
        Ok(held)
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
        let helper = [self.program.clone().into_os_string(), "git".into(), "credential".into()];
        let count = git::count_in(environment.value("GIT_CONFIG_COUNT"));
        for (name, value) in Setup::new(&self.git, &helper).variables(count) {
            environment.set(&name, value);
        }
        environment.set(SOCKET_VARIABLE, socket);
        Ok(())
    }

    /// Starts the launcher, and the pumps that carry its output to ours.
    fn launch(&self, environment: &Environment) -> Result<(Launched, Vec<Pump>, Option<Terminal>), Error> {
        let failed = || Error::system("the streams of the command cannot be set up");
        let (out_is_terminal, err_is_terminal) = (io::stdout().is_terminal(), io::stderr().is_terminal());
        let (terminal, slave) = match out_is_terminal || err_is_terminal {
            true => {
                Terminal::make().map(|(terminal, slave)| (Some(terminal), Some(slave))).map_err(failed())?
            }
            false => (None, None),
        };
        let mut pumps = Vec::new();
        let mut stream = |is_terminal: bool, ours: OwnedFd| -> io::Result<OwnedFd> {
            if let Some(slave) = slave.as_ref().filter(|_| is_terminal) {
                return slave.try_clone();
            }
            let (reader, writer) = io::pipe()?;
            pumps.push(Pump::start(reader.into(), ours, self.masking.shared()));
            Ok(writer.into())
        };
        let mut channels = || -> io::Result<Channels> {
            let stdout = stream(out_is_terminal, own_copy(rustix::stdio::stdout())?)?;
            let stderr = stream(err_is_terminal, own_copy(rustix::stdio::stderr())?)?;
            let stdin = match &slave {
                Some(slave) if io::stdin().is_terminal() => slave.try_clone()?,
                _ => own_copy(rustix::stdio::stdin())?,
            };
            Ok(Channels { stdin, stdout, stderr })
        };
        let channels = channels().map_err(failed())?;
        let style = if terminal.is_some() { Style::Terminal } else { Style::Group };
        let launched = Launched::start(style, &self.command, environment, channels)?;
        // Only CMD holds its end from now on, so that its last writer closes it.
        drop(slave);
        let Some(terminal) = terminal else {
            return Ok((launched, pumps, None));
        };
        let ours = if out_is_terminal {
            own_copy(rustix::stdio::stdout())
        } else {
            own_copy(rustix::stdio::stderr())
        };
        let from = terminal.output().map_err(failed())?;
        pumps.push(Pump::start(from, ours.map_err(failed())?, self.masking.shared()));
        if io::stdin().is_terminal() {
            terminal.pass_keys().map_err(failed())?;
        }
        Ok((launched, pumps, Some(terminal)))
    }
}

/// Where CMD sits: at a terminal of its own, at ours, or at none.
struct Seat {
    terminal: Option<Terminal>,
    raw: RefCell<Option<Raw>>,
    lent: RefCell<Option<Lent>>,
}

impl Seat {
    /// CMD was stopped, and so are we, until we are told to go on.
    fn stop_with(&self, group: Pid) {
        let (was_raw, was_lent) = (self.raw.take().is_some(), self.lent.take().is_some());
        if !was_raw && !was_lent {
            return;
        }
        let _ = kill_process_group(getpgrp(), Signal::STOP);
        if was_raw {
            self.raw.replace(Raw::enter());
        }
        if was_lent {
            self.lent.replace(Lent::to(group));
        }
        let _ = kill_process_group(group, Signal::CONT);
    }
}

/// Passes signals on until CMD has ended.
async fn watch(launched: &mut Launched, group: Option<Pid>, signals: &mut Signals, seat: &Seat) -> Ended {
    let mut escalation = Escalation::default();
    let mut listening = seat.terminal.is_some();
    loop {
        if let Some(ended) = reap(launched.pid, seat) {
            return ended;
        }
        let came = tokio::select! {
            came = signals.next() => came,
            said = launched.listen(), if listening => {
                match (said, group) {
                    (Ok(Said::Stopped), Some(group)) => seat.stop_with(group),
                    (Ok(Said::Running(_)), _) => {}
                    _ => listening = false,
                }
                continue;
            }
        };
        match (came, group) {
            (Came::PassOn(signal), Some(group)) => escalation.pass_on(signal, group),
            (Came::Resize, Some(group)) => match &seat.terminal {
                Some(terminal) => terminal.follow_size(),
                None => drop(kill_process_group(group, Signal::WINCH)),
            },
            (Came::Child, _) | (_, None) => {}
        }
    }
}

/// Takes every child that ended, our own and the orphans that became ours; says how CMD ended once it did.
fn reap(cmd: Pid, seat: &Seat) -> Option<Ended> {
    let mut ended = None;
    while let Ok(Some((pid, status))) = wait(WaitOptions::NOHANG | WaitOptions::UNTRACED) {
        if pid == cmd {
            if status.stopped() && seat.terminal.is_none() {
                seat.stop_with(cmd);
            }
            ended = ended.or_else(|| end_of(status));
        }
    }
    ended
}

fn end_of(status: WaitStatus) -> Option<Ended> {
    let code = status.exit_status().map(|code| Ended::Code(u8::try_from(code).unwrap_or(u8::MAX)));
    code.or_else(|| status.terminating_signal().map(Ended::Signal))
}

/// Takes out of the environment what no build may hold.
fn scrub(environment: &mut Environment, masking: &Masking, id_token: &IdTokenForCmd) {
    environment.without_credentials();
    let IdTokenForCmd::Removed(variable) = id_token else { return };
    let Some(text) = environment.take(variable) else { return };
    // What is too short to be masked is no JWT.
    if masking.add_text(text.trim()).is_ok() {
        environment.without_text(text.trim());
    }
}

fn write_private(path: &Path, secret: &BuildToken) -> io::Result<()> {
    let mut file = OpenOptions::new().write(true).create_new(true).mode(0o600).open(path)?;
    file.write_all(secret.expose().as_bytes())
}
