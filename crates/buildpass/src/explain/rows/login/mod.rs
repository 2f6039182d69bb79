//! A refused login with an ID token. The files stand in the order in which the vault checks, and the rows within them: what stands
//! above the row that matched was passed.

pub(super) mod mount;

pub(super) mod keys;

pub(super) mod token;

pub(super) mod role;

use super::{Row, Source, Stage, Weight, of};

const LOGIN: Row = of(Stage::Login, Source::Code("vault-plugin-auth-jwt and OpenBao's credential/jwt"));

const SEEN: Source = Source::Seen("login with an ID token, OpenBao");
