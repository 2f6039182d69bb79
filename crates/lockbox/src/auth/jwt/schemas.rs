use crate::exchange::{Field, Schema};

/// The role that a path names, if it is the path of one.
pub(super) fn role_name(path: &str) -> Option<&str> {
    path.strip_prefix("role/").filter(|name| {
        let letter = |byte: &u8| byte.is_ascii_alphanumeric() || *byte == b'_';
        let bytes = name.as_bytes();
        bytes.first().is_some_and(letter)
            && bytes.last().is_some_and(letter)
            && bytes.iter().all(|byte| letter(byte) || matches!(byte, b'-' | b'.'))
    })
}

pub(super) const CONFIG: Schema = Schema(&[
    ("bound_issuer", Field::Text),
    ("default_role", Field::Text),
    ("jwks_ca_pem", Field::Text),
    ("jwks_url", Field::Text),
    ("jwt_supported_algs", Field::Texts),
    ("jwt_validation_pubkeys", Field::Texts),
    ("namespace_in_state", Field::Flag),
    ("oidc_client_id", Field::Text),
    ("oidc_client_secret", Field::Text),
    ("oidc_discovery_ca_pem", Field::Text),
    ("oidc_discovery_url", Field::Text),
    ("oidc_response_mode", Field::Text),
    ("oidc_response_types", Field::Texts),
    ("override_allowed_server_names", Field::Texts),
    ("provider_config", Field::Object),
    ("skip_jwks_validation", Field::Flag),
]);

pub(super) const LOGIN: Schema = Schema(&[("jwt", Field::Text), ("role", Field::Text)]);

pub(super) const ROLES: Schema = Schema(&[("after", Field::Text), ("limit", Field::Integer)]);

pub(super) const ROLE: Schema = Schema(&[
    ("allowed_redirect_uris", Field::Texts),
    ("bound_audiences", Field::Texts),
    ("bound_cidrs", Field::Texts),
    ("bound_claims", Field::Object),
    ("bound_claims_type", Field::Text),
    ("bound_subject", Field::Text),
    ("callback_mode", Field::Text),
    ("claim_mappings", Field::Pairs),
    ("clock_skew_leeway", Field::SignedSeconds),
    ("expiration_leeway", Field::SignedSeconds),
    ("groups_claim", Field::Text),
    ("max_age", Field::Seconds),
    ("max_ttl", Field::Seconds),
    ("name", Field::OfPath),
    ("not_before_leeway", Field::SignedSeconds),
    ("num_uses", Field::Integer),
    ("oauth2_metadata", Field::Texts),
    ("oidc_disable_confirmation", Field::Flag),
    ("oidc_scopes", Field::Texts),
    ("period", Field::Seconds),
    ("policies", Field::Texts),
    ("poll_interval", Field::Integer),
    ("role_type", Field::Text),
    ("token_bound_cidrs", Field::Texts),
    ("token_explicit_max_ttl", Field::Seconds),
    ("token_max_ttl", Field::Seconds),
    ("token_no_default_policy", Field::Flag),
    ("token_num_uses", Field::Integer),
    ("token_period", Field::Seconds),
    ("token_policies", Field::Texts),
    ("token_policies_template_claims", Field::Flag),
    ("token_strictly_bind_ip", Field::Flag),
    ("token_ttl", Field::Seconds),
    ("token_type", Field::Text),
    ("ttl", Field::Seconds),
    ("user_claim", Field::Text),
    ("user_claim_json_pointer", Field::Flag),
    ("verbose_oidc_logging", Field::Flag),
]);
