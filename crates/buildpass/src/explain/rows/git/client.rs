use super::{GIT, GitCause, Row, SEEN, Weight};

/// git's own words for what the server answered, and for what it has itself.
pub(in crate::explain::rows) const ROWS: &[Row] = &[
    Row {
        name: "git-sign-in-page",
        says: &[
            "unable to update url base from redirection:\nasked for: {word}\nredirect: {word}/users/sign_in",
        ],
        meaning: "GitLab sends git to its page for signing in",
        causes: &[
            "the repository is private, and git was not asked for a credential: without `.git` at its end the URL is a web page's",
            "the path is misspelt",
        ],
        hint: "put `.git` at the end of the URL, and name a secret for its realm with `[[git]]` or `--git`",
        source: SEEN,
        example: "fatal: unable to update url base from redirection:\n  asked for: https://gitlab.example/group/project/info/refs?service=git-upload-pack\n   redirect: https://gitlab.example/users/sign_in",
        cause: Some(GitCause::Redirected),
        ..GIT
    },
    Row {
        name: "git-redirected",
        says: &[
            "unable to update url base from redirection",
            "returned error: 30",
            "unable to follow redirect",
        ],
        meaning: "the server sends git elsewhere, which is not followed",
        causes: &[
            "the project was moved or renamed",
            "`http://` is sent to `https://`",
            "`.git` is missing at the end of the URL",
        ],
        hint: "name the URL that it sends to; without `.git` at its end GitLab redirects, and to a page for signing in where it wants a credential",
        source: SEEN,
        example: "fatal: unable to access 'https://gitlab.example/g/x/': The requested URL returned error: 302",
        cause: Some(GitCause::Redirected),
        ..GIT
    },
    Row {
        name: "git-forbidden",
        says: &["returned error: 403"],
        weight: Weight::Echo,
        meaning: "the server knows the token, and refuses",
        causes: &[
            "the token's role is Guest: a private repository is read from Reporter on",
            "the build pushes with a token that reads",
            "the address of this runner is not admitted, or a rate limit is reached",
        ],
        hint: "its member needs the role Reporter or above, and the project its repository open to members",
        source: SEEN,
        example: "fatal: unable to access 'https://gitlab.example/g/x.git/': The requested URL returned error: 403",
        cause: Some(GitCause::Forbidden),
        ..GIT
    },
    Row {
        name: "git-repository-not-found",
        says: &[
            "returned error: 404",
            "repository '{any}' not found",
            "repository not found",
            "does not appear to be a git repository",
        ],
        weight: Weight::Echo,
        meaning: "there is no such repository, or none that this token may see",
        causes: &[
            "the project lies outside of the group that the token is for",
            "no credential was sent, and the project is private",
            "the path is misspelt, or the project was moved",
        ],
        hint: "is the URL right? a group's token reaches the projects of that group and below, a job token those that admit its project",
        source: SEEN,
        example: "fatal: repository 'https://gitlab.example/group/project.git/' not found",
        cause: Some(GitCause::NotFound),
        ..GIT
    },
    Row {
        name: "git-server-busy",
        says: &["returned error: 408", "returned error: 429", "returned error: 5"],
        weight: Weight::Echo,
        meaning: "the server is busy or under repair",
        causes: &[
            "GitLab is overloaded or being upgraded",
            "a rate limit is reached: too many jobs fetch at once",
        ],
        hint: "try again later",
        source: SEEN,
        example: "fatal: unable to access 'https://gitlab.example/g/x.git/': The requested URL returned error: 503",
        cause: Some(GitCause::Unavailable),
        ..GIT
    },
    Row {
        name: "git-rejected",
        says: &["requested URL returned error: 4", "received HTTP code 4"],
        weight: Weight::Echo,
        meaning: "the server, or a proxy before it, rejects the request",
        causes: &["a proxy on the way refuses this host", "the URL is not that of a repository"],
        hint: "its own words say why; is the URL that of a repository?",
        source: SEEN,
        example: "fatal: unable to access 'https://gitlab.example/g/x.git/': The requested URL returned error: 410",
        cause: Some(GitCause::Rejected),
        ..GIT
    },
    Row {
        name: "git-certificate-untrusted",
        says: &[
            "server certificate verification failed",
            "SSL certificate problem",
            "certificate subject name",
            "no alternative certificate subject name matches",
        ],
        meaning: "the server does not prove who it is",
        causes: &[
            "its certificate is signed by an authority that this machine does not know",
            "a proxy on the way shows a certificate of its own",
            "the certificate has expired, or is for another name",
        ],
        hint: "name the authority that signed its certificate with GIT_SSL_CAINFO or git's `http.sslCAInfo`",
        source: SEEN,
        example: "fatal: unable to access 'https://gitlab.example/g/x.git/': SSL certificate problem: unable to get local issuer certificate",
        cause: Some(GitCause::Untrusted),
        ..GIT
    },
    Row {
        name: "git-no-ref",
        says: &[
            "couldn't find remote ref",
            "remote branch {word} not found",
            "not our ref",
            "does not allow request for unadvertised object",
        ],
        meaning: "the repository has no such branch, tag or commit",
        causes: &[
            "the branch or tag was deleted or renamed",
            "the commit is not on any branch of this copy: the security channel's is not on the public one",
            "the clone is shallow, and the commit lies deeper",
        ],
        hint: "a commit is named by all of its digits",
        source: SEEN,
        example: "fatal: couldn't find remote ref refs/heads/absent",
        cause: Some(GitCause::NoRef),
        ..GIT
    },
    Row {
        name: "git-transport-refused",
        says: &[
            "transport '",
            "protocol '{word}' is not supported",
            "remote-helper '{word}'",
            "unable to find remote helper for",
        ],
        meaning: "git may not use this protocol",
        causes: &["the URL's scheme is misspelt", "a submodule's URL is a local path or a command"],
        hint: "name an https URL",
        source: SEEN,
        example: "fatal: transport 'ext' not allowed",
        cause: Some(GitCause::Protocol),
        ..GIT
    },
    Row {
        name: "git-unsafe-directory",
        says: &["detected dubious ownership in repository"],
        meaning: "the checkout belongs to another user than the one who runs git",
        causes: &[
            "the job's container runs as another user than the one that fetched",
            "the folder was made by an earlier job",
        ],
        hint: "run the job as the user who owns the checkout, or name it in `safe.directory`",
        example: "fatal: detected dubious ownership in repository at '/builds/group/project'",
        cause: Some(GitCause::Other),
        ..GIT
    },
    Row {
        name: "git-no-repository-here",
        says: &["not a git repository"],
        meaning: "there is no repository where git works",
        causes: &["the checkout was removed or never made", "the command runs in another folder"],
        hint: "remove what is left of it, and fetch again",
        source: SEEN,
        example: "fatal: not a git repository (or any of the parent directories): .git",
        cause: Some(GitCause::Corrupt),
        ..GIT
    },
];
