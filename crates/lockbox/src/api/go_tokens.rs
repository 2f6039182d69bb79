use super::failure::Failure;

/// A JSON text token by token, as Go's `encoding/json` reads one: strictly, with its error texts, and without recursion.
///
/// It goes on behind the first value, and a text that ends too early simply ends: that is for the parser to say.
pub(super) struct GoTokens<'a> {
    text: &'a [u8],
    at: usize,
    open: Vec<Open>,
    /// Where the first value ends, once it does.
    end: Option<usize>,
}

#[derive(Debug, PartialEq, Eq)]
pub(super) enum Token {
    Object,
    Array,
    /// With its length when it is decoded.
    Text(usize),
    Number,
    Literal,
    /// The end of an object or an array.
    End,
}

/// What is open, and how many names and values it has so far.
#[derive(Clone, Copy)]
enum Open {
    Object(usize),
    Array(usize),
}

impl<'a> GoTokens<'a> {
    pub(super) fn of(text: &'a [u8]) -> Self {
        Self { text, at: 0, open: Vec::new(), end: None }
    }

    /// Where the first value ends, as far as it was read.
    pub(super) fn end(&self) -> Option<usize> {
        self.end
    }

    /// # Errors
    /// With what Go does not take.
    pub(super) fn next(&mut self) -> Result<Option<Token>, Failure> {
        let delimiter = self.delimiter();
        let Some(first) = self.peek() else {
            // What would come next is not known: a text could.
            let checked = delimiter.map(|_| self.check_delimiter(b'"', delimiter));
            return checked.unwrap_or(Ok(())).map(|()| None);
        };
        self.check_delimiter(first, delimiter)?;
        let token = match first {
            b'{' | b'[' => self.begin_inner(first)?,
            b'}' | b']' => self.end_inner(first)?,
            b'"' => match self.string()? {
                Some(decoded_bytes) => Token::Text(decoded_bytes),
                None => return Ok(None),
            },
            b't' => return self.literal("true"),
            b'f' => return self.literal("false"),
            b'n' => return self.literal("null"),
            b'-' | b'0'..=b'9' => match self.number()? {
                Some(()) => Token::Number,
                None => return Ok(None),
            },
            _ => return Err(self.unexpected(self.at, BEGINNING)),
        };
        if let Token::Text(_) | Token::Number = token {
            self.count(if first == b'"' { Kind::Text } else { Kind::Other })?;
        }
        Ok(Some(token))
    }

    /// Goes to what comes next; where a comma or a colon stands before it.
    fn delimiter(&mut self) -> Option<usize> {
        self.skip_space();
        let at = self.at;
        self.peek().filter(|byte| matches!(byte, b',' | b':'))?;
        self.at += 1;
        self.skip_space();
        Some(at)
    }

    fn check_delimiter(&self, next: u8, delimiter: Option<usize>) -> Result<(), Failure> {
        let closes = matches!(next, b'}' | b']');
        let (needed, place) = match self.open.last() {
            Some(Open::Object(count)) if count % 2 == 1 => (Some(b':'), "after object key"),
            Some(Open::Object(1..)) if !closes => (Some(b','), "after object key:value pair"),
            Some(Open::Array(1..)) if !closes => (Some(b','), "after array element"),
            _ => (None, BEGINNING),
        };
        let given = delimiter.map(|at| self.text[at]);
        if given == needed { Ok(()) } else { Err(self.unexpected(delimiter.unwrap_or(self.at), place)) }
    }

    fn begin_inner(&mut self, first: u8) -> Result<Token, Failure> {
        self.check_name(Kind::Other)?;
        if self.open.len() == MAX_DEPTH {
            return Err(Failure::JsonTooDeep);
        }
        self.at += 1;
        let is_object = first == b'{';
        self.open.push(if is_object { Open::Object(0) } else { Open::Array(0) });
        Ok(if is_object { Token::Object } else { Token::Array })
    }

