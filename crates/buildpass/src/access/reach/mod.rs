//! Who is let in: what the vault's roles would say to a job, from what is known of its ID token before GitLab signs it.

mod entry;

mod around;

mod bad_file;

mod files;

mod keeper;

mod known_role;

pub use around::Around;
pub use bad_file::BadRoleFile;
pub use entry::{Claims, Entry};
pub use files::RoleFiles;
pub use known_role::KnownRole;
