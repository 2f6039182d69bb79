use serde::Serialize;
use serde_json::value::RawValue;
use zeroize::Zeroizing;

use super::WrapInfo;
use crate::{clock::Moment, json::written};

/// What an engine answers; the envelope around it is the API's.
pub(crate) struct Answer {
    pub(crate) presence: Presence,
    pub(crate) layout: Layout,
    pub(crate) data: Option<Box<RawValue>>,
    pub(crate) lease_seconds: i64,
    /// The name of its lease; empty where there is none.
    pub(crate) lease_id: String,
    pub(crate) warnings: Vec<String>,
    pub(crate) auth: Option<Authenticated>,
    pub(crate) wrap_info: Option<WrapInfo>,
    /// The HTTP status, where the caller chose one.
    pub(crate) status: Option<u16>,
}

/// Whether what was asked for is there.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Presence {
    /// It is: 200.
    Here,
    /// It is not, and the data says why: 404.
    Gone,
}

/// Where the data stands in the answer.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Layout {
    /// Nothing to say: 204, and 404 where it is not there.
    Empty,
    /// Under `data`.
    Enveloped,
    /// Under `data`, and once more beside it, as the older `sys/` paths do.
    Merged,
    /// It is the whole answer.
    Bare,
}

/// The `auth` of an answer: a token that was issued or renewed.
#[derive(Serialize)]
pub(crate) struct Authenticated {
    pub(crate) client_token: Zeroizing<String>,
    pub(crate) accessor: String,
    pub(crate) policies: Vec<String>,
    #[serde(skip_serializing_if = "Vec::is_empty")]
    pub(crate) token_policies: Vec<String>,
    pub(crate) metadata: Option<Box<RawValue>>,
    pub(crate) lease_duration: u64,
    pub(crate) renewable: bool,
    pub(crate) entity_id: String,
    pub(crate) token_type: &'static str,
    pub(crate) orphan: bool,
    pub(crate) mfa_requirement: Option<()>,
    pub(crate) num_uses: i64,
    /// For the audit log alone.
    #[serde(skip)]
    pub(crate) display_name: String,
    /// Of a token that was renewed; for the audit log alone.
    #[serde(skip)]
    pub(crate) issued: Option<Moment>,
}

impl Answer {
    pub(crate) fn empty() -> Self {
        Self::with(Layout::Empty, None)
    }

    /// Not a word, of something that is not there.
    pub(crate) fn nothing() -> Self {
        Self::empty().gone()
    }

    pub(crate) fn data(data: &impl Serialize) -> Self {
        Self::with(Layout::Enveloped, Some(raw(data)))
    }

    pub(crate) fn merged(data: &impl Serialize) -> Self {
        Self::with(Layout::Merged, Some(raw(data)))
    }

    pub(crate) fn bare(data: &impl Serialize) -> Self {
        Self::with(Layout::Bare, Some(raw(data)))
    }

    /// A list of names, which Vault gives under `keys` if there are any.
    pub(crate) fn keys(keys: &[String]) -> Self {
        if keys.is_empty() {
            Self::data(&serde_json::Map::new())
        } else {
            Self::data(&serde_json::json!({ "keys": keys }))
        }
    }

    /// Whether it is a list without a name.
    pub(crate) fn is_of_nothing(&self) -> bool {
        self.data.as_ref().is_some_and(|data| data.get() == "{}")
    }

    /// Data that is JSON already.
    ///
    /// # Errors
    /// When it is not.
    pub(crate) fn written(data: String) -> serde_json::Result<Self> {
        Ok(Self::with(Layout::Enveloped, Some(RawValue::from_string(data)?)))
    }

    /// No data, but a word about it.
    pub(crate) fn warning(warning: impl Into<String>) -> Self {
        Self { warnings: vec![warning.into()], ..Self::with(Layout::Enveloped, None) }
    }

    pub(crate) fn warned(warnings: Vec<String>) -> Self {
        Self { warnings, ..Self::with(Layout::Enveloped, None) }
    }

    pub(crate) fn authenticated(auth: Authenticated, warnings: Vec<String>) -> Self {
        Self { auth: Some(auth), warnings, ..Self::with(Layout::Enveloped, None) }
    }

    /// What was asked for is wrapped, and is given for this token.
    pub(crate) fn wrapped(wrap_info: WrapInfo) -> Self {
        Self { wrap_info: Some(wrap_info), ..Self::with(Layout::Enveloped, None) }
    }

    /// A whole answer that was put together before.
    ///
    /// # Errors
    /// When it is no JSON.
    pub(crate) fn verbatim(text: String) -> serde_json::Result<Self> {
        Ok(Self::with(Layout::Bare, Some(RawValue::from_string(text)?)))
    }

    /// The ids of the tokens that were made for it.
    pub(crate) fn new_tokens(&self) -> impl Iterator<Item = &str> {
        let issued = self.auth.as_ref().filter(|auth| auth.issued.is_none()).map(|auth| &auth.client_token);
        let wrapping = self.wrap_info.as_ref().map(|wrap| &wrap.token);
        issued.into_iter().chain(wrapping).map(|token| token.as_str())
    }

    /// Lets go of it, and leaves nothing of its data in memory.
    pub(crate) fn wipe(self) {
        drop(self.data.map(|data| Zeroizing::new(String::from(Box::<str>::from(data)))));
    }

    /// Whether it says nothing but that it was done.
    pub(crate) fn is_silent(&self) -> bool {
        self.layout == Layout::Empty && self.presence == Presence::Here
    }

    /// The same, said of something that is not there.
    pub(crate) fn gone(self) -> Self {
        Self { presence: Presence::Gone, ..self }
    }

    pub(crate) fn with_status(self, status: u16) -> Self {
        Self { status: Some(status), ..self }
    }

    pub(crate) fn leased(self, lease_seconds: i64) -> Self {
        Self { lease_seconds, ..self }
    }

    fn with(layout: Layout, data: Option<Box<RawValue>>) -> Self {
        Self {
            presence: Presence::Here,
            layout,
            data,
            lease_seconds: 0,
            lease_id: String::new(),
            warnings: Vec::new(),
            auth: None,
            wrap_info: None,
            status: None,
        }
    }
}

fn raw(data: &impl Serialize) -> Box<RawValue> {
    let text = written(data).and_then(RawValue::from_string);
    text.expect("answers are made of what JSON can say")
}
