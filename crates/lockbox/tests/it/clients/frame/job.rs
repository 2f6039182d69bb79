use serde_json::json;

use crate::harness::Signer;

/// A made-up CI job: the token by which it logs in, and the key that proves it.
pub(crate) struct Job {
    pub(crate) jwt: String,
    pub(crate) pem: String,
}

impl Job {
    pub(crate) fn new() -> Self {
        let claims = json!({
            "iss": "https://issuer.example",
            "aud": "https://vault.example",
            "sub": "job",
            "project_id": "42",
            "project_path": "group/project",
            "iat": 1_700_000_000,
            "exp": 4_102_444_800_u64,
        });
        Self { jwt: Signer::first(Some("k1")).sign(&claims), pem: Signer::first(None).pem() }
    }
}
