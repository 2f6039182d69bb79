use super::{Answer, FieldError, Fields, Layout, Presence};

/// The fields that a path knows, by name.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Schema(pub(crate) &'static [(&'static str, Field)]);

/// What a field is. Its values are taken in every form that OpenBao takes.
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
    /// A list, or one text with commas.
    Texts,
    /// A list, or one text as its only part.
    WholeTexts,
    /// Texts by name, or a list of `name=text`.
    Pairs,
    /// Taken from the path, whatever the request says.
    OfPath,
}

impl Schema {
    /// # Errors
    /// When a value cannot be read as what its field is.
    pub(crate) fn check(self, fields: &Fields) -> Result<(), FieldError> {
        for (name, field) in self.0 {
            match field {
                Field::Flag => fields.flag(name).map(drop),
                Field::Integer => fields.integer(name).map(drop),
                Field::Integers => fields.integers(name).map(drop),
                Field::Object => fields.object(name).map(drop),
                Field::Seconds => fields.duration(name).map(drop),
                Field::SignedSeconds => fields.signed_seconds(name).map(drop),
                Field::Text => fields.text(name).map(drop),
                Field::Texts => fields.texts(name).map(drop),
                Field::WholeTexts => fields.whole_texts(name).map(drop),
                Field::Pairs => fields.texts_by_name(name).map(drop),
                Field::OfPath => Ok(()),
            }?;
        }
        Ok(())
    }

    /// The answer, with a word about every field that was given for nothing.
    pub(crate) fn noted(self, mut answer: Answer, fields: &Fields) -> Answer {
        if fields.all().is_empty() || answer.layout == Layout::Empty || answer.presence == Presence::Gone {
            return answer;
        }
        let ignored = self.ignored(fields);
        if !ignored.is_empty() {
            let ignored = ignored.join(" ");
            answer.warnings.push(format!("Endpoint ignored these unrecognized parameters: [{ignored}]"));
        }
        let replaced =
            self.0.iter().filter(|(name, field)| *field == Field::OfPath && fields.value(name).is_some());
        let replaced: Vec<&str> = replaced.map(|(name, _)| *name).collect();
        if !replaced.is_empty() {
            let replaced = replaced.join(" ");
            answer.warnings.push(format!(
                "Endpoint replaced the value of these parameters with the values captured from the endpoint's path: [{replaced}]"
            ));
        }
        answer
    }

    /// The names that the path does not know, in order.
    pub(crate) fn ignored(self, fields: &Fields) -> Vec<&str> {
        let known = |name: &str| self.0.iter().any(|(known, _)| *known == name);
        fields.all().keys().map(String::as_str).filter(|name| !known(name)).collect()
    }
}

#[cfg(test)]
mod tests {
    use serde_json::{Value, json};

    use super::*;

    const SCHEMA: Schema = Schema(&[("name", Field::OfPath), ("ttl", Field::Seconds)]);

    fn fields(value: Value) -> Fields {
        value.as_object().cloned().map(Fields::from).unwrap_or_default()
    }

    #[test]
    fn what_is_given_for_nothing_is_said() {
        let given = fields(json!({ "z": 1, "ttl": "1h", "a": null, "name": "x" }));
        assert_eq!(
            SCHEMA.noted(Answer::data(&json!({})), &given).warnings,
            [
                "Endpoint ignored these unrecognized parameters: [a z]",
                "Endpoint replaced the value of these parameters with the values captured from the endpoint's path: [name]"
            ]
        );
        assert!(SCHEMA.noted(Answer::empty(), &given).warnings.is_empty());
        let known = fields(json!({ "ttl": 1, "name": null }));
        assert!(SCHEMA.noted(Answer::data(&json!({})), &known).warnings.is_empty());
    }

    #[test]
    fn a_field_of_another_kind_is_refused() {
        let refusal = SCHEMA.check(&fields(json!({ "ttl": true, "name": [] }))).unwrap_err();
        assert_eq!(
            refusal.to_string(),
            r#"error converting input for field "ttl": could not parse duration from input"#
        );
        assert!(SCHEMA.check(&fields(json!({ "name": [] }))).is_ok());
    }
}
