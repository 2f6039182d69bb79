//! Who is let in: what the vault's roles would say to a job, from what is known of its ID token before GitLab signs it.

mod entry;

mod known_role;

pub use entry::{Claims, Entry};
pub use known_role::KnownRole;
