use std::{
    convert::Infallible,
    future::{Future, pending},
    net::SocketAddr,
    sync::Arc,
    time::Duration,
};

use tokio::{
    net::TcpListener,
    sync::watch,
    task,
    time::{self, Interval, MissedTickBehavior},
};

use super::{Listeners, Notice, Notices, ServeError, door::Door};
use crate::{
    Transport,
    api::Api,
    limit::Limits,
    metrics::{Metrics, Page},
    tls::Watched,
};

/// The API and all that is needed to serve it.
#[derive(Clone)]
pub(crate) struct Server {
    pub(crate) api: Arc<Api>,
    pub(crate) transport: Transport,
    pub(crate) limits: Limits,
    pub(crate) metrics: Metrics,
    pub(crate) notices: Notices,
}

/// How a server ended.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Drained {
    /// How many connections still had a request under way at the deadline.
    pub cut_off: usize,
}

impl Server {
    /// Serves until `shutdown`, then drains.
    ///
    /// # Errors
    /// When plain HTTP would leave the machine, or a listener is broken.
    pub(crate) async fn serve(
        self,
        listeners: Listeners,
        shutdown: impl Future<Output = ()> + Send + 'static,
    ) -> Result<Drained, ServeError> {
        let Self { api, transport, limits, metrics, notices } = self;
        for listener in [Some(&listeners.api), listeners.metrics.as_ref()].into_iter().flatten() {
            check(listener, &transport)?;
        }
        let (stop, stopping) = watch::channel(());
        let shutdown = async {
            shutdown.await;
            drop(stop);
        };
        let answers =
            Door::new(listeners.api, Arc::clone(&api), transport.clone(), (&limits, metrics.clone()));
        let page = listeners.metrics.map(|listener| {
            let few = Limits { max_connections: 64, max_connections_per_source: 64, ..limits };
            // Whoever reads the figures does not count in them.
            Door::new(listener, Page::new(metrics.clone()), transport.clone(), (&few, Metrics::new()))
        });
        let page = async {
            match page {
                Some(page) => page.serve(stopping.clone()).await,
                None => 0,
            }
        };
        let served = async { tokio::join!(answers.serve(stopping.clone()), page, shutdown) };
        tokio::select! {
            (answers, page, ()) = served => Ok(Drained { cut_off: answers + page }),
            never = keep_house(&api) => match never {},
            never = watch_certificate(&transport, &metrics, &notices) => match never {},
        }
    }
}

/// Lets go of what has ended.
async fn keep_house(api: &Api) -> Infallible {
    let mut rounds = every(PURGE_EVERY);
    loop {
        rounds.tick().await;
        api.purge();
    }
}

/// Takes a certificate over when its files were changed.
async fn watch_certificate(transport: &Transport, metrics: &Metrics, notices: &Notices) -> Infallible {
    let Transport::Tls(tls) = transport else { return pending().await };
    let mut rounds = every(tls.check_every());
    loop {
        rounds.tick().await;
        let tls = tls.clone();
        // Files may be on a network that hangs.
        match task::spawn_blocking(move || tls.watch()).await {
            Ok(Watched::Loaded) => {
                metrics.certificate_loaded();
                notices.tell(&Notice::CertificateLoaded);
            }
            Ok(Watched::Kept(error)) => {
                metrics.certificate_kept();
                notices.tell(&Notice::CertificateKept(error));
            }
            Ok(Watched::Unchanged) | Err(_) => {}
        }
    }
}

fn every(period: Duration) -> Interval {
    let mut rounds = time::interval(period);
    rounds.set_missed_tick_behavior(MissedTickBehavior::Delay);
    rounds
}

fn check(listener: &TcpListener, transport: &Transport) -> Result<(), ServeError> {
    let address: SocketAddr = listener.local_addr().map_err(ServeError::Listener)?;
    match transport {
        Transport::Plain if !address.ip().to_canonical().is_loopback() => {
            Err(ServeError::PlainBeyondLoopback(address))
        }
        Transport::Plain | Transport::Tls(_) => Ok(()),
    }
}

const PURGE_EVERY: Duration = Duration::from_secs(1);
