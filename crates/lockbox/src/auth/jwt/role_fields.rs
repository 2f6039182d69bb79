use std::collections::BTreeSet;

use serde_json::{Value, json};

use super::{
    JwtError,
    bound_claims::Matching,
    go_format,
    role::{Role, TokenSettings},
};
use crate::{
    auth::token::{KindRule, Lifetimes},
    exchange::{Answer, Fields, full},
};

impl Role {
    /// Takes over what is given and leaves the rest, save for the two kinds that Vault puts back to their default.
    ///
    /// # Errors
    /// When a field is wrong, or the role as a whole lets everybody in.
    pub(super) fn merge(mut self, fields: &Fields) -> Result<Self, JwtError> {
        self.token.merge(fields)?;
        match fields.text("role_type")?.as_deref() {
            Some("jwt") => {}
            None | Some("" | "oidc") if fields.has("allowed_redirect_uris") => {
                return refuse("'role_type' oidc is not supported by lockbox");
            }
            None | Some("" | "oidc") => {
                return refuse(
                    "'allowed_redirect_uris' must be set if 'role_type' is 'oidc' or unspecified.",
                );
            }
            Some(other) => return refuse(format!("invalid 'role_type': {other}")),
        }
        take(&mut self.bound_audiences, fields.texts("bound_audiences")?);
        take(&mut self.bound_subject, fields.text("bound_subject")?);
        take(&mut self.bound_claims, fields.map("bound_claims")?.cloned());
        take(&mut self.claim_mappings, fields.texts_by_name("claim_mappings")?);
        take(&mut self.user_claim, fields.text("user_claim")?);
        take(&mut self.user_claim_json_pointer, fields.flag("user_claim_json_pointer")?);
        take(&mut self.groups_claim, fields.text("groups_claim")?);
        take(&mut self.leeways.clock_skew, fields.signed_seconds("clock_skew_leeway")?);
        take(&mut self.leeways.expiration, fields.signed_seconds("expiration_leeway")?);
        take(&mut self.leeways.not_before, fields.signed_seconds("not_before_leeway")?);
        self.matching = match fields.text("bound_claims_type")?.as_deref() {
            None | Some("" | "string") => Matching::Exact,
            Some("glob") => Matching::Glob,
            Some(other) => return refuse(format!("invalid 'bound_claims_type': {other}")),
        };
        self.check()?;
        Ok(self)
    }

