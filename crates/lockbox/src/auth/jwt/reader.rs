/// Which of the two libraries of OpenBao reads a token: they differ in small things.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Reader {
    /// For keys that an issuer publishes.
    OfPublishedKeys,
    /// For keys that were written down.
    OfFixedKeys,
}
