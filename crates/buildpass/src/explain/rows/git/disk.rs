use super::{GIT, GitCause, Row};

/// The machine that git runs on.
pub(in crate::explain::rows) const ROWS: &[Row] = &[Row {
    name: "git-disk-full",
    says: &["no space left on device", "disk quota exceeded", "file too large"],
    meaning: "the disk is full",
    causes: &[
        "the runner's disk is full of earlier jobs' files",
        "a quota is reached",
        "the repository is larger than the disk",
    ],
    hint: "make room, or name another folder with `--into` and `--cache`",
    example: "error: unable to write file x: No space left on device",
    cause: Some(GitCause::DiskFull),
    ..GIT
}];
