//! Looks at everything once, and keeps what was seen. Nothing here decides; nothing here waits longer than `Deadline` says.

mod deadline;

mod evidence;

mod held_token;

mod node;

mod job;

mod sources;

mod git;

mod server;

mod build_token;

mod repository;

mod gitlab_side;

pub use build_token::{
    AboutToken, ApiAnswer, ProjectLevels, ReachedGroup, ReachedProject, TokenReach, TokenSeen,
};
pub use evidence::{Evidence, JwtLogin};
pub use git::{GitSeen, Way};
pub use gitlab_side::GitlabSide;
pub use held_token::HeldToken;
pub use job::{JobSeen, JobWritten, LeftOut, Template};
pub use node::{Health, NodeSeen, SaidOfHealth};
pub use repository::{Listing, NamedBy, Repository};
pub use sources::{SourceSeen, SourcesSeen};

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
    let deadline = Deadline::begin();
    let mut evidence = Evidence::of_this_machine(question, deadline).await;
    if question.reach == Reach::Here {
        return evidence;
    }
    if let Some((nodes, tls)) = evidence.nodes_and_tls() {
        evidence.nodes =
            join_all(nodes.iter().map(|node| NodeSeen::look(node, tls, question, deadline))).await;
    }
    GitlabSide::ask(&mut evidence, question, deadline).await;
    evidence
}
