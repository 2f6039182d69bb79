use thiserror::Error;

/// Why an answer was not wrapped, or not unwrapped.
#[derive(Debug, Error)]
pub(crate) enum WrapError {
    #[error("error parsing X-Vault-Wrap-TTL header: {0}")]
    Time(String),
    #[error("endpoint requires response wrapping to be used")]
    Required,
    /// A list of nothing is not wrapped.
    #[error("unsupported path")]
    Nothing,
    #[error("wrapping token is not valid or does not exist")]
    Invalid,
    #[error("error validating wrapping token: {0}")]
    Unreadable(&'static str),
    /// Who shows the token uses it up, and cannot name it too.
    #[error(
        "error decrementing wrapping token's use-count: invalid token entry provided for use count decrementing"
    )]
    UsedUp,
}
