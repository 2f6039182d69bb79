use std::{
    fmt,
    sync::{
        Arc,
        atomic::{AtomicU64, Ordering},
    },
    time::Duration,
};

use prometheus_client::{
    encoding::{EncodeMetric, MetricEncoder, NoLabelSet},
    metrics::MetricType,
};

/// How values are spread over buckets. Two additions a value, where the library's own would take a lock.
#[derive(Clone, Debug)]
pub(super) struct Histogram(Arc<Buckets>);

#[derive(Debug)]
struct Buckets {
    scale: Scale,
    counts: Vec<AtomicU64>,
    sum: AtomicU64,
}

/// Where the buckets end, and what one is worth in the metric's unit.
#[derive(Debug)]
pub(super) struct Scale {
    bounds: &'static [u64],
    unit: f64,
}

impl Histogram {
    pub(super) fn new(scale: Scale) -> Self {
        let counts = scale.bounds.iter().map(|_| AtomicU64::new(0)).chain([AtomicU64::new(0)]).collect();
        Self(Arc::new(Buckets { scale, counts, sum: AtomicU64::new(0) }))
    }

    pub(super) fn record(&self, value: u64) {
        let bounds = self.0.scale.bounds;
        let bucket = bounds.iter().position(|bound| value <= *bound).unwrap_or(bounds.len());
        self.0.counts[bucket].fetch_add(1, Ordering::Relaxed);
        self.0.sum.fetch_add(value, Ordering::Relaxed);
    }

    pub(super) fn record_duration(&self, duration: Duration) {
        self.record(u64::try_from(duration.as_nanos()).unwrap_or(u64::MAX));
    }

    pub(super) fn count(&self) -> u64 {
        self.0.counts.iter().map(|count| count.load(Ordering::Relaxed)).sum()
    }
}

impl Scale {
    /// Of nanoseconds, told in seconds.
    pub(super) fn durations() -> Self {
        Self { bounds: &NANOSECONDS, unit: 1e-9 }
    }

    /// Of things that are counted.
    pub(super) fn counts() -> Self {
        Self { bounds: &COUNTS, unit: 1.0 }
    }
}

impl EncodeMetric for Histogram {
    #[expect(clippy::cast_precision_loss, reason = "a rounded sum of nanoseconds is as good")]
    fn encode(&self, mut encoder: MetricEncoder<'_>) -> fmt::Result {
        let Buckets { scale, counts, sum } = &*self.0;
        let ends = scale.bounds.iter().map(|bound| *bound as f64 * scale.unit).chain([f64::INFINITY]);
        let buckets: Vec<_> = ends.zip(counts.iter().map(|count| count.load(Ordering::Relaxed))).collect();
        let count = buckets.iter().map(|(_, count)| count).sum();
        let sum = sum.load(Ordering::Relaxed) as f64 * scale.unit;
        encoder.encode_histogram::<NoLabelSet>(sum, count, &buckets, None)
    }

    fn metric_type(&self) -> MetricType {
        MetricType::Histogram
    }
}

/// From 50 microseconds to 10 seconds.
const NANOSECONDS: [u64; 14] = [
    50_000,
    100_000,
    250_000,
    500_000,
    1_000_000,
    2_500_000,
    5_000_000,
    10_000_000,
    25_000_000,
    50_000_000,
    100_000_000,
    250_000_000,
    1_000_000_000,
    10_000_000_000,
];

const COUNTS: [u64; 10] = [1, 2, 4, 8, 16, 32, 64, 128, 256, 512];
