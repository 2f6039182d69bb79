use serde_json::json;

use super::JwtLogin;
use crate::{
    http::Method,
    vault::{self, Probe, said},
};

/// What the auth mount says to a login with an empty token: it tells mount, configuration and role apart, and no token was sent.
#[derive(Debug)]
pub struct FrontSeen {
    /// The HTTP status.
    pub status: u16,
    /// The vault's words; `None` where the answer is not a vault's.
    pub text: Option<String>,
}

impl FrontSeen {
    pub(super) async fn look(probe: &Probe, login: JwtLogin<'_>) -> Result<Self, vault::Error> {
        let body = match login.role {
            Some(role) => json!({"role": role, "jwt": ""}),
            None => json!({"jwt": ""}),
        };
        let answer = probe.ask(Method::Post, &format!("auth/{}/login", login.mount), &body).await?;
        Ok(Self { status: answer.status, text: said(&answer) })
    }
}
