use std::{fmt, sync::Arc, time::Duration};

use hyper::StatusCode;
use prometheus_client::{
    encoding::prometheus_text,
    metrics::{counter::Counter, gauge::Gauge, info::Info},
    registry::Registry,
};

use super::{
    Commits,
    families::{counter, counters, gauge},
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
    file_bytes: Gauge,
    sealed: Gauge,
    audit_failures: Counter,
    certificates: [Counter; 2],
}

/// How things stand, which is looked up when somebody wants to know.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Standing {
    /// The tokens that are alive; nobody knows while the server is sealed.
    pub(crate) sessions: Option<usize>,
    pub(crate) file_bytes: u64,
}

impl Metrics {
    pub(crate) fn new(commits: &Commits) -> Self {
        let mut registry = Registry::with_prefix("lockbox");
        let all = &mut registry;
        let build = [("version", env!("CARGO_PKG_VERSION")), ("answers_as", "OpenBao 2.7.2")];
        all.register("build", "What is running", Info::new(build));
        commits.register(all);
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

    pub(crate) fn audit_failed(&self) {
        self.0.audit_failures.inc();
    }

    /// Everything, in the text format 0.0.4, with how things stand now.
    pub(crate) fn text(&self, standing: Standing) -> String {
        self.0.sealed.set(i64::from(standing.sessions.is_none()));
        self.0.sessions.set(clamped(standing.sessions.unwrap_or_default() as u64));
        self.0.file_bytes.set(clamped(standing.file_bytes));
        let mut text = String::new();
        // Writing to a String does not fail.
        let _ = prometheus_text::encode(&mut text, &self.0.registry);
        text
    }
}

impl fmt::Debug for Metrics {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("Metrics")
    }
}

fn clamped(value: u64) -> i64 {
    i64::try_from(value).unwrap_or(i64::MAX)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_was_counted_is_shown() {
        let commits = Commits::default();
        let metrics = Metrics::new(&commits);
        metrics.refused(Limit::LoginRate);
        commits.landed(Duration::from_millis(3), 5);
        commits.failed();
        metrics.audit_failed();
        let text = metrics.text(Standing { sessions: Some(7), file_bytes: 4096 });
        for line in [
            "lockbox_build_info{version=\"0.1.0\",answers_as=\"OpenBao 2.7.2\"} 1",
            "lockbox_refused_by_limit_total{limit=\"login_rate\"} 1",
            "lockbox_refused_by_limit_total{limit=\"body_size\"} 0",
            "lockbox_commit_duration_seconds_bucket{le=\"0.005\"} 1",
            "lockbox_commit_duration_seconds_count 1",
            "lockbox_commit_writes_bucket{le=\"4\"} 0",
            "lockbox_commit_writes_bucket{le=\"8\"} 1",
            "lockbox_sessions 7",
            "lockbox_file_bytes 4096",
            "lockbox_sealed 0",
            "lockbox_commit_failures_total 1",
            "lockbox_audit_failures_total 1",
            "# TYPE lockbox_audit_failures_total counter",
        ] {
            assert!(text.lines().any(|shown| shown == line), "{line} is not in\n{text}");
        }
        let sealed = metrics.text(Standing { sessions: None, file_bytes: 0 });
        assert!(sealed.contains("lockbox_sealed 1\n"), "{sealed}");
    }
}
