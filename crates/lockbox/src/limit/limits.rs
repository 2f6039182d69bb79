use std::time::Duration;

use super::LoginRate;

/// How much a client may ask of a [`Lockbox`](crate::Lockbox), and how long it may take.
#[derive(Clone, Debug)]
pub struct Limits {
    /// The largest body: OpenBao's `max_request_size`, 32 MiB.
    pub max_request_bytes: usize,
    /// What a body's JSON may take in memory, estimated: OpenBao's `max_request_json_memory`, 32.5 MiB.
    pub max_json_bytes: usize,
    /// How many texts a body's JSON may hold, names included: OpenBao's `max_request_json_strings`, 1,000.
    pub max_json_strings: usize,
    /// What all bodies that are being read may take together: 512 MiB.
    pub max_bytes_in_flight: usize,
    /// From a request's header to its answer: OpenBao's `max_request_duration`, 90 seconds.
    pub max_request_duration: Duration,
    /// For the header of a request, and for the first byte of a connection: `http_read_header_timeout`, 10 seconds.
    pub header_read_timeout: Duration,
    /// For the body of a request: `http_read_timeout`, 30 seconds.
    pub read_timeout: Duration,
    /// Between two requests, and between two pieces of an answer: `http_idle_timeout`, 5 minutes.
    pub idle_timeout: Duration,
    /// Connections at a time: 8,192, or less where the process may not open as many files. One more closes those
    /// that have waited longest without a request; where all have one under way, the new one is closed.
    pub max_connections: usize,
    /// Connections at a time from one IPv4 address or one IPv6 /64: 2,048.
    pub max_connections_per_source: usize,
    /// How often one source may log in.
    pub login_rate: LoginRate,
    /// How long requests under way have to end when the server is told to: 10 seconds.
    pub drain_deadline: Duration,
}

impl Default for Limits {
    fn default() -> Self {
        Self {
            max_request_bytes: 32 << 20,
            max_json_bytes: (32 << 20) + (512 << 10),
            max_json_strings: 1000,
            max_bytes_in_flight: 512 << 20,
            max_request_duration: Duration::from_secs(90),
            header_read_timeout: Duration::from_secs(10),
            read_timeout: Duration::from_secs(30),
            idle_timeout: Duration::from_secs(300),
            max_connections: 8192,
            max_connections_per_source: 2048,
            login_rate: LoginRate::Unlimited,
            drain_deadline: Duration::from_secs(10),
        }
    }
}
