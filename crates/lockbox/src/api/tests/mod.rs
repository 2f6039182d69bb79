//! Requests without HTTP, to a vault whose log or disk fails on the way.

/// An answer that nobody gets.
mod untold;

/// A lease that nobody is told of, and leases in a restore.
mod lent;

/// A backup in the place of everything.
mod restored;

/// As much of GitLab as is asked of it.
#[path = "../../../tests/it/harness/gitlab.rs"]
#[allow(dead_code, reason = "the tests over HTTP put more in its way")]
mod gitlab;

use std::{
    future::{Future, poll_fn},
    io::Cursor,
    net::SocketAddr,
    path::Path,
    pin::pin,
    sync::Arc,
    task::Poll,
    time::{Duration, UNIX_EPOCH},
};

use hyper::HeaderMap;
use serde_json::{Value, json};
use tempfile::TempDir;
use zeroize::Zeroizing;

use super::{
    Core, Vault,
    failure::Failure,
    http::{Incoming, Namespace},
    process,
    transfer::Transfer,
};
use crate::{
    ManualClock, RootKey, Split,
    exchange::{Answer, Fields, Operation},
    storage::{Checked, Disk, Medium},
};

/// A vault that is open, has a log, and a root token.
struct Opened {
    vault: Arc<Vault>,
    root: Zeroizing<String>,
    key: RootKey,
    clock: ManualClock,
    _folder: TempDir,
}

impl Opened {
    async fn on(medium: Medium) -> Self {
        let folder = TempDir::new().unwrap();
        let clock = ManualClock::starting_at(UNIX_EPOCH + Duration::from_secs(1_800_000_000));
        let log = Path::join(folder.path(), "audit.log");
        let vault = Vault::new(Disk::open(medium).unwrap(), Arc::new(clock.clone()), Some(log));
        let keys = vault.initialise(Split::WHOLE).await.unwrap();
        vault.unseal(keys.root_key.clone()).await.unwrap();
        Self { vault: Arc::new(vault), root: keys.root_token, key: keys.root_key, clock, _folder: folder }
    }

    fn core(&self) -> Arc<Core> {
        self.vault.core().unwrap()
    }

    /// The log has room for this many lines.
    fn limit_log(&self, lines: Option<usize>) {
        self.core().audit.as_ref().unwrap().limit(lines);
    }

    fn incoming(&self, operation: Operation, path: &str, fields: Value) -> Incoming {
        let Value::Object(fields) = fields else { panic!("fields have names") };
        Incoming {
            id: "1".to_owned(),
            operation,
            path: path.to_owned(),
            fields: Fields::new(serde_json::from_value(Value::Object(fields)).unwrap()),
            token: Some(self.root.clone()),
            namespace: Namespace::Unsaid,
            wrap: None,
            peer: SocketAddr::from(([127, 0, 0, 1], 40_000)),
            headers: HeaderMap::new(),
            transfer: Transfer::default(),
        }
    }

    async fn ask(&self, incoming: &Incoming) -> Result<Answer, Failure> {
        process::process(&self.vault, incoming).await
    }

    /// The same for one who goes away after so many looks; nothing where they did.
    async fn ask_for_a_while(&self, incoming: &Incoming, looks: usize) -> Option<Result<Answer, Failure>> {
        let mut asked = pin!(self.ask(incoming));
        let mut polls = 0;
        let outcome = poll_fn(|context| match asked.as_mut().poll(context) {
            Poll::Ready(answer) => Poll::Ready(Some(answer)),
            Poll::Pending if polls == looks => Poll::Ready(None),
            Poll::Pending => {
                polls += 1;
                Poll::Pending
            }
        });
        outcome.await
    }

    /// A new token, as the bearer of this one makes it.
    async fn token_of(&self, parent: &Zeroizing<String>, mut fields: Value) -> Zeroizing<String> {
        fields["ttl"] = json!("1h");
        let order = self.incoming(Operation::Update, "auth/token/create", fields);
        let order = Incoming { token: Some(parent.clone()), ..order };
        self.ask(&order).await.unwrap().auth.unwrap().client_token
    }

    fn is_alive(&self, id: &str) -> bool {
        let core = self.core();
        core.tokens.find(id, core.now()).is_some()
    }

    fn backup(&self) -> Checked {
        let core = self.core();
        let mut bytes = Vec::new();
        core.store.backup().unwrap().write_to(&mut bytes).unwrap();
        core.store.check(Box::new(Cursor::new(bytes))).unwrap()
    }
}
