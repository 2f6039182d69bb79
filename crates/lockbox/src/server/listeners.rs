use tokio::net::TcpListener;

/// The sockets that a [`Lockbox`](crate::Lockbox) serves on.
#[derive(Debug)]
pub struct Listeners {
    pub(super) api: TcpListener,
    pub(super) metrics: Option<TcpListener>,
}

impl Listeners {
    /// Serves `GET /metrics` on this socket, by the same transport as the API.
    #[must_use]
    pub fn with_metrics(self, listener: TcpListener) -> Self {
        Self { metrics: Some(listener), ..self }
    }
}

impl From<TcpListener> for Listeners {
    fn from(api: TcpListener) -> Self {
        Self { api, metrics: None }
    }
}
