use base64::{
    Engine,
    alphabet::STANDARD,
    engine::{DecodePaddingMode, GeneralPurpose, GeneralPurposeConfig},
};

use serde::{Deserialize, Serialize};

use super::{PolicyError, hcl1};
use crate::clock::{Moment, nanos};

/// A policy as it is handed in: its text, and what is said about it.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
pub(crate) struct Draft {
    pub(crate) text: String,
    /// When the whole policy ends.
    #[serde(with = "nanos::option")]
    pub(crate) ends: Option<Moment>,
    /// The version that this one replaces; minus one is none.
    #[serde(skip)]
    pub(crate) cas: Option<i64>,
    /// Whether the next writer must say which version theirs replaces.
    pub(crate) needs_cas: bool,
    /// Kept and shown. They loosen what a name may do to a templated path, and the ids that are filled in here need neither.
    pub(crate) slashes_in_templates: bool,
    pub(crate) wildcards_in_templates: bool,
}

impl Draft {
    pub(crate) fn of(text: &str) -> Self {
        Self { text: text.to_owned(), ..Self::default() }
    }

    /// The text that was handed in, which may be written in base64.
    ///
    /// # Errors
    /// When that is no text.
    pub(crate) fn decoded(given: &str) -> Result<String, PolicyError> {
        let packed: String = given.chars().filter(|c| !matches!(c, '\r' | '\n')).collect();
        let Ok(bytes) = BASE64.decode(&packed) else { return Ok(given.to_owned()) };
        String::from_utf8(bytes).map_err(|error| hcl1::not_utf8(error.as_bytes()).into())
    }

    /// # Errors
    /// When it does not replace what is kept: a version, and whether that one asked to be named.
    pub(super) fn check(&self, kept: Option<(u64, bool)>) -> Result<(), PolicyError> {
        let asked = self.needs_cas || kept.is_some_and(|(_, needs_cas)| needs_cas);
        let current = kept.map_or(0, |(version, _)| version);
        match self.cas {
            None if asked => Err(PolicyError::CasRequired),
            None => Ok(()),
            Some(-1) if kept.is_some() => Err(PolicyError::Exists),
            Some(-1) => Ok(()),
            Some(asked) if u64::try_from(asked) == Ok(current) => Ok(()),
            Some(asked) => Err(PolicyError::CasMismatch { asked, current }),
        }
    }
}

/// As Go reads it: the bits that are left over count for nothing.
const BASE64: GeneralPurpose = GeneralPurpose::new(
    &STANDARD,
    GeneralPurposeConfig::new()
        .with_decode_allow_trailing_bits(true)
        .with_decode_padding_mode(DecodePaddingMode::RequireCanonical),
);

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_text_may_be_packed_in_base64() {
        assert_eq!(Draft::decoded("cGF0aCAi\nYSIge30=").unwrap(), "path \"a\" {}");
        assert_eq!(Draft::decoded("path \"a\" {}").unwrap(), "path \"a\" {}");
        let refusal = |text| Draft::decoded(text).unwrap_err().to_string();
        assert_eq!(refusal("zork"), "failed to parse policy: At 1:2: illegal char");
        assert_eq!(refusal("cGF0aCAi/yIge30="), "failed to parse policy: At 1:7: illegal UTF-8 encoding");
    }

    #[test]
    fn who_names_a_version_replaces_that_one_alone() {
        let check = |cas, needs_cas, kept| {
            let draft = Draft { cas, needs_cas, ..Draft::default() };
            draft.check(kept).map_err(|error| error.to_string())
        };
        let mismatch = |asked, current| {
            Err(format!("check-and-set parameter {asked} did not match the current version {current}"))
        };
        let required = Err("check-and-set parameter required for this call".to_owned());
        assert_eq!(check(None, false, Some((3, false))), Ok(()));
        assert_eq!(check(None, false, Some((3, true))), required);
        assert_eq!(check(None, true, None), required);
        assert_eq!(check(Some(3), false, Some((3, true))), Ok(()));
        assert_eq!(check(Some(0), false, None), Ok(()));
        assert_eq!(check(Some(-1), true, None), Ok(()));
        assert_eq!(check(Some(2), false, Some((3, false))), mismatch(2, 3));
        assert_eq!(check(Some(-2), false, None), mismatch(-2, 0));
        let exists = Err("check-and-set parameter set to -1 on existing entry".to_owned());
        assert_eq!(check(Some(-1), false, Some((1, false))), exists);
    }
}
