use std::{
    fs,
    path::Path,
    sync::{Arc, LazyLock, Mutex, PoisonError, Weak},
};

use lockbox::{Config, SystemClock};
use tokio::{runtime::Runtime, task::JoinHandle};

use super::variables::Variables;
use crate::openbao::OpenBao;

/// The root token of both servers.
pub(crate) const ROOT: &str = "made-up-root-token";

/// A real OpenBao and a lockbox, both empty at first.
pub(crate) struct Pair {
    openbao: OpenBao,
    lockbox: Lockbox,
}

struct Lockbox {
    address: String,
    server: JoinHandle<()>,
}

impl Pair {
    /// The pair that scripts share while any of them runs; `None` where OpenBao cannot be had.
    pub(crate) fn shared() -> Option<Arc<Self>> {
        static SHARED: Mutex<Weak<Pair>> = Mutex::new(Weak::new());
        let mut shared = SHARED.lock().unwrap_or_else(PoisonError::into_inner);
        if let Some(pair) = shared.upgrade() {
            return Some(pair);
        }
        let pair = Arc::new(Self::start()?);
        *shared = Arc::downgrade(&pair);
        Some(pair)
    }

    /// A pair for one script alone.
    pub(crate) fn start() -> Option<Self> {
        Some(Self { openbao: OpenBao::start(ROOT)?, lockbox: Lockbox::start(Config::dev(ROOT)) })
    }

    /// The same, with audit logs `openbao.log` and `lockbox.log` in a folder.
    pub(crate) fn start_logged(folder: &Path) -> Option<Self> {
        let configuration = folder.join("audit.hcl");
        let log = folder.join("openbao.log").display().to_string();
        let device = format!("audit \"file\" \"file\" {{ options {{ file_path = {log:?} }} }}");
        fs::write(&configuration, device).expect("a configuration");
        let configuration = format!("-config={}", configuration.display());
        let config = Config { audit_file: Some(folder.join("lockbox.log")), ..Config::dev(ROOT) };
        let openbao = OpenBao::start_dev(ROOT, &[&configuration])?;
        Some(Self { openbao, lockbox: Lockbox::start(config) })
    }

    /// What everybody knows of either server, OpenBao's first.
    pub(crate) fn variables(&self) -> [Variables; 2] {
        [&self.openbao.address, &self.lockbox.address].map(|address| {
            let mut variables = Variables::default();
            variables.set("address", address.clone());
            variables
        })
    }

    /// Where to connect to, OpenBao first.
    pub(crate) fn hosts(&self) -> [&str; 2] {
        [&self.openbao.address, &self.lockbox.address]
            .map(|address| address.strip_prefix("http://").unwrap_or(address))
    }
}

impl Lockbox {
    fn start(config: Config) -> Self {
        let listener = RUNTIME.block_on(tokio::net::TcpListener::bind("127.0.0.1:0")).expect("a free port");
        let address = format!("http://{}", listener.local_addr().expect("its address"));
        let lockbox = RUNTIME.block_on(config.build(SystemClock)).expect("a lockbox");
        let server = RUNTIME.spawn(async move {
            let _ = lockbox.serve(listener, std::future::pending()).await;
        });
        Self { address, server }
    }
}

impl Drop for Lockbox {
    fn drop(&mut self) {
        self.server.abort();
    }
}

/// Serves what the suite hosts in this process.
pub(crate) static RUNTIME: LazyLock<Runtime> = LazyLock::new(|| {
    tokio::runtime::Builder::new_multi_thread().worker_threads(2).enable_all().build().expect("a runtime")
});
