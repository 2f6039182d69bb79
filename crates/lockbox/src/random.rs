//! Random numbers, and the names that are made of them.

use aws_lc_rs::rand;

/// Random bytes.
///
/// # Panics
/// When the system gives no random numbers: nothing that this server hands out would be a secret then.
pub(crate) fn bytes<const N: usize>() -> [u8; N] {
    let mut bytes = [0; N];
    rand::fill(&mut bytes).expect("the system gives random numbers");
    bytes
}

/// Random letters and digits, every one equally likely.
pub(crate) fn letters(count: usize) -> String {
    let mut text = String::with_capacity(count);
    while text.len() < count {
        for byte in bytes::<32>() {
            // 248 is the largest multiple of 62 in a byte: what is above would favour the first letters.
            if byte < 248 && text.len() < count {
                text.push(char::from(LETTERS[usize::from(byte % 62)]));
            }
        }
    }
    text
}

/// A new id in the form of a UUID.
pub(crate) fn uuid() -> String {
    uuid_of(bytes())
}

/// These bytes in the form of a UUID.
pub(crate) fn uuid_of(bytes: [u8; 16]) -> String {
    let mut text = hex(&bytes);
    for position in [20, 16, 12, 8] {
        text.insert(position, '-');
    }
    text
}

/// These bytes in hexadecimal digits.
pub(crate) fn hex(bytes: &[u8]) -> String {
    let digits = bytes.iter().flat_map(|byte| [byte >> 4, byte & 15]);
    digits.map(|digit| char::from(DIGITS[usize::from(digit)])).collect()
}

const DIGITS: &[u8; 16] = b"0123456789abcdef";

const LETTERS: &[u8; 62] = b"0123456789ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz";
