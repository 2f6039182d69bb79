use serde_json::{Map, Value};

use super::{Fate, Mode, Told};
use crate::vault::{Error, Session, is_unset};

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
    /// The beginning of what is here, and nothing else.
    Older,
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
        // Every vault answers what is mounted: one that does not, in a namespace that is not there, ends it before anything is written.
        let engines = self.engines().await?;
        self.policies().await?;
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
        let outcome = self.attempt(found, detail, self.to.set(&path, &here)).await?;
        self.tell(what, name, outcome);
        Ok(())
    }

    /// Does to a thing what is allowed, and says what became of it. A vault that cannot answer now ends everything: what it has
    /// not taken is no thing of its own.
    pub(super) async fn attempt(
        &self,
        found: Found,
        detail: String,
        work: impl Future<Output = Result<(), Error>>,
    ) -> Result<(Fate, String), Error> {
        let fate = match self.allowed(found) {
            Ok(fate) => fate,
            Err(fate) => return Ok((fate, detail)),
        };
        match work.await {
            Ok(()) => Ok((fate, detail)),
            Err(Error::Refused { status, text, .. }) if status < 500 && status != 429 => {
                Ok((Fate::Refused, format!("{status} {text}")))
            }
            Err(error) => Err(error),
        }
    }

    /// What becomes of a thing when it is written; what becomes of it when it is not, and may not be.
    pub(super) fn allowed(&self, found: Found) -> Result<Fate, Fate> {
        match (found, self.mode) {
            (Found::Same, _) => Err(Fate::Same),
            (Found::Nothing, Mode::DryRun) => Err(Fate::ToCreate),
            (Found::Nothing, Mode::Create | Mode::Overwrite) => Ok(Fate::Created),
            (Found::Older, Mode::DryRun) => Err(Fate::ToExtend),
            (Found::Older, Mode::Create | Mode::Overwrite) => Ok(Fate::Extended),
            (Found::Other, Mode::DryRun | Mode::Create) => Err(Fate::Differs),
            (Found::Other, Mode::Overwrite) => Ok(Fate::Overwritten),
        }
    }
}

/// The names of the fields in which two objects differ; nothing and empty are the same.
pub(super) fn differing(here: &Map<String, Value>, there: &Map<String, Value>) -> Vec<String> {
    let other = |(name, value): &(&String, &Value)| !same(value, there.get(*name).unwrap_or(&Value::Null));
    here.iter().filter(other).map(|(name, _)| name.clone()).collect()
}

fn same(here: &Value, there: &Value) -> bool {
    here == there || (is_unset(here) && is_unset(there))
}

/// What is said of a thing, without what a vault says of itself.
pub(super) fn without(mut fields: Map<String, Value>, names: &[&str]) -> Map<String, Value> {
    fields.retain(|name, value| !value.is_null() && !names.contains(&name.as_str()));
    fields
}

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
