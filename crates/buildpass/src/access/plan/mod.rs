//! What differs between what is declared and what is there: steps, each with its reasons. A value is never part of a plan.

mod build;

mod compare;

mod engines;

mod hygiene;

mod jwt_side;

mod roles;

mod saved;

mod step;

mod tokens;

mod trail;

pub use build::{Extent, Plan};
pub use saved::SavedPlan;
pub use step::{Change, Object, Step, Verb};

pub(super) use compare::members;
pub(super) use engines::unconfigured;
pub(super) use hygiene::{retire, steps as hygiene_steps};
pub(super) use roles::body;
pub(super) use tokens::{Fate, judge, latest_end, note_of, reaches_otherwise};
pub(super) use trail::{laid, left};
