use alloc::sync::Arc;
use alloc::vec::Vec;

use super::spot::{Spot, boolean, texts};
use super::variables::Origin;
use crate::answer::{Answer, Reason};
use crate::invalid::Invalid;
use crate::yaml::{Entry, Linked, Place, Value};

/// A variable as YAML defines it.
#[derive(Clone, Debug)]
pub(super) struct Declared {
    pub(super) name: Arc<str>,
    pub(super) written: Answer<Arc<str>>,
    pub(super) expand: Expand,
    pub(super) origin: Origin,
}

/// `expand:` of a variable.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Expand {
    Yes,
    No,
}

/// Where `variables` stands, which decides on what may stand in it.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Position {
    Pipeline,
    WorkflowRule,
    Job,
    JobRule,
}

/// The variables of a `variables` key. `missing` says why a value that is null may not be all there is.
///
/// # Errors
/// Where GitLab would refuse one.
pub(super) fn declared(
    spot: &Spot<'_, '_>,
    position: Position,
    missing: Option<&Reason>,
) -> Result<Vec<Declared>, Invalid> {
    let entry = |(entry, spot): (&Entry, Spot<'_, '_>)| {
        let (value, expand) = value(&spot, position)?;
        let written = match missing {
            Some(reason) if value.node.is_null() => Answer::Unknown(reason.clone()),
            _ => Answer::Known(text(value, &spot)?),
        };
        Ok(Declared { name: entry.key.clone(), written, expand, origin: position.origin(entry.place) })
    };
    spot.entries()?.map(entry).collect()
}

fn value<'a>(spot: &Spot<'_, 'a>, position: Position) -> Result<(&'a Linked, Expand), Invalid> {
    let Some(data) = spot.value.node.mapping().filter(|data| !data.is_empty()) else {
        return Ok((spot.value, Expand::Yes));
    };
    let allowed = position.data();
    if allowed.is_empty() {
        return Err(spot.invalid("config must be a string"));
    }
    let extra: Vec<&str> =
        data.entries().iter().map(|it| &*it.key).filter(|key| !allowed.contains(key)).collect();
    if !extra.is_empty() {
        return Err(spot.invalid(&alloc::format!("config uses invalid data keys: {}", extra.join(", "))));
    }
    let expand = match spot.key("expand") {
        Some(expand) => {
            boolean(expand.value).ok_or_else(|| spot.invalid("config expand should be a boolean value"))?
        }
        None => true,
    };
    let value = data.value("value").unwrap_or(spot.value);
    if let Some(options) = spot.key("options") {
        let options = texts(options.value)
            .ok_or_else(|| spot.invalid("config options should be an array of strings"))?;
        if !options.is_empty() && !options.iter().any(|(option, _)| value.node.text() == Some(*option)) {
            return Err(spot.invalid("config value must be present in options"));
        }
    }
    Ok((value, if expand { Expand::Yes } else { Expand::No }))
}

fn text(value: &Linked, spot: &Spot<'_, '_>) -> Result<Arc<str>, Invalid> {
    match &value.node.value {
        Value::Text(text) => Ok(text.clone()),
        // `{}`, or a map without `value`.
        Value::Mapping(data) if data.value("value").is_none() => Ok("".into()),
        _ => match value.node.to_text() {
            Some(text) => Ok(text.into()),
            None => Err(spot.plain("variable definition must be either a string or a hash")),
        },
    }
}

impl Position {
    fn origin(self, place: Place) -> Origin {
        match self {
            Self::Pipeline => Origin::Pipeline(place),
            Self::WorkflowRule => Origin::Workflow(place),
            Self::Job => Origin::Job(place),
            Self::JobRule => Origin::Rule(place),
        }
    }

    /// The keys of a variable that is written as a map.
    fn data(self) -> &'static [&'static str] {
        match self {
            Self::Pipeline => &["value", "description", "expand", "options"],
            Self::Job => &["value", "expand"],
            Self::WorkflowRule | Self::JobRule => &[],
        }
    }
}
