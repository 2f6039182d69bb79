//! `doctor`: one world where everything is right, and the same with one thing wrong. The checks' tests have the checks' names.

mod surgery;

mod documented;

mod healthy;

mod identity;

mod vault;

mod tls;

mod login;

mod policy;

mod roles;

mod broken;

mod gitlab_side;

pub(crate) use surgery::Surgery;
