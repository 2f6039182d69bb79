use std::{fmt, sync::Arc, time::Duration};

use hyper::StatusCode;
use prometheus_client::{
    encoding::prometheus_text,
    metrics::{counter::Counter, gauge::Gauge, info::Info},
    registry::Registry,
};

use super::{
    families::{counter, counters, durations, gauge, sizes},
    histogram::Histogram,
    limit::Limit,
    request_kind::RequestKind,
    requests::Requests,
};

/// What the server counts; its clones count together.
#[derive(Clone)]
pub(crate) struct Metrics(Arc<Inside>);

struct Inside {
    registry: Registry,
    requests: Requests,
    logins: [Counter; 2],
    sessions: Gauge,
    connections: Gauge,
    refused: [Counter; Limit::ALL.len()],
    commit_duration: Histogram,
    commit_entries: Histogram,
    file_bytes: Gauge,
    sealed: Gauge,
    audit_failures: Counter,
    certificates: [Counter; 2],
}

impl Metrics {
    pub(crate) fn new() -> Self {
        let mut registry = Registry::with_prefix("lockbox");
        let all = &mut registry;
        let build = [("version", env!("CARGO_PKG_VERSION")), ("answers_as", "OpenBao 2.7.2")];
        all.register("build", "What is running", Info::new(build));
        let requests = Requests::new();
        all.register_collector(Box::new(requests.clone()));
        Self(Arc::new(Inside {
            requests,
            logins: counters(all, "logins", "Logins by outcome", "outcome", ["ok", "refused"]),
            sessions: gauge(all, "sessions", "Tokens that are alive"),
            connections: gauge(all, "connections", "Connections that are open"),
            refused: counters(
                all,
                "refused_by_limit",
                "What was refused or cut off, by limit",
                "limit",
                Limit::ALL.map(Limit::name),
            ),
            commit_duration: durations(all, "commit_duration", "How long commits took"),
            commit_entries: sizes(all, "commit_entries", "How many entries went into one commit"),
            file_bytes: gauge(all, "file_bytes", "How large the file is"),
            sealed: gauge(all, "sealed", "1 while the server is sealed"),
            audit_failures: counter(all, "audit_failures", "Requests that could not be logged"),
            certificates: counters(
                all,
                "certificate_loads",
                "New certificates by what became of them",
                "outcome",
                ["loaded", "kept_the_old"],
            ),
            registry,
        }))
    }

    pub(crate) fn request(&self, kind: RequestKind, status: StatusCode, took: Duration) {
        self.0.requests.record(kind, status, took);
        if kind.is_login() {
            self.0.logins[usize::from(!status.is_success())].inc();
        }
    }

    pub(crate) fn refused(&self, limit: Limit) {
        self.0.refused[limit as usize].inc();
    }

    pub(crate) fn connection_opened(&self) {
        self.0.connections.inc();
    }

    pub(crate) fn connection_closed(&self) {
        self.0.connections.dec();
    }

    pub(crate) fn certificate_loaded(&self) {
        self.0.certificates[0].inc();
    }

    pub(crate) fn certificate_kept(&self) {
        self.0.certificates[1].inc();
    }

    /// Everything, in the text format 0.0.4.
    pub(crate) fn text(&self) -> String {
        let mut text = String::new();
        // Writing to a String does not fail.
        let _ = prometheus_text::encode(&mut text, &self.0.registry);
        text
    }
}

#[cfg_attr(
    not(test),
    expect(dead_code, reason = "storage, seal and audit count here as soon as they are there")
)]
impl Metrics {
    pub(crate) fn sessions(&self, alive: usize) {
        self.0.sessions.set(i64::try_from(alive).unwrap_or(i64::MAX));
    }

    pub(crate) fn commit(&self, took: Duration, entries: usize) {
        self.0.commit_duration.record_duration(took);
        self.0.commit_entries.record(entries as u64);
    }

    pub(crate) fn file_bytes(&self, bytes: u64) {
        self.0.file_bytes.set(i64::try_from(bytes).unwrap_or(i64::MAX));
    }

    pub(crate) fn sealed(&self) {
        self.0.sealed.set(1);
    }

    pub(crate) fn unsealed(&self) {
        self.0.sealed.set(0);
    }

    pub(crate) fn audit_failed(&self) {
        self.0.audit_failures.inc();
    }
}

impl fmt::Debug for Metrics {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("Metrics")
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_was_counted_is_shown() {
        let metrics = Metrics::new();
        metrics.refused(Limit::LoginRate);
        metrics.commit(Duration::from_millis(3), 5);
        metrics.sessions(7);
        metrics.file_bytes(4096);
        metrics.sealed();
        metrics.audit_failed();
        let text = metrics.text();
        for line in [
            "lockbox_build_info{version=\"0.1.0\",answers_as=\"OpenBao 2.7.2\"} 1",
            "lockbox_refused_by_limit_total{limit=\"login_rate\"} 1",
            "lockbox_refused_by_limit_total{limit=\"body_size\"} 0",
            "lockbox_commit_duration_seconds_bucket{le=\"0.005\"} 1",
            "lockbox_commit_duration_seconds_count 1",
            "lockbox_commit_entries_bucket{le=\"4\"} 0",
            "lockbox_commit_entries_bucket{le=\"8\"} 1",
            "lockbox_sessions 7",
            "lockbox_file_bytes 4096",
            "lockbox_sealed 1",
            "lockbox_audit_failures_total 1",
            "# TYPE lockbox_audit_failures_total counter",
        ] {
            assert!(text.lines().any(|shown| shown == line), "{line} is not in\n{text}");
        }
        metrics.unsealed();
        assert!(metrics.text().contains("lockbox_sealed 0"));
    }
}
