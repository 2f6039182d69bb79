use std::fmt;

use serde::de::{DeserializeSeed, Deserializer, MapAccess, SeqAccess, Visitor};
use serde_json::{Map, Number, Value, value::RawValue};

use super::{keys::Salt, times::Reachable};

/// The fields of a request with every text in them replaced. Names stay, numbers and flags too.
pub(super) fn fields(salt: &Salt, fields: &Map<String, Value>) -> Map<String, Value> {
    fields.iter().map(|(name, field)| (name.clone(), value(salt, field))).collect()
}

/// The data of an answer with every text in it replaced, but for points in time.
pub(super) fn data(salt: &Salt, data: &RawValue, times: Reachable) -> Value {
    let seed = Replacing { salt, times };
    let mut deserializer = serde_json::Deserializer::from_str(data.get());
    // What cannot be read is not shown.
    seed.deserialize(&mut deserializer).unwrap_or_else(|_| Value::String(salt.hash(data.get())))
}

fn value(salt: &Salt, plain: &Value) -> Value {
    match plain {
        Value::String(text) => Value::String(salt.hash(text)),
        Value::Array(values) => values.iter().map(|plain| value(salt, plain)).collect(),
        Value::Object(map) => Value::Object(fields(salt, map)),
        Value::Null | Value::Bool(_) | Value::Number(_) => plain.clone(),
    }
}

/// Reads JSON and keeps no text of it, so that no second copy of a secret is made.
struct Replacing<'a> {
    salt: &'a Salt,
    times: Reachable,
}

impl<'de> DeserializeSeed<'de> for Replacing<'_> {
    type Value = Value;

    fn deserialize<D: Deserializer<'de>>(self, deserializer: D) -> Result<Value, D::Error> {
        deserializer.deserialize_any(self)
    }
}

impl<'de> Visitor<'de> for Replacing<'_> {
    type Value = Value;

    fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("JSON")
    }

    fn visit_str<E>(self, text: &str) -> Result<Value, E> {
        let kept = self.times.leaves(text);
        Ok(Value::String(if kept { text.to_owned() } else { self.salt.hash(text) }))
    }

    fn visit_bool<E>(self, flag: bool) -> Result<Value, E> {
        Ok(Value::Bool(flag))
    }

    fn visit_i64<E>(self, number: i64) -> Result<Value, E> {
        Ok(Value::Number(number.into()))
    }

    fn visit_u64<E>(self, number: u64) -> Result<Value, E> {
        Ok(Value::Number(number.into()))
    }

    fn visit_f64<E>(self, number: f64) -> Result<Value, E> {
        Ok(Number::from_f64(number).map_or(Value::Null, Value::Number))
    }

    fn visit_unit<E>(self) -> Result<Value, E> {
        Ok(Value::Null)
    }

    fn visit_seq<A: SeqAccess<'de>>(self, mut sequence: A) -> Result<Value, A::Error> {
        let mut values = Vec::new();
        while let Some(value) =
            sequence.next_element_seed(Replacing { salt: self.salt, times: Reachable::nothing() })?
        {
            values.push(value);
        }
        Ok(Value::Array(values))
    }

    fn visit_map<A: MapAccess<'de>>(self, mut members: A) -> Result<Value, A::Error> {
        let mut map = Map::new();
        while let Some(name) = members.next_key::<String>()? {
            let times = self.times.under(&name);
            let value = members.next_value_seed(Replacing { salt: self.salt, times })?;
            map.insert(name, value);
        }
        Ok(Value::Object(map))
    }
}

#[cfg(test)]
mod tests {
    use std::time::Duration;

    use proptest::prelude::*;
    use serde_json::{json, value::to_raw_value};

    use super::{
        super::{Asker, Bearer, Entry, Header, Outcome, Refusal, Said, Times, WrapInfo, line, sample},
        *,
    };

