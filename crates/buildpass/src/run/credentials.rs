use std::{
    cell::RefCell,
    collections::{HashMap, HashSet},
    fs,
    io::{self, BufReader},
    rc::Rc,
    sync::Arc,
    time::{Duration, SystemTime},
};

use rustix::process::Pid;
use tokio::{
    io::{AsyncReadExt, AsyncWriteExt},
    net::{UnixListener, UnixStream},
    sync::Mutex,
};
use zeroize::Zeroizing;

use super::{guardian::Ward, masking::Masking};
use crate::{
    git::{
        self,
        credential::{Answer, Operation, Question},
    },
    secret::{BuildToken, SecretName},
};

/// The server end of the credential socket: answers the processes of this build, and nobody else.
pub(super) struct Credentials {
    config: git::Config,
    secrets: RefCell<HashMap<SecretName, Held>>,
    /// Refused by a server: the next question has them read afresh, once.
    refused: RefCell<HashSet<SecretName>>,
    ward: Rc<Mutex<Ward>>,
    masking: Arc<Masking>,
    guardian: Pid,
}

pub(super) struct Held {
    pub(super) value: Rc<BuildToken>,
    pub(super) until: Option<SystemTime>,
}

/// A helper that connects has its question at hand.
const LONGEST_QUESTION: Duration = Duration::from_secs(10);
/// And takes its answer.
const LONGEST_ANSWER: Duration = Duration::from_secs(10);

const MAX_QUESTION_BYTES: u64 = 1024 * 1024;

impl Credentials {
    pub(super) fn new(
        config: git::Config,
        secrets: HashMap<SecretName, Held>,
        ward: Rc<Mutex<Ward>>,
        masking: Arc<Masking>,
        guardian: Pid,
    ) -> Rc<Self> {
        let refused = RefCell::default();
        Rc::new(Self { config, secrets: RefCell::new(secrets), refused, ward, masking, guardian })
    }

    /// Answers until it is dropped.
    pub(super) async fn serve(self: Rc<Self>, listener: UnixListener) {
        loop {
            match listener.accept().await {
                Ok((stream, _)) => {
                    let this = Rc::clone(&self);
                    tokio::task::spawn_local(async move {
                        // A helper that hangs up has no use for an answer.
                        let _ = this.converse(stream).await;
                    });
                }
                // Out of descriptors: the next one may find some.
                Err(_) => tokio::task::yield_now().await,
            }
        }
    }

    async fn converse(&self, mut stream: UnixStream) -> io::Result<()> {
        let peer = stream.peer_cred()?.pid().and_then(Pid::from_raw);
        if !peer.is_some_and(|peer| belongs_to_the_build(peer, self.guardian)) {
            return Ok(());
        }
        let mut asked = Zeroizing::new(Vec::new());
        let mut limited = (&mut stream).take(MAX_QUESTION_BYTES);
        tokio::time::timeout(LONGEST_QUESTION, limited.read_to_end(&mut asked)).await??;
        // Never given up half way: the guardian is being talked to, and it has an end of its own.
        let answer = self.answer(&asked).await?;
        tokio::time::timeout(LONGEST_ANSWER, stream.write_all(answer.as_bytes())).await?
    }

    async fn answer(&self, asked: &[u8]) -> io::Result<Answer> {
        let newline = asked.iter().position(|byte| *byte == b'\n').unwrap_or(asked.len());
        let (operation, rest) = asked.split_at(newline);
        let Ok(operation) = String::from_utf8_lossy(operation).parse::<Operation>();
        let question = Question::read(&mut BufReader::new(rest.get(1..).unwrap_or_default()))?;
        let Some(credential) = question.credential(&self.config) else {
            return Ok(match operation {
                Operation::Capability => Answer::capabilities(),
                _ => Answer::silence(),
            });
        };
        match operation {
            Operation::Get => {
                self.refresh(&credential.password).await;
                let secrets = self.secrets.borrow();
                Ok(match secrets.get(&credential.password) {
                    Some(held) => {
                        Answer::credential(&question, credential.username.as_str(), &held.value, held.until)
                    }
                    None => Answer::quit(),
                })
            }
            Operation::Erase => {
                self.refused.borrow_mut().insert(credential.password.clone());
                Ok(Answer::silence())
            }
            Operation::Capability => Ok(Answer::capabilities()),
            Operation::Store | Operation::Unknown => Ok(Answer::silence()),
        }
    }

    /// Reads a refused secret afresh, once: where the vault gives none, the old one is tried again.
    async fn refresh(&self, name: &SecretName) {
        let refused = self.refused.borrow_mut().remove(name);
        if !refused {
            return;
        }
        let Ok(value) = self.ward.lock().await.read_again(name).await else {
            return;
        };
        self.masking.add(&value);
        if let Some(held) = self.secrets.borrow_mut().get_mut(name) {
            *held = Held { value: Rc::new(value), until: held.until };
        }
    }
}

/// Whether the chain of a process's parents reaches us without passing the guardian. CMD is our child, and its orphans become ours.
fn belongs_to_the_build(process: Pid, guardian: Pid) -> bool {
    let us = rustix::process::getpid();
    let mut at = process;
    for _ in 0..MAX_ANCESTORS {
        if at == guardian {
            return false;
        }
        match parent_of(at) {
            Some(parent) if parent == us => return true,
            Some(parent) => at = parent,
            None => return false,
        }
    }
    false
}

const MAX_ANCESTORS: usize = 1_000;

/// Field 4 of `/proc/PID/stat`; the name in field 2 may hold spaces and parentheses.
fn parent_of(process: Pid) -> Option<Pid> {
    let stat = fs::read_to_string(format!("/proc/{process}/stat")).ok()?;
    let (_, rest) = stat.rsplit_once(')')?;
    Pid::from_raw(rest.split_whitespace().nth(1)?.parse().ok()?)
}
