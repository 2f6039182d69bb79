use serde::Serialize;
use serde_json::value::RawValue;

use super::{path::SecretPath, secret::VersionAnswer, secrets::Secrets};
use crate::{
    exchange::{Answer, Request},
    json::{Json, Numbers, read as parsed},
    kv::KvError,
};

#[derive(Serialize)]
struct SubkeysAnswer<'a> {
    metadata: VersionAnswer<'a>,
    subkeys: Option<&'a RawValue>,
}

/// The names in a value, without what they stand for.
pub(super) fn read(
    secrets: &Secrets,
    path: &SecretPath<'_>,
    request: &Request<'_>,
) -> Result<Answer, KvError> {
    let wanted = request.fields.integer("version").map_err(KvError::Query)?.unwrap_or_default();
    let depth = request.fields.integer("depth").map_err(KvError::Query)?.unwrap_or_default();
    let view = secrets.shelf.view()?;
    let kept = secrets.kept(&view, path)?.ok_or(KvError::NotFound)?;
    let (number, version) = kept.secret.version(wanted).ok_or(KvError::NotFound)?;
    let metadata = kept.secret.describe(number, version);
    if !version.is_readable(request.now) {
        return Ok(Answer::data(&SubkeysAnswer { metadata, subkeys: None }).gone());
    }
    let value = secrets.value(&view, &kept, path, number)?;
    let names = parsed(&value).map(|value| without_values(value, Levels::of(depth)));
    let text = names.map(|names| names.write(Numbers::AsWritten)).unwrap_or_default();
    let subkeys = serde_json::from_slice(&text).ok();
    Ok(Answer::data(&SubkeysAnswer { metadata, subkeys }))
}

/// How many more levels are shown.
#[derive(Clone, Copy)]
enum Levels {
    All,
    Next(i64),
}

impl Levels {
    fn of(depth: i64) -> Self {
        if depth == 0 { Self::All } else { Self::Next(depth) }
    }

    fn below(self) -> Option<Self> {
        match self {
            Self::All => Some(self),
            Self::Next(left) => (left > 1).then(|| Self::Next(left - 1)),
        }
    }
}

fn without_values(value: Json, levels: Levels) -> Json {
    let Json::Object(members) = value else { return Json::Null };
    let emptied = |member: Json| match (&member, levels.below()) {
        (Json::Object(members), Some(below)) if !members.is_empty() => without_values(member, below),
        _ => Json::Null,
    };
    Json::Object(members.into_iter().map(|(name, member)| (name, emptied(member))).collect())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn names_are_shown_as_deep_as_asked_for() {
        let value = r#"{"a":1,"b":{"c":{"d":1,"e":{}},"f":[1,{"g":1}]},"n":null}"#;
        let all = r#"{"a":null,"b":{"c":{"d":null,"e":null},"f":null},"n":null}"#;
        let shallow = r#"{"a":null,"b":null,"n":null}"#;
        for (depth, expected) in [
            (0, all),
            (1, shallow),
            (2, r#"{"a":null,"b":{"c":null,"f":null},"n":null}"#),
            (9, all),
            (-1, shallow),
        ] {
            let shown = without_values(parsed(value.as_bytes()).unwrap(), Levels::of(depth));
            assert_eq!(String::from_utf8_lossy(&shown.write(Numbers::AsWritten)), expected, "{depth}");
        }
        assert!(without_values(Json::Null, Levels::All) == Json::Null);
    }
}
