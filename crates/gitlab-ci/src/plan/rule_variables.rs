use alloc::collections::BTreeMap;
use alloc::sync::Arc;
use alloc::vec::Vec;

use super::declared::{Declared, Position, declared};
use super::job::When;
use super::presence::{Verdict, when_of};
use super::spot::Spot;
use crate::answer::{Answer, Reason};
use crate::invalid::Invalid;

/// `variables` of the rule that matched. Where that may be one of several, what all of them say is known, and nothing else.
///
/// # Errors
/// Where GitLab would refuse one.
pub(super) fn of(
    verdict: &Verdict,
    around: &Spot<'_, '_>,
    position: Position,
) -> Result<Vec<Declared>, Invalid> {
    let taking_part = verdict.candidates.iter().filter(|rule| when_of(rule) != Some(When::Never));
    let mut each = Vec::new();
    for rule in taking_part {
        let rules = around.below("rules", rule);
        let variables = rules.key("variables").map(|spot| declared(&spot, position, None)).transpose()?;
        each.push(variables.unwrap_or_default());
    }
    // The others leave the job out: if it is there at all, this one matched.
    if each.len() < 2 {
        return Ok(each.pop().unwrap_or_default());
    }
    let several = each.len();
    let mut names: BTreeMap<Arc<str>, Vec<Declared>> = BTreeMap::new();
    for one in each.into_iter().flatten() {
        names.entry(one.name.clone()).or_default().push(one);
    }
    let reason = verdict.open().cloned().unwrap_or_else(|| Reason::new("several rules may match"));
    let agreed = |mut all: Vec<Declared>| {
        let same = all.len() == several
            && all.iter().all(|one| all.first().is_some_and(|it| it.written == one.written));
        let mut one = all.pop()?;
        if !same {
            one.written = Answer::Unknown(reason.clone());
        }
        Some(one)
    };
    Ok(names.into_values().filter_map(agreed).collect())
}
