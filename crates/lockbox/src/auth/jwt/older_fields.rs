use std::collections::BTreeSet;

use serde_json::{Map, Value};

use super::{JwtError, role::TokenSettings, token_fields::cidrs};
use crate::exchange::Fields;

/// The older names of some token settings that a role was written with: it shows them again.
#[derive(Clone, Debug, Default)]
pub(super) struct OlderFields(BTreeSet<&'static str>);

impl OlderFields {
    /// Takes over what is given by its older name, where the newer one says nothing.
    ///
    /// # Errors
    /// When a field is wrong.
    pub(super) fn merge(&mut self, token: &mut TokenSettings, fields: &Fields) -> Result<(), JwtError> {
        for (older, newer) in NAMES {
            // A duration that is null is none; everything else is.
            let given = |name| {
                if matches!(older, "ttl" | "max_ttl" | "period") {
                    fields.value(name).is_some()
                } else {
                    fields.has(name)
                }
            };
            match (given(newer), given(older)) {
                (true, false) => {
                    self.0.remove(older);
                }
                (true, true) => {
                    self.0.insert(older);
                }
                (false, true) => {
                    take_older(token, older, fields)?;
                    self.0.insert(older);
                }
                (false, false) => {}
            }
        }
        Ok(())
    }

    /// Adds the older names to what is read of a role, unless there is nothing to say.
    pub(super) fn describe(&self, described: &mut Map<String, Value>) {
        for (older, newer) in NAMES {
            let value = described.get(newer).filter(|value| says_something(value)).cloned();
            if let Some(value) = value.filter(|_| self.0.contains(older)) {
                described.insert(older.to_owned(), value);
            }
        }
    }
}

fn take_older(token: &mut TokenSettings, older: &str, fields: &Fields) -> Result<(), JwtError> {
    match older {
        "policies" => token.policies = tidied(fields.texts("policies")?.unwrap_or_default()),
        "bound_cidrs" => token.bound_cidrs = cidrs(fields.texts("bound_cidrs")?.unwrap_or_default())?,
        "num_uses" => token.uses = fields.integer("num_uses")?.unwrap_or_default(),
        "ttl" => token.ttl = fields.duration("ttl")?.unwrap_or_default(),
        "max_ttl" => token.max_ttl = fields.duration("max_ttl")?.unwrap_or_default(),
        _ => token.period = fields.duration("period")?.unwrap_or_default(),
    }
    Ok(())
}

/// In lower case, in order, each once; root stands alone.
fn tidied(policies: Vec<String>) -> Vec<String> {
    let policies: BTreeSet<String> = policies
        .iter()
        .map(|policy| policy.trim().to_lowercase())
        .filter(|policy| !policy.is_empty())
        .collect();
    if policies.contains("root") { vec!["root".to_owned()] } else { policies.into_iter().collect() }
}

fn says_something(value: &Value) -> bool {
    match value {
        Value::Array(values) => !values.is_empty(),
        value => value.as_i64().is_some_and(|number| number > 0),
    }
}

const NAMES: [(&str, &str); 6] = [
    ("bound_cidrs", "token_bound_cidrs"),
    ("max_ttl", "token_max_ttl"),
    ("num_uses", "token_num_uses"),
    ("period", "token_period"),
    ("policies", "token_policies"),
    ("ttl", "token_ttl"),
];
