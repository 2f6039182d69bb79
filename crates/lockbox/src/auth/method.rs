use super::jwt;

/// One mounted auth method.
#[derive(Debug)]
pub(crate) enum Method {
    /// The tokens themselves; always there.
    Token,
    Jwt(jwt::Method),
}
