use std::{collections::BTreeMap, time::Duration};

use serde_json::{Map, Value};

use super::{bound_claims::Matching, browser::Browser, older_fields::OlderFields, times::Leeways};
use crate::auth::{
    Cidr,
    token::{DefaultPolicy, KindRule, Terms},
};

/// Who may log in by this role, and what they get.
#[derive(Clone, Debug, Default)]
pub(super) struct Role {
    pub(super) flow: Flow,
    pub(super) bound_audiences: Option<Vec<String>>,
    pub(super) bound_subject: String,
    pub(super) bound_claims: Option<Map<String, Value>>,
    pub(super) matching: Matching,
    pub(super) user_claim: String,
    pub(super) user_claim_json_pointer: bool,
    pub(super) groups_claim: String,
    pub(super) claim_mappings: Option<BTreeMap<String, String>>,
    pub(super) leeways: Leeways,
    pub(super) token: TokenSettings,
    pub(super) older: OlderFields,
    pub(super) browser: Browser,
}

/// How a role is logged in by.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub(super) enum Flow {
    #[default]
    Jwt,
    /// In a browser, which is not here.
    Oidc,
}

/// What the tokens of a role are like.
#[derive(Clone, Debug, Default)]
pub(super) struct TokenSettings {
    pub(super) ttl: Duration,
    pub(super) max_ttl: Duration,
    pub(super) explicit_max_ttl: Duration,
    pub(super) period: Duration,
    pub(super) policies: Vec<String>,
    pub(super) no_default_policy: bool,
    pub(super) uses: i64,
    pub(super) kind: KindRule,
    pub(super) bound_cidrs: Vec<Cidr>,
    /// Its tokens are good from the address of their login alone.
    pub(super) strictly_bind_ip: bool,
    /// Its policies are templates for the claims.
    pub(super) template_claims: bool,
}

impl TokenSettings {
    pub(super) fn terms(&self) -> Terms {
        Terms {
            usual: self.ttl,
            longest: self.max_ttl,
            explicit_max: self.explicit_max_ttl,
            period: self.period,
            ..Terms::default()
        }
    }

    pub(super) fn default_policy(&self) -> DefaultPolicy {
        if self.no_default_policy { DefaultPolicy::Refused } else { DefaultPolicy::Given }
    }
}
