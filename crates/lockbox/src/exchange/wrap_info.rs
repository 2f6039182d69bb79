use serde::Serialize;
use zeroize::Zeroizing;

use crate::clock::Moment;

/// The `wrap_info` of an answer: the token that it is wrapped in.
#[derive(Serialize)]
pub(crate) struct WrapInfo {
    pub(crate) token: Zeroizing<String>,
    pub(crate) accessor: String,
    #[serde(rename = "ttl")]
    pub(crate) ttl_seconds: u64,
    pub(crate) creation_time: Moment,
    pub(crate) creation_path: String,
    /// That of the token inside.
    #[serde(skip_serializing_if = "String::is_empty")]
    pub(crate) wrapped_accessor: String,
}
