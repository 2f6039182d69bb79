use std::borrow::Cow;

use serde_json::{Map, Number, Value};

use super::{GoJsonError, Twice, error::unexpected, text::unescaped};

/// Reads a text byte by byte.
pub(super) struct Reader<'a> {
    text: &'a [u8],
    at: usize,
    twice: Twice,
    /// The lists and objects around the place that is read.
    open: Vec<Open>,
}

enum Open {
    List(Vec<Value>),
    Object(Map<String, Value>, String),
}

impl<'a> Reader<'a> {
    pub(super) fn of(text: &'a [u8], twice: Twice) -> Self {
        Self { text, at: 0, twice, open: Vec::new() }
    }

    /// One value, however deep, without recursion: a hostile text must not take the stack.
    pub(super) fn value(&mut self) -> Result<Value, GoJsonError> {
        loop {
            let mut done = match self.begin()? {
                Some(value) => value,
                None => continue,
            };
            loop {
                self.skip_space();
                let depth = self.open.len();
                let Some(open) = self.open.last_mut() else { return Ok(done) };
                // What lies deeper than anybody points to is read, and not kept.
                if depth <= KEPT_DEPTH {
                    match open {
                        Open::List(values) => values.push(done),
                        Open::Object(members, name) => {
                            members.insert(std::mem::take(name), done);
                        }
                    }
                } else {
                    drop(done);
                }
                let (end, place) = match open {
                    Open::List(_) => (b']', "after array element"),
                    Open::Object(..) => (b'}', "after object key:value pair"),
                };
                match self.next()? {
                    b',' => {
                        if end == b'}' {
                            self.name()?;
                        }
                        break;
                    }
                    byte if byte == end => {}
                    byte => return Err(unexpected(byte, place)),
                }
                done = match self.open.pop() {
                    Some(Open::List(values)) => Value::Array(values),
                    Some(Open::Object(members, _)) => Value::Object(members),
                    None => Value::Null,
                };
            }
        }
    }

    /// The start of a value: all of it, or nothing when a list or an object was opened.
    fn begin(&mut self) -> Result<Option<Value>, GoJsonError> {
        self.skip_space();
        let value = match self.next()? {
            b'{' => {
                self.open(Open::Object(Map::new(), String::new()))?;
                self.skip_space();
                if self.peek() == Some(b'}') {
                    self.at += 1;
                    self.open.pop();
                    return Ok(Some(Value::Object(Map::new())));
                }
                self.name()?;
                return Ok(None);
            }
            b'[' => {
                self.skip_space();
                if self.peek() == Some(b']') {
                    self.at += 1;
                    return Ok(Some(Value::Array(Vec::new())));
                }
                self.open(Open::List(Vec::new()))?;
                return Ok(None);
            }
            b'"' => Value::String(self.string()?),
            b't' => self.literal("true", Value::Bool(true))?,
            b'f' => self.literal("false", Value::Bool(false))?,
            b'n' => self.literal("null", Value::Null)?,
            byte @ (b'-' | b'0'..=b'9') => self.number(byte)?,
            byte => return Err(unexpected(byte, "looking for beginning of value")),
        };
        Ok(Some(value))
    }

    fn open(&mut self, open: Open) -> Result<(), GoJsonError> {
        if self.open.len() == MAX_DEPTH {
            let byte = if matches!(open, Open::List(_)) { b'[' } else { b'{' };
            return Err(unexpected(byte, "exceeded max depth"));
        }
        self.open.push(open);
        Ok(())
    }

    /// A name and its colon.
    fn name(&mut self) -> Result<(), GoJsonError> {
        self.skip_space();
        match self.next()? {
            b'"' => {}
            byte => return Err(unexpected(byte, "looking for beginning of object key string")),
        }
        let read = self.string()?;
        self.skip_space();
        match self.next()? {
            b':' => {}
            byte => return Err(unexpected(byte, "after object key")),
        }
        if let Some(Open::Object(members, name)) = self.open.last_mut() {
            if self.twice == Twice::Refused && members.contains_key(&read) {
                return Err(GoJsonError::Twice(read));
            }
            *name = read;
        }
        Ok(())
    }

