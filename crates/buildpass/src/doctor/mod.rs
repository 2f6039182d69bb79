//! Why it does not work: every condition for a build token, checked in the order in which the data flows.
//!
//! `gather` looks, once, and side by side where it can; `judge` decides from what was seen and touches nothing; `cli` prints. Nothing is
//! changed, no secret is made, and the session of our own login is given back. One file a check in `checks`: its name is the same in the
//! code, in the tests and in `docs/doctor.md`.

mod check;

mod verdict;

mod ladder;

pub mod role;

mod gather;

mod judge;

mod checks;

pub use check::{Check, Reach, Stage};
pub use checks::CHECKS;
use gather::proxy_without_credential;
pub use gather::{
    AboutToken, ApiAnswer, CertificateSeen, Discovery, Evidence, FrontSeen, GitSeen, GitlabSide, Health,
    HeldToken, IssuerSeen, JobSeen, JobWritten, JwtLogin, LeftOut, Listing, Mount, NamedBy, NodeSeen,
    ProjectLevels, PublishedKey, Question, ReachedGroup, ReachedProject, Repository, SaidOfHealth,
    SecretRead, SecretSeen, SessionSeen, SourceSeen, SourcesSeen, Template, TokenReach, TokenSeen, VaultSeen,
    Way, gather,
};
pub use judge::{Judged, Selection, UnknownCheck, judge};
pub use ladder::Rung;
pub use verdict::{Because, Fault, Seen, Verdict};
