use std::future::Future;

use serde::Serialize;
use serde_json::{Value, json};
use vaultrs::{
    api::AuthInfo,
    client::{VaultClient, VaultClientSettingsBuilder},
    error::ClientError,
};

use crate::{
    clients::frame::{Servers, Told, agree},
    conformance::frame::{ROOT, RUNTIME, Variables},
};

/// A program's steps on one server, told one by one.
pub(super) struct Story {
    pub(super) me: String,
    address: String,
    told: Vec<Told>,
}

/// Plays a program on both servers; fails where they do not agree.
pub(super) fn play(name: &str, servers: Option<Servers>, program: impl AsyncFn(&mut Story) + Sync) {
    let Some(servers) = servers else {
        return println!("skipped: vaultrs on {name} wants OpenBao");
    };
    // It speaks plain HTTP here, but its client is not made without a provider.
    let _ = rustls::crypto::aws_lc_rs::default_provider().install_default();
    agree(name, &servers, |variables| {
        RUNTIME.block_on(async {
            let mut story = Story::new(variables);
            program(&mut story).await;
            story.told
        })
    });
}

impl Story {
    fn new(variables: &Variables) -> Self {
        Self { me: variables.fill("{me}"), address: variables.fill("{address}"), told: Vec::new() }
    }

    pub(super) fn client_of_root(&self) -> VaultClient {
        self.client(ROOT)
    }

    pub(super) fn client(&self, token: &str) -> VaultClient {
        let mut settings = VaultClientSettingsBuilder::default();
        settings.address(&self.address).token(token).ca_certs(Vec::new()).identity(None).verify(true);
        VaultClient::new(settings.build().unwrap()).unwrap()
    }

    /// It must work; gives what came.
    pub(super) async fn does<T: Serialize>(
        &mut self,
        title: &str,
        step: impl Future<Output = Result<T, ClientError>>,
    ) -> Option<T> {
        let answer = step.await;
        let outcome = match &answer {
            Ok(value) => json!({ "gave": value }),
            Err(error) => refusal(error),
        };
        self.tell(title, answer.is_ok(), outcome);
        answer.ok()
    }

    /// The same for what gives a session; gives its token, or a word that stands for none.
    pub(super) async fn gets_token(
        &mut self,
        title: &str,
        step: impl Future<Output = Result<AuthInfo, ClientError>>,
    ) -> String {
        let session = self.does(title, async { step.await.map(|session| plain(&session)) }).await;
        let token = session.as_ref().and_then(|session| session["client_token"].as_str());
        token.unwrap_or("nothing").to_owned()
    }

    /// It must be refused by the server with this status.
    pub(super) async fn refuses<T: Serialize>(
        &mut self,
        title: &str,
        status: u16,
        step: impl Future<Output = Result<T, ClientError>>,
    ) {
        match step.await {
            Ok(value) => self.tell(title, false, json!({ "gave": value })),
            Err(error) => {
                let expected = matches!(&error, ClientError::APIError { code, .. } if *code == status);
                self.tell(title, expected, refusal(&error));
            }
        }
    }

    /// It must not come to an answer that the library understands.
    pub(super) async fn fails<T: Serialize>(
        &mut self,
        title: &str,
        step: impl Future<Output = Result<T, ClientError>>,
    ) {
        match step.await {
            Ok(value) => self.tell(title, false, json!({ "gave": value })),
            Err(error) => self.tell(title, true, refusal(&error)),
        }
    }

    fn tell(&mut self, title: &str, expected: bool, outcome: Value) {
        self.told.push(Told { title: title.to_owned(), expected, outcome });
    }
}

fn refusal(error: &ClientError) -> Value {
    match error {
        ClientError::APIError { code, errors } => json!({ "status": code, "errors": errors }),
        other => json!({ "refused": format!("{other:?}") }),
    }
}

fn plain(session: &AuthInfo) -> Value {
    json!({
        "client_token": session.client_token,
        "accessor": session.accessor,
        "policies": session.policies,
        "token_policies": session.token_policies,
        "metadata": session.metadata,
        "lease_duration": session.lease_duration,
        "renewable": session.renewable,
        "entity_id": session.entity_id,
        "token_type": session.token_type,
        "orphan": session.orphan,
    })
}
