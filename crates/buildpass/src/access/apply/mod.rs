//! Carries a plan out, one step at a time. Each step does as much when it is done twice, and a run that was interrupted anywhere is ended
//! by the next one: a token that GitLab made and nobody stored is known by its description.

mod ended;

mod engines;

mod hands;

mod mounts;

mod renewed;

pub use ended::{Ended, end_now};
pub use hands::{Hands, Manner};
