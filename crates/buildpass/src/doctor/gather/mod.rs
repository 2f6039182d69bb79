//! Looks at everything once, and keeps what was seen. Nothing here decides; nothing here waits longer than `Deadline` says.

mod deadline;

mod evidence;

mod held_token;

mod node;

mod proxy;

mod certificate;

mod front;

mod issuer;

mod session;

mod vault;

mod secret;

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
pub use certificate::CertificateSeen;
pub use evidence::{Evidence, JwtLogin};
pub use front::FrontSeen;
pub use git::{GitSeen, Way};
pub use gitlab_side::GitlabSide;
pub use held_token::HeldToken;
pub use issuer::{Discovery, IssuerSeen, PublishedKey};
pub use job::{JobSeen, JobWritten, LeftOut, Template};
pub use node::{Health, NodeSeen, SaidOfHealth};
pub use repository::{Listing, NamedBy, Repository};
pub use secret::{Mount, SecretRead, SecretSeen};
pub use session::SessionSeen;
pub use sources::{SourceSeen, SourcesSeen};
pub use vault::VaultSeen;
use vault::{LoggedIn, log_in};

pub(super) use deadline::Deadline;
use deadline::{GIVING_BACK, Steps};
pub(super) use proxy::without_credential as proxy_without_credential;

use std::path::Path;

use futures_util::future::OptionFuture;
use tokio::join;

use super::{Reach, judge::nothing_forbids};
use crate::{
    clock::Clock,
    config::{Environment, Flags},
    failure::Failure,
    run::AskedToEnd,
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
    /// A file with the role, as the vault shows it or its owner writes it.
    pub role_file: Option<&'a Path>,
}

/// Looks, side by side where one look does not need another.
///
/// # Errors
/// When somebody asks us to end; the session of our own login is given back then too.
pub async fn gather(question: Question<'_>) -> Result<Evidence<'_>, Failure> {
    let steps = Steps::begin();
    let mut evidence = Evidence::of_this_machine(question, steps.machine()).await;
    if question.reach == Reach::Here {
        return Ok(evidence);
    }
    // Not before: whoever names a pipe that nobody writes into is to be stopped as any reader is.
    let asked =
        &AskedToEnd::listen().map_err(|error| Failure::bug("signals cannot be listened to", &error))?;
    let deadline = steps.servers();
    let issuer = evidence.claim("iss");
    let issuer = issuer.map(|issuer| async move { IssuerSeen::look(&issuer, question, deadline).await });
    let vault = VaultSeen::look(&evidence, question, deadline);
    let seen = async { join!(vault, OptionFuture::from(issuer)) };
    (evidence.vault, evidence.issuer) = asked.or(seen).await?;
    if question.reach == Reach::Session && nothing_forbids("login", &evidence) {
        let LoggedIn { login, session } = log_in(&evidence, steps.session(), asked).await?;
        (evidence.vault.login, evidence.vault.session) = (login, session);
    }
    asked.or(GitlabSide::ask(&mut evidence, question, steps.gitlab())).await?;
    Ok(evidence)
}
