use std::sync::Arc;

use zeroize::Zeroizing;

use super::{
    Kind, Naming, Order, Renewal, Session, Terms, Token, TokenError, Tokens, Untold, key::Key,
    lifetime::Grant, written::Written,
};
use crate::{
    clock::Moment,
    exchange::Authenticated,
    random,
    storage::{Batch, Pending, json},
};

impl Tokens {
    /// Makes a token.
    ///
    /// # Errors
    /// When a batch token is asked for what only a service token can be, or an id is taken.
    pub(crate) async fn issue(
        &self,
        order: Order,
        now: Moment,
    ) -> Result<(Authenticated, Vec<String>), TokenError> {
        let lasts = order.lasts();
        if order.kind == Kind::Batch && order.policies.iter().any(|name| name == "root") {
            return Err(TokenError::BatchRoot);
        }
        let Grant { ttl, warnings } = first_grant(&order, now)?;
        let token = Token {
            accessor: if order.kind == Kind::Batch { Arc::default() } else { random::letters(24).into() },
            kind: order.kind,
            naming: if order.id.is_some() { Naming::Chosen } else { Naming::Drawn },
            policies: order.policies.into(),
            display_name: order.display_name.into(),
            metadata: order.metadata,
            path: order.path.into(),
            role: order.role.map(Arc::from),
            entity_id: order.entity_id.into(),
            parent: order.parent,
            issued: now,
            first_ttl: ttl,
            explicit_max_ttl: order.explicit_max,
            period: order.period,
            renewable: order.kind == Kind::Service && order.renewal == Renewal::Allowed && !lasts,
            first_uses: order.uses,
            bound_cidrs: order.bound_cidrs.into(),
        };
        let (id, kept) = match (token.kind, order.id) {
            (Kind::Batch, _) => (self.sealer.seal(&token).ok_or(TokenError::Refused)?, Kept::ByItsBearer),
            (Kind::Service, Some(chosen)) => (chosen.into_id(), Kept::Here),
            (Kind::Service, None) => (Zeroizing::new(format!("s.{}", random::letters(24))), Kept::Here),
        };
        let ends = (!lasts).then(|| now.plus(ttl));
        let session = Session {
            token: Arc::new(token),
            key: Key::of(&id),
            record: 0,
            ends,
            granted: ttl,
            renewed: None,
            uses: order.uses,
        };
        let auth = authenticated(id, &session);
        if kept == Kept::Here {
            self.keep(session, now).await?;
        }
        Ok((auth, warnings))
    }

    /// Gives a token another time, longer or shorter. The answer carries the id only where it was shown.
    ///
    /// # Errors
    /// When the token cannot be renewed, or has ended meanwhile.
    pub(crate) async fn renew(
        &self,
        session: &Session,
        terms: &Terms,
        shown: Zeroizing<String>,
        now: Moment,
    ) -> Result<(Authenticated, Vec<String>), TokenError> {
        session.check_renewable()?;
        let Grant { ttl, warnings } = terms.grant(session.token.issued, now)?;
        let changed =
            Session { ends: Some(now.plus(ttl)), granted: ttl, renewed: Some(now), ..session.clone() };
        let (before, pending) = self.change(&changed)?;
        if let Err(error) = pending.landed().await {
            self.take_back(&changed, &before);
            return Err(error.into());
        }
        Ok((authenticated(shown, &changed), warnings))
    }

    /// Keeps a new token. Nobody knows its id before it is on disk, and nothing is left of one that does not get there.
    pub(super) async fn keep(&self, mut session: Session, now: Moment) -> Result<(), TokenError> {
        let (key, parent, written) = (session.key, session.token.parent, json(&Written::from(&session))?);
        let (untold, pending) = {
            let mut tables = self.write();
            if tables.alive(key, now).is_some() {
                return Err(TokenError::IdTaken);
            }
            if parent.is_some_and(|parent| tables.session(&parent).is_none()) {
                return Err(TokenError::NoParent);
            }
            let mut batch = Batch::default();
            tables.remove(key).into_iter().for_each(|record| batch.delete_record(record));
            session.record = tables.next_record();
            batch.put_record(session.record, written);
            let untold = Untold::one(self, key, session.record);
            tables.insert(session);
            (untold, self.store.submit(batch))
        };
        pending.landed().await?;
        untold.are_told();
        Ok(())
    }

    /// Gives back what it was before, which another may have changed since it was asked for.
    fn change(&self, changed: &Session) -> Result<(Session, Pending), TokenError> {
        let mut tables = self.write();
        let before = tables.session(&changed.key).ok_or(TokenError::Refused)?.clone();
        // It may have been used meanwhile, or lost its parent.
        let changed = Session { uses: before.uses, token: Arc::clone(&before.token), ..changed.clone() };
        let pending = self.submit_record(&changed)?;
        tables.replace(changed);
        Ok((before, pending))
    }

    /// Gives a token the time back that it had before a change that did not land. That of before may not have landed either:
    /// the disk knows.
    fn take_back(&self, changed: &Session, before: &Session) {
        let landed = self.landed(before.record);
        let mut tables = self.write();
        let Some(session) = tables.session(&changed.key) else { return };
        if (session.ends, session.renewed) != (changed.ends, changed.renewed) {
            // Somebody changed it since.
            return;
        }
        let Session { ends, granted, renewed, .. } = *landed.as_ref().unwrap_or(before);
        let session = Session { ends, granted, renewed, ..session.clone() };
        // Nobody waits for it: it is for what was written since, with the time that is not granted.
        let _ = self.submit_record(&session);
        tables.replace(session);
    }

    /// A token as its record is; nothing where that cannot be read.
    fn landed(&self, record: u64) -> Option<Session> {
        let record = self.store.record(record).ok()??;
        let written: Written<'_> = serde_json::from_slice(&record.value).ok()?;
        written.into_session(record.number).ok()
    }
}

/// Where a new token is kept.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Kept {
    Here,
    ByItsBearer,
}

/// A root token is granted what is said about its time, and all of it when nothing is said.
fn first_grant(order: &Order, now: Moment) -> Result<Grant, TokenError> {
    let Terms { usual, explicit_max, period, .. } = order.terms;
    let is_root = order.policies.iter().any(|name| name == "root");
    match is_root && usual.is_zero() && period.is_zero() {
        true => Ok(Grant { ttl: explicit_max, warnings: Vec::new() }),
        false => order.terms.grant(now, now),
    }
}

fn authenticated(id: Zeroizing<String>, session: &Session) -> Authenticated {
    let token = &session.token;
    Authenticated {
        client_token: id,
        accessor: token.accessor.to_string(),
        policies: token.policies.to_vec(),
        token_policies: token.policies.to_vec(),
        metadata: token.metadata.as_ref().and_then(|said| said.to_json()),
        lease_duration: session.granted.as_secs(),
        renewable: token.renewable,
        entity_id: token.entity_id.to_string(),
        token_type: token.kind.name(),
        orphan: token.parent.is_none(),
        mfa_requirement: None,
        num_uses: token.first_uses,
        display_name: token.display_name.to_string(),
        issued: session.renewed.map(|_| token.issued),
    }
}
