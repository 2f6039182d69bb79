use std::collections::BTreeSet;

use serde_json::{Map, Value, json};

use super::{
    JwtError,
    bound_claims::Matching,
    policy_template, refuse,
    role::TokenSettings,
    role::{Flow, Role},
    take,
};
use crate::{
    auth::token::Lifetimes,
    exchange::{Answer, Fields, full, go_value},
};

impl Role {
    /// Takes over what is given and leaves the rest, save for the three kinds that Vault puts back to their default.
    ///
    /// # Errors
    /// When a field is wrong, or the role as a whole lets everybody in.
    pub(super) fn merge(mut self, fields: &Fields) -> Result<Self, JwtError> {
        self.flow = match fields.text("role_type")?.as_deref() {
            Some("jwt") => Flow::Jwt,
            None | Some("" | "oidc") => Flow::Oidc,
            Some(other) => return refuse(format!("invalid 'role_type': {other}")),
        };
        self.token.merge(fields)?;
        self.older.merge(&mut self.token, fields)?;
        take(&mut self.leeways.expiration, fields.signed_seconds("expiration_leeway")?);
        take(&mut self.leeways.not_before, fields.signed_seconds("not_before_leeway")?);
        take(&mut self.leeways.clock_skew, fields.signed_seconds("clock_skew_leeway")?);
        if let Some(audiences) = fields.texts("bound_audiences")? {
            self.bound_audiences = Some(audiences);
        }
        take(&mut self.bound_subject, fields.text("bound_subject")?);
        self.matching = match fields.text("bound_claims_type")?.as_deref() {
            None | Some("string") => Matching::Exact,
            Some("glob") => Matching::Glob,
            Some(other) => return refuse(format!("invalid 'bound_claims_type': {other}")),
        };
        if fields.has("bound_claims") {
            self.bound_claims = fields.map("bound_claims")?.cloned();
            self.check_globs()?;
        }
        if fields.has("claim_mappings") {
            let mappings = fields.texts_by_name("claim_mappings")?;
            self.claim_mappings = mappings.filter(|_| fields.value("claim_mappings").is_some());
            self.check_mappings()?;
        }
        take(&mut self.user_claim, fields.text("user_claim")?);
        if self.user_claim.is_empty() {
            return refuse("a user claim must be defined on the role");
        }
        take(&mut self.user_claim_json_pointer, fields.flag("user_claim_json_pointer")?);
        take(&mut self.groups_claim, fields.text("groups_claim")?);
        self.browser.merge(fields)?;
        self.check()?;
        Ok(self)
    }

    fn check_globs(&self) -> Result<(), JwtError> {
        if self.matching == Matching::Exact {
            return Ok(());
        }
        for value in self.bound_claims.iter().flat_map(Map::values) {
            let values = match value {
                Value::Array(values) => values.as_slice(),
                Value::Null | Value::Object(_) => {
                    return refuse(format!("claim is not a string or list: {}", go_value(value)));
                }
                single => std::slice::from_ref(single),
            };
            if let Some(other) = values.iter().find(|value| !value.is_string()) {
                return refuse(format!("claim is not a string: {}", go_value(other)));
            }
        }
        Ok(())
    }

