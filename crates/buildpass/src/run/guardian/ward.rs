use std::{
    os::unix::{net::UnixStream, process::CommandExt},
    process::{Command, Stdio},
    time::Duration,
};

use rustix::process::Pid;

use super::{
    link::Link,
    message::{Again, Begin, FromGuardian, Granted, Part, ToGuardian},
};
use crate::{
    run::Error,
    secret::{BuildToken, GitlabAt, Minted, Released, SecretName, end_minted},
};

/// buildpass's side of its guardian.
pub(in crate::run) struct Ward {
    link: Link,
    pid: Pid,
    /// What is ours to end where the guardian is killed, and where.
    minted: Vec<Minted>,
    gitlab: Option<GitlabAt>,
}

/// How giving back came out, as far as we waited for it.
pub(in crate::run) enum Returned {
    /// Everything that can be given back was.
    All,
    /// The same, and this lives on, a line each.
    LivesOn(Vec<String>),
    /// The vault has not answered, or GitLab; the guardian goes on trying, and this lives on meanwhile.
    StillTrying(Vec<String>),
    /// The guardian was killed: the session ends by itself, the private directory is ours to remove, and this lives on.
    GuardianGone(Vec<String>),
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
    pub(in crate::run) fn lines(self) -> Vec<String> {
        match self {
            Self::All => Vec::new(),
            Self::LivesOn(lines) | Self::StillTrying(lines) => lines,
            Self::GuardianGone(mut lines) => {
                lines.insert(0, "the guardian process was ended, so the session ends by itself".to_owned());
                lines
            }
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
        Ok(Self { link, pid, minted: Vec::new(), gitlab: None })
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
        self.gitlab.clone_from(&begin.gitlab);
        self.send(&ToGuardian::Begin(Box::new(begin))).await?;
        loop {
            match self.receive().await? {
                FromGuardian::Ready(mut granted) => {
                    self.minted.append(&mut granted.minted);
                    return Ok(granted);
                }
                FromGuardian::Failed(failure) => return Err(Error::Guardian(failure)),
                FromGuardian::Note(text) => note(&text),
                FromGuardian::Noted
                | FromGuardian::Again(_)
                | FromGuardian::Over(_)
                | FromGuardian::GivenBack { .. } => {}
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
                FromGuardian::Again(Again::Fresh(value, minted)) => {
                    self.minted.extend(minted);
                    return Ok(value);
                }
                FromGuardian::Again(Again::Failed(failure)) => return Err(Error::Guardian(failure)),
                _ => {}
            }
        }
    }

    /// Has everything given back, and waits for that for a while.
    pub(in crate::run) async fn end(mut self, note: impl Fn(&str)) -> Returned {
        let (minted, gitlab) = (std::mem::take(&mut self.minted), self.gitlab.take());
        let mut left = vec![Part::Session, Part::Minted];
        let given_back = async {
            // A guardian that has given everything back already has said so, and is gone.
            let _ = self.send(&ToGuardian::End).await;
            loop {
                match self.receive().await? {
                    FromGuardian::GivenBack { lives_on } => return Ok::<_, Error>(lives_on),
                    FromGuardian::Over(part) => left.retain(|each| *each != part),
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
            Ok(Ok(lives_on)) if lives_on.is_empty() => Returned::All,
            Ok(Ok(lives_on)) => Returned::LivesOn(lives_on),
            Ok(Err(_)) => {
                let ended = end_minted(&minted, gitlab.as_ref(), Released::Not, LONGEST_END);
                Returned::GuardianGone(ended.await)
            }
            Err(_) => {
                Returned::StillTrying(left.iter().flat_map(|part| still_trying(*part, &minted)).collect())
            }
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

fn still_trying(part: Part, minted: &[Minted]) -> Vec<String> {
    match part {
        Part::Session => vec![
            "the vault does not answer: the guardian goes on giving the session back, which otherwise ends when its time does"
                .to_owned(),
        ],
        Part::Minted => {
            let lives =
                |token: &Minted| format!("{}: the guardian goes on, GitLab has not ended it yet", token.lives());
            minted.iter().map(lives).collect()
        }
    }
}
