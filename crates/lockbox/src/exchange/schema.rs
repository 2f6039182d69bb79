use super::{Answer, FieldError, Fields, Layout};

/// The fields that a path knows, each with what it is.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Schema(pub(crate) &'static [(&'static str, Field)]);

/// What a field is.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Field {
    Flag,
    Integer,
    Object,
    /// A duration that cannot be negative.
    Seconds,
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
        for (field, kind) in self.0 {
            match kind {
                Field::Text => fields.text(field).map(drop),
                Field::Flag => fields.flag(field).map(drop),
                Field::Integer => fields.integer(field).map(drop),
                Field::Seconds => fields.duration(field).map(drop),
                Field::Texts => fields.texts(field).map(drop),
                Field::WholeTexts => fields.whole_texts(field).map(drop),
                Field::Pairs => fields.pairs(field).map(drop),
                Field::Object => fields.map(field).map(drop),
                Field::OfPath => Ok(()),
            }?;
        }
        Ok(())
    }

    /// The answer with a word about the fields that had no effect; an empty answer says nothing.
    pub(crate) fn noted(self, mut answer: Answer, fields: &Fields) -> Answer {
        if answer.layout == Layout::Empty {
            return answer;
        }
        if let ignored @ [_, ..] = self.ignored(fields).as_slice() {
            let ignored = ignored.join(" ");
            answer.warnings.push(format!("Endpoint ignored these unrecognized parameters: [{ignored}]"));
        }
        let replaced = self.0.iter().filter(|(field, kind)| *kind == Field::OfPath && fields.has(field));
        let replaced: Vec<&str> = replaced.map(|(field, _)| *field).collect();
        if !replaced.is_empty() {
            let text = "Endpoint replaced the value of these parameters with the values captured from the endpoint's path";
            answer.warnings.push(format!("{text}: [{}]", replaced.join(" ")));
        }
        answer
    }

    /// The names that the path does not know, in order.
    pub(crate) fn ignored(self, fields: &Fields) -> Vec<&str> {
        let known = |name: &str| self.0.iter().any(|(field, _)| *field == name);
        let mut ignored: Vec<&str> = fields.all().keys().map(String::as_str).collect();
        // `?list=true` asks, and says nothing.
        ignored.retain(|name| !known(name) && *name != "list");
        ignored.sort_unstable();
        ignored
    }
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::*;

    const SCHEMA: Schema =
        Schema(&[("name", Field::OfPath), ("ttl", Field::Seconds), ("meta", Field::Pairs)]);

    fn fields(value: serde_json::Value) -> Fields {
        value.as_object().cloned().map(Fields::from).unwrap_or_default()
    }

    #[test]
    fn fields_are_checked_before_they_are_used() {
        assert!(SCHEMA.check(&fields(json!({ "ttl": "1h", "meta": ["a=b"], "unknown": [] }))).is_ok());
        assert_eq!(
            SCHEMA.check(&fields(json!({ "ttl": [] }))).unwrap_err().to_string(),
            r#"error converting input for field "ttl": could not parse duration from input"#
        );
        assert_eq!(
            SCHEMA.check(&fields(json!({ "meta": "x" }))).unwrap_err().to_string(),
            r#"error converting input for field "meta": invalid key pair at index 0 in field "meta""#
        );
    }

    #[test]
    fn what_has_no_effect_is_named_unless_nothing_is_said() {
        let given = fields(json!({ "z": 1, "b": 2, "name": "x" }));
        let told = SCHEMA.noted(Answer::data(&json!({})), &given);
        assert_eq!(
            told.warnings,
            [
                "Endpoint ignored these unrecognized parameters: [b z]",
                "Endpoint replaced the value of these parameters with the values captured from the endpoint's path: [name]",
            ]
        );
        assert!(SCHEMA.noted(Answer::empty(), &given).warnings.is_empty());
    }
}
