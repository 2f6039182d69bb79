/// A limit that a client ran into.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Limit {
    BodySize,
    BodyTime,
    BodyComplexity,
    BytesInFlight,
    HeaderTime,
    IdleTime,
    RequestTime,
    Connections,
    ConnectionsPerSource,
    LoginRate,
}

impl Limit {
    pub(super) const ALL: [Self; 10] = [
        Self::BodySize,
        Self::BodyTime,
        Self::BodyComplexity,
        Self::BytesInFlight,
        Self::HeaderTime,
        Self::IdleTime,
        Self::RequestTime,
        Self::Connections,
        Self::ConnectionsPerSource,
        Self::LoginRate,
    ];

    pub(super) fn name(self) -> &'static str {
        match self {
            Self::BodySize => "body_size",
            Self::BodyTime => "body_time",
            Self::BodyComplexity => "body_complexity",
            Self::BytesInFlight => "bytes_in_flight",
            Self::HeaderTime => "header_time",
            Self::IdleTime => "idle_time",
            Self::RequestTime => "request_time",
            Self::Connections => "connections",
            Self::ConnectionsPerSource => "connections_per_source",
            Self::LoginRate => "login_rate",
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_limit_has_its_own_place() {
        for (place, limit) in Limit::ALL.into_iter().enumerate() {
            assert_eq!(limit as usize, place);
        }
    }
}
