//! Login with a signed JWT: OpenBao's [JWT auth method](https://openbao.org/api-docs/auth/jwt/) with its checks in
//! its order and its words. OIDC logins in a browser are not here.

/// One mounted method: its configuration, its roles, its paths.
mod method;

/// Whose tokens are taken.
mod config;

/// The fields of a configuration, written and read.
mod config_fields;

/// Who may log in, and what they get.
mod role;

/// The fields of a role, written and read.
mod role_fields;

/// The fields that its paths know.
mod schemas;

/// What a role says of its tokens, written and read.
mod token_fields;

/// Older names of the same.
mod older_fields;

/// What a role says about logins in a browser.
mod browser;

/// Policies that name claims.
mod policy_template;

/// Settings, taken over and refused.
mod settings;

/// The way of one login through all the checks.
mod login;

/// Base64 as Go reads it.
mod go_base64;

/// A JWT and its parts ([RFC 7515](https://www.rfc-editor.org/rfc/rfc7515)).
mod jws;

/// What the header of a token says.
mod header;

/// Which library of OpenBao reads a token.
mod reader;

/// JSON as Go reads it.
mod go_json;

/// Addresses that Go does not ask.
mod go_address;

/// The key in a certificate.
mod x509;

/// The signature algorithms.
mod algorithm;

/// One public key, parsed once.
mod key;

/// Keys as JSON ([RFC 7517](https://www.rfc-editor.org/rfc/rfc7517)).
mod jwks;

/// Keys as PEM.
mod pem;

/// What is fetched by one for all.
mod errand;

/// Where keys come from: written down, or published by the issuer.
mod keys;

/// The issuer's documents, fetched.
mod issuer;

/// The claims of a token whose signature is good.
mod claims;

/// From when until when a token is good.
mod times;

/// The claims that a role insists on.
mod bound_claims;

/// A token held against keys, without a server.
mod check;

/// Why a login, a role or a configuration was refused.
mod error;

pub use check::{TokenProblem, check_claims, check_token};
use settings::{refuse, take};

pub(crate) use error::JwtError;
pub(crate) use method::{Client, Method, Mounted};
