use std::collections::BTreeMap;

use serde_json::value::RawValue;
use zeroize::Zeroizing;

use super::Json;

/// The value that a text stands for; none when it is no JSON, or deeper than Go reads.
pub(crate) fn read(text: &[u8]) -> Option<Json> {
    let mut cursor = Cursor { text, at: 0 };
    let value = cursor.value(TREE_DEPTH)?;
    cursor.skip_space();
    (cursor.at == text.len()).then_some(value)
}

struct Cursor<'a> {
    text: &'a [u8],
    at: usize,
}

impl Cursor<'_> {
    fn value(&mut self, depth_left: usize) -> Option<Json> {
        self.skip_space();
        match self.peek()? {
            b'{' | b'[' if depth_left == 0 => self.deep(),
            b'{' => self.object(depth_left - 1),
            b'[' => self.list(depth_left - 1),
            b'"' => Some(Json::Text(self.string()?)),
            b't' => self.word(b"true", Json::Flag(true)),
            b'f' => self.word(b"false", Json::Flag(false)),
            b'n' => self.word(b"null", Json::Null),
            b'-' | b'0'..=b'9' => self.number(),
            _ => None,
        }
    }

    /// Everything up to the end of what begins here.
    fn deep(&mut self) -> Option<Json> {
        let start = self.at;
        let mut ends = Vec::new();
        loop {
            match self.peek()? {
                b'{' => ends.push(b'}'),
                b'[' => ends.push(b']'),
                byte @ (b'}' | b']') if ends.pop()? != byte => return None,
                b'"' => {
                    self.string()?;
                    continue;
                }
                _ => {}
            }
            self.at += 1;
            if ends.is_empty() {
                break;
            }
            if ends.len() > MAX_DEPTH - TREE_DEPTH {
                return None;
            }
        }
        let written = std::str::from_utf8(&self.text[start..self.at]).ok()?;
        // The parser needs no stack for what it only passes over.
        serde_json::from_str::<&RawValue>(written).ok()?;
        Some(Json::Deep(Zeroizing::new(written.to_owned())))
    }

    fn object(&mut self, depth_left: usize) -> Option<Json> {
        let mut members = BTreeMap::new();
        self.take(b'{')?;
        if self.take(b'}').is_some() {
            return Some(Json::Object(members));
        }
        loop {
            self.skip_space();
            let name = self.string()?;
            self.take(b':')?;
            members.insert(name.as_str().to_owned(), self.value(depth_left)?);
            if self.take(b'}').is_some() {
                return Some(Json::Object(members));
            }
            self.take(b',')?;
        }
    }

    fn list(&mut self, depth_left: usize) -> Option<Json> {
        let mut values = Vec::new();
        self.take(b'[')?;
        if self.take(b']').is_some() {
            return Some(Json::List(values));
        }
        loop {
            values.push(self.value(depth_left)?);
            if self.take(b']').is_some() {
                return Some(Json::List(values));
            }
            self.take(b',')?;
        }
    }

    fn number(&mut self) -> Option<Json> {
        let rest = &self.text[self.at..];
        let of_number = |byte: &u8| matches!(byte, b'0'..=b'9' | b'-' | b'+' | b'.' | b'e' | b'E');
        let length = rest.iter().position(|byte| !of_number(byte)).unwrap_or(rest.len());
        let written = std::str::from_utf8(&rest[..length]).ok()?;
        written.parse::<f64>().ok()?;
        self.at += length;
        Some(Json::Number(Zeroizing::new(written.to_owned())))
    }

    fn string(&mut self) -> Option<Zeroizing<String>> {
        if self.peek()? != b'"' {
            return None;
        }
        self.at += 1;
        let mut text = Zeroizing::new(String::new());
        loop {
            let rest = &self.text[self.at..];
            let plain = rest.iter().position(|byte| matches!(byte, b'"' | b'\\'))?;
            text.push_str(std::str::from_utf8(&rest[..plain]).ok()?);
            self.at += plain + 1;
            if rest[plain] == b'"' {
                return Some(text);
            }
            text.push(self.escape()?);
        }
    }

    fn escape(&mut self) -> Option<char> {
        let escape = self.peek()?;
        self.at += 1;
        Some(match escape {
            b'b' => '\u{8}',
            b'f' => '\u{c}',
            b'n' => '\n',
            b'r' => '\r',
            b't' => '\t',
            b'"' | b'\\' | b'/' => char::from(escape),
            b'u' => {
                let first = self.unit()?;
                match char::decode_utf16([first]).next()? {
                    Ok(letter) => letter,
                    Err(_) => {
                        let follows = self.text[self.at..].starts_with(b"\\u");
                        self.at += if follows { 2 } else { return None };
                        char::decode_utf16([first, self.unit()?]).next()?.ok()?
                    }
                }
            }
            _ => return None,
        })
    }

    fn unit(&mut self) -> Option<u16> {
        let digits = std::str::from_utf8(self.text.get(self.at..self.at + 4)?).ok()?;
        self.at += 4;
        u16::from_str_radix(digits, 16).ok()
    }

    fn word(&mut self, word: &[u8], value: Json) -> Option<Json> {
        self.text[self.at..].starts_with(word).then(|| self.at += word.len())?;
        Some(value)
    }

    fn take(&mut self, wanted: u8) -> Option<()> {
        self.skip_space();
        (self.peek()? == wanted).then(|| self.at += 1)
    }

    fn peek(&self) -> Option<u8> {
        self.text.get(self.at).copied()
    }

    fn skip_space(&mut self) {
        while matches!(self.peek(), Some(b' ' | b'\t' | b'\r' | b'\n')) {
            self.at += 1;
        }
    }
}

