//! The pipeline that is asked about: project, ref, who started it, settings.

mod facts;

mod pipeline;

mod predefined;

mod server;

mod merge_request;

mod slug;

mod job_only;

mod outside;

#[cfg(test)]
mod tests;

pub use facts::{Changes, Facts, Ref, Unresolved, Version};
pub(crate) use job_only::of_a_running_job;
pub(crate) use outside::Outside;
pub(crate) use predefined::USER;
pub(crate) use slug::slug;
