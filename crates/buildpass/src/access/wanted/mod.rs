//! What the vault is to hold: policies, roles and the settings of a JWT auth method, each written whole.

mod engine_role;

mod jwt_config;

mod policy;

mod role;

mod trail;

pub(super) use engine_role::{CONFIG, engine_role_body};
pub(super) use jwt_config::{jwt_config, unsettable};
pub use policy::policy_name;
pub use trail::{Lead, Trail, trail_name};

pub(super) use policy::{
    engine_roles_of_policy, paths_of_policy, policy_prefix, policy_text, role_of_policy,
};
pub(super) use role::role_body;
