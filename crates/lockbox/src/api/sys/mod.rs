//! `sys/`: the server itself, its mounts and its policies.

/// What anybody may ask, without a token.
mod open;

/// Whether it is there, and open.
mod status;

/// `sys/init`: the first keys.
mod init;

/// `sys/unseal`, `sys/rotate` and `sys/key-status`.
mod seal;

/// Fields of a body that have one kind each.
mod typed;

/// Which handler a path belongs to.
mod paths;

/// `sys/mounts`: the engines.
mod mounts;

/// `sys/auth`: the auth methods.
mod methods;

/// `sys/mounts/…/tune` and `sys/auth/…/tune`.
mod tune;

/// `sys/remount`: a mount gets another path.
mod remount;

/// What became of it.
mod moves;

/// `sys/leases`: when tokens end, by the names of their leases.
mod leases;

/// `sys/policies/acl` and `sys/policy`.
mod policies;

/// `sys/audit` and `sys/audit-hash`.
mod audit;

/// `sys/config/auditing/request-headers`.
mod audited_headers;

/// `sys/config/cors`.
mod cors;

/// `sys/capabilities`, of whichever token.
mod capabilities;

/// `sys/internal/ui/mounts`: what is mounted, as far as a token can see it.
mod ui_mounts;

pub(super) use moves::Moves;
pub(super) use open::{Open, is_misplaced, is_of_others, is_withdrawn, takes};
pub(super) use paths::handle;
pub(super) use ui_mounts::ui_mounts;