    fn check(&self) -> Result<(), JwtError> {
        if self.matching == Matching::Glob {
            for value in self.bound_claims.values().flat_map(|value| match value {
                Value::Array(values) => values.as_slice(),
                single => std::slice::from_ref(single),
            }) {
                if !value.is_string() {
                    return refuse(format!("claim is not a string: {}", go_format::value(value)));
                }
            }
        }
        let mut seen = BTreeSet::new();
        for key in self.claim_mappings.values() {
            if key == "role" {
                return refuse(r#"metadata key "role" is reserved and may not be a mapping destination"#);
            }
            if !seen.insert(key) {
                return refuse(format!("multiple keys are mapped to metadata key {key:?}"));
            }
        }
        if self.user_claim.is_empty() {
            return refuse("a user claim must be defined on the role");
        }
        let unbound = self.bound_audiences.is_empty()
            && self.bound_subject.is_empty()
            && self.bound_claims.is_empty()
            && self.token.bound_cidrs.is_empty();
        if unbound {
            return refuse("must have at least one bound constraint when creating/updating a role");
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

    /// The role as it is read.
    pub(super) fn describe(&self) -> Answer {
        let token = &self.token;
        let mappings = Some(&self.claim_mappings).filter(|mappings| !mappings.is_empty());
        let claims = Some(&self.bound_claims).filter(|claims| !claims.is_empty());
        let audiences = Some(&self.bound_audiences).filter(|audiences| !audiences.is_empty());
        let cidrs: Vec<&str> = token.bound_cidrs.iter().map(|cidr| cidr.text()).collect();
        Answer::data(&json!({
            "allowed_redirect_uris": null,
            "bound_audiences": audiences,
            "bound_claims": claims,
            "bound_claims_type": match self.matching { Matching::Exact => "string", Matching::Glob => "glob" },
            "bound_subject": self.bound_subject,
            "callback_mode": "client",
            "claim_mappings": mappings,
            "clock_skew_leeway": self.leeways.clock_skew,
            "expiration_leeway": self.leeways.expiration,
            "groups_claim": self.groups_claim,
            "max_age": 0,
            "not_before_leeway": self.leeways.not_before,
            "oauth2_metadata": null,
            "oidc_disable_confirmation": false,
            "oidc_scopes": null,
            "role_type": "jwt",
            "token_bound_cidrs": cidrs,
            "token_explicit_max_ttl": token.explicit_max_ttl.as_secs(),
            "token_max_ttl": token.max_ttl.as_secs(),
            "token_no_default_policy": token.no_default_policy,
            "token_num_uses": token.uses,
            "token_period": token.period.as_secs(),
            "token_policies": token.policies,
            "token_policies_template_claims": false,
            "token_strictly_bind_ip": false,
            "token_ttl": token.ttl.as_secs(),
            "token_type": token.kind.name(),
            "user_claim": self.user_claim,
            "user_claim_json_pointer": self.user_claim_json_pointer,
            "verbose_oidc_logging": false,
        }))
    }
}

impl TokenSettings {
    fn merge(&mut self, fields: &Fields) -> Result<(), JwtError> {
        take(&mut self.ttl, fields.duration("token_ttl")?);
        take(&mut self.max_ttl, fields.duration("token_max_ttl")?);
        take(&mut self.explicit_max_ttl, fields.duration("token_explicit_max_ttl")?);
        take(&mut self.period, fields.duration("token_period")?);
        take(&mut self.policies, fields.texts("token_policies")?);
        take(&mut self.no_default_policy, fields.flag("token_no_default_policy")?);
        take(&mut self.uses, fields.integer("token_num_uses")?);
        if let Some(cidrs) = fields.texts("token_bound_cidrs")? {
            self.bound_cidrs = cidrs.iter().map(|cidr| cidr.parse()).collect::<Result<_, _>>()?;
        }
        if let Some(name) = fields.text("token_type")? {
            self.kind = match (name.as_str(), KindRule::named(&name)) {
                ("", _) => KindRule::Default,
                (_, Some(kind @ (KindRule::Default | KindRule::Service | KindRule::Batch))) => kind,
                _ => return refuse(format!("invalid 'token_type' value {name:?}")),
            };
        }
        if self.uses < 0 {
            return refuse("'token_num_uses' cannot be negative");
        }
        let batch = self.kind == KindRule::Batch;
        if batch && !self.period.is_zero() {
            return refuse(
                "'token_type' cannot be 'batch' or 'default_batch' when set to generate periodic tokens",
            );
        }
        if batch && self.uses != 0 {
            return refuse(
                "'token_type' cannot be 'batch' or 'default_batch' when set to generate tokens with limited use count",
            );
        }
        if !self.max_ttl.is_zero() && self.ttl > self.max_ttl {
            return refuse("'token_ttl' cannot be greater than 'token_max_ttl'");
        }
        Ok(())
    }
}

fn take<T>(place: &mut T, given: Option<T>) {
    if let Some(given) = given {
        *place = given;
    }
}

fn refuse<T>(problem: impl Into<String>) -> Result<T, JwtError> {
    Err(JwtError::Setting(problem.into()))
}

#[cfg(test)]
mod tests {
    use super::*;

    fn merged(role: Role, body: Value) -> Result<Role, JwtError> {
        role.merge(&body.as_object().cloned().map(Fields::from).unwrap_or_default())
    }

    fn good() -> Value {
        json!({ "role_type": "jwt", "user_claim": "sub", "bound_audiences": "a, b", "bound_claims_type": "glob" })
    }

    #[test]
    fn a_write_leaves_what_it_does_not_name_but_for_the_matching() {
        let role = merged(Role::default(), good()).unwrap();
        assert_eq!((role.bound_audiences.len(), role.matching), (2, Matching::Glob));
        let role = merged(role, json!({ "role_type": "jwt", "token_ttl": "1h" })).unwrap();
        assert_eq!((role.bound_audiences.len(), role.matching), (2, Matching::Exact));
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
}
