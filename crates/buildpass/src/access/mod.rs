//! Who may have what: tokens and grants that a platform's owner declares, and GitLab and the vault brought to what is declared.
//!
//! The way through: `Declaration` (proven) and `World` (read from both servers) → `Plan` (what differs, and why) → `Hands`, one step
//! at a time. The value of a token is made by GitLab, proven, and written to the vault; it is never printed, logged or kept.

mod date;

mod declared;

mod gitlab;

mod note;

mod world;

mod wanted;

mod plan;

mod apply;

mod status;

mod sweep;

mod ended_tokens;

mod left_behind;

mod reach;

mod error;

pub use apply::{Ended, Hands, Manner, end_now};
pub use date::{Date, NotADate};
pub use declared::{
    AccessLevel, BadDeclaration, BadName, Days, Declaration, EngineRole, FullPath, Grant, Matching, Mirror,
    Mirrors, Owner, Parts, ProjectRef, RefPattern, Refs, Role, RoleName, Scope, SessionType, Token,
    TokenName,
};
pub use ended_tokens::EndedTokens;
pub use error::Error;
pub use gitlab::{
    ApiToken, Bot, End, Gitlab, GitlabConfig, GranularScope, Holder, Project, TokenSource, TokenView, Wish,
};
pub use left_behind::LeftBehind;
pub use note::{Mark, Note, RESERVED_METADATA, Retiring};
pub use plan::{Change, Extent, Object, Plan, SavedPlan, Step, Verb};
pub use reach::{Around, BadRoleFile, Claims, Entry, KnownRole, RoleFiles};
pub use status::{Reader, State, Status};
pub use sweep::{Finding, Limits};
pub use wanted::{Lead, Trail, policy_name, trail_name};
pub use world::{
    Admitted, Breadth, EngineMount, Engines, Held, JwtMount, KvMount, Leftover, Maker, Stored, World,
};

use world::gitlab_of;

use plan::{
    Fate, body as role_body_of, judge, laid, latest_end, left, members, note_of, reaches_otherwise, retire,
    unconfigured,
};
