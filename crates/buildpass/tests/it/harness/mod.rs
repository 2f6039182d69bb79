//! Real servers on ports of their own, a scrubbed environment, and no waiting without an end.

mod browser;

mod buildpass;

mod gitlab;

pub(crate) mod http;

#[path = "../../../../lockbox/tests/openbao/mod.rs"]
mod openbao;

mod processes;

mod proxy;

mod raft;

mod sandbox;

mod scripted;

mod search;

mod terminal;

mod tls;

mod vault;

mod wait;

pub(crate) use browser::Browser;
pub(crate) use buildpass::{Buildpass, Finished};
pub(crate) use gitlab::{REPOSITORY, SecurityGroup};
pub(crate) use openbao::OpenBao;
pub(crate) use processes::{all_processes, command_line, descendants, guardian_of, runs, send_signal};
pub(crate) use proxy::{Fate, Proxy, State};
pub(crate) use raft::Raft;
pub(crate) use sandbox::{ADMIN, Sandbox};
pub(crate) use scripted::{Scripted, reply};
pub(crate) use search::{Search, Seen};
pub(crate) use terminal::Terminal;
pub(crate) use tls::{Clients, TlsFront};
pub(crate) use vault::{BUILD_TOKEN, BUILD_TOKEN_PATH, ROOT, Vault, on_every_vault};
pub(crate) use wait::wait_until;

use std::sync::LazyLock;

/// Serves what the tests host in this process.
pub(crate) static RUNTIME: LazyLock<tokio::runtime::Runtime> = LazyLock::new(|| {
    tokio::runtime::Builder::new_multi_thread().worker_threads(2).enable_all().build().unwrap()
});
