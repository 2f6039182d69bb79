use super::JwtError;

/// Takes over what is given.
pub(super) fn take<T>(place: &mut T, given: Option<T>) {
    if let Some(given) = given {
        *place = given;
    }
}

pub(super) fn refuse<T>(problem: impl Into<String>) -> Result<T, JwtError> {
    Err(JwtError::Setting(problem.into()))
}