    fn end_inner(&mut self, end: u8) -> Result<Token, Failure> {
        let place = match (self.open.last(), end) {
            (Some(Open::Object(count)), b'}') if count % 2 == 1 => {
                return Err(Failure::Json("missing value after object key".to_owned()));
            }
            (Some(Open::Object(_)), b'}') | (Some(Open::Array(_)), b']') => {
                self.open.pop();
                self.at += 1;
                self.count(Kind::Other)?;
                return Ok(Token::End);
            }
            (Some(Open::Object(1..)), _) => "after object key:value pair",
            (Some(Open::Array(1..)), _) => "after array element",
            _ => BEGINNING,
        };
        Err(self.unexpected(self.at, place))
    }

    /// One more value, or name, in what is open.
    fn count(&mut self, kind: Kind) -> Result<(), Failure> {
        self.check_name(kind)?;
        match self.open.last_mut() {
            Some(Open::Object(count) | Open::Array(count)) => *count += 1,
            None => self.end = self.end.or(Some(self.at)),
        }
        Ok(())
    }

    fn check_name(&self, kind: Kind) -> Result<(), Failure> {
        match self.open.last() {
            Some(Open::Object(count)) if count % 2 == 0 && kind == Kind::Other => {
                Err(Failure::Json("object member name must be a string".to_owned()))
            }
            _ => Ok(()),
        }
    }

    fn literal(&mut self, literal: &'static str) -> Result<Option<Token>, Failure> {
        for expected in literal.bytes() {
            match self.peek() {
                Some(byte) if byte == expected => self.at += 1,
                Some(_) => {
                    let place = format!("in literal {literal} (expecting '{}')", char::from(expected));
                    return Err(self.unexpected(self.at, &place));
                }
                None => return Ok(None),
            }
        }
        self.count(Kind::Other)?;
        Ok(Some(Token::Literal))
    }

    fn number(&mut self) -> Result<Option<()>, Failure> {
        let start = self.at;
        self.at += usize::from(self.peek() == Some(b'-'));
        match self.peek() {
            Some(b'0') => self.at += 1,
            _ => {
                if !self.digits()? {
                    return Ok(None);
                }
            }
        }
        if self.peek() == Some(b'.') {
            self.at += 1;
            if !self.digits()? {
                return Ok(None);
            }
        }
        if matches!(self.peek(), Some(b'e' | b'E')) {
            self.at += 1;
            self.at += usize::from(matches!(self.peek(), Some(b'+' | b'-')));
            if !self.digits()? {
                return Ok(None);
            }
        }
        let written = std::str::from_utf8(&self.text[start..self.at]).unwrap_or_default();
        if written.parse::<f64>().is_ok_and(f64::is_infinite) {
            let problem = format!("json: cannot unmarshal number {written} into Go value of type float64");
            return Err(Failure::Json(problem));
        }
        Ok(Some(()))
    }

    /// At least one digit; not when the text ends before it.
    fn digits(&mut self) -> Result<bool, Failure> {
        match self.peek() {
            Some(byte) if byte.is_ascii_digit() => {}
            Some(_) => return Err(self.unexpected(self.at, "in numeric literal")),
            None => return Ok(false),
        }
        while self.peek().is_some_and(|byte| byte.is_ascii_digit()) {
            self.at += 1;
        }
        Ok(true)
    }

    /// Its length when it is decoded; none when the text ends in it.
    fn string(&mut self) -> Result<Option<usize>, Failure> {
        let mut decoded_bytes = 0;
        self.at += 1;
        loop {
            let rest = &self.text[self.at..];
            let plain = rest.iter().position(|byte| matches!(byte, b'"' | b'\\' | ..0x20));
            let Some(plain) = plain else { return Ok(None) };
            (decoded_bytes, self.at) = (decoded_bytes + plain, self.at + plain);
            match rest[plain] {
                b'"' => {
                    self.at += 1;
                    return Ok(Some(decoded_bytes));
                }
                b'\\' => match self.escape()? {
                    Some(bytes) => decoded_bytes += bytes,
                    None => return Ok(None),
                },
                _ => return Err(self.unexpected(self.at, "in string")),
            }
        }
    }

