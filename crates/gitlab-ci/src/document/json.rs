use alloc::string::String;
use alloc::vec::Vec;

use crate::yaml::{Linked, Node, Place, Value};

/// As deep as Ruby's JSON goes.
const MAX_DEPTH: usize = 100;

/// Reads JSON, without objects, which no input can be.
pub(super) fn parse(text: &str, place: Place) -> Option<Value> {
    let mut reader = Reader { rest: text.trim_matches(SPACE), place };
    let value = reader.value(0)?;
    reader.rest.is_empty().then_some(value)
}

const SPACE: [char; 4] = [' ', '\t', '\r', '\n'];

struct Reader<'a> {
    rest: &'a str,
    place: Place,
}

impl Reader<'_> {
    fn value(&mut self, depth: usize) -> Option<Value> {
        let words = [("null", Value::Null), ("true", Value::Boolean(true)), ("false", Value::Boolean(false))];
        for (word, value) in words {
            if self.take(word) {
                return Some(value);
            }
        }
        match self.rest.chars().next()? {
            '"' => Some(Value::Text(self.string()?.into())),
            '[' if depth < MAX_DEPTH => self.array(depth),
            _ => self.number(),
        }
    }

    fn array(&mut self, depth: usize) -> Option<Value> {
        let mut items = Vec::new();
        self.take("[");
        self.skip_space();
        if self.take("]") {
            return Some(Value::Sequence(items));
        }
        loop {
            self.skip_space();
            let value = self.value(depth + 1)?;
            items.push(Linked::here(Node { value, place: self.place }));
            self.skip_space();
            if self.take("]") {
                return Some(Value::Sequence(items));
            }
            if !self.take(",") {
                return None;
            }
        }
    }

    fn number(&mut self) -> Option<Value> {
        let length = self.rest.find(|it: char| !it.is_ascii_digit() && !"+-.eE".contains(it));
        let (written, rest) = self.rest.split_at_checked(length.unwrap_or(self.rest.len()))?;
        self.rest = rest;
        let digits = written.strip_prefix('-').unwrap_or(written);
        let whole = digits.split(['.', 'e', 'E']).next()?;
        let part = digits.split_once('.').map(|(_, part)| part);
        let is_number = !whole.is_empty()
            && whole.bytes().all(|it| it.is_ascii_digit())
            && (whole == "0" || !whole.starts_with('0'))
            && part.is_none_or(|it| it.starts_with(|it: char| it.is_ascii_digit()));
        if !is_number {
            return None;
        }
        match written.parse() {
            Ok(number) => Some(Value::Integer(number)),
            Err(_) => written.parse().ok().map(Value::Float),
        }
    }

    fn string(&mut self) -> Option<String> {
        let mut text = String::new();
        self.take("\"");
        loop {
            let (before, behind) = self.rest.split_at_checked(self.rest.find(['"', '\\'])?)?;
            if before.contains(|it| it < ' ') {
                return None;
            }
            text.push_str(before);
            self.rest = behind;
            if self.take("\"") {
                return Some(text);
            }
            text.push(self.escape()?);
        }
    }

    fn escape(&mut self) -> Option<char> {
        let letter = self.rest.chars().nth(1)?;
        self.rest = self.rest.get(1 + letter.len_utf8()..)?;
        Some(match letter {
            'b' => '\x08',
            'f' => '\x0C',
            'n' => '\n',
            'r' => '\r',
            't' => '\t',
            'u' => return self.code(),
            other => other,
        })
    }

    fn code(&mut self) -> Option<char> {
        let first = self.hex()?;
        if !(0xD800..0xDC00).contains(&first) {
            return char::from_u32(first);
        }
        if !self.take("\\u") {
            return None;
        }
        let second = self.hex()?.checked_sub(0xDC00).filter(|it| *it < 0x400)?;
        char::from_u32(0x1_0000 + ((first - 0xD800) << 10) + second)
    }

    fn hex(&mut self) -> Option<u32> {
        let (digits, rest) = self.rest.split_at_checked(4)?;
        self.rest = rest;
        if !digits.bytes().all(|it| it.is_ascii_hexdigit()) {
            return None;
        }
        u32::from_str_radix(digits, 16).ok()
    }

    fn take(&mut self, wanted: &str) -> bool {
        let rest = self.rest.strip_prefix(wanted);
        self.rest = rest.unwrap_or(self.rest);
        rest.is_some()
    }

    fn skip_space(&mut self) {
        self.rest = self.rest.trim_start_matches(SPACE);
    }
}
