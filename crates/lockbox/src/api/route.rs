use std::{borrow::Cow, sync::Arc};

use super::{Core, dangerous, failure::Failure, mount::Mount};
use crate::{
    auth::{Method, token::Key},
    engine::Engine,
    exchange::{Fields, Operation},
    policy::Danger,
};

/// Which part of the server a path belongs to, and the rest of the path.
pub(super) enum Route<'a> {
    System(&'a str),
    Token(&'a str),
    Cubbyhole(&'a str),
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
                Some((mount, rest)) if matches!(*mount.inside, Method::Token) => Self::Token(rest),
                Some((mount, rest)) => Self::Method(mount, rest),
                None => Self::Nowhere,
            };
        }
        if let Some(("cubbyhole", rest)) = path.split_once('/').or(Some((path, ""))) {
            return Self::Cubbyhole(rest);
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
    pub(super) fn settle(
        &self,
        core: &Core,
        (operation, owner): (Operation, Key),
        fields: &Fields,
    ) -> Result<Operation, Failure> {
        if operation != Operation::Update {
            return Ok(operation);
        }
        let holds = match self {
            Self::Engine(mount, rest) => match &*mount.inside {
                Engine::Kv(engine) => engine.holds(rest, fields)?,
                Engine::Gitlab(engine) => engine.holds(rest)?,
            },
            Self::Cubbyhole(rest) => core.cubbyholes.holds(owner, rest)?,
            Self::Method(mount, rest) => match &*mount.inside {
                Method::Jwt(method) => method.holds(rest),
                Method::Token => true,
            },
            Self::Token(path) => {
                path.strip_prefix("roles/").is_none_or(|name| core.token_roles.read(name).is_some())
            }
            Self::System(_) | Self::Nowhere => true,
        };
        Ok(if holds { Operation::Update } else { Operation::Create })
    }

    /// The path that policies are asked about: a write to a mount itself is one to the folder of its name.
    pub(super) fn asked(&self, operation: Operation, path: &'a str) -> Cow<'a, str> {
        let rest = match self {
            Self::Cubbyhole(rest) | Self::Method(_, rest) | Self::Engine(_, rest) => *rest,
            Self::System(_) | Self::Token(_) | Self::Nowhere => return Cow::Borrowed(path),
        };
        let is_write = matches!(operation, Operation::Create | Operation::Update);
        let is_itself = is_write && rest.is_empty() && !path.ends_with('/');
        if is_itself { Cow::Owned(format!("{path}/")) } else { Cow::Borrowed(path) }
    }

    /// Whether a policy must say `sudo` as well.
    pub(super) fn danger(&self) -> Danger {
        let dangerous = match self {
            Self::System(path) => dangerous::in_system(path),
            Self::Token(path) => dangerous::in_tokens(path),
            Self::Cubbyhole(_) | Self::Method(..) | Self::Engine(..) | Self::Nowhere => false,
        };
        if dangerous { Danger::Dangerous } else { Danger::Ordinary }
    }
}
