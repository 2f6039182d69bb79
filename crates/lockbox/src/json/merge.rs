use std::collections::BTreeMap;

use super::Json;

/// Changes an object: null takes a member away, an object is merged into an object, anything else takes its place.
pub(crate) fn merge(target: &mut BTreeMap<String, Json>, changes: BTreeMap<String, Json>) {
    for (name, change) in changes {
        match (change, target.get_mut(&name)) {
            (Json::Null, _) => {
                target.remove(&name);
            }
            (Json::Object(changes), Some(Json::Object(members))) => merge(members, changes),
            (change, _) => {
                target.insert(name, without_nulls(change));
            }
        }
    }
}

/// What is new has nothing that null could take away; nulls of a list stay.
fn without_nulls(value: Json) -> Json {
    match value {
        Json::Object(members) => {
            let kept = members.into_iter().filter(|(_, value)| *value != Json::Null);
            Json::Object(kept.map(|(name, value)| (name, without_nulls(value))).collect())
        }
        Json::List(values) => Json::List(values.into_iter().map(without_nulls).collect()),
        other => other,
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::json::{Numbers, read};

    fn object(text: &str) -> BTreeMap<String, Json> {
        match read(text.as_bytes()) {
            Some(Json::Object(members)) => members,
            other => panic!("{other:?}"),
        }
    }

    #[test]
    fn a_patch_changes_removes_and_nests() {
        for (target, changes, expected) in [
            (
                r#"{"a":1,"b":{"c":2,"d":3}}"#,
                r#"{"a":null,"b":{"c":4},"e":{"f":5}}"#,
                r#"{"b":{"c":4,"d":3},"e":{"f":5}}"#,
            ),
            (r#"{"a":1}"#, r#"{"n":{"a":null,"b":{"c":null,"d":1}}}"#, r#"{"a":1,"n":{"b":{"d":1}}}"#),
            (r#"{"a":1}"#, r#"{"a":{"deep":null}}"#, r#"{"a":{}}"#),
            (r#"{"l":[1,null]}"#, r#"{"l":[3,null,{"a":null,"b":1}]}"#, r#"{"l":[3,null,{"b":1}]}"#),
            (r#"{"l":{"a":1}}"#, r#"{"l":{"a":[null]}}"#, r#"{"l":{"a":[null]}}"#),
            (r#"{"a":{"b":1}}"#, r#"{"a":{"b":null}}"#, r#"{"a":{}}"#),
        ] {
            let mut target = object(target);
            merge(&mut target, object(changes));
            let text = Json::Object(target).write(Numbers::AsWritten);
            assert_eq!(String::from_utf8_lossy(&text), expected);
        }
    }
}
