//! Git over HTTP: bare repositories, who may fetch or push, and the real `git http-backend` as a CGI program.
//!
//! Follows the [smart protocol](https://git-scm.com/docs/http-protocol) and
//! [git-http-backend](https://git-scm.com/docs/git-http-backend). The statuses and texts of refusals are GitLab's. The
//! backend is told who asks in `REMOTE_USER` and never sees a credential; no part of a URL becomes part of a file's path.

mod access;

mod answer;

mod backend;

mod cgi_head;

mod cgi_output;

mod commit;

mod credential;

mod journal;

mod redirects;

mod refusal;

mod repositories;

mod repository_error;

mod target;

pub(crate) use answer::answer;
pub(crate) use commit::Commit;
pub(crate) use journal::{Entry, Journal};
pub(crate) use redirects::Redirects;
pub(crate) use repositories::{Repositories, made_up_commit};
pub(crate) use repository_error::RepositoryError;
