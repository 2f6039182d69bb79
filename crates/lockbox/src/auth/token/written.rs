use std::{sync::Arc, time::Duration};

use serde::{Deserialize, Serialize};

use super::{Kind, Metadata, Naming, Session, Token, key::Key};
use crate::{
    auth::{Cidr, CidrError},
    clock::{Moment, nanos},
};

/// A token as its record in the store holds it: its id is not among it.
#[derive(Serialize, Deserialize)]
pub(super) struct Written {
    pub(super) key: Key,
    accessor: String,
    #[serde(default, skip_serializing_if = "std::ops::Not::not")]
    chosen: bool,
    policies: Vec<String>,
    display_name: String,
    metadata: Option<Vec<(String, String)>>,
    path: String,
    role: Option<String>,
    entity_id: String,
    parent: Option<Key>,
    #[serde(with = "nanos")]
    issued: Moment,
    first_ttl: Duration,
    explicit_max_ttl: Duration,
    period: Duration,
    renewable: bool,
    #[serde(default)]
    first_uses: i64,
    bound_cidrs: Vec<String>,
    #[serde(with = "nanos::option")]
    ends: Option<Moment>,
    granted: Duration,
    #[serde(with = "nanos::option")]
    renewed: Option<Moment>,
    uses: i64,
}

impl From<&Session> for Written {
    fn from(session: &Session) -> Self {
        let token = &*session.token;
        Self {
            key: session.key,
            accessor: token.accessor.to_string(),
            chosen: token.naming == Naming::Chosen,
            policies: token.policies.to_vec(),
            display_name: token.display_name.to_string(),
            metadata: token.metadata.as_ref().map(Metadata::to_pairs),
            path: token.path.to_string(),
            role: token.role.as_deref().map(str::to_owned),
            entity_id: token.entity_id.to_string(),
            parent: token.parent,
            issued: token.issued,
            first_ttl: token.first_ttl,
            explicit_max_ttl: token.explicit_max_ttl,
            period: token.period,
            renewable: token.renewable,
            first_uses: token.first_uses,
            bound_cidrs: token.bound_cidrs.iter().map(|cidr| cidr.text().to_owned()).collect(),
            ends: session.ends,
            granted: session.granted,
            renewed: session.renewed,
            uses: session.uses,
        }
    }
}

impl Written {
    /// # Errors
    /// When a network is none.
    pub(super) fn into_session(self, record: u64) -> Result<Session, CidrError> {
        let bound_cidrs: Arc<[Cidr]> =
            self.bound_cidrs.iter().map(|cidr| cidr.parse()).collect::<Result<_, _>>()?;
        let token = Token {
            accessor: self.accessor.into(),
            kind: Kind::Service,
            naming: if self.chosen { Naming::Chosen } else { Naming::Drawn },
            policies: self.policies.into(),
            display_name: self.display_name.into(),
            metadata: self.metadata.map(Metadata::from_iter),
            path: self.path.into(),
            role: self.role.map(Arc::from),
            entity_id: self.entity_id.into(),
            parent: self.parent,
            issued: self.issued,
            first_ttl: self.first_ttl,
            explicit_max_ttl: self.explicit_max_ttl,
            period: self.period,
            renewable: self.renewable,
            first_uses: self.first_uses,
            bound_cidrs,
        };
        Ok(Session {
            token: Arc::new(token),
            key: self.key,
            record,
            ends: self.ends,
            granted: self.granted,
            renewed: self.renewed,
            uses: self.uses,
        })
    }
}
