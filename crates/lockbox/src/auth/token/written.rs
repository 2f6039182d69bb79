use std::{borrow::Cow, sync::Arc, time::Duration};

use serde::{Deserialize, Serialize};

use super::{Kind, Metadata, Naming, Session, Token, key::Key};
use crate::{
    auth::{Cidr, CidrError},
    clock::{Moment, nanos},
};

/// A token as its record in the store holds it: its id is not among it.
#[derive(Serialize, Deserialize)]
pub(super) struct Written<'a> {
    pub(super) key: Key,
    #[serde(borrow)]
    accessor: Text<'a>,
    #[serde(default, skip_serializing_if = "std::ops::Not::not")]
    chosen: bool,
    policies: Vec<Text<'a>>,
    display_name: Text<'a>,
    metadata: Option<Vec<(Text<'a>, Text<'a>)>>,
    path: Text<'a>,
    role: Option<Text<'a>>,
    entity_id: Text<'a>,
    parent: Option<Key>,
    #[serde(with = "nanos")]
    issued: Moment,
    first_ttl: Duration,
    explicit_max_ttl: Duration,
    period: Duration,
    renewable: bool,
    #[serde(default)]
    first_uses: i64,
    bound_cidrs: Vec<Text<'a>>,
    #[serde(with = "nanos::option")]
    ends: Option<Moment>,
    granted: Duration,
    #[serde(with = "nanos::option")]
    renewed: Option<Moment>,
    uses: i64,
}

/// A text that stays where it is, unless it was escaped: a start reads millions of them.
#[derive(Serialize, Deserialize)]
#[serde(transparent)]
struct Text<'a>(#[serde(borrow)] Cow<'a, str>);

impl<'a> From<&'a Session> for Written<'a> {
    fn from(session: &'a Session) -> Self {
        let token = &*session.token;
        let pairs =
            |said: &'a Metadata| said.pairs().map(|(name, value)| (name.into(), value.into())).collect();
        Self {
            key: session.key,
            accessor: (&*token.accessor).into(),
            chosen: token.naming == Naming::Chosen,
            policies: token.policies.iter().map(|name| name.as_str().into()).collect(),
            display_name: (&*token.display_name).into(),
            metadata: token.metadata.as_ref().map(pairs),
            path: (&*token.path).into(),
            role: token.role.as_deref().map(Text::from),
            entity_id: (&*token.entity_id).into(),
            parent: token.parent,
            issued: token.issued,
            first_ttl: token.first_ttl,
            explicit_max_ttl: token.explicit_max_ttl,
            period: token.period,
            renewable: token.renewable,
            first_uses: token.first_uses,
            bound_cidrs: token.bound_cidrs.iter().map(|cidr| cidr.text().into()).collect(),
            ends: session.ends,
            granted: session.granted,
            renewed: session.renewed,
            uses: session.uses,
        }
    }
}

impl Written<'_> {
    /// Whether it is this token, and not another of the same chosen id.
    pub(super) fn is_of(&self, session: &Session) -> bool {
        self.key == session.key && *self.accessor.0 == *session.token.accessor
    }

    /// # Errors
    /// When a network is none.
    pub(super) fn into_session(self, record: u64) -> Result<Session, CidrError> {
        let bound_cidrs: Arc<[Cidr]> =
            self.bound_cidrs.iter().map(|cidr| cidr.0.parse()).collect::<Result<_, _>>()?;
        let token = Token {
            accessor: (&*self.accessor.0).into(),
            kind: Kind::Service,
            naming: if self.chosen { Naming::Chosen } else { Naming::Drawn },
            policies: self.policies.into_iter().map(|name| name.0.into_owned()).collect(),
            display_name: (&*self.display_name.0).into(),
            metadata: self
                .metadata
                .map(|pairs| pairs.into_iter().map(|(name, value)| (name.0, value.0)).collect()),
            path: (&*self.path.0).into(),
            role: self.role.map(|role| (&*role.0).into()),
            entity_id: (&*self.entity_id.0).into(),
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

impl<'a> From<&'a str> for Text<'a> {
    fn from(text: &'a str) -> Self {
        Self(Cow::Borrowed(text))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_record_of_before_is_read_and_written_as_it_was() {
        let digest = "n4bQgYhMfWWaL+qgxVrQFaO/TxsrC4Is0V1sFbDwCgg";
        let kept = format!(
            concat!(
                r#"{{"key":"{0}","accessor":"abc","policies":["ci","default"],"display_name":"jwt-a\"b","#,
                r#""metadata":[["ref","a\nb"],["role","ci"]],"path":"auth/jwt/login","role":"ci","entity_id":"e","#,
                r#""parent":"{0}","issued":5,"first_ttl":{{"secs":60,"nanos":0}},"#,
                r#""explicit_max_ttl":{{"secs":0,"nanos":0}},"period":{{"secs":0,"nanos":0}},"renewable":true,"#,
                r#""first_uses":0,"bound_cidrs":["10.0.0.0/8"],"ends":60000000005,"#,
                r#""granted":{{"secs":60,"nanos":0}},"renewed":null,"uses":0}}"#
            ),
            digest
        );
        let written: Written<'_> = serde_json::from_str(&kept).unwrap();
        assert!(matches!(written.path.0, Cow::Borrowed(_)));
        let session = written.into_session(1).unwrap();
        assert_eq!(serde_json::to_string(&Written::from(&session)).unwrap(), kept);
    }
}
