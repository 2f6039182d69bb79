//! `doctor`: one world where everything is right, and the same with one thing wrong.

mod surgery;

mod documented;

mod identity;

mod vault;

mod gitlab_side;

pub(crate) use surgery::Surgery;
