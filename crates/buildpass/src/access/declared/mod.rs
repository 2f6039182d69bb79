//! What is declared, proven: no name in it that GitLab or the vault would not take, and nothing that contradicts itself.

mod days;

mod declaration;

mod engine_role;

mod fault;

mod grant;

mod level;

mod mirror;

mod mirrors;

mod name;

mod refs;

mod role;

mod scope;

mod token;

pub use days::Days;
pub use declaration::{Declaration, Parts};
pub use engine_role::EngineRole;
pub use fault::BadDeclaration;
pub use grant::{Grant, Matching, ProjectRef, SessionType};
pub use level::AccessLevel;
pub use mirror::Mirror;
pub use mirrors::Mirrors;
pub use name::{BadName, FullPath, RoleName, TokenName};
pub use refs::{RefPattern, Refs};
pub use role::Role;
pub use scope::Scope;
pub use token::{Owner, Token};
