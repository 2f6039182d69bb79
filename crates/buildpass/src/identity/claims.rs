use base64::{Engine, engine::general_purpose::URL_SAFE_NO_PAD};
use serde::{Deserialize, Deserializer, de};

use super::IdToken;

/// The claims that every issuer sends (RFC 7519 §4.1), read without being trusted.
#[derive(Clone, Debug, Default, PartialEq, Deserialize)]
#[serde(default)]
pub struct Claims {
    /// Who signed the token.
    #[serde(rename = "iss")]
    pub issuer: Option<String>,
    /// Whom it speaks of.
    #[serde(rename = "sub")]
    pub subject: Option<String>,
    /// Whom it is for: one text or a list of them.
    #[serde(rename = "aud", deserialize_with = "one_or_many")]
    pub audience: Vec<String>,
    /// When it ends, in seconds since the Unix epoch.
    #[serde(rename = "exp", deserialize_with = "numeric_date")]
    pub expires: Option<u64>,
    /// From when on it is good.
    #[serde(rename = "nbf", deserialize_with = "numeric_date")]
    pub not_before: Option<u64>,
    /// When it was made.
    #[serde(rename = "iat", deserialize_with = "numeric_date")]
    pub issued: Option<u64>,
}

/// The claims that GitLab adds, typed as it really sends them: ids and `ref_protected` are text, `runner_id` is a number.
/// <https://docs.gitlab.com/ci/secrets/id_token_authentication/>
#[derive(Clone, Debug, PartialEq, Deserialize)]
#[expect(missing_docs, reason = "the fields are GitLab's claims, by GitLab's names")]
pub struct GitlabClaims {
    pub namespace_id: String,
    pub namespace_path: String,
    pub project_id: String,
    pub project_path: String,
    pub pipeline_id: String,
    pub job_id: String,
    pub r#ref: String,
    pub ref_type: String,
    pub ref_protected: String,
    #[serde(default)]
    pub runner_id: Option<u64>,
    #[serde(default)]
    pub environment: Option<String>,
}

impl Claims {
    /// Reads the claims of a token.
    ///
    /// # Errors
    /// In words, what makes it no JWT.
    pub fn read(token: &IdToken) -> Result<Self, String> {
        serde_json::from_slice(&payload(token)?)
            .map_err(|error| format!("its claims cannot be read: {error}"))
    }
}

impl GitlabClaims {
    /// Reads the claims of a token of GitLab; `None` where another issuer made it.
    pub fn read(token: &IdToken) -> Option<Self> {
        serde_json::from_slice(&payload(token).ok()?).ok()
    }
}

fn payload(token: &IdToken) -> Result<Vec<u8>, String> {
    Ok(header_and_payload(token)?.1)
}

/// The two parts that anybody may read.
pub(super) fn header_and_payload(token: &IdToken) -> Result<(Vec<u8>, Vec<u8>), String> {
    let parts: Vec<&str> = token.expose().trim_end().split('.').collect();
    let [header, payload, _] = parts[..] else {
        return Err(format!("it has {} where a JWT has three parts between dots", count(parts.len())));
    };
    let decoded = |part: &str, which: &str| {
        URL_SAFE_NO_PAD.decode(part).map_err(|_| format!("its {which} part is not base64url"))
    };
    let payload = decoded(payload, "second")?;
    Ok((decoded(header, "first").unwrap_or_default(), payload))
}

fn count(parts: usize) -> String {
    match parts {
        1 => "one part".to_owned(),
        more => format!("{more} parts"),
    }
}

fn one_or_many<'de, D: Deserializer<'de>>(from: D) -> Result<Vec<String>, D::Error> {
    struct OneOrMany;

    impl<'de> de::Visitor<'de> for OneOrMany {
        type Value = Vec<String>;

        fn expecting(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
            f.write_str("a text or a list of texts")
        }

        fn visit_str<E: de::Error>(self, one: &str) -> Result<Vec<String>, E> {
            Ok(vec![one.to_owned()])
        }

        fn visit_seq<A: de::SeqAccess<'de>>(self, mut many: A) -> Result<Vec<String>, A::Error> {
            let mut audience = Vec::new();
            while let Some(one) = many.next_element()? {
                audience.push(one);
            }
            Ok(audience)
        }
    }

    from.deserialize_any(OneOrMany)
}

/// NumericDate may carry a fraction (RFC 7519 §2); whole seconds are enough here.
fn numeric_date<'de, D: Deserializer<'de>>(from: D) -> Result<Option<u64>, D::Error> {
    Ok(Option::<f64>::deserialize(from)?.map(|seconds| seconds.max(0.0) as u64))
}

#[cfg(test)]
mod tests {
    use super::*;

    fn token(payload: &str) -> IdToken {
        IdToken::new(format!("e30.{}.c2ln", URL_SAFE_NO_PAD.encode(payload)))
    }

    #[test]
    fn audience_is_a_text_or_a_list() {
        assert_eq!(Claims::read(&token(r#"{"aud":"https://v"}"#)).unwrap().audience, ["https://v"]);
        assert_eq!(Claims::read(&token(r#"{"aud":["a","b"]}"#)).unwrap().audience, ["a", "b"]);
        assert!(Claims::read(&token(r#"{"aud":7}"#)).unwrap_err().contains("a text or a list of texts"));
    }

    #[test]
    fn dates_may_have_a_fraction() {
        assert_eq!(Claims::read(&token(r#"{"exp":17.9}"#)).unwrap().expires, Some(17));
        assert_eq!(Claims::read(&token("{}")).unwrap().expires, None);
    }

    #[test]
    fn gitlab_sends_ids_as_text_and_the_runner_as_a_number() {
        let sent = r#"{"namespace_id":"1","namespace_path":"g","project_id":"2","project_path":"g/p","pipeline_id":"3",
            "job_id":"4","ref":"main","ref_type":"branch","ref_protected":"true","runner_id":5}"#;
        let claims = GitlabClaims::read(&token(sent)).unwrap();
        assert_eq!(
            (claims.project_id.as_str(), claims.ref_protected.as_str(), claims.runner_id),
            ("2", "true", Some(5))
        );
        assert_eq!(GitlabClaims::read(&token(r#"{"sub":"system:serviceaccount:a:b"}"#)), None);
    }

    #[test]
    fn what_is_no_jwt_is_said() {
        assert_eq!(
            Claims::read(&IdToken::new("hello".into())).unwrap_err(),
            "it has one part where a JWT has three parts between dots"
        );
        assert_eq!(
            Claims::read(&IdToken::new("a.%.c".into())).unwrap_err(),
            "its second part is not base64url"
        );
    }

    proptest::proptest! {
        #[test]
        fn no_text_makes_it_panic(text in ".*") {
            let _ = Claims::read(&IdToken::new(text.clone()));
            let _ = GitlabClaims::read(&IdToken::new(text));
        }
    }
}
