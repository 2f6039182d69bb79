use super::{GitCause, Row, Stage, pattern::Pattern, rows};

/// The first row of a stage whose words are in its text.
pub fn find(stage: Stage, text: &str) -> Option<&'static Row> {
    let mut of_stage = rows::all().filter(|row| row.stage == stage);
    of_stage.find(|row| row.says.iter().any(|says| Pattern::of(says).is_in(text.as_bytes())))
}

/// What a refused login means: the check that failed. The rows stand in the order in which the vault checks.
pub fn login(text: &str) -> Option<&'static Row> {
    find(Stage::Login, text).or_else(|| find(Stage::Vault, text))
}

/// What is said of a cause where there are no words of git's.
pub fn git_cause(cause: GitCause) -> Option<&'static Row> {
    rows::all().find(|row| row.cause == Some(cause))
}
