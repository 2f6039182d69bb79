use thiserror::Error;

use super::{claims::Claims, jwks, keys::Keys};

/// Why a token is not taken, as OpenBao says it.
#[derive(Clone, Debug, PartialEq, Eq, Error)]
#[error("{0}")]
pub struct TokenProblem(String);

/// What a token says, if one of the keys of a set ([RFC 7517](https://www.rfc-editor.org/rfc/rfc7517)) signed it, without
/// a server; whether it is good now is not looked at.
///
/// # Errors
/// With what the server would answer to who logs in with it.
pub async fn check_token(token: &str, key_set: &[u8]) -> Result<Vec<u8>, TokenProblem> {
    let problem = |text: String| TokenProblem(text);
    let keys = jwks::parse(key_set).map_err(|error| problem(error.to_string()))?;
    let mut jws = Keys::Fixed(keys).verify(token).await.map_err(|error| problem(error.to_string()))?;
    check_claims(&jws.payload)?;
    Ok(std::mem::take(&mut *jws.payload))
}

/// Holds the claims of a token against their types, whoever signed it.
///
/// # Errors
/// With what the server would answer to who logs in with them.
pub fn check_claims(payload: &[u8]) -> Result<(), TokenProblem> {
    let checked = Claims::object(payload).and_then(|all| {
        Claims::refuse_ambiguous(&all)?;
        Claims::new(all)
    });
    checked.map(|_| ()).map_err(|error| TokenProblem(error.to_string()))
}
