/// Why a request was refused: what was told to who asked, and by that what the log says. What is told can hold what was sent, so
/// the log has it as an HMAC, beside a text of OpenBao's that holds nothing.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Refusal<'a> {
    /// The token is not good, or its policies say no.
    Denied(&'a str),
    /// What was sent is not what the engine takes.
    Invalid(&'a str),
    /// The same, of what OpenBao counts as an answer: a login, and much of `sys/`.
    Told(&'a str),
    /// The path does not know the operation, or there is no such path under its mount: the text holds nothing that was sent.
    Unsupported(&'a str),
    /// There is no such mount.
    NoRoute(&'a str),
    /// The path holds nothing, and nothing is told.
    NotFound,
}

impl<'a> Refusal<'a> {
    /// The `error` of the line.
    pub(super) fn error(self) -> Option<&'a str> {
        match self {
            Self::Denied(_) => Some("1 error occurred:\n\t* permission denied\n\n"),
            Self::Invalid(_) => Some("1 error occurred:\n\t* invalid request\n\n"),
            Self::NoRoute(_) => Some("1 error occurred:\n\t* unsupported path\n\n"),
            Self::Unsupported(told) => Some(told),
            Self::Told(_) | Self::NotFound => None,
        }
    }

    /// What stands in the data of the response.
    pub(super) fn told(self) -> Option<&'a str> {
        match self {
            Self::Denied(told) | Self::Invalid(told) | Self::Told(told) | Self::NoRoute(told) => Some(told),
            Self::Unsupported(_) | Self::NotFound => None,
        }
    }
}
