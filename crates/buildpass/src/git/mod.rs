//! How it reaches git: realms, and git's own credential protocol.
//!
//! git asks our helper through a pipe, and the helper answers for the configured realms and for nothing else. Protocol:
//! <https://git-scm.com/docs/git-credential> and <https://git-scm.com/docs/gitcredentials>.

mod config;

pub mod credential;

mod look;

mod object_name;

mod of_job;

mod program;

mod realm;

mod ref_name;

mod remote_url;

mod setup;

mod tracked;

pub use config::{BadUsername, Config, RealmCredential, Username};
pub use look::{KnownRef, Quick, RemoteLook, ask_quickly};
pub use object_name::is_object_name;
pub use of_job::{ConfigLine, GitOfJob};
pub use program::{Cause, Finished, Git, GitFailure, NoGit, Pins, Progress, Task};
pub use realm::{BadRealm, Reach, Realm};
pub use ref_name::is_ref_name;
pub use remote_url::{BadRemoteUrl, RemoteUrl};
pub use setup::{Setup, count_in};
pub use tracked::tracked_files;
