//! Git over HTTP: bare repositories, who may fetch or push, and the real `git http-backend` as a CGI program.
//!
//! Follows the [smart protocol](https://git-scm.com/docs/http-protocol) and
//! [git-http-backend](https://git-scm.com/docs/git-http-backend). The statuses and texts of refusals are GitLab's. The
//! backend is told who asks in `REMOTE_USER` and never sees a credential; no part of a URL becomes part of a file's path.

/// Who may fetch or push.
mod access;

/// The way of a request.
mod answer;

/// The real git as a CGI program.
mod backend;

/// The header part of a CGI answer.
mod cgi_head;

/// The rest of a CGI answer, as it comes.
mod cgi_output;

/// Commits that are made without a push.
mod commit;

/// What a request offers to prove who it is.
mod credential;

/// The requests that came.
mod journal;

/// Repositories that answer with another place.
mod redirects;

/// The branches and tags of a repository.
mod refs;

/// Every refusal with its status and text.
mod refusal;

/// The bare repositories on disk.
mod repositories;

/// What can go wrong with them.
mod repository_error;

/// Which repository and operation a URL means.
mod target;

pub(crate) use answer::answer;
pub(crate) use commit::Commit;
pub(crate) use journal::{Entry, Journal};
pub(crate) use redirects::Redirects;
pub(crate) use refs::NamedCommit;
pub(crate) use repositories::{Repositories, made_up_commit};
pub(crate) use repository_error::RepositoryError;
