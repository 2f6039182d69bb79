//! What git prints, and what the server says through it. The server's own words come before git's, which are the same for several
//! causes.

mod disk;

mod server;

mod credential;

mod client;

mod network;

pub use credential::{HELPER_QUIT, NO_CREDENTIAL};

use super::{Row, Source, Stage, of};
use crate::explain::{GitCause, Weight};

const GITLAB: Row = of(Stage::Git, Source::Code("GitLab"));

const GIT: Row = of(Stage::Git, Source::Code("git"));

const SEEN: Source = Source::Seen("git with the GitLab of our sandbox");

/// All of them: where git says several things, the first row decides.
pub(super) const ROWS: [&[Row]; 5] =
    [disk::ROWS, server::ROWS, credential::ROWS, client::ROWS, network::ROWS];
