use serde::Deserialize;
use serde_json::value::RawValue;
use zeroize::Zeroizing;

use crate::exchange::{Answer, Authenticated};

/// What was inside of a wrapped answer: the log shows that, and not the answer around it.
#[derive(Default, Deserialize)]
pub(super) struct Unwrapped {
    data: Option<Box<RawValue>>,
    auth: Option<Token>,
}

#[derive(Deserialize)]
struct Token {
    client_token: Zeroizing<String>,
    accessor: String,
    policies: Vec<String>,
    #[serde(default)]
    token_policies: Vec<String>,
    metadata: Option<Box<RawValue>>,
    lease_duration: u64,
    entity_id: String,
    token_type: String,
}

impl Unwrapped {
    /// An answer that holds no other stays as it is.
    pub(super) fn of(answer: &Answer) -> Option<Self> {
        serde_json::from_str(answer.data.as_ref()?.get()).ok()
    }

    /// The same as an answer, for the log alone.
    pub(super) fn into_answer(self) -> Answer {
        let auth = self.auth.map(|token| Authenticated {
            client_token: token.client_token,
            accessor: token.accessor,
            policies: token.policies,
            token_policies: token.token_policies,
            metadata: token.metadata.filter(|said| said.get() != "null"),
            lease_duration: token.lease_duration,
            renewable: false,
            entity_id: token.entity_id,
            token_type: if token.token_type == "batch" { "batch" } else { "service" },
            orphan: false,
            mfa_requirement: None,
            num_uses: 0,
            display_name: String::new(),
            issued: None,
        });
        let data = self.data.filter(|data| data.get() != "null");
        Answer { data, auth, ..Answer::empty() }
    }
}
