use std::{
    fmt,
    sync::{
        Arc,
        atomic::{AtomicU64, Ordering},
    },
    time::Duration,
};

use hyper::StatusCode;
use prometheus_client::{
    collector::Collector,
    encoding::{DescriptorEncoder, EncodeMetric, NoLabelSet},
    metrics::MetricType,
    registry::Unit,
};

use super::{
    histogram::{Histogram, Scale},
    request_kind::{RequestKind, Route, Verb},
};

/// Requests by kind and class of status, and how long they took. Kinds that were never asked for are not shown.
#[derive(Clone, Debug)]
pub(super) struct Requests(Arc<Table>);

#[derive(Debug)]
struct Table {
    counts: [[[AtomicU64; CLASSES.len()]; Route::ALL.len()]; Verb::ALL.len()],
    durations: [Histogram; Route::ALL.len()],
}

impl Requests {
    pub(super) fn new() -> Self {
        Self(Arc::new(Table {
            counts: Default::default(),
            durations: std::array::from_fn(|_| Histogram::new(Scale::durations())),
        }))
    }

    pub(super) fn record(&self, kind: RequestKind, status: StatusCode, took: Duration) {
        let (verb, route) = (kind.verb as usize, kind.route as usize);
        let class = usize::from(status.as_u16() / 100 - 1).min(CLASSES.len() - 1);
        self.0.counts[verb][route][class].fetch_add(1, Ordering::Relaxed);
        self.0.durations[route].record_duration(took);
    }
}

impl Collector for Requests {
    fn encode(&self, mut encoder: DescriptorEncoder<'_>) -> fmt::Result {
        let help = "Requests by what they wanted, of which part, and how it was answered";
        let mut requests = encoder.encode_descriptor("requests", help, None, MetricType::Counter)?;
        for verb in Verb::ALL {
            for route in Route::ALL {
                for (class, count) in CLASSES.into_iter().zip(&self.0.counts[verb as usize][route as usize]) {
                    let count = count.load(Ordering::Relaxed);
                    if count == 0 {
                        continue;
                    }
                    let labels = [("operation", verb.name()), ("route", route.name()), ("status", class)];
                    requests.encode_family(&labels)?.encode_counter::<NoLabelSet, _, f64>(&count, None)?;
                }
            }
        }
        let help = "From a request's header to its answer";
        let seconds = Some(&Unit::Seconds);
        let mut durations =
            encoder.encode_descriptor("request_duration", help, seconds, MetricType::Histogram)?;
        for (route, histogram) in Route::ALL.into_iter().zip(&self.0.durations) {
            if histogram.count() > 0 {
                histogram.encode(durations.encode_family(&[("route", route.name())])?)?;
            }
        }
        Ok(())
    }
}

const CLASSES: [&str; 5] = ["1xx", "2xx", "3xx", "4xx", "5xx"];
