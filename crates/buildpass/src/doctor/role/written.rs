use serde::{Deserialize, Deserializer, de::Error as _};
use serde_json::{Map, Value};

/// A role as the vault shows it, or as its owner writes it.
#[derive(Clone, Debug, Deserialize)]
#[serde(default)]
#[expect(missing_docs, reason = "the fields are the API's")]
pub struct Role {
    pub role_type: Option<String>,
    #[serde(deserialize_with = "texts")]
    pub bound_audiences: Vec<String>,
    #[serde(deserialize_with = "or_default")]
    pub bound_subject: String,
    #[serde(deserialize_with = "or_default")]
    pub bound_claims: Map<String, Value>,
    #[serde(deserialize_with = "or_default")]
    pub bound_claims_type: BoundClaimsType,
    #[serde(deserialize_with = "or_default")]
    pub user_claim: String,
    #[serde(deserialize_with = "or_default")]
    pub user_claim_json_pointer: bool,
    #[serde(deserialize_with = "or_default")]
    pub groups_claim: String,
    #[serde(deserialize_with = "or_default")]
    pub claim_mappings: Map<String, Value>,
    #[serde(deserialize_with = "seconds")]
    pub expiration_leeway: i64,
    #[serde(deserialize_with = "seconds")]
    pub not_before_leeway: i64,
    #[serde(deserialize_with = "seconds")]
    pub clock_skew_leeway: i64,
    #[serde(deserialize_with = "texts")]
    pub token_policies: Vec<String>,
    #[serde(deserialize_with = "texts")]
    pub token_bound_cidrs: Vec<String>,
    #[serde(deserialize_with = "or_default")]
    pub token_no_default_policy: bool,
    #[serde(deserialize_with = "or_default")]
    pub token_type: String,
    #[serde(deserialize_with = "seconds")]
    pub token_ttl: i64,
    #[serde(deserialize_with = "seconds")]
    pub token_max_ttl: i64,
    #[serde(deserialize_with = "seconds")]
    pub token_explicit_max_ttl: i64,
    #[serde(deserialize_with = "or_default")]
    pub token_num_uses: i64,
}

/// How the values of `bound_claims` are compared.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Deserialize)]
#[serde(rename_all = "lowercase")]
pub enum BoundClaimsType {
    /// As they are.
    #[default]
    String,
    /// `*` stands for anything, slashes included.
    Glob,
}

impl Default for Role {
    fn default() -> Self {
        Self {
            role_type: None,
            bound_audiences: Vec::new(),
            bound_subject: String::new(),
            bound_claims: Map::new(),
            bound_claims_type: BoundClaimsType::String,
            user_claim: String::new(),
            user_claim_json_pointer: false,
            groups_claim: String::new(),
            claim_mappings: Map::new(),
            expiration_leeway: 0,
            not_before_leeway: 0,
            clock_skew_leeway: 0,
            token_policies: Vec::new(),
            token_bound_cidrs: Vec::new(),
            token_no_default_policy: false,
            token_type: String::new(),
            token_ttl: 0,
            token_max_ttl: 0,
            token_explicit_max_ttl: 0,
            token_num_uses: 0,
        }
    }
}

impl Role {
    /// Reads what `bao read -format=json auth/jwt/role/NAME` prints, the API's answer, or what its owner writes.
    ///
    /// # Errors
    /// In words, what makes it no role.
    pub fn read(text: &[u8]) -> Result<Self, String> {
        let mut value: Value =
            serde_json::from_slice(text).map_err(|error| format!("it is no JSON: {error}"))?;
        if let Some(data @ Value::Object(_)) = value.get_mut("data") {
            value = data.take();
        }
        let known = ["role_type", "bound_claims", "bound_audiences", "bound_subject", "user_claim"];
        if !known.iter().any(|field| value.get(field).is_some()) {
            return Err(format!("it has none of the fields of a role: {}", known.join(", ")));
        }
        serde_json::from_value(value).map_err(|error| format!("it is no role: {error}"))
    }

    /// Whether it is for tokens; where nothing is said it is for people in a browser.
    pub fn takes_tokens(&self) -> bool {
        self.role_type.as_deref() == Some("jwt")
    }
}

fn or_default<'de, D: Deserializer<'de>, T: Deserialize<'de> + Default>(from: D) -> Result<T, D::Error> {
    Ok(Option::<T>::deserialize(from)?.unwrap_or_default())
}

/// A list, or a text with commas.
fn texts<'de, D: Deserializer<'de>>(from: D) -> Result<Vec<String>, D::Error> {
    match Value::deserialize(from)? {
        Value::Null => Ok(Vec::new()),
        Value::String(text) => {
            let parts = text.split(',').map(str::trim).filter(|part| !part.is_empty());
            Ok(parts.map(str::to_owned).collect())
        }
        list => serde_json::from_value(list).map_err(D::Error::custom),
    }
}

/// A number of seconds, or a duration as the CLI takes it.
fn seconds<'de, D: Deserializer<'de>>(from: D) -> Result<i64, D::Error> {
    match Value::deserialize(from)? {
        Value::Null => Ok(0),
        Value::Number(number) => Ok(number.as_i64().unwrap_or_default()),
        Value::String(text) => {
            if let Ok(seconds) = text.parse() {
                return Ok(seconds);
            }
            let duration = humantime::parse_duration(&text).map_err(D::Error::custom)?;
            Ok(i64::try_from(duration.as_secs()).unwrap_or(i64::MAX))
        }
        other => Err(D::Error::custom(format!("a duration is expected, not {other}"))),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_role_is_read_as_it_is_shown_and_as_it_is_written() {
        let written =
            br#"{"role_type":"jwt","user_claim":"project_id","bound_audiences":"a, b","token_ttl":"60s",
            "bound_claims":{"ref_protected":"true"}}"#;
        let shown = br#"{"request_id":"x","data":{"role_type":"jwt","user_claim":"project_id","bound_audiences":["a","b"],
            "token_ttl":60,"bound_claims":{"ref_protected":"true"},"token_policies":null,"claim_mappings":null}}"#;
        let (written, shown) = (Role::read(written).unwrap(), Role::read(shown).unwrap());
        assert_eq!(format!("{written:?}"), format!("{shown:?}"));
        assert!(written.takes_tokens());
        assert!(!Role::read(br#"{"user_claim":"sub"}"#).unwrap().takes_tokens());
    }

    #[test]
    fn what_is_no_role_is_said() {
        assert!(Role::read(b"[").unwrap_err().starts_with("it is no JSON"));
        assert!(Role::read(br#"{"path":"x"}"#).unwrap_err().contains("none of the fields"));
        assert!(Role::read(br#"{"user_claim":7}"#).unwrap_err().starts_with("it is no role"));
    }
}
