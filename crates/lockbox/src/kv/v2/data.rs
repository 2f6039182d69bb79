use serde::Serialize;
use serde_json::{Map, Value, value::RawValue};
use zeroize::Zeroizing;

use super::{
    secret::{Secret, VersionAnswer},
    secrets::Store,
};
use crate::{
    exchange::{Answer, Fields, Request},
    kv::KvError,
};

#[derive(Serialize)]
struct DataAnswer<'a> {
    data: Option<&'a RawValue>,
    metadata: VersionAnswer<'a>,
}

pub(super) fn read(store: &Store, path: &str, request: &Request<'_>) -> Result<Answer, KvError> {
    let wanted = request.fields.integer("version").map_err(KvError::Query)?.unwrap_or_default();
    let secret = store.secrets.get(path).ok_or(KvError::NotFound)?;
    let number = u64::try_from(wanted).ok().filter(|number| *number > 0).unwrap_or(secret.current);
    let version = secret.versions.get(&number).ok_or(KvError::NotFound)?;
    let data: Option<&RawValue> = version.value(request.now).and_then(|json| serde_json::from_str(json).ok());
    let answer = Answer::data(&DataAnswer { data, metadata: secret.describe(number, version) });
    Ok(if data.is_some() { answer } else { answer.gone() })
}

pub(super) fn write(store: &mut Store, path: &str, request: &Request<'_>) -> Result<Answer, KvError> {
    if !request.fields.has("data") {
        return Err(KvError::NoData);
    }
    let data = request.fields.map("data")?;
    let json = Zeroizing::new(serde_json::to_string(&data).map_err(|_| KvError::NoData)?);
    put(store, path, json, request)
}

/// A JSON merge patch (RFC 7396) on the current version.
pub(super) fn patch(store: &mut Store, path: &str, request: &Request<'_>) -> Result<Answer, KvError> {
    let changes = request.fields.map("data")?.ok_or(KvError::NoData)?;
    let secret = store.secrets.get(path).ok_or(KvError::NotFound)?;
    let current = secret.versions.get(&secret.current).and_then(|version| version.value(request.now));
    let mut data: Value =
        current.and_then(|json| serde_json::from_str(json).ok()).ok_or(KvError::NotFound)?;
    merge(&mut data, changes);
    let json = Zeroizing::new(serde_json::to_string(&data).map_err(|_| KvError::NoData)?);
    put(store, path, json, request)
}

pub(super) fn delete(store: &mut Store, path: &str, request: &Request<'_>) -> Answer {
    if let Some(secret) = store.secrets.get_mut(path)
        && let Some(version) = secret.versions.get_mut(&secret.current)
    {
        version.delete(request.now);
    }
    Answer::empty()
}

fn put(
    store: &mut Store,
    path: &str,
    json: Zeroizing<String>,
    request: &Request<'_>,
) -> Result<Answer, KvError> {
    let known = store.secrets.get(path);
    let required = store.settings.cas_required || known.is_some_and(|secret| secret.settings.cas_required);
    let current = known.map_or(0, |secret| secret.current);
    match expected_version(request.fields)? {
        Some(expected) if u64::try_from(expected) != Ok(current) => return Err(KvError::CasMismatch),
        None if required => return Err(KvError::CasRequired),
        Some(_) | None => {}
    }
    let secret = store.secrets.entry(path.to_owned()).or_insert_with(|| Secret::new(request.now));
    secret.add(json, &store.settings, request.now);
    let version = secret.versions.get(&secret.current).ok_or(KvError::NotFound)?;
    Ok(Answer::data(&secret.describe(secret.current, version)))
}

fn expected_version(fields: &Fields) -> Result<Option<i64>, KvError> {
    let Some(options) = fields.map("options")? else {
        return Ok(None);
    };
    Ok(Fields::from(options.clone()).integer("cas")?)
}

fn merge(target: &mut Value, changes: &Map<String, Value>) {
    if !target.is_object() {
        *target = Value::Object(Map::new());
    }
    let Some(target) = target.as_object_mut() else {
        return;
    };
    for (name, change) in changes {
        match change {
            Value::Null => {
                target.remove(name);
            }
            Value::Object(nested) => merge(target.entry(name.clone()).or_insert(Value::Null), nested),
            other => {
                target.insert(name.clone(), other.clone());
            }
        }
    }
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::*;
    use crate::{clock::Moment, exchange::Operation};

    fn fields(value: Value) -> Fields {
        value.as_object().cloned().map(Fields::from).unwrap_or_default()
    }

    fn request(fields: &Fields) -> Request<'_> {
        Request { operation: Operation::Update, path: "", fields, now: Moment::at_second(10) }
    }

    fn put_data(store: &mut Store, body: Value) -> Result<Answer, KvError> {
        write(store, "a", &request(&fields(body)))
    }

    #[test]
    fn check_and_set_takes_the_current_version_alone() {
        let mut store = Store::default();
        put_data(&mut store, json!({ "data": {}, "options": { "cas": 0 } })).unwrap();
        assert!(put_data(&mut store, json!({ "data": {}, "options": { "cas": "1" } })).is_ok());
        let stale = put_data(&mut store, json!({ "data": {}, "options": { "cas": 1 } }));
        assert!(matches!(stale, Err(KvError::CasMismatch)));
        assert_eq!(store.secrets["a"].current, 2);
    }

    #[test]
    fn the_oldest_versions_go_when_there_are_too_many() {
        let mut store = Store::default();
        for _ in 0..12 {
            put_data(&mut store, json!({ "data": {} })).unwrap();
        }
        assert_eq!(store.secrets["a"].oldest, 3);
        assert_eq!(store.secrets["a"].versions.len(), 10);
    }

    #[test]
    fn a_deleted_version_says_when_it_was_deleted() {
        let mut store = Store::default();
        put_data(&mut store, json!({ "data": { "x": "1" } })).unwrap();
        delete(&mut store, "a", &request(&Fields::default()));
        let answer = read(&store, "a", &request(&Fields::default())).unwrap();
        let data = answer.data.unwrap();
        assert!(data.get().contains(r#""data":null"#), "{data}");
        assert!(data.get().contains(r#""deletion_time":"1970-01-01T00:00:10Z""#), "{data}");
    }

    #[test]
    fn a_patch_changes_removes_and_nests() {
        let mut target = json!({ "a": 1, "b": { "c": 2, "d": 3 } });
        merge(&mut target, json!({ "a": null, "b": { "c": 4 }, "e": { "f": 5 } }).as_object().unwrap());
        assert_eq!(target, json!({ "b": { "c": 4, "d": 3 }, "e": { "f": 5 } }));
    }
}