    fn check_mappings(&self) -> Result<(), JwtError> {
        let mut seen = BTreeSet::new();
        for key in self.claim_mappings.iter().flatten().map(|(_, key)| key) {
            if key == "role" {
                return refuse(r#"metadata key "role" is reserved and may not be a mapping destination"#);
            }
            if !seen.insert(key) {
                return refuse(format!("multiple keys are mapped to metadata key {key:?}"));
            }
        }
        Ok(())
    }

    /// Whether the role as a whole makes sense.
    fn check(&self) -> Result<(), JwtError> {
        let holds = |texts: &Option<Vec<String>>| texts.as_ref().is_some_and(|texts| !texts.is_empty());
        match self.flow {
            Flow::Oidc if !holds(&self.browser.allowed_redirect_uris) => {
                return refuse(
                    "'allowed_redirect_uris' must be set if 'role_type' is 'oidc' or unspecified.",
                );
            }
            Flow::Jwt if !self.is_bound() => {
                return refuse("must have at least one bound constraint when creating/updating a role");
            }
            Flow::Jwt | Flow::Oidc => {}
        }
        if !self.token.max_ttl.is_zero() && self.token.ttl > self.token.max_ttl {
            return refuse("ttl should not be greater than max ttl");
        }
        if self.token.template_claims {
            policy_template::check(&self.token.policies)?;
        }
        Ok(())
    }

    /// Holds the role against the mount that it is on; says what of it has no effect there.
    ///
    /// # Errors
    /// When its tokens would live longer from one renewal to the next than the mount lets them.
    pub(super) fn check_on(&self, mount: Lifetimes) -> Result<Option<String>, JwtError> {
        let TokenSettings { period, max_ttl, .. } = self.token;
        if period > mount.longest {
            let (period, longest) = (full(period), full(mount.longest));
            return refuse(format!(
                "'period' of '{period:?}' is greater than the backend's maximum lease TTL of '{longest:?}'"
            ));
        }
        let text = "token max ttl is greater than the system or backend mount's maximum TTL value; issued tokens' max TTL \
                    value will be truncated";
        Ok((max_ttl > mount.longest).then(|| text.to_owned()))
    }

    fn is_bound(&self) -> bool {
        self.bound_audiences.as_ref().is_some_and(|audiences| !audiences.is_empty())
            || !self.token.bound_cidrs.is_empty()
            || !self.bound_subject.is_empty()
            || self.bound_claims.as_ref().is_some_and(|claims| !claims.is_empty())
    }

    /// The role as it is read.
    pub(super) fn describe(&self) -> Answer {
        let fields = json!({
            "bound_audiences": self.bound_audiences,
            "bound_claims": self.bound_claims,
            "bound_claims_type": match self.matching { Matching::Exact => "string", Matching::Glob => "glob" },
            "bound_subject": self.bound_subject,
            "claim_mappings": self.claim_mappings,
            "clock_skew_leeway": self.leeways.clock_skew,
            "expiration_leeway": self.leeways.expiration,
            "groups_claim": self.groups_claim,
            "not_before_leeway": self.leeways.not_before,
            "role_type": match self.flow { Flow::Jwt => "jwt", Flow::Oidc => "oidc" },
            "user_claim": self.user_claim,
            "user_claim_json_pointer": self.user_claim_json_pointer,
        });
        let mut described = match fields {
            Value::Object(fields) => fields,
            _ => Map::new(),
        };
        self.browser.describe(&mut described);
        self.token.describe(&mut described);
        self.older.describe(&mut described);
        Answer::data(&described)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn written(role: Role, body: Value) -> Value {
        let answer = merged(role, body).unwrap().describe();
        serde_json::from_str(answer.data.unwrap().get()).unwrap()
    }

    fn merged(role: Role, body: Value) -> Result<Role, JwtError> {
        role.merge(&body.as_object().cloned().map(Fields::from).unwrap_or_default())
    }

    fn good() -> Value {
        json!({ "role_type": "jwt", "user_claim": "sub", "bound_audiences": "a, b", "bound_claims_type": "glob" })
    }

    #[test]
    fn a_write_leaves_what_it_does_not_name_but_for_the_matching() {
        let role = merged(Role::default(), good()).unwrap();
        assert_eq!((role.bound_audiences.as_ref().map(Vec::len), role.matching), (Some(2), Matching::Glob));
        let role = merged(role, json!({ "role_type": "jwt", "token_ttl": "1h" })).unwrap();
        assert_eq!((role.bound_audiences.as_ref().map(Vec::len), role.matching), (Some(2), Matching::Exact));
        assert_eq!(role.token.ttl.as_secs(), 3600);
    }

    #[test]
    fn wrong_roles_are_refused_in_openbaos_words() {
        let cases = [
            (
                "role_type",
                json!(null),
                "'allowed_redirect_uris' must be set if 'role_type' is 'oidc' or unspecified.",
            ),
            ("role_type", json!("zz"), "invalid 'role_type': zz"),
            (
                "bound_audiences",
                json!(null),
                "must have at least one bound constraint when creating/updating a role",
            ),
            ("user_claim", json!(null), "a user claim must be defined on the role"),
            ("bound_claims_type", json!("zz"), "invalid 'bound_claims_type': zz"),
            ("bound_claims", json!({ "a": 5 }), "claim is not a string: 5"),
            ("token_type", json!("zz"), "invalid 'token_type' value \"zz\""),
            (
                "token_ttl",
                json!("zz"),
                "error converting input for field \"token_ttl\": time: invalid duration \"zz\"",
            ),
            (
                "claim_mappings",
                json!({ "a": "k", "b": "k" }),
                "multiple keys are mapped to metadata key \"k\"",
            ),
        ];
        for (field, value, expected) in cases {
            let mut body = good();
            body[field] = value;
            assert_eq!(merged(Role::default(), body).unwrap_err().to_string(), expected);
        }
    }

    #[test]
    fn older_names_are_shown_while_they_hold() {
        let role = merged(Role::default(), good()).unwrap();
        let older = json!({ "role_type": "jwt", "ttl": "1m", "policies": "b,A,b", "num_uses": 0 });
        let shown = written(role.clone(), older.clone());
        assert_eq!((&shown["ttl"], &shown["token_ttl"]), (&json!(60), &json!(60)));
        assert_eq!((&shown["policies"], shown.get("num_uses")), (&json!(["a", "b"]), None));
        let role = merged(role, older).unwrap();
        let shown = written(role, json!({ "role_type": "jwt", "token_ttl": "2m" }));
        assert_eq!((shown.get("ttl"), &shown["token_ttl"]), (None, &json!(120)));
        assert_eq!(shown["policies"], json!(["a", "b"]));
    }

    #[test]
    fn nothing_is_not_an_empty_list() {
        let shown = written(Role::default(), good());
        assert_eq!((&shown["bound_claims"], &shown["oidc_scopes"]), (&json!(null), &json!(null)));
        let mut body = good();
        body["bound_claims"] = json!([]);
        body["oidc_scopes"] = json!(null);
        let shown = written(Role::default(), body);
        assert_eq!((&shown["bound_claims"], &shown["oidc_scopes"]), (&json!({}), &json!([])));
    }
}
