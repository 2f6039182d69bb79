use std::{
    io,
    net::SocketAddr,
    sync::{
        Arc,
        atomic::{AtomicBool, Ordering},
    },
    time::Duration,
};

use tokio::{
    net::{TcpListener, TcpStream},
    sync::watch,
    task::JoinSet,
    time::{self, Instant, MissedTickBehavior},
};

use super::{connection, crowd::Crowd, handler::Handler};
use crate::{
    Transport,
    limit::{Limits, Source},
    metrics::Metrics,
};

/// One listener, and everybody who came in by it.
pub(super) struct Door<H> {
    listener: TcpListener,
    crowd: Arc<Crowd>,
    inside: Arc<Inside<H>>,
    connections: JoinSet<()>,
    drain_deadline: Duration,
}

/// What the connections of one listener share.
pub(super) struct Inside<H> {
    pub(super) handler: H,
    pub(super) transport: Transport,
    /// Whether the next answer of a connection is its last.
    pub(super) draining: AtomicBool,
}

impl<H: Handler> Door<H> {
    pub(super) fn new(
        listener: TcpListener,
        handler: H,
        transport: Transport,
        (limits, metrics): (&Limits, Metrics),
    ) -> Self {
        Self {
            listener,
            crowd: Crowd::new(limits, metrics),
            inside: Arc::new(Inside { handler, transport, draining: AtomicBool::new(false) }),
            connections: JoinSet::new(),
            drain_deadline: limits.drain_deadline,
        }
    }

    /// Lets everybody in until the sender of `stop` is gone, then lets requests under way end. Gives the number of
    /// connections that had to be cut off.
    pub(super) async fn serve(mut self, mut stop: watch::Receiver<()>) -> usize {
        let mut rounds = time::interval(self.crowd.round_every());
        rounds.set_missed_tick_behavior(MissedTickBehavior::Delay);
        loop {
            tokio::select! {
                biased;
                _ = stop.changed() => break,
                _ = rounds.tick() => self.crowd.round(),
                Some(_) = self.connections.join_next() => {}
                accepted = self.listener.accept() => match accepted {
                    Ok((stream, peer)) => self.admit(stream, peer),
                    Err(error) if is_about_one_connection(&error) => {}
                    Err(_) => {
                        // Out of file descriptors, most likely.
                        self.crowd.shrink();
                        time::sleep(ACCEPT_PAUSE).await;
                    }
                },
            }
        }
        self.drain().await
    }

    fn admit(&mut self, stream: TcpStream, peer: SocketAddr) {
        let Ok(place) = self.crowd.enter(Source::from(peer.ip())) else { return };
        let id = place.id();
        let connection = connection::serve(stream, peer, place, Arc::clone(&self.inside));
        self.crowd.attach(id, self.connections.spawn(connection));
    }

    async fn drain(self) -> usize {
        let Self { listener, crowd, inside, mut connections, drain_deadline } = self;
        drop(listener);
        inside.draining.store(true, Ordering::Relaxed);
        let deadline = Instant::now() + drain_deadline;
        let mut rounds = time::interval(DRAIN_ROUND);
        loop {
            tokio::select! {
                biased;
                joined = connections.join_next() => if joined.is_none() { return 0 },
                // What is left is cut off with the set that holds it.
                () = time::sleep_until(deadline) => return connections.len(),
                _ = rounds.tick() => {
                    crowd.round();
                    crowd.dismiss();
                }
            }
        }
    }
}

fn is_about_one_connection(error: &io::Error) -> bool {
    matches!(
        error.kind(),
        io::ErrorKind::ConnectionRefused | io::ErrorKind::ConnectionAborted | io::ErrorKind::ConnectionReset
    )
}

const ACCEPT_PAUSE: Duration = Duration::from_millis(100);
const DRAIN_ROUND: Duration = Duration::from_millis(10);
