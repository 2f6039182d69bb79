use std::future::{Future, IntoFuture, pending};
use std::io;
use std::sync::Arc;
use std::time::Duration;

use axum::serve::ListenerExt;
use tokio::net::TcpListener;
use tokio::sync::oneshot;

use super::instance::Instance;
use super::router::router;
use crate::clock::Clock;
use crate::git_http::Repositories;
use crate::issuer::Issuer;
use crate::registry::Registry;

/// How long requests that are under way may take to end, once the shutdown was asked for.
const DRAIN_DEADLINE: Duration = Duration::from_secs(5);

/// A small GitLab that is ready to be served.
pub struct Sandbox {
    clock: Box<dyn Clock>,
    issuer: Issuer,
    registry: Registry,
    repositories: Repositories,
}

impl Sandbox {
    pub(super) fn new(
        clock: Box<dyn Clock>,
        issuer: Issuer,
        registry: Registry,
        repositories: Repositories,
    ) -> Self {
        Self { clock, issuer, registry, repositories }
    }

    /// Serves on `listener` until `shutdown` ends, then lets requests under way end for five seconds.
    ///
    /// Its base URL, and the issuer of its ID tokens, is `http://` and the listener's address.
    ///
    /// # Errors
    /// When the listener has no address or can accept no more.
    pub async fn serve(
        self,
        listener: TcpListener,
        shutdown: impl Future<Output = ()> + Send + 'static,
    ) -> io::Result<()> {
        let base_url = format!("http://{}", listener.local_addr()?);
        let instance = Instance::new(base_url, self.clock, self.issuer, self.registry, self.repositories);

        let listener = listener.tap_io(|stream| {
            // Without it, what follows an answer's header part waits 40 ms for the client's acknowledgement.
            let _ = stream.set_nodelay(true);
        });
        let (drain, draining) = oneshot::channel();
        let server = axum::serve(listener, router(Arc::new(instance))).with_graceful_shutdown(async move {
            shutdown.await;
            // Nobody listens any more when the server has ended by itself.
            let _ = drain.send(());
        });
        let deadline = async {
            match draining.await {
                Ok(()) => tokio::time::sleep(DRAIN_DEADLINE).await,
                Err(_) => pending().await,
            }
        };
        tokio::select! {
            result = server.into_future() => result,
            () = deadline => Ok(()),
        }
    }
}
