/// All digits of an object's name, SHA-1 or SHA-256.
pub fn is_object_name(text: &str) -> bool {
    matches!(text.len(), 40 | 64) && text.bytes().all(|each| matches!(each, b'0'..=b'9' | b'a'..=b'f'))
}
