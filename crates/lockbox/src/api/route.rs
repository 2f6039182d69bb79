use std::sync::Arc;

use super::{Core, mount::Mount};
use crate::{
    auth::Method,
    exchange::{Fields, Operation},
    kv::{Engine, KvError},
    policy::Danger,
};

/// Which part of the server a path belongs to, and the rest of the path.
pub(super) enum Route<'a> {
    System(&'a str),
    Token(&'a str),
    Method(Arc<Mount<Method>>, &'a str),
    Engine(Arc<Mount<Engine>>, &'a str),
    Nowhere,
}

impl<'a> Route<'a> {
    pub(super) fn find(core: &Core, path: &'a str) -> Self {
        if let Some(rest) = path.strip_prefix("sys/") {
            return Self::System(rest);
        }
        if let Some(rest) = path.strip_prefix("auth/") {
            return match core.mounts.methods.find(rest) {
                Some((mount, rest)) if matches!(mount.inside, Method::Token) => Self::Token(rest),
                Some((mount, rest)) => Self::Method(mount, rest),
                None => Self::Nowhere,
            };
        }
        match core.mounts.engines.find(path) {
            Some((mount, rest)) => Self::Engine(mount, rest),
            None => Self::Nowhere,
        }
    }

    /// A write creates where nothing is, and else it updates: policies tell the two apart.
    ///
    /// # Errors
    /// When the path cannot be looked up, or a field is not what it should be.
    pub(super) fn settle(&self, operation: Operation, fields: &Fields) -> Result<Operation, KvError> {
        if operation != Operation::Update {
            return Ok(operation);
        }
        let holds = match self {
            Self::Engine(mount, rest) => mount.inside.holds(rest, fields)?,
            Self::Method(mount, rest) => match &mount.inside {
                Method::Jwt(method) => method.holds(rest),
                Method::Token => true,
            },
            Self::System(_) | Self::Token(_) | Self::Nowhere => true,
        };
        Ok(if holds { Operation::Update } else { Operation::Create })
    }

    /// Whether a policy must say `sudo` as well.
    pub(super) fn danger(&self) -> Danger {
        let dangerous = match self {
            Self::System(path) => path.starts_with("auth/") || matches!(*path, "seal" | "rotate"),
            Self::Token(path) => path.starts_with("accessors"),
            Self::Method(..) | Self::Engine(..) | Self::Nowhere => false,
        };
        if dangerous { Danger::Dangerous } else { Danger::Ordinary }
    }
}
