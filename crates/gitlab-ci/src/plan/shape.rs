use alloc::collections::BTreeMap;
use alloc::format;
use alloc::sync::Arc;
use alloc::vec::Vec;

use super::defaults::Defaults;
use super::inherit::Inherit;
use super::job::Kind;
use super::kind::TopLevel;
use super::needs::names_a_pipeline;
use super::spot::Spot;
use crate::answer::Reason;
use crate::invalid::Invalid;
use crate::yaml::{Entry, Linked, Mapping};

/// A visible job with all that it takes over from the pipeline.
#[derive(Debug)]
pub(super) struct Shape<'a> {
    pub(super) entry: &'a Entry,
    pub(super) kind: Kind,
    pub(super) inherit: Inherit<'a>,
    pub(super) content: Linked,
    /// Why it may not be all there is of it.
    pub(super) incomplete: Option<&'a Reason>,
    /// Why it may have ID tokens that are not here.
    pub(super) tokens_elsewhere: Option<&'a Reason>,
}

/// The jobs of a configuration, in their order.
///
/// # Errors
/// Where one is neither a job nor hidden, or there is none. Where includes could not be read, they are taken to say the rest.
pub(super) fn shapes<'a>(
    top: &'a Mapping,
    defaults: &Defaults<'a>,
    unresolved: &[Reason],
    incomplete: &'a BTreeMap<Arc<str>, Reason>,
) -> Result<Vec<Shape<'a>>, Invalid> {
    let mut shapes = Vec::new();
    for entry in top.entries() {
        let kind = match TopLevel::of(&entry.key, &entry.value) {
            TopLevel::Global | TopLevel::Hidden => continue,
            TopLevel::Job(kind) => kind,
            TopLevel::Neither if !unresolved.is_empty() && entry.value.node.mapping().is_some() => {
                Kind::Script
            }
            TopLevel::Neither => {
                let message = format!(
                    "jobs {} config should implement the script:, run:, or trigger: keyword",
                    entry.key
                );
                return Err(Invalid::at(entry.place, message));
            }
        };
        let kind = if lacks_its_script(kind, &entry.value, unresolved) { Kind::Script } else { kind };
        let incomplete = incomplete.get(&entry.key);
        let jobs = Spot::jobs(&entry.value);
        let job = jobs.below(&entry.key, &entry.value);
        let inherit = match Inherit::of(&job) {
            Err(_) if incomplete.is_some() => Inherit::default(),
            inherit => inherit?,
        };
        let content = defaults.applied(&entry.value, kind, &inherit.default);
        let of_script = || defaults.elsewhere("id_tokens", &entry.value, &inherit.default);
        let tokens_elsewhere = if kind == Kind::Script { of_script() } else { None };
        shapes.push(Shape { entry, kind, inherit, content, incomplete, tokens_elsewhere });
    }
    match (shapes.is_empty(), unresolved.is_empty(), top.entries().first()) {
        (true, true, first) => {
            let message = "jobs config should contain at least one visible job";
            Err(first.map_or_else(|| Invalid::nowhere(message), |first| Invalid::at(first.place, message)))
        }
        _ => Ok(shapes),
    }
}

/// A job of nothing but `needs` is a trigger job without a trigger, unless an include that was not read has its script.
fn lacks_its_script(kind: Kind, value: &Linked, unresolved: &[Reason]) -> bool {
    let Some(job) = value.node.mapping() else { return false };
    kind == Kind::Trigger
        && !unresolved.is_empty()
        && job.value("trigger").is_none()
        && !job.value("needs").is_some_and(names_a_pipeline)
}
