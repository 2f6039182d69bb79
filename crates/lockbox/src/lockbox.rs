use std::{fmt, future::Future, io, sync::Arc};

use tokio::net::TcpListener;

use crate::api::{self, Core};

/// A small vault, ready to serve.
pub struct Lockbox(Arc<Core>);

impl Lockbox {
    pub(crate) fn new(core: Core) -> Self {
        Self(Arc::new(core))
    }

    /// Serves Vault's HTTP API until `shutdown` is done, then drains: requests under way have ten seconds to end.
    ///
    /// # Errors
    /// When the listener cannot be used.
    pub async fn serve(
        self,
        listener: TcpListener,
        shutdown: impl Future<Output = ()> + Send + 'static,
    ) -> io::Result<()> {
        api::serve(self.0, listener, shutdown).await
    }
}

impl fmt::Debug for Lockbox {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("Lockbox([REDACTED])")
    }
}