    #[test]
    fn only_a_time_in_its_place_is_left() {
        let salt = &sample::keys().salt;
        let time = "2026-11-25T03:17:58.585987572Z";
        let told = to_raw_value(&json!({
            "data": { "created_time": time }, "metadata": { "created_time": time }, "created_time": "s3cret",
        }))
        .unwrap();
        let found = data(salt, &told, Times::Version.reachable());
        let expected = json!({
            "data": { "created_time": salt.hash(time) }, "metadata": { "created_time": time }, "created_time": salt.hash("s3cret"),
        });
        assert_eq!(found, expected);
        assert_eq!(data(salt, &told, Times::None.reachable())["metadata"]["created_time"], salt.hash(time));
    }

    /// Texts that can be found again: nothing else in a line is like them.
    fn secret() -> impl Strategy<Value = String> {
        "[g-z]{3}\\PC{0,8}[g-z]{6}".prop_map(|text| format!("S3CR3T{text}"))
    }

    fn secrets() -> impl Strategy<Value = Value> {
        let leaf = prop_oneof![
            secret().prop_map(Value::String),
            any::<i64>().prop_map(Value::from),
            Just(Value::Null)
        ];
        leaf.prop_recursive(4, 24, 4, |inner| {
            prop_oneof![
                prop::collection::vec(inner.clone(), 0..4).prop_map(Value::Array),
                prop::collection::btree_map("[a-f]{1,6}", inner, 0..4)
                    .prop_map(|members| Value::Object(members.into_iter().collect())),
            ]
        })
    }

    proptest! {
        #[test]
        fn no_secret_of_an_entry_is_in_its_line(
            sent in prop::collection::btree_map("[a-f]{1,6}", secrets(), 0..4),
            told in prop::collection::btree_map("(created_time|metadata|versions|[a-f]{1,6})", secrets(), 0..4),
            token in secret(),
            accessor in secret(),
            refused in secret(),
            times in prop::sample::select(&[Times::None, Times::Version, Times::Metadata, Times::Token, Times::Policy][..]),
        ) {
            let salt = &sample::keys().salt;
            let fields = sample::fields(Value::Object(sent.into_iter().collect()));
            let data = to_raw_value(&told).unwrap();
            let policies = ["p".to_owned()];
            let bearer = Bearer { token: &token, accessor: &accessor, ..sample::bearer(&policies) };
            let headers = [Header::Hashed { name: "x", value: &refused }];
            let entry = Entry {
                asker: Asker::Bearer(bearer),
                token: Some(&token),
                headers: &headers,
                ..sample::entry(&policies, &fields)
            };
            let wrap_info = WrapInfo {
                token: &token,
                accessor: &accessor,
                ttl: Duration::from_secs(60),
                created: sample::at(0),
                path: "secret/data/x",
                wrapped_accessor: Some(&accessor),
            };
            let said = Said { data: Some(&data), times, auth: None, warnings: &[], lease_id: None, wrap_info: None };
            let lines = [
                line::request(salt, sample::at(0), &entry),
                line::response(salt, sample::at(0), &entry, &Outcome::Answered(said)),
                line::response(salt, sample::at(0), &entry, &Outcome::Answered(Said { wrap_info: Some(wrap_info), ..said })),
                line::response(salt, sample::at(0), &entry, &Outcome::Refused(Refusal::Denied(&refused))),
                line::response(salt, sample::at(0), &entry, &Outcome::Refused(Refusal::Invalid(&refused))),
                line::response(salt, sample::at(0), &entry, &Outcome::Refused(Refusal::Told(&refused))),
                line::response(salt, sample::at(0), &entry, &Outcome::Refused(Refusal::NoRoute(&refused))),
            ];
            for line in lines {
                prop_assert!(!line.contains("S3CR3T"), "{}", line);
                prop_assert!(!line.contains('\n'));
                serde_json::from_str::<Value>(&line).unwrap();
            }
        }
    }
}
