//! git's credential protocol: what git asks, what we answer, and how the helper asks the running `buildpass run`.

mod answer;

mod client;

mod question;

pub use answer::Answer;
pub use client::{SOCKET_VARIABLE, ask, ask_meanwhile, socket_name};
pub use question::{Operation, Question};
