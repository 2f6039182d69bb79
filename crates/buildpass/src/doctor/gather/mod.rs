//! Looks at everything once, and keeps what was seen. Nothing here decides; nothing here waits longer than `Deadline` says.

mod deadline;

mod evidence;

mod held_token;

mod node;

pub use evidence::{Evidence, JwtLogin};
pub use held_token::HeldToken;
pub use node::{Health, NodeSeen, SaidOfHealth};

pub(super) use deadline::Deadline;

use futures_util::future::join_all;

use super::Reach;
use crate::{
    clock::Clock,
    config::{Environment, Flags},
};

/// What is looked at.
#[derive(Clone, Copy, Debug)]
pub struct Question<'a> {
    /// What the command line says.
    pub flags: &'a Flags,
    /// The job's environment.
    pub environment: &'a Environment,
    /// The time.
    pub clock: &'a Clock,
    /// How far to look.
    pub reach: Reach,
}

/// Looks, side by side where one look does not need another.
pub async fn gather<'a>(question: Question<'a>) -> Evidence<'a> {
    let mut evidence = Evidence::of_this_machine(question).await;
    if question.reach == Reach::Here {
        return evidence;
    }
    let deadline = Deadline::begin();
    let Some((nodes, tls)) = evidence.nodes_and_tls() else { return evidence };
    let seen = join_all(nodes.iter().map(|node| NodeSeen::look(node, tls, question, deadline))).await;
    evidence.nodes = seen;
    evidence
}