    fn literal(&mut self, literal: &'static str, value: Value) -> Result<Value, GoJsonError> {
        for expected in literal.bytes().skip(1) {
            match self.next()? {
                byte if byte == expected => {}
                byte => {
                    let place = LITERALS.iter().find(|(of, at, _)| *of == literal && *at == expected);
                    return Err(unexpected(byte, place.map_or("in literal", |(_, _, place)| place)));
                }
            }
        }
        Ok(value)
    }

    fn string(&mut self) -> Result<String, GoJsonError> {
        let start = self.at;
        let mut escaped = false;
        loop {
            match self.next()? {
                b'"' => break,
                b'\\' => {
                    escaped = true;
                    self.escape()?;
                }
                byte @ ..0x20 => return Err(unexpected(byte, "in string literal")),
                _ => {}
            }
        }
        let raw = &self.text[start..self.at - 1];
        let text = str::from_utf8(raw).map_or_else(|_| String::from_utf8_lossy(raw), Cow::Borrowed);
        Ok(if escaped { unescaped(&text) } else { text.into_owned() })
    }

    fn escape(&mut self) -> Result<(), GoJsonError> {
        match self.next()? {
            b'"' | b'\\' | b'/' | b'b' | b'f' | b'n' | b'r' | b't' => Ok(()),
            b'u' => (0..4).try_for_each(|_| match self.next()? {
                byte if byte.is_ascii_hexdigit() => Ok(()),
                byte => Err(unexpected(byte, "in \\u hexadecimal character escape")),
            }),
            byte => Err(unexpected(byte, "in string escape code")),
        }
    }

    fn number(&mut self, first: u8) -> Result<Value, GoJsonError> {
        let start = self.at - 1;
        let mut leading = first;
        if leading == b'-' {
            leading = self.digit("in numeric literal")?;
        }
        if leading != b'0' {
            self.digits();
        }
        if self.peek() == Some(b'.') {
            self.at += 1;
            self.digit("after decimal point in numeric literal")?;
            self.digits();
        }
        if matches!(self.peek(), Some(b'e' | b'E')) {
            self.at += 1;
            if matches!(self.peek(), Some(b'+' | b'-')) {
                self.at += 1;
            }
            self.digit("in exponent of numeric literal")?;
            self.digits();
        }
        let text = String::from_utf8_lossy(&self.text[start..self.at]);
        let integer = text.parse::<i64>().map(Number::from).ok();
        let number = integer.or_else(|| text.parse::<f64>().ok().and_then(Number::from_f64));
        number.map(Value::Number).ok_or_else(|| GoJsonError::Number(text.into_owned(), self.place()))
    }

    fn digit(&mut self, place: &'static str) -> Result<u8, GoJsonError> {
        match self.next()? {
            byte if byte.is_ascii_digit() => Ok(byte),
            byte => Err(unexpected(byte, place)),
        }
    }

    fn digits(&mut self) {
        while self.peek().is_some_and(|byte| byte.is_ascii_digit()) {
            self.at += 1;
        }
    }

    /// The names on the way to the place that is read.
    fn place(&self) -> String {
        let names = self.open.iter().filter_map(|open| match open {
            Open::Object(_, name) => Some(format!(".{name}")),
            Open::List(_) => None,
        });
        names.collect()
    }

    pub(super) fn skip_space(&mut self) {
        while matches!(self.peek(), Some(b' ' | b'\t' | b'\r' | b'\n')) {
            self.at += 1;
        }
    }

    pub(super) fn peek(&self) -> Option<u8> {
        self.text.get(self.at).copied()
    }

    fn next(&mut self) -> Result<u8, GoJsonError> {
        let byte = self.peek().ok_or(GoJsonError::End)?;
        self.at += 1;
        Ok(byte)
    }
}

const LITERALS: [(&str, u8, &str); 9] = [
    ("true", b'r', "in literal true (expecting 'r')"),
    ("true", b'u', "in literal true (expecting 'u')"),
    ("true", b'e', "in literal true (expecting 'e')"),
    ("false", b'a', "in literal false (expecting 'a')"),
    ("false", b'l', "in literal false (expecting 'l')"),
    ("false", b's', "in literal false (expecting 's')"),
    ("false", b'e', "in literal false (expecting 'e')"),
    ("null", b'u', "in literal null (expecting 'u')"),
    ("null", b'l', "in literal null (expecting 'l')"),
];

/// Go reads no deeper.
const MAX_DEPTH: usize = 10_000;
const KEPT_DEPTH: usize = 100;
