use alloc::collections::BTreeSet;
use alloc::string::String;
use alloc::vec::Vec;

use super::spot::{Spot, boolean};
use crate::invalid::Invalid;
use crate::yaml::{Linked, Place, Value};

/// Lists in lists are flattened so deep and no deeper.
const MAX_DEPTH: usize = 10;

/// A job of the same pipeline that a job waits for.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) struct Need<'a> {
    pub(super) name: &'a str,
    pub(super) place: Place,
    pub(super) demand: Demand,
}

/// `optional:` of a need.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Demand {
    Required,
    Optional,
}

/// The jobs of the same pipeline among `needs`; those of other pipelines are the other pipelines' business.
///
/// # Errors
/// Where it is neither list nor map, or an item is neither a name nor a map.
pub(super) fn needs<'a>(spot: &Spot<'_, 'a>) -> Result<Vec<Need<'a>>, Invalid> {
    let mut needs = Vec::new();
    match &spot.value.node.value {
        Value::Mapping(_) => needs.extend(need(spot.value, spot)?),
        Value::Sequence(_) => gather(spot.value, spot, &mut needs, 0)?,
        _ => return Err(spot.invalid("config can only be a Hash or an Array")),
    }
    Ok(needs)
}

/// Does `needs` name another pipeline, which makes a trigger job of a job without a trigger?
pub(super) fn names_a_pipeline(needs: &Linked) -> bool {
    let of = |item: &Linked| {
        item.node.mapping().is_some_and(|it| it.value("pipeline").is_some() && it.value("job").is_none())
    };
    of(needs) || needs.node.sequence().is_some_and(|items| items.iter().any(of))
}

fn gather<'a>(
    list: &'a Linked,
    spot: &Spot<'_, 'a>,
    needs: &mut Vec<Need<'a>>,
    depth: usize,
) -> Result<(), Invalid> {
    for item in list.node.sequence().unwrap_or_default() {
        match &item.node.value {
            Value::Sequence(_) if depth < MAX_DEPTH => gather(item, spot, needs, depth + 1)?,
            _ => needs.extend(need(item, spot)?),
        }
    }
    Ok(())
}

fn need<'a>(item: &'a Linked, spot: &Spot<'_, 'a>) -> Result<Option<Need<'a>>, Invalid> {
    let place = item.node.place;
    match &item.node.value {
        Value::Text(name) if !name.is_empty() => Ok(Some(Need { name, place, demand: Demand::Required })),
        Value::Mapping(map) => {
            let elsewhere = ["project", "pipeline", "ref"].iter().any(|key| map.value(key).is_some());
            let Some(job) = map.value("job").filter(|_| !elsewhere) else { return Ok(None) };
            let Some(name) = job.node.text().filter(|name| !name.is_empty()) else {
                return Err(spot.below("need", item).below("job", job).attribute("should be a string"));
            };
            let optional = map.value("optional").and_then(boolean) == Some(true);
            let demand = if optional { Demand::Optional } else { Demand::Required };
            Ok(Some(Need { name, place, demand }))
        }
        _ => Err(spot.below("need", item).invalid("has an unsupported type")),
    }
}

/// The names that come more than once, in the order in which they come again.
pub(super) fn duplicated(needs: &[Need<'_>]) -> Vec<String> {
    let (mut once, mut twice) = (BTreeSet::new(), BTreeSet::new());
    let again = needs.iter().filter(|need| !once.insert(need.name) && twice.insert(need.name));
    again.map(|need| need.name.into()).collect()
}
