use std::str::FromStr;
use std::sync::Arc;

use axum::Form;
use axum::body::Bytes;
use axum::extract::{FromRequest, FromRequestParts, Query, Request};
use axum::http::header::CONTENT_TYPE;
use axum::http::request::Parts;
use serde::de::DeserializeOwned;
use serde_json::{Map, Value};

use super::failure::Failure;
use crate::server::Instance;

/// The parameters of a request, from its query and from its body; those that nobody knows are ignored, as GitLab does.
#[derive(Clone, Debug)]
pub(super) struct Parameters(Map<String, Value>);

impl FromRequest<Arc<Instance>> for Parameters {
    type Rejection = Failure;

    async fn from_request(request: Request, instance: &Arc<Instance>) -> Result<Self, Failure> {
        let (mut parts, body) = request.into_parts();
        let Self(mut fields) = Self::of_query(&mut parts, instance).await?;
        let content_type = parts.headers.get(CONTENT_TYPE).and_then(|value| value.to_str().ok());
        let is_form =
            content_type.is_some_and(|value| value.starts_with("application/x-www-form-urlencoded"));
        let request = Request::from_parts(parts, body);
        let unreadable = || Failure::Parameters("The request body is not a JSON object".into());
        if is_form {
            let pairs = Form::<Vec<(String, String)>>::from_request(request, instance).await;
            fields.extend(named(pairs.map_err(|_| unreadable())?.0));
            return Ok(Self(fields));
        }
        let body = Bytes::from_request(request, instance).await.map_err(|_| unreadable())?;
        match serde_json::from_slice(&body) {
            Ok(Value::Object(body)) => fields.extend(body),
            Err(_) if body.is_empty() => {}
            Ok(_) | Err(_) => return Err(unreadable()),
        }
        Ok(Self(fields))
    }
}

impl Parameters {
    /// Those of the query alone.
    pub(super) async fn of_query(parts: &mut Parts, instance: &Arc<Instance>) -> Result<Self, Failure> {
        let pairs = Query::<Vec<(String, String)>>::from_request_parts(parts, instance).await;
        let pairs = pairs.map_err(|_| Failure::Parameters("The query is not understood".into()))?;
        Ok(Self(named(pairs.0)))
    }

    /// Refuses a request in which a name of `names` has no value.
    pub(super) fn require(&self, names: &[&str]) -> Result<(), Failure> {
        let is_absent = |name: &&&str| self.0.get(**name).is_none_or(Value::is_null);
        let missing: Vec<_> =
            names.iter().filter(is_absent).map(|name| format!("{name} is missing")).collect();
        if missing.is_empty() { Ok(()) } else { Err(Failure::Parameters(missing.join(", "))) }
    }

    /// Whether it has a value.
    pub(super) fn has(&self, name: &str) -> bool {
        self.0.get(name).is_some_and(|value| !value.is_null())
    }

    /// A value with parts of its own.
    pub(super) fn structured<T: DeserializeOwned>(&self, name: &str) -> Result<T, Failure> {
        let value = self.0.get(name).cloned().unwrap_or_default();
        serde_json::from_value(value).map_err(|_| invalid(name))
    }

    /// A text that must not be empty.
    pub(super) fn text(&self, name: &str) -> Result<String, Failure> {
        match self.optional_text(name)? {
            Some(text) if !text.is_empty() => Ok(text),
            Some(_) => Err(Failure::Parameters(format!("{name} is empty"))),
            None => Err(Failure::Parameters(format!("{name} is missing"))),
        }
    }

    pub(super) fn optional_text(&self, name: &str) -> Result<Option<String>, Failure> {
        match self.0.get(name) {
            None | Some(Value::Null) => Ok(None),
            Some(Value::String(text)) => Ok(Some(text.clone())),
            Some(_) => Err(invalid(name)),
        }
    }

    /// A text that means something, such as a date.
    pub(super) fn optional<T: FromStr>(&self, name: &str) -> Result<Option<T>, Failure> {
        let text = self.optional_text(name)?.filter(|text| !text.is_empty());
        text.map(|text| text.parse().map_err(|_| invalid(name))).transpose()
    }

    /// A number, or a text that is one.
    pub(super) fn optional_number(&self, name: &str) -> Result<Option<u64>, Failure> {
        match self.0.get(name) {
            Some(Value::Number(number)) => number.as_u64().map(Some).ok_or_else(|| invalid(name)),
            _ => self.optional(name),
        }
    }

    pub(super) fn number(&self, name: &str) -> Result<u64, Failure> {
        self.optional_number(name)?.ok_or_else(|| Failure::Parameters(format!("{name} is missing")))
    }

    /// A truth value, or a text that is one; `True` is Python's.
    pub(super) fn optional_truth(&self, name: &str) -> Result<Option<bool>, Failure> {
        match self.0.get(name) {
            Some(Value::Bool(truth)) => Ok(Some(*truth)),
            _ => match self.optional_text(name)?.map(|text| text.to_lowercase()).as_deref() {
                None => Ok(None),
                Some("true" | "1" | "t" | "y" | "yes" | "on") => Ok(Some(true)),
                Some("false" | "0" | "f" | "n" | "no" | "off") => Ok(Some(false)),
                Some(_) => Err(invalid(name)),
            },
        }
    }

    pub(super) fn texts(&self, name: &str) -> Result<Vec<String>, Failure> {
        let values = self.0.get(name).and_then(Value::as_array).ok_or_else(|| invalid(name))?;
        values.iter().map(|value| value.as_str().map(str::to_owned).ok_or_else(|| invalid(name))).collect()
    }
}

/// GitLab's text for a parameter of the wrong kind.
pub(super) fn invalid(name: &str) -> Failure {
    Failure::Parameters(format!("{name} is invalid"))
}

/// Pairs by their names; those of a name with `[]` make a list.
fn named(pairs: Vec<(String, String)>) -> Map<String, Value> {
    let mut fields = Map::new();
    for (name, value) in pairs {
        let Some(list) = name.strip_suffix("[]") else {
            fields.insert(name, value.into());
            continue;
        };
        match fields.entry(list.to_owned()).or_insert_with(|| Value::Array(Vec::new())) {
            Value::Array(values) => values.push(value.into()),
            other => *other = Value::Array(vec![value.into()]),
        }
    }
    fields
}
