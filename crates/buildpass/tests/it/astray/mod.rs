//! Each known way in which a credential goes astray, against real git and real servers on loopback.
//!
//! An attack is a script that runs twice: without protection, where a helper of git answers for every place as many a job
//! has it today, and within `buildpass run`. What the first run shows to leak, the second must not let go. Where git
//! itself keeps the credential, the first run pins that too, so that a git that changes its mind is seen.

mod committed;

mod interceptor;

mod listed;

mod look_alike;

mod redirects;

mod scene;

mod servers;

mod thief;

mod written;

use interceptor::Interceptor;
use scene::{Scene, Without};
use thief::Thief;
