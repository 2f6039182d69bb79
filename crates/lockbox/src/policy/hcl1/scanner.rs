use super::{
    HclError,
    cursor::{Cursor, END},
    token::{Dialect, Kind, Token},
};

/// Text to tokens.
#[derive(Debug)]
pub(super) struct Scanner<'a> {
    cursor: Cursor<'a>,
    dialect: Dialect,
    /// What was found wrong last: it is told rather than what the parser makes of it.
    pub(super) problem: Option<HclError>,
}

impl<'a> Scanner<'a> {
    pub(super) fn new(text: &'a str, dialect: Dialect) -> Self {
        Self { cursor: Cursor::new(text), dialect, problem: None }
    }

    /// The next token, comments included.
    pub(super) fn scan(&mut self) -> Token<'a> {
        let mut first = self.next();
        while matches!(first, ' ' | '\t' | '\n' | '\r') {
            first = self.next();
        }
        let (start, place) = (self.cursor.start(), self.cursor.place());
        let kind = match first {
            END => Kind::End,
            _ if is_letter(first) => self.name(start),
            '0'..='9' => self.number(first),
            '"' => self.text(),
            '.' => self.period(),
            '[' => Kind::OpenBracket,
            ']' => Kind::CloseBracket,
            '{' => Kind::OpenBrace,
            '}' => Kind::CloseBrace,
            ',' => Kind::Comma,
            '-' if self.cursor.peek().is_ascii_digit() => {
                let first = self.next();
                self.number(first)
            }
            _ => match self.dialect {
                Dialect::Hcl => self.hcl_sign(first),
                Dialect::Json => self.json_sign(first),
            },
        };
        Token { kind, place, text: self.cursor.since(start), dialect: self.dialect }
    }

    fn next(&mut self) -> char {
        let character = self.cursor.next();
        match (self.dialect, character) {
            (Dialect::Hcl, END) if self.cursor.since(self.cursor.start()) == "\0" => {
                self.refuse("unexpected null character (0x00)");
                END
            }
            (Dialect::Hcl, '\u{e123}') => {
                self.refuse("unicode code point U+E123 reserved for internal use");
                char::REPLACEMENT_CHARACTER
            }
            _ => character,
        }
    }

    fn refuse(&mut self, problem: &str) {
        let place = self.cursor.place();
        self.problem = Some(match self.dialect {
            Dialect::Hcl => HclError::at(place, problem),
            Dialect::Json => HclError::Plain(format!("{place}: {problem}")),
        });
    }

    fn hcl_sign(&mut self, first: char) -> Kind {
        match first {
            '#' | '/' => self.comment(first),
            '<' => self.heredoc(),
            '=' => Kind::Assign,
            '+' => Kind::Add,
            '-' => Kind::Subtract,
            _ => {
                self.refuse("illegal char");
                Kind::Illegal
            }
        }
    }

    fn json_sign(&mut self, first: char) -> Kind {
        match first {
            ':' => return Kind::Colon,
            '-' => self.refuse("illegal char"),
            other => self.refuse(&format!("illegal char: {other}")),
        }
        Kind::Illegal
    }

    fn name(&mut self, start: usize) -> Kind {
        let dialect = self.dialect;
        let continues = |character| {
            is_letter(character)
                || is_digit(character)
                || character == '-'
                || (character == '.' && dialect == Dialect::Hcl)
        };
        let mut character = self.next();
        while continues(character) {
            character = self.next();
        }
        self.back(character);
        match (self.cursor.since(start), dialect) {
            ("true" | "false", _) => Kind::Bool,
            (_, Dialect::Hcl) => Kind::Name,
            ("null", Dialect::Json) => Kind::Null,
            (_, Dialect::Json) => {
                self.refuse("illegal char");
                Kind::Illegal
            }
        }
    }

    fn period(&mut self) -> Kind {
        let character = self.cursor.peek();
        if !character.is_ascii_digit() {
            return Kind::Period;
        }
        let character = self.mantissa(character);
        self.exponent(character);
        Kind::Float
    }

    fn number(&mut self, first: char) -> Kind {
        match (self.dialect, first) {
            (Dialect::Hcl, '0') => self.number_from_zero(),
            (Dialect::Hcl, _) => {
                self.mantissa(first);
                let character = self.next();
                self.number_end(character)
            }
            (Dialect::Json, _) => {
                let start = self.cursor.at();
                self.mantissa(first);
                let character = self.next();
                let kind = self.number_end(character);
                if kind == Kind::Number && first == '0' && start != self.cursor.at() {
                    self.refuse("numbers cannot start with 0");
                }
                kind
            }
        }
    }

    /// A hexadecimal, an octal, or a fraction.
    fn number_from_zero(&mut self) -> Kind {
        let mut character = self.next();
        if matches!(character, 'x' | 'X') {
            character = self.next();
            if !character.is_ascii_hexdigit() {
                self.refuse("illegal hexadecimal number");
            }
            while character.is_ascii_hexdigit() {
                character = self.next();
            }
            self.back(character);
            return Kind::Number;
        }
        let mut no_octal = false;
        while character.is_ascii_digit() {
            character = self.next();
            no_octal |= matches!(character, '8' | '9');
        }
        if no_octal && !matches!(character, 'e' | 'E' | '.') {
            self.refuse("illegal octal number");
        }
        self.number_end(character)
    }

    fn number_end(&mut self, character: char) -> Kind {
        match character {
            'e' | 'E' => {
                self.exponent(character);
            }
            '.' => {
                let fraction = self.cursor.peek();
                let character = self.mantissa(fraction);
                if matches!(character, 'e' | 'E') {
                    let character = self.next();
                    self.exponent(character);
                }
            }
            _ => {
                self.back(character);
                return Kind::Number;
            }
        }
        Kind::Float
    }

    /// The character behind the digits, which is put back.
    fn mantissa(&mut self, first: char) -> char {
        let mut character = first;
        let mut scanned = false;
        while character.is_ascii_digit() {
            character = self.next();
            scanned = true;
        }
        if scanned {
            self.back(character);
        }
        character
    }

    fn exponent(&mut self, character: char) {
        if !matches!(character, 'e' | 'E') {
            return;
        }
        let mut character = self.next();
        if matches!(character, '-' | '+') {
            character = self.next();
        }
        self.mantissa(character);
    }

    fn comment(&mut self, first: char) -> Kind {
        if first == '/' && self.cursor.peek() == '*' {
            self.next();
            let mut before = self.next();
            loop {
                if before == END {
                    self.refuse("comment not terminated");
                    return Kind::Comment;
                }
                let character = self.next();
                if (before, character) == ('*', '/') {
                    return Kind::Comment;
                }
                before = character;
            }
        }
        if first == '/' && self.cursor.peek() != '/' {
            self.refuse("expected '/' for comment");
            return Kind::Comment;
        }
        let mut character = self.next();
        while !matches!(character, '\n' | END) {
            character = self.next();
        }
        self.back(character);
        Kind::Comment
    }

    fn text(&mut self) -> Kind {
        let mut braces = 0_usize;
        loop {
            let character = self.next();
            let inside = braces > 0 && self.dialect == Dialect::Hcl;
            match character {
                END => {
                    self.refuse("literal not terminated");
                    return Kind::Text;
                }
                '\n' if !inside => {
                    self.refuse("literal not terminated");
                    return Kind::Text;
                }
                '"' if !inside => return Kind::Text,
                '$' if braces == 0 && self.cursor.peek() == '{' => {
                    self.next();
                    braces = 1;
                }
                '{' if braces > 0 => braces += 1,
                '}' if braces > 0 => braces -= 1,
                '\\' => self.escape(),
                _ => {}
            }
        }
    }

    fn escape(&mut self) {
        match self.next() {
            'a' | 'b' | 'f' | 'n' | 'r' | 't' | 'v' | '\\' | '"' => {}
            digit @ '0'..='7' => self.digits(digit, 8, 3),
            'x' => self.more_digits(2),
            'u' => self.more_digits(4),
            'U' => self.more_digits(8),
            _ => self.refuse("illegal char escape"),
        }
    }

    fn more_digits(&mut self, count: usize) {
        let first = self.next();
        self.digits(first, 16, count);
    }

    fn digits(&mut self, first: char, base: u32, count: usize) {
        let mut character = first;
        let mut left = count;
        while left > 0 && character.is_digit(base) {
            character = self.next();
            if character == END {
                break;
            }
            left -= 1;
        }
        if left > 0 {
            self.refuse("illegal char escape");
        }
        if left != count || self.dialect == Dialect::Json {
            self.back(character);
        }
    }

    fn heredoc(&mut self) -> Kind {
        if self.next() != '<' {
            self.refuse("heredoc expected second '<', didn't see it");
            return Kind::Heredoc;
        }
        let start = self.cursor.start() + 1;
        let mut character = self.next();
        if character == '-' {
            character = self.next();
        }
        while is_letter(character) || is_digit(character) {
            character = self.next();
        }
        let mark = self.cursor.since(start);
        match character {
            END => self.refuse("heredoc not terminated"),
            '\n' if mark == "\n" || mark == "-\n" => self.refuse("zero-length heredoc anchor"),
            '\n' => self.heredoc_lines(mark.trim_end_matches('\n')),
            _ => self.refuse("invalid characters in heredoc anchor"),
        }
        Kind::Heredoc
    }

    fn heredoc_lines(&mut self, mark: &str) {
        let name = mark.strip_prefix('-').unwrap_or(mark);
        loop {
            let mut character = self.next();
            let start = self.cursor.start();
            while !matches!(character, '\n' | END) {
                character = self.next();
            }
            if character == END {
                self.refuse("heredoc not terminated");
                return;
            }
            let line = self.cursor.since(start);
            let line = line.strip_suffix('\n').unwrap_or(line);
            let bare = line.trim_end_matches('\r').trim_start_matches([' ', '\t', '\r', '\u{b}', '\u{c}']);
            // OpenBao counts the dash of the mark among the bytes that the line must have.
            if line.len() >= mark.len() && bare == name {
                return;
            }
        }
    }

    fn back(&mut self, character: char) {
        if character != END {
            self.cursor.back();
        }
    }
}

fn is_letter(character: char) -> bool {
    character == '_' || character.is_alphabetic()
}

fn is_digit(character: char) -> bool {
    character.is_numeric()
}
