use std::{net::IpAddr, sync::Arc};

use super::mount::{Description, Mount, MountTable};
use crate::{
    auth::{
        Method,
        token::{Metadata, Order, Renewal, Session, Terms, TokenError, Tokens},
    },
    clock::{Clock, Moment},
    kv::{Engine, Version},
    policy::{Policies, PolicyError},
    random,
};

/// What the server holds.
pub(crate) struct Core {
    clock: Arc<dyn Clock>,
    pub(super) policies: Policies,
    pub(super) tokens: Tokens,
    pub(super) engines: MountTable<Engine>,
    pub(super) methods: MountTable<Method>,
    pub(super) cluster_id: String,
}

/// Why a server could not be set up.
#[derive(Debug, thiserror::Error)]
pub(crate) enum SetupError {
    #[error(transparent)]
    Policy(#[from] PolicyError),
    #[error(transparent)]
    Token(#[from] TokenError),
}

impl Core {
    /// Unsealed and in memory: `root_token` can do everything, and secrets go under `secret/`.
    ///
    /// # Errors
    /// When the root token is no token, or the built-in policies are broken.
    pub(crate) fn dev(root_token: &str, clock: Arc<dyn Clock>) -> Result<Self, SetupError> {
        let now = Moment::from(clock.now());
        let core = Self {
            policies: Policies::built_in(now)?,
            tokens: Tokens::new(),
            engines: MountTable::default(),
            methods: MountTable::default(),
            cluster_id: random::uuid(),
            clock,
        };
        core.tokens.issue(root_order(root_token), now)?;
        let secret = Description::new("kv", "secret/", "key/value secret storage")
            .with_options(serde_json::json!({ "version": "2" }));
        core.engines.insert(Mount { description: secret, inside: Engine::new(Version::Two) });
        let token = Description::new("token", "token/", "token based credentials");
        core.methods.insert(Mount { description: token, inside: Method::Token });
        Ok(core)
    }

    pub(super) fn now(&self) -> Moment {
        Moment::from(self.clock.now())
    }

    /// Lets go of tokens that have ended.
    pub(super) fn purge(&self) {
        self.tokens.purge(self.now());
    }

    pub(super) fn authenticate(&self, id: Option<&str>, from: IpAddr) -> Result<Session, TokenError> {
        self.tokens.authenticate(id.ok_or(TokenError::Refused)?, from, self.now())
    }
}

fn root_order(id: &str) -> Order {
    Order {
        id: Some(id.to_owned().into()),
        kind: crate::auth::token::Kind::Service,
        policies: vec!["root".to_owned()],
        display_name: "token".to_owned(),
        metadata: Metadata::default(),
        path: "auth/token/create".to_owned(),
        role: None,
        entity_id: String::new(),
        parent: None,
        terms: Terms::default(),
        uses: 0,
        renewal: Renewal::Refused,
        bound_cidrs: Vec::new(),
    }
}
