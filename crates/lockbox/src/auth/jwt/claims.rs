use serde_json::{Map, Number, Value};

use super::{
    JwtError,
    go_json::{self, Twice},
    jws::go_kind,
};

/// The claims of a token whose signature is good.
pub(super) struct Claims {
    all: Map<String, Value>,
    pub(super) issuer: String,
    pub(super) subject: String,
    pub(super) audience: Vec<String>,
    pub(super) expires: i64,
    pub(super) not_before: i64,
    pub(super) issued: i64,
}

impl Claims {
    /// # Errors
    /// When the payload is no JSON object.
    pub(super) fn object(payload: &[u8]) -> Result<Map<String, Value>, JwtError> {
        let refuse = |problem| Err(JwtError::Signature(problem));
        match go_json::parse(payload, Twice::Taken) {
            Ok(Value::Object(claims)) => Ok(claims),
            Ok(Value::Null) => Ok(Map::new()),
            Ok(other) => {
                let kind = go_kind(&other);
                refuse(format!(
                    "json: cannot unmarshal {kind} into Go value of type map[string]interface {{}}"
                ))
            }
            Err(error) => refuse(error.to_string()),
        }
    }

    /// # Errors
    /// When a name could be taken for a registered one by a reader that ignores case.
    pub(super) fn refuse_ambiguous(all: &Map<String, Value>) -> Result<(), JwtError> {
        for name in all.keys() {
            // Go takes the long s for an s.
            let folded = name.to_lowercase().replace('\u{17f}', "s");
            if *name != folded && REGISTERED.contains(&folded.as_str()) {
                return Err(JwtError::Token(format!(
                    "ambiguous claim: key {name:?} collides with registered claim {folded:?} under case folding"
                )));
            }
        }
        Ok(())
    }

    /// # Errors
    /// When a registered claim is not of its type.
    pub(super) fn new(all: Map<String, Value>) -> Result<Self, JwtError> {
        text(&all, "jti")?;
        Ok(Self {
            issuer: text(&all, "iss")?,
            subject: text(&all, "sub")?,
            audience: audience(&all)?,
            expires: date(&all, "exp")?,
            not_before: date(&all, "nbf")?,
            issued: date(&all, "iat")?,
            all,
        })
    }

    /// The value of a claim by its name, or by a JSON pointer; null counts as absent.
    pub(super) fn value(&self, name: &str) -> Option<&Value> {
        let value = if name.starts_with('/') { pointed(&self.all, name) } else { self.all.get(name) };
        value.filter(|value| !value.is_null())
    }

    /// The value of a claim by its name, whatever that looks like.
    pub(super) fn named(&self, name: &str) -> Option<&Value> {
        self.all.get(name).filter(|value| !value.is_null())
    }
}

impl Claims {
    /// The value on this way through objects.
    pub(super) fn at(&self, path: &[&str]) -> Option<&Value> {
        let (first, rest) = path.split_first()?;
        rest.iter().try_fold(self.all.get(*first)?, |value, name| value.as_object()?.get(*name))
    }
}

fn pointed<'a>(all: &'a Map<String, Value>, pointer: &str) -> Option<&'a Value> {
    let mut steps = pointer[1..].split('/').map(|step| step.replace("~1", "/").replace("~0", "~"));
    let first = all.get(&steps.next()?)?;
    steps.try_fold(first, |value, step| match value {
        Value::Object(map) => map.get(&step),
        Value::Array(values) => step.parse::<usize>().ok().and_then(|position| values.get(position)),
        _ => None,
    })
}

fn text(all: &Map<String, Value>, name: &str) -> Result<String, JwtError> {
    let kind = match all.get(name) {
        None | Some(Value::Null) => return Ok(String::new()),
        Some(Value::String(text)) => return Ok(text.clone()),
        Some(Value::Number(_)) => "number",
        Some(Value::Bool(_)) => "bool",
        Some(Value::Array(_)) => "array",
        Some(Value::Object(_)) => "object",
    };
    Err(JwtError::Token(format!(
        "json: cannot unmarshal {kind} into Go struct field Claims.{name} of type string"
    )))
}

