/// What the one table of error texts says of a server's words.
#[derive(Clone, Debug)]
pub(super) struct Explained {
    /// What happened.
    pub(super) meaning: &'static str,
    /// What to look at.
    pub(super) hint: String,
}

/// The words of GitLab's API.
pub(super) fn of_gitlab(_words: &str) -> Option<Explained> {
    None
}

/// The words of the server behind git.
pub(super) fn of_git(_words: &str) -> Option<Explained> {
    None
}
