/// Which texts of an answer are points in time: OpenBao leaves these as they are. Only the engine knows that a text is one, so who
/// logs an answer says whose it is.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Times {
    None,
    /// A version of a secret.
    Version,
    /// The metadata of a secret.
    Metadata,
    /// A token that was looked up, or a lease.
    Token,
    /// A policy.
    Policy,
    /// A wrapped answer that was looked up.
    Wrapping,
}

/// The part of these that can be reached from one place in an answer.
#[derive(Clone, Debug)]
pub(super) struct Reachable(Vec<&'static [&'static str]>);

impl Times {
    pub(super) fn reachable(self) -> Reachable {
        let paths: &[&[&str]] = match self {
            Self::None => &[],
            Self::Version => &[&["created_time"], &["metadata", "created_time"]],
            Self::Metadata => &[
                &["created_time"],
                &["updated_time"],
                &["versions", "*", "created_time"],
                &["versions", "*", "deletion_time"],
            ],
            Self::Token => &[&["expire_time"], &["issue_time"], &["last_renewal"]],
            Self::Wrapping => &[&["creation_time"]],
            Self::Policy => &[&["modified"], &["expiration"]],
        };
        Reachable(paths.to_vec())
    }
}

impl Reachable {
    pub(super) fn nothing() -> Self {
        Self(Vec::new())
    }

    pub(super) fn under(&self, name: &str) -> Self {
        let step = |path: &&'static [&'static str]| {
            let (first, rest) = path.split_first()?;
            (*first == name || *first == "*").then_some(rest)
        };
        Self(self.0.iter().filter_map(step).collect())
    }

    /// Whether a text that stands here is left as it is; one that does not look like a time never is.
    pub(super) fn leaves(&self, text: &str) -> bool {
        let looks = text.len() >= 20 && text.ends_with('Z') && text.starts_with(|c: char| c.is_ascii_digit());
        let time = |c: char| c.is_ascii_digit() || matches!(c, '-' | ':' | '.' | 'T' | 'Z');
        looks && text.chars().all(time) && self.0.iter().any(|path| path.is_empty())
    }
}
