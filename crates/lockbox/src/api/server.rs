use std::{future::Future, io, net::SocketAddr, pin::pin, sync::Arc, time::Duration};

use axum::{Extension, Router};
use hyper::server::conn::http1;
use hyper_util::{
    rt::{TokioIo, TokioTimer},
    service::TowerToHyperService,
};
use tokio::{
    net::{TcpListener, TcpStream},
    sync::watch,
    task::JoinSet,
    time,
};

use super::{
    http::{Peer, answer},
    vault::Vault,
};

/// Serves until `shutdown`, then lets the requests that are under way end, for ten seconds at most.
///
/// # Errors
/// When the listener is broken.
pub(crate) async fn serve(
    vault: Arc<Vault>,
    listener: TcpListener,
    shutdown: impl Future<Output = ()> + Send + 'static,
) -> io::Result<()> {
    let app = Router::new().fallback(answer).with_state(Arc::clone(&vault));
    let (stop, stopping) = watch::channel(());
    let mut connections = JoinSet::new();
    let mut shutdown = pin!(shutdown);
    let mut purge = time::interval(PURGE_EVERY);
    loop {
        tokio::select! {
            biased;
            () = &mut shutdown => break,
            _ = purge.tick() => {
                if let Some(core) = vault.core() {
                    core.purge();
                }
            }
            Some(_) = connections.join_next() => {}
            accepted = listener.accept() => match accepted {
                Ok((stream, peer)) => {
                    connections.spawn(connection(app.clone(), stream, peer, stopping.clone()));
                }
                Err(error) if is_about_one_connection(&error) => {}
                // Out of file descriptors, most likely: it passes when connections end.
                Err(_) => time::sleep(ACCEPT_PAUSE).await,
            },
        }
    }
    drop(listener);
    drop(stop);
    let drained = async { while connections.join_next().await.is_some() {} };
    // Past the deadline what is left is cut off with the set that holds it.
    let _ = time::timeout(DRAIN_FOR, drained).await;
    Ok(())
}

async fn connection(app: Router, stream: TcpStream, peer: SocketAddr, mut stopping: watch::Receiver<()>) {
    // Without it small answers wait for the client's acknowledgement.
    let _ = stream.set_nodelay(true);
    let service = TowerToHyperService::new(app.layer(Extension(Peer(peer.ip()))));
    let mut connection = pin!(
        http1::Builder::new()
            .timer(TokioTimer::new())
            .header_read_timeout(HEADERS_WITHIN)
            .title_case_headers(true)
            .serve_connection(TokioIo::new(stream), service)
    );
    tokio::select! {
        // A client that went away is its own affair.
        _ = &mut connection => return,
        _ = stopping.changed() => connection.as_mut().graceful_shutdown(),
    }
    let _ = connection.await;
}

fn is_about_one_connection(error: &io::Error) -> bool {
    matches!(
        error.kind(),
        io::ErrorKind::ConnectionRefused | io::ErrorKind::ConnectionAborted | io::ErrorKind::ConnectionReset
    )
}

const PURGE_EVERY: Duration = Duration::from_secs(1);
const ACCEPT_PAUSE: Duration = Duration::from_millis(100);
const HEADERS_WITHIN: Duration = Duration::from_secs(30);
const DRAIN_FOR: Duration = Duration::from_secs(10);
