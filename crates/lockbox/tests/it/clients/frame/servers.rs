use std::{any::Any, path::Path};

use lockbox::{Config, SystemClock};
use tokio::task::JoinHandle;

use crate::{
    conformance::frame::{Pair, RUNTIME, Variables},
    openbao::OpenBao,
};

/// A real OpenBao and a lockbox by their addresses, OpenBao first; they end with this.
pub(crate) struct Servers {
    pub(crate) addresses: [String; 2],
    _running: Box<dyn Any + Send + Sync>,
}

impl Servers {
    /// The pair that everybody shares; `None` where OpenBao cannot be had.
    pub(crate) fn shared() -> Option<Self> {
        let pair = Pair::shared()?;
        Some(Self { addresses: addresses(&pair), _running: Box::new(pair) })
    }

    /// A pair for one test: it looks at what all others share.
    pub(crate) fn alone() -> Option<Self> {
        let pair = Pair::start()?;
        Some(Self { addresses: addresses(&pair), _running: Box::new(pair) })
    }

    /// A pair that nobody initialised.
    pub(crate) fn new_and_sealed() -> Option<Self> {
        let openbao = OpenBao::start_with(501, |home, port| {
            let file = home.join("server.hcl");
            let configuration = format!(
                "storage \"inmem\" {{}}\nlistener \"tcp\" {{ address = \"127.0.0.1:{port}\"\n tls_disable = true }}\n",
            );
            std::fs::write(&file, configuration).unwrap();
            vec![format!("-config={}", file.display())]
        })?;
        let folder = tempfile::tempdir().unwrap();
        let lockbox = Sealed::start(&folder.path().join("lockbox"));
        let addresses = [openbao.address.clone(), lockbox.address.clone()];
        Some(Self { addresses, _running: Box::new((openbao, lockbox, folder)) })
    }

    /// What everybody knows of either server, and what a script's own things are called.
    pub(crate) fn variables(&self, name: &str) -> [Variables; 2] {
        self.addresses.each_ref().map(|address| {
            let mut variables = Variables::default();
            variables.set("address", address.clone());
            variables.set("me", name.to_owned());
            variables
        })
    }
}

fn addresses(pair: &Pair) -> [String; 2] {
    pair.hosts().map(|host| format!("http://{host}"))
}

/// A lockbox with a file of its own.
struct Sealed {
    address: String,
    server: JoinHandle<()>,
}

impl Sealed {
    fn start(file: &Path) -> Self {
        let listener = RUNTIME.block_on(tokio::net::TcpListener::bind("127.0.0.1:0")).unwrap();
        let address = format!("http://{}", listener.local_addr().unwrap());
        let lockbox = RUNTIME.block_on(Config::file(file).build(SystemClock)).unwrap();
        let server = RUNTIME.spawn(async move {
            let _ = lockbox.serve(listener, std::future::pending()).await;
        });
        Self { address, server }
    }
}

impl Drop for Sealed {
    fn drop(&mut self) {
        self.server.abort();
    }
}
