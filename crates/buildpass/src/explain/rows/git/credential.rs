use super::{GIT, GitCause, Row, SEEN, Weight};

/// A helper that refuses.
pub const HELPER_QUIT: Row = Row {
    name: "git-helper-quit",
    says: &["told us to quit"],
    meaning: "the credential helper refuses to answer for this URL",
    causes: &["the secret for this realm could not be had: the helper's own line above says why"],
    hint: "within `buildpass run`, the outer one gives it: does its `[[git]]` name this realm, and has the job the secret?",
    source: SEEN,
    example: "fatal: credential helper '!f' told us to quit",
    cause: Some(GitCause::NoCredential),
    ..GIT
};

/// No helper at all.
pub const NO_CREDENTIAL: Row = Row {
    name: "git-no-credential",
    says: &["could not read Username for", "could not read Password for"],
    weight: Weight::Echo,
    meaning: "the server wants a credential, and nobody gave git one",
    causes: &[
        "no helper is configured for this host, or its realm is another: scheme, host, port and path count",
        "the repository is private, and the job has no secret for it",
        "the path is misspelt: GitLab asks for a credential then too",
    ],
    hint: "is it a private repository? name a secret for its realm with `[[git]]` or `--git`, and the realm with `--realm` where it is on another GitLab",
    source: SEEN,
    example: "fatal: could not read Username for 'https://gitlab.example': terminal prompts disabled",
    cause: Some(GitCause::NoCredential),
    ..GIT
};

/// How git came by a credential, or came by none.
pub(in crate::explain::rows) const ROWS: &[Row] = &[
    HELPER_QUIT,
    Row {
        name: "git-helper-missing",
        says: &[
            "git: 'credential-{word}' is not a git command",
            "credential-{word}: not found",
            "credential-{word}: command not found",
        ],
        meaning: "git is told to ask a credential helper that is not installed",
        causes: &[
            "`credential.helper` names a program that is not in the PATH of this job",
            "the configuration was made for another machine",
        ],
        hint: "install the helper, or take it out of `git config --show-origin --get-all credential.helper`",
        source: SEEN,
        example: "git: 'credential-absent' is not a git command. See 'git --help'.",
        cause: Some(GitCause::NoCredential),
        ..GIT
    },
    NO_CREDENTIAL,
    Row {
        name: "git-authentication-failed",
        says: &[
            "Authentication failed for",
            "returned error: 401",
            "Invalid username or password",
            "Invalid username or token",
        ],
        weight: Weight::Echo,
        meaning: "the server refuses the credential that git sent",
        causes: &[
            "the token has expired, or was revoked or rotated",
            "it lacks the scope `read_repository`",
            "a helper that comes first gave another one, or an `extraHeader` did",
        ],
        hint: "has it expired or been revoked? it needs the scope `read_repository`; `read_api` is not enough",
        source: SEEN,
        example: "fatal: Authentication failed for 'https://gitlab.example/group/project.git/'",
        cause: Some(GitCause::Unauthorized),
        ..GIT
    },
    Row {
        name: "git-ssh-refused",
        says: &["Permission denied (publickey", "Host key verification failed"],
        meaning: "ssh was not let in",
        causes: &[
            "the URL is one of ssh, and a job has no key",
            "the host's key is not known on this machine",
        ],
        hint: "is the key of this machine known there, and the host's key known here? a job takes the https URL and a token",
        example: "git@gitlab.example: Permission denied (publickey).",
        cause: Some(GitCause::Ssh),
        ..GIT
    },
];
