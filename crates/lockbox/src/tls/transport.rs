use super::Tls;

/// How clients reach a [`Lockbox`](crate::Lockbox).
#[derive(Clone, Debug)]
pub enum Transport {
    /// Plain HTTP, which is served on loopback alone.
    Plain,
    /// HTTP over TLS.
    Tls(Tls),
}
