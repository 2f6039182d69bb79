use std::{fmt, future::Future, sync::Arc};

use crate::{
    Drained, Limits, Listeners, Notices, ServeError, Transport,
    api::{Api, Core},
    metrics::Metrics,
    server::Server,
};

/// A small vault, ready to serve.
pub struct Lockbox(Server);

impl Lockbox {
    pub(crate) fn new(core: Core, transport: Transport, limits: Limits, notices: Notices) -> Self {
        let metrics = Metrics::new();
        let api = Arc::new(Api::new(Arc::new(core), limits.clone(), metrics.clone()));
        Self(Server { api, transport, limits, metrics, notices })
    }

    /// Serves Vault's HTTP API until `shutdown` is done, then drains: requests under way have until the deadline of
    /// the limits to end.
    ///
    /// # Errors
    /// When a listener cannot be used, or plain HTTP would be served beyond loopback.
    pub async fn serve(
        self,
        listeners: impl Into<Listeners>,
        shutdown: impl Future<Output = ()> + Send + 'static,
    ) -> Result<Drained, ServeError> {
        self.0.serve(listeners.into(), shutdown).await
    }
}

impl fmt::Debug for Lockbox {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("Lockbox([REDACTED])")
    }
}
