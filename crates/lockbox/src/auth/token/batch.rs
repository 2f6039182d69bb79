use std::{sync::Arc, time::Duration};

use aws_lc_rs::aead::{AES_256_GCM, Aad, LessSafeKey, NONCE_LEN, Nonce, UnboundKey};
use base64::{Engine as _, engine::general_purpose::URL_SAFE_NO_PAD};
use serde::{Deserialize, Serialize};
use zeroize::Zeroizing;

use super::{Kind, Metadata, Naming, Session, Token, key::Key};
use crate::{clock::Moment, random};

/// Seals batch tokens and opens them.
#[derive(Debug)]
pub(super) struct Sealer(LessSafeKey);

/// What a batch token carries.
#[derive(Serialize, Deserialize)]
struct Content {
    policies: Vec<String>,
    display_name: String,
    metadata: Vec<(String, String)>,
    path: String,
    role: Option<String>,
    entity_id: String,
    parent: Option<Key>,
    issued: u64,
    ttl: Duration,
    bound_cidrs: Vec<String>,
}

impl Sealer {
    pub(super) fn new(key: &[u8; 32]) -> Self {
        let key = UnboundKey::new(&AES_256_GCM, key);
        Self(LessSafeKey::new(key.expect("an AES-256 key has 32 bytes")))
    }

    /// The id of a batch token.
    pub(super) fn seal(&self, token: &Token) -> Option<Zeroizing<String>> {
        let content = Content {
            policies: token.policies.to_vec(),
            display_name: token.display_name.to_string(),
            metadata: token.metadata.as_ref().map(Metadata::to_pairs).unwrap_or_default(),
            path: token.path.to_string(),
            role: token.role.as_deref().map(str::to_owned),
            entity_id: token.entity_id.to_string(),
            parent: token.parent,
            issued: token.issued.seconds(),
            ttl: token.first_ttl,
            bound_cidrs: token.bound_cidrs.iter().map(|cidr| cidr.text().to_owned()).collect(),
        };
        let mut sealed = serde_json::to_vec(&content).ok()?;
        let nonce = random::bytes::<NONCE_LEN>();
        let cipher = Nonce::assume_unique_for_key(nonce);
        self.0.seal_in_place_append_tag(cipher, Aad::empty(), &mut sealed).ok()?;
        let mut bytes = nonce.to_vec();
        bytes.append(&mut sealed);
        Some(Zeroizing::new(format!("{PREFIX}{}", URL_SAFE_NO_PAD.encode(bytes))))
    }

    /// The token behind an id that was made here and has not ended.
    pub(super) fn open(&self, id: &str, now: Moment) -> Option<Session> {
        let mut bytes = URL_SAFE_NO_PAD.decode(id.strip_prefix(PREFIX)?).ok()?;
        let (nonce, sealed) = bytes.split_at_mut_checked(NONCE_LEN)?;
        let nonce = Nonce::try_assume_unique_for_key(nonce).ok()?;
        let opened = self.0.open_in_place(nonce, Aad::empty(), sealed).ok()?;
        let content: Content = serde_json::from_slice(opened).ok()?;
        let (issued, ttl) = (Moment::at_second(content.issued), content.ttl);
        let ends = issued.plus(ttl);
        let token = Token {
            accessor: Arc::default(),
            kind: Kind::Batch,
            naming: Naming::Drawn,
            policies: content.policies.into(),
            display_name: content.display_name.into(),
            metadata: Some(content.metadata).filter(|said| !said.is_empty()).map(Metadata::from_iter),
            path: content.path.into(),
            role: content.role.map(Arc::from),
            entity_id: content.entity_id.into(),
            parent: content.parent,
            issued,
            first_ttl: ttl,
            explicit_max_ttl: Duration::ZERO,
            period: Duration::ZERO,
            renewable: false,
            first_uses: 0,
            bound_cidrs: content
                .bound_cidrs
                .iter()
                .map(|cidr| cidr.parse())
                .collect::<Result<_, _>>()
                .ok()?,
        };
        let key = Key::of(id);
        let (token, ends) = (Arc::new(token), Some(ends));
        let session = Session { token, key, record: 0, ends, granted: ttl, renewed: None, uses: 0 };
        ends.is_some_and(|ends| ends > now).then_some(session)
    }
}

const PREFIX: &str = "b.";