fn audience(all: &Map<String, Value>) -> Result<Vec<String>, JwtError> {
    let texts = match all.get("aud") {
        None => Some(Vec::new()),
        Some(Value::String(text)) => Some(vec![text.clone()]),
        Some(Value::Array(values)) => values.iter().map(|value| value.as_str().map(str::to_owned)).collect(),
        Some(_) => None,
    };
    let refusal = "go-jose/go-jose/jwt: expected string or array value to unmarshal to Audience";
    texts.ok_or_else(|| JwtError::Token(refusal.to_owned()))
}

/// Seconds since 1970; zero when the claim is absent.
fn date(all: &Map<String, Value>, name: &str) -> Result<i64, JwtError> {
    match all.get(name) {
        None | Some(Value::Null) => Ok(0),
        Some(Value::Number(number)) => Ok(whole(number)),
        Some(_) => Err(JwtError::Token(
            "go-jose/go-jose/jwt: expected number value to unmarshal NumericDate".to_owned(),
        )),
    }
}

/// A number without its fraction, read as a float as Go does it: what does not fit is the least of all.
pub(super) fn whole(number: &Number) -> i64 {
    match number.as_f64() {
        #[expect(
            clippy::cast_possible_truncation,
            reason = "the fraction is dropped on purpose; the range is held"
        )]
        Some(number) if number.abs() < 9_223_372_036_854_775_808.0 => number as i64,
        _ => i64::MIN,
    }
}

const REGISTERED: [&str; 7] = ["iss", "sub", "aud", "exp", "nbf", "iat", "jti"];

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::*;

    fn claims(value: Value) -> Result<Claims, JwtError> {
        Claims::new(value.as_object().cloned().unwrap())
    }

    #[test]
    fn registered_claims_of_the_wrong_type_are_refused() {
        for (value, expected) in [
            (
                json!({ "iss": 5 }),
                "json: cannot unmarshal number into Go struct field Claims.iss of type string",
            ),
            (
                json!({ "aud": [1] }),
                "go-jose/go-jose/jwt: expected string or array value to unmarshal to Audience",
            ),
            (
                json!({ "jti": 5 }),
                "json: cannot unmarshal number into Go struct field Claims.jti of type string",
            ),
            (json!({ "exp": "x" }), "go-jose/go-jose/jwt: expected number value to unmarshal NumericDate"),
        ] {
            let refusal = claims(value).err().unwrap().to_string();
            assert_eq!(refusal, format!("error validating token: {expected}"));
        }
        assert_eq!(claims(json!({ "exp": 1e300 })).unwrap().expires, i64::MIN);
        assert_eq!(claims(json!({ "exp": 1.9 })).unwrap().expires, 1);
        assert_eq!(claims(json!({ "exp": i64::MAX })).unwrap().expires, i64::MIN);
    }

    #[test]
    fn a_claim_is_found_by_name_and_by_pointer() {
        let claims = claims(json!({ "a": { "b/c": ["x"] }, "n": null, "/odd": 1 })).unwrap();
        assert_eq!(claims.value("/a/b~1c/0"), Some(&json!("x")));
        assert_eq!((claims.value("/odd"), claims.named("/odd")), (None, Some(&json!(1))));
        assert_eq!(claims.value("n"), None);
        assert_eq!(claims.value("/a/z"), None);
    }

    #[test]
    fn a_name_that_differs_in_case_alone_is_refused() {
        let all = |value: Value| value.as_object().cloned().unwrap();
        assert!(Claims::refuse_ambiguous(&all(json!({ "Aud": 1 }))).is_err());
        assert!(Claims::refuse_ambiguous(&all(json!({ "i\u{17f}s": 1 }))).is_err());
        assert!(Claims::refuse_ambiguous(&all(json!({ "aud": 1, "Project_Path": 1 }))).is_ok());
    }
}
