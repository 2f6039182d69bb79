use std::io;

use serde::Serialize;
use serde_json::ser::{CompactFormatter, Formatter, Serializer};

/// What Go would write of a value that serde knows.
///
/// # Errors
/// When JSON cannot say it.
pub(crate) fn written(value: &impl Serialize) -> serde_json::Result<String> {
    let mut text = Vec::with_capacity(256);
    value.serialize(&mut Serializer::with_formatter(&mut text, AsGo(CompactFormatter)))?;
    String::from_utf8(text).map_err(serde::ser::Error::custom)
}

struct AsGo(CompactFormatter);

impl Formatter for AsGo {
    fn write_string_fragment<W: ?Sized + io::Write>(
        &mut self,
        writer: &mut W,
        fragment: &str,
    ) -> io::Result<()> {
        let mut rest = fragment;
        while let Some(at) = rest.find(['<', '>', '&', '\u{2028}', '\u{2029}']) {
            let (plain, after) = rest.split_at(at);
            let mut letters = after.chars();
            let letter = letters.next().map_or(0, u32::from);
            writer.write_all(plain.as_bytes())?;
            write!(writer, "\\u{letter:04x}")?;
            rest = letters.as_str();
        }
        writer.write_all(rest.as_bytes())
    }
}

#[cfg(test)]
mod tests {
    use serde_json::{json, value::RawValue};

    use super::*;

    #[test]
    fn texts_are_escaped_as_in_go() {
        let value = json!({ "a<b": "x > y & \"z\"\u{2028}é" });
        assert_eq!(written(&value).unwrap(), r#"{"a\u003cb":"x \u003e y \u0026 \"z\"\u2028é"}"#);
        let raw = RawValue::from_string("1.0".to_owned()).unwrap();
        assert_eq!(written(&raw).unwrap(), "1.0");
    }
}
