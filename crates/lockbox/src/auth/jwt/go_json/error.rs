use thiserror::Error;

/// Why a text was not read.
#[derive(Debug, Error, PartialEq, Eq)]
pub(in crate::auth::jwt) enum GoJsonError {
    #[error("unexpected end of JSON input")]
    End,
    #[error("invalid character {0} {1}")]
    Character(String, &'static str),
    #[error("json: duplicate key '{0}' in object")]
    Twice(String),
    #[error("json: cannot unmarshal number {0} into Go struct field {1} of type float64")]
    Number(String, String),
}

/// A byte where Go does not take it.
pub(super) fn unexpected(byte: u8, place: &'static str) -> GoJsonError {
    let shown = match byte {
        b'\'' => r"'\''".to_owned(),
        b'"' => "'\"'".to_owned(),
        0x20..0x7f => format!("'{}'", char::from(byte).escape_default()),
        b'\n' => r"'\n'".to_owned(),
        b'\r' => r"'\r'".to_owned(),
        b'\t' => r"'\t'".to_owned(),
        ..0x80 => format!("'\\x{byte:02x}'"),
        // Go takes the byte for a character.
        _ => format!("'{}'", char::from(byte)),
    };
    GoJsonError::Character(shown, place)
}