    fn escape(&mut self) -> Result<Option<usize>, Failure> {
        let rest = &self.text[self.at..];
        match rest {
            [_] => Ok(None),
            [_, b'"' | b'\\' | b'/' | b'b' | b'f' | b'n' | b'r' | b't', ..] => {
                self.at += 2;
                Ok(Some(1))
            }
            [_, b'u', digits @ ..] => {
                let digits = &digits[..digits.len().min(4)];
                if !digits.iter().all(u8::is_ascii_hexdigit) {
                    return Err(broken_escape(&rest[..rest.len().min(6)]));
                }
                if digits.len() < 4 {
                    return Ok(None);
                }
                self.at += 6;
                Ok(Some(encoded_bytes(digits)))
            }
            _ => Err(broken_escape(&rest[..2])),
        }
    }

    fn skip_space(&mut self) {
        while matches!(self.peek(), Some(b' ' | b'\t' | b'\r' | b'\n')) {
            self.at += 1;
        }
    }

    fn peek(&self) -> Option<u8> {
        self.text.get(self.at).copied()
    }

    fn unexpected(&self, at: usize, place: &str) -> Failure {
        Failure::Json(format!("invalid character {} {place}", quoted_first(&self.text[at..])))
    }
}

#[derive(Clone, Copy, PartialEq, Eq)]
enum Kind {
    Text,
    Other,
}

/// The first letter in single quotes, as Go quotes it.
fn quoted_first(text: &[u8]) -> String {
    let first = text.utf8_chunks().next().and_then(|chunk| chunk.valid().chars().next());
    match first {
        None => format!("'\\x{:x}'", text.first().copied().unwrap_or_default()),
        Some('"') => "'\"'".to_owned(),
        Some('\'') => r"'\''".to_owned(),
        Some(letter) => {
            let quoted = crate::exchange::quoted(letter.encode_utf8(&mut [0; 4]));
            format!("'{}'", quoted.trim_matches('"'))
        }
    }
}

fn broken_escape(written: &[u8]) -> Failure {
    let is_plain = |letter: char| crate::exchange::is_printable(letter) && letter != ' ' && letter != '`';
    let text = std::str::from_utf8(written).ok().filter(|text| text.chars().all(is_plain));
    let shown = match text {
        Some(text) => format!("`{text}`"),
        None => quoted_bytes(written),
    };
    Failure::Json(format!("invalid escape sequence {shown} in string"))
}

/// Go's `%q` of what need not be text.
fn quoted_bytes(bytes: &[u8]) -> String {
    let mut quoted = String::new();
    for chunk in bytes.utf8_chunks() {
        let text = crate::exchange::quoted(chunk.valid());
        quoted.push_str(text.get(1..text.len() - 1).unwrap_or_default());
        chunk.invalid().iter().for_each(|byte| quoted.push_str(&format!("\\x{byte:02x}")));
    }
    format!("\"{quoted}\"")
}

/// How many bytes four hexadecimal digits stand for; half of a pair stands for half of four.
fn encoded_bytes(digits: &[u8]) -> usize {
    let digits = std::str::from_utf8(digits).ok();
    match digits.and_then(|digits| u16::from_str_radix(digits, 16).ok()) {
        Some(..0x80) => 1,
        Some(0x80..0x800 | 0xd800..0xe000) => 2,
        Some(_) | None => 3,
    }
}

const BEGINNING: &str = "looking for beginning of value";

/// Go reads no deeper.
const MAX_DEPTH: usize = 10_000;

#[cfg(test)]
mod tests {
    use super::*;

