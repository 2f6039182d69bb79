use base64::{
    DecodeError, Engine,
    alphabet::URL_SAFE,
    engine::{DecodePaddingMode, GeneralPurpose, GeneralPurposeConfig},
};
use thiserror::Error;

/// Where Go finds what is no base64.
#[derive(Debug, Error, PartialEq, Eq)]
#[error("illegal base64 data at input byte {0}")]
pub(super) struct Misplaced(usize);

/// Base64 for URLs, without padding; trailing bits that mean nothing are taken, as Go does.
///
/// # Errors
/// When it is none.
pub(super) fn decode(text: &str) -> Result<Vec<u8>, Misplaced> {
    const LENIENT: GeneralPurpose = GeneralPurpose::new(
        &URL_SAFE,
        GeneralPurposeConfig::new()
            .with_decode_padding_mode(DecodePaddingMode::RequireNone)
            .with_decode_allow_trailing_bits(true),
    );
    LENIENT.decode(text).map_err(|error| {
        Misplaced(match error {
            DecodeError::InvalidByte(offset, _) | DecodeError::InvalidLastSymbol { offset, .. } => offset,
            DecodeError::InvalidLength(length) => length.saturating_sub(1),
            DecodeError::InvalidPadding => text.find('=').unwrap_or(text.len()),
        })
    })
}

#[test]
fn what_is_no_base64_is_found_where_go_finds_it() {
    for (text, expected) in [
        ("YQ", Ok(&b"a"[..])),
        ("YR", Ok(b"a")),
        ("a", Err(0)),
        ("!", Err(0)),
        ("YQ==", Err(2)),
        ("abcde", Err(4)),
    ] {
        assert_eq!(decode(text), expected.map(<[u8]>::to_vec).map_err(Misplaced), "{text}");
    }
}
