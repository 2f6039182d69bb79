use super::{Answer, FieldError, Fields, Layout, Presence};

/// The fields that a path knows, by name.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Schema(pub(crate) &'static [(&'static str, Field)]);

/// What a field is.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Field {
    Flag,
    Integer,
    Integers,
    Object,
    /// A duration that cannot be negative.
    Seconds,
    SignedSeconds,
    Text,
    /// Taken from the path, whatever the request says.
    OfPath,
}

impl Schema {
    /// # Errors
    /// When a value cannot be read as what its field is.
    pub(crate) fn check(self, fields: &Fields) -> Result<(), FieldError> {
        for (name, field) in self.0 {
            if fields.has(name) {
                match field {
                    Field::Flag => fields.flag(name).map(drop)?,
                    Field::Integer => fields.integer(name).map(drop)?,
                    Field::Integers => fields.integers(name).map(drop)?,
                    Field::Object => fields.object(name).map(drop)?,
                    Field::Seconds => fields.whole_seconds(name).map(drop)?,
                    Field::SignedSeconds => fields.signed_seconds(name).map(drop)?,
                    Field::Text => fields.text(name).map(drop)?,
                    Field::OfPath => {}
                }
            }
        }
        Ok(())
    }

    /// The answer, with a word about every field that was given for nothing.
    pub(crate) fn noted(self, mut answer: Answer, fields: &Fields) -> Answer {
        if fields.all().is_empty() || answer.layout == Layout::Empty || answer.presence == Presence::Gone {
            return answer;
        }
        let known = |name: &str| self.0.iter().any(|(known, _)| *known == name);
        let ignored: Vec<&str> =
            fields.all().keys().map(String::as_str).filter(|name| !known(name)).collect();
        if !ignored.is_empty() {
            let ignored = ignored.join(" ");
            answer.warnings.push(format!("Endpoint ignored these unrecognized parameters: [{ignored}]"));
        }
        let replaced =
            |(name, field): &&(&str, Field)| *field == Field::OfPath && fields.value(name).is_some();
        if let Some((name, _)) = self.0.iter().find(replaced) {
            answer.warnings.push(format!(
                "Endpoint replaced the value of these parameters with the values captured from the endpoint's path: [{name}]"
            ));
        }
        answer
    }
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::*;

    const SCHEMA: Schema = Schema(&[("path", Field::OfPath), ("n", Field::Integer)]);

    fn fields(value: &serde_json::Value) -> Fields {
        value.as_object().cloned().unwrap_or_default().into()
    }

    #[test]
    fn what_is_given_for_nothing_is_said() {
        let brought = fields(&json!({ "zz": 1, "aa": 2, "path": "x", "n": 1 }));
        let answer = SCHEMA.noted(Answer::data(&json!({})), &brought);
        assert_eq!(
            answer.warnings,
            [
                "Endpoint ignored these unrecognized parameters: [aa zz]",
                "Endpoint replaced the value of these parameters with the values captured from the endpoint's path: [path]"
            ]
        );
        assert!(SCHEMA.noted(Answer::empty(), &brought).warnings.is_empty());
        assert!(SCHEMA.noted(Answer::data(&json!({})).gone(), &brought).warnings.is_empty());
    }

    #[test]
    fn a_value_that_is_none_of_its_kind_is_refused() {
        assert!(SCHEMA.check(&fields(&json!({ "n": "x" }))).is_err());
        assert!(SCHEMA.check(&fields(&json!({ "n": null, "path": 5 }))).is_ok());
    }
}
