use super::{GIT, GitCause, Row, SEEN, Weight};

/// The way to the server, and what broke off on it; git's last words where nothing above explains them.
pub(in crate::explain::rows) const ROWS: &[Row] = &[
    Row {
        name: "git-host-unknown",
        says: &["could not resolve host", "could not resolve proxy"],
        meaning: "this machine finds no address for the host",
        causes: &[
            "the host is misspelt",
            "the runner has no name service, or not that of the internal network",
        ],
        hint: "is the host right, is it up, and may this machine reach it?",
        source: SEEN,
        example: "fatal: unable to access 'https://nobody.invalid/g/x.git/': Could not resolve host: nobody.invalid",
        cause: Some(GitCause::Unreachable),
        ..GIT
    },
    Row {
        name: "git-unreachable",
        says: &[
            "failed to connect",
            "couldn't connect to server",
            "connection refused",
            "connection timed out",
            "operation timed out",
            "connection reset",
        ],
        weight: Weight::Framed,
        meaning: "nobody answers at this address",
        causes: &[
            "the server is down, or listens on another port",
            "a firewall is between",
            "the proxy variables are missing or wrong",
        ],
        hint: "is the host right, is it up, and may this machine reach it?",
        source: SEEN,
        example: "fatal: unable to access 'http://127.0.0.1:1/g/x.git/': Failed to connect to 127.0.0.1 port 1 after 0 ms: Couldn't connect to server",
        cause: Some(GitCause::Unreachable),
        ..GIT
    },
    Row {
        name: "git-broke-off",
        says: &[
            "recv failure",
            "empty reply from server",
            "unexpected disconnect",
            "early EOF",
            "remote end hung up",
            "expected flush after",
        ],
        weight: Weight::Framed,
        meaning: "the answer broke off on its way",
        causes: &["the server or a proxy ended a long transfer", "the network is bad"],
        hint: "try again; a proxy on the way may limit time or size",
        source: SEEN,
        example: "fatal: the remote end hung up unexpectedly",
        cause: Some(GitCause::Unreachable),
        ..GIT
    },
    Row {
        name: "git-rpc-failed",
        says: &["RPC failed"],
        meaning: "a request of git's broke off, or was refused halfway",
        causes: &[
            "the server or a proxy ended a long transfer",
            "a proxy limits how much one request may carry",
            "the token ended while git was fetching",
        ],
        hint: "try again; git's words behind it name the HTTP status",
        example: "error: RPC failed; curl 56 GnuTLS recv error (-110): The TLS connection was non-properly terminated.",
        cause: Some(GitCause::Unreachable),
        ..GIT
    },
    Row {
        name: "git-not-found",
        says: &["not found"],
        weight: Weight::Framed,
        meaning: "something that git was told of is not there",
        causes: &["the URL or path is misspelt"],
        hint: "is the URL right?",
        example: "fatal: something not found",
        cause: Some(GitCause::NotFound),
        ..GIT
    },
    Row {
        name: "git-unable-to-access",
        says: &["unable to access"],
        weight: Weight::Echo,
        meaning: "the server could not be asked",
        causes: &["git's words behind the URL say why"],
        hint: "is the host right, is it up, and may this machine reach it?",
        example: "fatal: unable to access 'https://gitlab.example/g/x.git/': something new",
        cause: Some(GitCause::Unreachable),
        ..GIT
    },
    Row {
        name: "git-corrupt",
        says: &["corrupt"],
        weight: Weight::Framed,
        meaning: "what is on the disk is not whole",
        causes: &["an earlier job was killed while it fetched", "the disk was full"],
        hint: "remove the folder, and fetch again",
        example: "fatal: loose object 0123 (stored in .git/objects/01/23) is corrupt",
        cause: Some(GitCause::Corrupt),
        ..GIT
    },
];
