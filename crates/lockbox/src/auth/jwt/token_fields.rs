use serde_json::{Map, Value, json};

use super::{JwtError, refuse, role::TokenSettings, take};
use crate::{
    auth::{Cidr, token::KindRule},
    exchange::Fields,
};

impl TokenSettings {
    /// Takes over what is given.
    ///
    /// # Errors
    /// When a field is wrong, or does not go with another.
    pub(super) fn merge(&mut self, fields: &Fields) -> Result<(), JwtError> {
        if let Some(networks) = fields.texts("token_bound_cidrs")? {
            self.bound_cidrs = cidrs(networks)?;
        }
        take(&mut self.explicit_max_ttl, fields.duration("token_explicit_max_ttl")?);
        take(&mut self.max_ttl, fields.duration("token_max_ttl")?);
        take(&mut self.no_default_policy, fields.flag("token_no_default_policy")?);
        take(&mut self.period, fields.duration("token_period")?);
        take(&mut self.policies, fields.texts("token_policies")?);
        take(&mut self.strictly_bind_ip, fields.flag("token_strictly_bind_ip")?);
        take(&mut self.template_claims, fields.flag("token_policies_template_claims")?);
        if let Some(name) = fields.text("token_type")? {
            self.kind = match (name.as_str(), KindRule::named(&name)) {
                ("", _) => KindRule::Default,
                (_, Some(kind @ (KindRule::Default | KindRule::Service | KindRule::Batch))) => kind,
                _ => return refuse(format!("invalid 'token_type' value {name:?}")),
            };
        }
        take(&mut self.uses, fields.integer("token_num_uses")?);
        if self.uses < 0 {
            return refuse("'token_num_uses' cannot be negative");
        }
        if self.kind == KindRule::Batch {
            if !self.period.is_zero() {
                return refuse(
                    "'token_type' cannot be 'batch' or 'default_batch' when set to generate periodic tokens",
                );
            }
            if self.uses != 0 {
                return refuse(
                    "'token_type' cannot be 'batch' or 'default_batch' when set to generate tokens with limited use count",
                );
            }
        }
        take(&mut self.ttl, fields.duration("token_ttl")?);
        if !self.max_ttl.is_zero() && self.ttl > self.max_ttl {
            return refuse("'token_ttl' cannot be greater than 'token_max_ttl'");
        }
        Ok(())
    }

    /// Adds itself to what is read of a role.
    pub(super) fn describe(&self, described: &mut Map<String, Value>) {
        let cidrs: Vec<&str> = self.bound_cidrs.iter().map(Cidr::text).collect();
        let fields = json!({
            "token_bound_cidrs": cidrs,
            "token_explicit_max_ttl": self.explicit_max_ttl.as_secs(),
            "token_max_ttl": self.max_ttl.as_secs(),
            "token_no_default_policy": self.no_default_policy,
            "token_num_uses": self.uses,
            "token_period": self.period.as_secs(),
            "token_policies": self.policies,
            "token_policies_template_claims": self.template_claims,
            "token_strictly_bind_ip": self.strictly_bind_ip,
            "token_ttl": self.ttl.as_secs(),
            "token_type": self.kind.name(),
        });
        if let Value::Object(fields) = fields {
            described.extend(fields);
        }
    }
}

/// The networks that texts name.
///
/// # Errors
/// When one names none.
pub(super) fn cidrs(texts: Vec<String>) -> Result<Vec<Cidr>, JwtError> {
    Ok(texts.iter().map(|text| text.parse()).collect::<Result<_, _>>()?)
}
