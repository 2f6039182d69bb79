use aws_lc_rs::rand::fill;

/// The system gave no random bytes.
#[derive(Debug, thiserror::Error)]
#[error("the system gave no random bytes")]
pub(crate) struct UnavailableRandomness;

/// `length` random characters of `[0-9a-zA-Z]`.
pub(crate) fn random_alphanumeric(length: usize) -> Result<String, UnavailableRandomness> {
    const ALPHABET: &[u8; 62] = b"0123456789abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ";
    // The largest multiple of 62 in a byte: what lies above would favour the first characters.
    const FAIR: u8 = 248;

    let mut text = String::with_capacity(length);
    let mut bytes = [0; 64];
    while text.len() < length {
        fill(&mut bytes).map_err(|_| UnavailableRandomness)?;
        let wanted = length - text.len();
        let fair = bytes.iter().filter(|byte| **byte < FAIR).take(wanted);
        text.extend(fair.map(|byte| char::from(ALPHABET[usize::from(byte % 62)])));
    }
    Ok(text)
}

/// `length` random characters of `[0-9a-f]`.
pub(crate) fn random_hex(length: usize) -> Result<String, UnavailableRandomness> {
    let mut bytes = vec![0; length.div_ceil(2)];
    fill(&mut bytes).map_err(|_| UnavailableRandomness)?;
    let mut text: String = bytes.iter().map(|byte| format!("{byte:02x}")).collect();
    text.truncate(length);
    Ok(text)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn random_text_has_the_length_and_the_alphabet_asked_for() {
        let text = random_alphanumeric(200).unwrap();
        assert_eq!(text.len(), 200);
        assert!(text.bytes().all(|byte| byte.is_ascii_alphanumeric()));
        assert_ne!(text, random_alphanumeric(200).unwrap());
        let hex = random_hex(31).unwrap();
        assert!(hex.len() == 31 && hex.bytes().all(|byte| matches!(byte, b'0'..=b'9' | b'a'..=b'f')));
    }
}
