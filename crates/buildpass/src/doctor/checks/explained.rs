use crate::explain::{Row, Stage, find};

/// What the one table of error texts says of the words of GitLab's API.
pub(super) fn of_gitlab(words: &str) -> Option<&'static Row> {
    if words.is_empty() { None } else { find(Stage::Gitlab, words) }
}

/// The same of the words of a server behind git.
pub(super) fn of_git(words: &str) -> Option<&'static Row> {
    if words.is_empty() { None } else { find(Stage::Git, words) }
}