/// As deep as a tree is made of it.
const TREE_DEPTH: usize = 100;

/// Go reads no deeper.
const MAX_DEPTH: usize = 10_000;

#[cfg(test)]
mod tests {
    use proptest::prelude::*;
    use serde_json::Value;

    use super::*;
    use crate::json::Numbers;

    #[test]
    fn what_is_no_json_is_no_value() {
        for broken in [
            "",
            "{",
            "{\"a\"",
            "{\"a\":}",
            "[1",
            "[1,]",
            "tru",
            "\"a",
            "\"\\u12\"",
            "\"\\ud800\"",
            "1 2",
            "-",
            "{1:2}",
        ] {
            assert!(read(broken.as_bytes()).is_none(), "{broken}");
        }
        let nested = |depth: usize| format!("{}{}", "[".repeat(depth), "]".repeat(depth));
        assert!(read(nested(MAX_DEPTH).as_bytes()).is_some());
        assert!(read(nested(MAX_DEPTH + 1).as_bytes()).is_none());
        assert!(read(nested(100_000).as_bytes()).is_none());
        assert!(read(nested(TREE_DEPTH + 1).replace("[]", "[}").as_bytes()).is_none());
    }

    #[test]
    fn what_is_deep_is_written_as_it_came() {
        for depth in [TREE_DEPTH - 1, TREE_DEPTH, TREE_DEPTH + 1, 1000, MAX_DEPTH - 1] {
            let text = format!("{}{{\"]\":1.50}}{}", "[".repeat(depth), "]".repeat(depth));
            let value = read(text.as_bytes()).unwrap();
            assert_eq!(String::from_utf8_lossy(&value.write(Numbers::AsWritten)), text);
        }
    }

    #[test]
    fn escapes_are_read() {
        let read = read(r#" "\"\\\/\b\f\n\r\t\u00e9\ud83d\ude00é" "#.as_bytes());
        assert!(read == Some(Json::Text(Zeroizing::new("\"\\/\u{8}\u{c}\n\r\té😀é".to_owned()))));
    }

    proptest! {
        #[test]
        fn a_value_is_what_the_parser_of_bodies_reads(text in "[ \\[\\]{},:\"0-9eE.+\\-ntrufalse\\\\/é\u{1f600}]{0,40}") {
            let theirs = serde_json::from_str::<Value>(&text).ok();
            let ours = read(text.as_bytes());
            if let Some(theirs) = theirs {
                let ours = ours.map(|value| value.write(Numbers::AsFloats));
                let ours: Option<Value> = ours.and_then(|text| serde_json::from_slice(&text).ok());
                let floats = Json::from(&theirs).write(Numbers::AsFloats);
                let theirs: Option<Value> = serde_json::from_slice(&floats).ok();
                prop_assert_eq!(ours, theirs);
            }
        }
    }
}
