use super::{GITLAB, GitCause, Row, SEEN, Source};

/// GitLab's own words, which git prints behind `remote:`.
pub(in crate::explain::rows) const ROWS: &[Row] = &[
    Row {
        name: "git-access-denied",
        says: &["HTTP Basic: Access denied"],
        meaning: "GitLab does not take this token for git",
        causes: &[
            "the token has expired: GitLab's end at 00:00 UTC of the day that they name",
            "it was revoked or rotated, or the lease that it came with is over",
            "it lacks the scope `read_repository`; `read_api` is not enough",
            "the variable that it was taken from is empty",
            "the user name and the token do not belong together, as a deploy token's do",
        ],
        hint: "has it expired or been revoked? it needs the scope `read_repository`; `read_api` is not enough",
        source: SEEN,
        example: "remote: HTTP Basic: Access denied. If a password was provided for Git authentication, the password was incorrect or you're required to use a token instead of a password. If a token was provided, it was either incorrect, expired, or improperly scoped.",
        cause: Some(GitCause::Unauthorized),
        ..GITLAB
    },
    Row {
        name: "git-no-repository-yet",
        says: &["A repository for this project does not exist yet"],
        meaning: "the project is there, and has no repository",
        causes: &["nothing was pushed to it yet", "the mirror that fills it has not run"],
        hint: "push a first commit to it",
        example: "remote: A repository for this project does not exist yet.",
        cause: Some(GitCause::Empty),
        ..GITLAB
    },
    Row {
        name: "git-project-not-found",
        says: &["The project you were looking for could not be found"],
        meaning: "there is no such project, or none that this token may see: GitLab says the same of both",
        causes: &[
            "the project lies outside of the group that the token is for",
            "it is fetched with CI_JOB_TOKEN, and the user who started the pipeline is no member there",
            "it is fetched with CI_JOB_TOKEN, and the project does not admit this one (Settings, CI/CD, Job token permissions)",
            "the path is misspelt, or the project was moved",
        ],
        hint: "is the URL right? a group's token reaches the projects of that group and below, a job token those that admit its project",
        source: SEEN,
        example: "remote: The project you were looking for could not be found or you don't have permission to view it.",
        cause: Some(GitCause::NotFound),
        ..GITLAB
    },
    Row {
        name: "git-push-refused",
        says: &["You are not allowed to push code", "You are not allowed to upload code"],
        meaning: "the token reads, and does not write: as a build token should",
        causes: &["the build pushes, with a token that has only `read_repository`"],
        hint: "a build that must push needs a token of its own, with `write_repository` for that project alone",
        source: SEEN,
        example: "remote: You are not allowed to push code to this project.",
        cause: Some(GitCause::Forbidden),
        ..GITLAB
    },
    Row {
        name: "git-download-refused",
        says: &["You are not allowed to download code", "You are not allowed to"],
        meaning: "the token is good, and its member may not read the repository",
        causes: &[
            "the token's role is Guest or Planner: a private repository is read from Reporter on",
            "the project keeps its repository for members only, or has it switched off",
        ],
        hint: "its member needs the role Reporter or above, and the project its repository open to members",
        source: SEEN,
        example: "remote: You are not allowed to download code from this project.",
        cause: Some(GitCause::Forbidden),
        ..GITLAB
    },
    Row {
        name: "git-http-switched-off",
        says: &[
            "Pulling over HTTP is not allowed",
            "Pushing over HTTP is not allowed",
            "Git access over HTTP is not allowed",
        ],
        meaning: "this GitLab does not serve git over HTTP",
        causes: &[
            "an administrator allows ssh alone (Admin, Settings, General, Visibility and access controls)",
        ],
        hint: "an administrator allows git over HTTP(S); a build token is of no use without",
        example: "remote: Pulling over HTTP is not allowed.",
        cause: Some(GitCause::Forbidden),
        ..GITLAB
    },
    Row {
        name: "git-lfs-object-refused",
        says: &[
            "batch response: Authentication required",
            "batch response: You must be logged in",
            "LFS: Authorization error",
        ],
        meaning: "the large files of the repository are refused",
        causes: &[
            "`.lfsconfig` names another address, for which there is no credential",
            "the token lacks `read_repository`, or its role is below Reporter",
        ],
        hint: "does `lfs.url` in `.lfsconfig` lie in the token's realm?",
        source: Source::Code("git-lfs"),
        example: "batch response: Authentication required: HTTP Basic: LFS credentials needed",
        cause: Some(GitCause::Unauthorized),
        ..GITLAB
    },
    Row {
        name: "git-gitaly-unavailable",
        says: &["Gitaly, is not available"],
        meaning: "the part of GitLab that holds the repositories does not answer",
        causes: &["GitLab is under repair or overloaded"],
        hint: "try again later",
        example: "remote: The git server, Gitaly, is not available at this time. Please contact your administrator.",
        cause: Some(GitCause::Unavailable),
        ..GITLAB
    },
    Row {
        name: "git-read-only",
        says: &["is temporarily read-only", "cannot push to a read-only", "read-only GitLab instance"],
        meaning: "the repository is being moved or repaired",
        causes: &[
            "its storage is being moved or backed up",
            "this GitLab is a secondary, or in maintenance mode",
        ],
        hint: "try again later",
        example: "remote: The repository is temporarily read-only. Please try again later.",
        cause: Some(GitCause::Unavailable),
        ..GITLAB
    },
];