    fn read(text: &[u8]) -> Result<Vec<Token>, String> {
        let (mut tokens, mut all) = (GoTokens::of(text), Vec::new());
        while let Some(token) = tokens.next().map_err(|failure| failure.to_string())? {
            all.push(token);
        }
        Ok(all)
    }

    #[test]
    fn a_text_is_told_apart() {
        use Token::{Array, End, Literal, Number, Object, Text};
        let text = "{\"a\": [-1.5e+7, true,null, \"x\\\"\"]} 0 1";
        let expected = [Object, Text(1), Array, Number, Literal, Literal, Text(2), End, End, Number, Number];
        assert_eq!(read(text.as_bytes()).unwrap(), expected);
        assert_eq!(
            read("\"\\n\\u0041\\u00e4\\u20ac\\ud83d\\ude00ä\"".as_bytes()).unwrap(),
            [Text(1 + 1 + 2 + 3 + 4 + 2)]
        );
        for cut in
            ["", "{", "[1,", "{\"a\"", "{\"a\":", "\"", "\"\\", "\"\\u12", "tru", "-", "1.", "1e+", "{}{"]
        {
            assert!(read(cut.as_bytes()).is_ok(), "{cut}");
        }
    }

    #[test]
    fn what_go_does_not_take_is_refused_in_its_words() {
        for (text, expected) in [
            ("}", "invalid character '}' looking for beginning of value"),
            ("{\"a\":1,}", "invalid character ',' looking for beginning of value"),
            ("{a:1}", "invalid character 'a' looking for beginning of value"),
            ("{'a':1}", "invalid character '\\'' looking for beginning of value"),
            ("{\"a\":1} x", "invalid character 'x' looking for beginning of value"),
            ("{\"a\":01}", "invalid character '1' after object key:value pair"),
            ("{\"a\":1.}", "invalid character '}' in numeric literal"),
            ("{\"a\":\"\t\"}", "invalid character '\\t' in string"),
            ("{\"a\":\"\\x\"}", "invalid escape sequence `\\x` in string"),
            ("{\"a\":\"\\u12\"}", "invalid escape sequence `\\u12\"}` in string"),
            ("{\"a\":\"\\u 12\"}", "invalid escape sequence \"\\\\u 12\\\"\" in string"),
            ("{\"a\":tru}", "invalid character '}' in literal true (expecting 'e')"),
            ("{\"a\" 1}", "invalid character '1' after object key"),
            ("{\"a\":1 \"b\":2}", "invalid character '\"' after object key:value pair"),
            ("{,}", "invalid character ',' looking for beginning of value"),
            ("{\"a\":}", "missing value after object key"),
            ("{1:2}", "object member name must be a string"),
            ("{[]:1}", "object member name must be a string"),
            ("{null:1}", "object member name must be a string"),
            ("[1 2]", "invalid character '2' after array element"),
            ("[1}", "invalid character '}' after array element"),
            ("{\"a\",", "invalid character ',' after object key"),
            ("{},", "invalid character ',' looking for beginning of value"),
            ("[1e400,}", "json: cannot unmarshal number 1e400 into Go value of type float64"),
            ("[}", "invalid character '}' looking for beginning of value"),
            ("{\"a\":1:2}", "invalid character ':' after object key:value pair"),
            ("\u{feff}{}", "invalid character '\\ufeff' looking for beginning of value"),
            ("\0", "invalid character '\\x00' looking for beginning of value"),
            ("é", "invalid character 'é' looking for beginning of value"),
        ] {
            let refusal = read(text.as_bytes()).unwrap_err();
            assert_eq!(refusal, format!("failed to decode JSON input: {expected}"), "{text}");
        }
        assert!(read(b"\xff").unwrap_err().contains("invalid character '\\xff' looking"));
    }

    #[test]
    fn depth_takes_no_stack() {
        assert!(read("[".repeat(10_000).as_bytes()).is_ok());
        assert!(read("[".repeat(1_000_000).as_bytes()).unwrap_err().ends_with("exceeded max depth"));
    }
}
