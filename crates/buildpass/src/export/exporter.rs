use std::time::Duration;

use serde_json::{Map, Value};
use tokio::time::Instant;

use super::{Fate, Mode, Told};
use crate::vault::{Error, Session};

/// Both vaults, and whoever is told what becomes of each thing.
pub struct Exporter<'a> {
    pub(super) from: &'a Session,
    pub(super) to: &'a Session,
    pub(super) mode: Mode,
    told: &'a mut dyn FnMut(Told),
}

/// One thing that is an object of fields at one path.
pub(super) struct Thing {
    pub(super) what: &'static str,
    pub(super) name: String,
    /// The path that it is written to.
    pub(super) path: String,
    pub(super) here: Map<String, Value>,
    pub(super) there: Option<Map<String, Value>>,
}

/// What was found of a thing on the other side.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Found {
    Nothing,
    Same,
    Other,
}

impl<'a> Exporter<'a> {
    /// From one vault to another; `told` hears what becomes of each thing, as it does.
    pub fn new(from: &'a Session, to: &'a Session, mode: Mode, told: &'a mut dyn FnMut(Told)) -> Self {
        Self { from, to, mode, told }
    }

    /// Goes through everything, in an order in which each thing finds what it needs.
    ///
    /// # Errors
    /// When a vault does not answer, or the first one may not be read.
    pub async fn run(&mut self) -> Result<(), Error> {
        self.policies().await?;
        let engines = self.engines().await?;
        self.methods().await?;
        self.token_roles().await?;
        for engine in engines {
            if engine.is_versioned {
                self.versioned_secrets(&engine).await?;
            } else {
                self.plain_secrets(&engine).await?;
            }
        }
        Ok(())
    }

    pub(super) fn tell(
        &mut self,
        what: &'static str,
        name: impl Into<String>,
        (fate, detail): (Fate, String),
    ) {
        (self.told)(Told { what, name: name.into(), fate, detail });
    }

    /// Compares a thing field by field, writes it where that is allowed, and says so.
    pub(super) async fn settle(&mut self, thing: Thing) -> Result<(), Error> {
        let Thing { what, name, path, here, there } = thing;
        let differing = there.as_ref().map(|there| differing(&here, there));
        let found = match &differing {
            None => Found::Nothing,
            Some(fields) if fields.is_empty() => Found::Same,
            Some(_) => Found::Other,
        };
        let detail = differing.unwrap_or_default().join(", ");
        let outcome = match self.allowed(found) {
            Ok(fate) => match self.write(&path, &Value::Object(here)).await {
                Ok(()) => (fate, detail),
                Err(error) => refused(error)?,
            },
            Err(fate) => (fate, detail),
        };
        self.tell(what, name, outcome);
        Ok(())
    }

    /// Writes to the other vault. An engine that was mounted just now may still be busy with itself.
    pub(super) async fn write(&self, path: &str, body: &Value) -> Result<(), Error> {
        let deadline = Instant::now() + READY_WITHIN;
        loop {
            match self.to.write(path, body).await {
                Err(Error::Refused { text, .. }) if text.contains(NOT_READY) && Instant::now() < deadline => {
                    tokio::time::sleep(LOOK_AGAIN_AFTER).await;
                }
                outcome => return outcome,
            }
        }
    }

    /// What becomes of a thing when it is written; what becomes of it when it is not, and may not be.
    pub(super) fn allowed(&self, found: Found) -> Result<Fate, Fate> {
        match (found, self.mode) {
            (Found::Same, _) => Err(Fate::Same),
            (Found::Nothing, Mode::DryRun) => Err(Fate::ToCreate),
            (Found::Nothing, Mode::Create | Mode::Overwrite) => Ok(Fate::Created),
            (Found::Other, Mode::DryRun | Mode::Create) => Err(Fate::Differs),
            (Found::Other, Mode::Overwrite) => Ok(Fate::Overwritten),
        }
    }
}

/// A refusal is the thing's own; whatever else goes wrong ends everything.
pub(super) fn refused(error: Error) -> Result<(Fate, String), Error> {
    match error {
        Error::Refused { status, text, .. } => Ok((Fate::Refused, format!("{status} {text}"))),
        other => Err(other),
    }
}

/// The names of the fields in which two objects differ; nothing and empty are the same.
pub(super) fn differing(here: &Map<String, Value>, there: &Map<String, Value>) -> Vec<String> {
    let other = |(name, value): &(&String, &Value)| !same(value, there.get(*name).unwrap_or(&Value::Null));
    here.iter().filter(other).map(|(name, _)| name.clone()).collect()
}

fn same(here: &Value, there: &Value) -> bool {
    here == there || (is_empty(here) && is_empty(there))
}

fn is_empty(value: &Value) -> bool {
    match value {
        Value::Null => true,
        Value::Bool(flag) => !flag,
        Value::Number(number) => number.as_f64() == Some(0.0),
        Value::String(text) => text.is_empty(),
        Value::Array(values) => values.is_empty(),
        Value::Object(fields) => fields.is_empty(),
    }
}

/// What is said of a thing, without what a vault says of itself.
pub(super) fn without(mut fields: Map<String, Value>, names: &[&str]) -> Map<String, Value> {
    fields.retain(|name, value| !value.is_null() && !names.contains(&name.as_str()));
    fields
}

/// What OpenBao and Vault say of an engine of version 2 that was mounted just now.
const NOT_READY: &str = "Upgrading from non-versioned to versioned data";
const READY_WITHIN: Duration = Duration::from_secs(20);
const LOOK_AGAIN_AFTER: Duration = Duration::from_millis(50);

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::*;

    #[test]
    fn fields_that_say_nothing_are_the_same() {
        let object = |value: Value| value.as_object().cloned().unwrap();
        let here = object(json!({"a": 1, "b": "", "c": [], "d": {"x": 1}, "e": null, "f": false}));
        let there = object(json!({"a": 1, "d": {"x": 2}, "c": null, "g": "only there"}));
        assert_eq!(differing(&here, &there), ["d"]);
        assert_eq!(differing(&here, &object(json!({"a": 2, "d": {"x": 1}, "f": true}))), ["a", "f"]);
    }
}
