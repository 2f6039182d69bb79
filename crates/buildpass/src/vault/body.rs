use std::io::{self, Write};

use serde::Serialize;
use zeroize::Zeroizing;

/// A request's body as JSON, wiped when it ends. Its size is found first: memory that grew would leave copies behind.
pub(super) fn json_body(value: &impl Serialize) -> Zeroizing<Vec<u8>> {
    let mut size = Size(0);
    let mut bytes = match serde_json::to_writer(&mut size, value) {
        Ok(()) => Zeroizing::new(Vec::with_capacity(size.0)),
        Err(_) => return Zeroizing::default(),
    };
    match serde_json::to_writer(&mut *bytes, value) {
        Ok(()) => bytes,
        Err(_) => Zeroizing::default(),
    }
}

/// How many bytes were written.
struct Size(usize);

impl Write for Size {
    fn write(&mut self, bytes: &[u8]) -> io::Result<usize> {
        self.0 += bytes.len();
        Ok(bytes.len())
    }

    fn flush(&mut self) -> io::Result<()> {
        Ok(())
    }
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::*;

    #[test]
    fn a_body_never_grows() {
        let text = "made-up ü \" ".repeat(1000);
        let bytes = json_body(&json!({ "data": { "value": text } }));
        assert_eq!(bytes.capacity(), bytes.len());
        let read: serde_json::Value = serde_json::from_slice(&bytes).unwrap();
        assert_eq!(read["data"]["value"], text);
    }
}
