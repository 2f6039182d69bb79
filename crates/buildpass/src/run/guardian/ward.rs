use std::{
    os::unix::{net::UnixStream, process::CommandExt},
    process::{Command, Stdio},
    time::Duration,
};

use rustix::process::Pid;

use super::{
    link::Link,
    message::{Again, Begin, FromGuardian, Granted, ToGuardian},
};
use crate::{
    run::Error,
    secret::{BuildToken, SecretName},
};

/// buildpass's side of its guardian.
pub(in crate::run) struct Ward {
    link: Link,
    pid: Pid,
}

/// How giving back came out, as far as we waited for it.
pub(in crate::run) enum Returned {
    /// Everything that can be given back was.
    All,
    /// The same, and this lives on.
    LivesOn(String),
    /// The vault has not answered; the guardian goes on trying.
    StillTrying,
    /// The guardian was killed: the session ends by itself, and the private directory is ours to remove.
    GuardianGone,
}

/// How long we wait for everything to be given back; the guardian goes on without us.
const LONGEST_END: Duration = Duration::from_secs(5);

/// What the guardian's environment keeps: how to reach the vault. Everything else comes through the socket.
const KEPT: [&str; 10] = [
    "HTTPS_PROXY",
    "https_proxy",
    "HTTP_PROXY",
    "http_proxy",
    "ALL_PROXY",
    "all_proxy",
    "NO_PROXY",
    "no_proxy",
    "SSL_CERT_FILE",
    "SSL_CERT_DIR",
];

impl Returned {
    /// What the person who watches should know of it.
    pub(in crate::run) fn line(&self) -> Option<&str> {
        match self {
            Self::All => None,
            Self::LivesOn(line) => Some(line),
            Self::StillTrying => Some(
                "the vault does not answer: the guardian goes on giving the session back, which otherwise ends when its time does",
            ),
            Self::GuardianGone => Some("the guardian process was ended, so the session ends by itself"),
        }
    }
}

impl Ward {
    /// Starts the guardian: buildpass itself, run again under the hidden command `guard`, with the socket as its stdin.
    pub(in crate::run) fn start() -> Result<Self, Error> {
        let (ours, theirs) = UnixStream::pair().map_err(Error::system("a socket pair cannot be made"))?;
        #[expect(
            clippy::disallowed_methods,
            reason = "`run` starts the guardian; it inherits what KEPT names"
        )]
        let (mut command, inherited) = (Command::new("/proc/self/exe"), std::env::vars_os());
        let child = command
            .arg0("buildpass")
            .arg("guard")
            .env_clear()
            .envs(inherited.filter(|(name, _)| KEPT.iter().any(|kept| name == kept)))
            .current_dir("/")
            .stdin(Stdio::from(std::os::fd::OwnedFd::from(theirs)))
            .stdout(Stdio::null())
            .stderr(Stdio::null())
            .spawn()
            .map_err(Error::system("the guardian cannot be started"))?;
        let pid = Pid::from_child(&child);
        let link = Link::new(ours).map_err(Error::system("the guardian's socket cannot be used"))?;
        Ok(Self { link, pid })
    }

    pub(in crate::run) fn pid(&self) -> Pid {
        self.pid
    }

    /// Hands over what to fetch, and waits for it; `note` hears what is worth saying meanwhile.
    pub(in crate::run) async fn begin(
        &mut self,
        begin: Begin,
        mut note: impl FnMut(&str),
    ) -> Result<Granted, Error> {
        self.send(&ToGuardian::Begin(Box::new(begin))).await?;
        loop {
            match self.receive().await? {
                FromGuardian::Ready(granted) => return Ok(granted),
                FromGuardian::Failed(failure) => return Err(Error::Guardian(failure)),
                FromGuardian::Note(text) => note(&text),
                FromGuardian::Noted | FromGuardian::Again(_) | FromGuardian::GivenBack { .. } => {}
            }
        }
    }

    /// Names CMD's group, and waits until the guardian knows it.
    pub(in crate::run) async fn watch(&mut self, group: Pid) -> Result<(), Error> {
        self.send(&ToGuardian::Group(group.as_raw_nonzero().get())).await?;
        while !matches!(self.receive().await?, FromGuardian::Noted) {}
        Ok(())
    }

    /// Reads one secret afresh.
    pub(in crate::run) async fn read_again(&mut self, name: &SecretName) -> Result<BuildToken, Error> {
        self.send(&ToGuardian::ReadAgain(name.clone())).await?;
        loop {
            match self.receive().await? {
                FromGuardian::Again(Again::Fresh(value)) => return Ok(value),
                FromGuardian::Again(Again::Failed(failure)) => return Err(Error::Guardian(failure)),
                _ => {}
            }
        }
    }

    /// Has everything given back, and waits for that for a while.
    pub(in crate::run) async fn end(mut self, note: impl Fn(&str)) -> Returned {
        let given_back = async {
            // A guardian that has given everything back already has said so, and is gone.
            let _ = self.send(&ToGuardian::End).await;
            loop {
                match self.receive().await? {
                    FromGuardian::GivenBack { lives_on } => return Ok::<_, Error>(lives_on),
                    // Said while CMD ran, when nobody listened.
                    FromGuardian::Note(text) => note(&text),
                    FromGuardian::Ready(_)
                    | FromGuardian::Failed(_)
                    | FromGuardian::Noted
                    | FromGuardian::Again(_) => {}
                }
            }
        };
        match tokio::time::timeout(LONGEST_END, given_back).await {
            Ok(Ok(None)) => Returned::All,
            Ok(Ok(Some(lives_on))) => Returned::LivesOn(lives_on),
            Ok(Err(_)) => Returned::GuardianGone,
            Err(_) => Returned::StillTrying,
        }
    }

    async fn send(&mut self, message: &ToGuardian) -> Result<(), Error> {
        self.link.send(message).await.map_err(|_| Error::GuardianGone)
    }

    async fn receive(&mut self) -> Result<FromGuardian, Error> {
        match self.link.receive().await {
            Ok(Some(message)) => Ok(message),
            Ok(None) => Err(Error::GuardianGone),
            Err(source) => Err(Error::System { what: "the guardian's socket cannot be used", source }),
        }
    }
}
