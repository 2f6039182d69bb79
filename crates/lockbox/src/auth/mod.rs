//! Who is asking: [tokens](https://openbao.org/docs/concepts/tokens/), and the logins that give them.

/// Tokens: issued, looked up, renewed, revoked, ended on time.
pub(crate) mod token;

/// Login with a signed JWT.
pub(crate) mod jwt;

/// One mounted auth method.
mod method;

/// Who is behind a token.
mod entity;

/// The networks that a token is bound to.
mod cidr;

pub(crate) use cidr::{Cidr, CidrError};
pub(crate) use entity::entity_id;
pub(crate) use method::Method;
