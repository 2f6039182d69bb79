use std::borrow::Cow;

use super::{
    HclError, json,
    node::{Item, MAX_DEPTH, Node},
    scanner::Scanner,
    token::{Dialect, Kind, Token},
};

/// The text as it is read: HCL's lines end in `\n` alone.
pub(in crate::policy) fn normalized(text: &str) -> Cow<'_, str> {
    if text.contains("\r\n") && !is_json(text) { text.replace("\r\n", "\n").into() } else { text.into() }
}

/// The object that a text describes, in HCL or, if it begins with a brace, in JSON.
///
/// # Errors
/// With what is wrong, and where.
pub(in crate::policy) fn parse(text: &str) -> Result<Node<'_>, HclError> {
    if is_json(text) { json::parse(text) } else { Parser::new(text).parse() }
}

fn is_json(text: &str) -> bool {
    text.trim_start().starts_with('{')
}

struct Parser<'a> {
    scanner: Scanner<'a>,
    token: Token<'a>,
    /// The token was put back.
    pending: bool,
    depth: usize,
}

/// Why a list of items ends.
enum Stop {
    End,
    Problem(HclError),
}

impl<'a> Parser<'a> {
    fn new(text: &'a str) -> Self {
        let (scanner, token) = (Scanner::new(text, Dialect::Hcl), Token::none(Dialect::Hcl));
        Self { scanner, token, pending: false, depth: 0 }
    }

    fn parse(mut self) -> Result<Node<'a>, HclError> {
        let items = self.items(Kind::End);
        if let Some(problem) = self.scanner.problem {
            return Err(problem);
        }
        items.map(|items| Node::Object { place: self.token.place, items })
    }

    /// The next token that is no comment.
    fn scan(&mut self) -> Token<'a> {
        if !self.pending {
            self.token = self.scanner.scan();
            while self.token.kind == Kind::Comment {
                self.token = self.scanner.scan();
            }
        }
        self.pending = false;
        self.token
    }

    fn put_back(&mut self) {
        self.pending = true;
    }

    fn items(&mut self, end: Kind) -> Result<Vec<Item<'a>>, HclError> {
        let mut items = Vec::new();
        loop {
            if end == Kind::CloseBrace {
                let token = self.scan();
                self.put_back();
                if token.kind == Kind::CloseBrace {
                    return Ok(items);
                }
            }
            match self.item() {
                Ok(item) => items.push(item),
                Err(Stop::End) => return Ok(items),
                Err(Stop::Problem(problem)) => return Err(problem),
            }
            if self.scan().kind != Kind::Comma {
                self.put_back();
            }
        }
    }

    fn item(&mut self) -> Result<Item<'a>, Stop> {
        let keys = self.keys()?;
        match self.token.kind {
            Kind::Assign => {
                let line = self.token.place.line;
                Ok(Item { keys, line, value: self.value()? })
            }
            Kind::OpenBrace => Ok(Item { keys, line: 0, value: self.object().map_err(Stop::Problem)? }),
            _ => {
                let shown: Vec<&str> = keys.iter().map(|key| key.text).collect();
                let shown = shown.join(" ");
                Err(self
                    .problem(format!("key '{shown}' expected start of object ('{{') or assignment ('=')")))
            }
        }
    }

    /// The keys of an item, up to the sign behind them.
    fn keys(&mut self) -> Result<Vec<Token<'a>>, Stop> {
        let mut keys = Vec::new();
        loop {
            let token = self.scan();
            match token.kind {
                Kind::Name | Kind::Text => keys.push(token),
                Kind::End if keys.is_empty() => return Err(Stop::End),
                Kind::End => return Ok(keys),
                Kind::Assign => {
                    return match keys.len() {
                        0 => Err(self.problem("no object keys found!")),
                        1 => Ok(keys),
                        _ => Err(self.problem("nested object expected: LBRACE got: ASSIGN")),
                    };
                }
                Kind::OpenBrace if keys.is_empty() => {
                    return Err(self.problem("expected: IDENT | STRING got: LBRACE"));
                }
                Kind::OpenBrace => return Ok(keys),
                // A key without a value at the end of an object.
                Kind::CloseBrace if !keys.is_empty() => return Ok(keys),
                Kind::Illegal => return Err(self.problem("illegal character")),
                other => {
                    return Err(
                        self.problem(format!("expected: IDENT | STRING | ASSIGN | LBRACE got: {other}"))
                    );
                }
            }
        }
    }

    fn value(&mut self) -> Result<Node<'a>, Stop> {
        let token = self.scan();
        match token.kind {
            Kind::OpenBrace => self.object().map_err(Stop::Problem),
            Kind::OpenBracket => self.list().map_err(Stop::Problem),
            Kind::End => Err(Stop::End),
            _ if token.is_value() => Ok(Node::Literal(token)),
            _ => Err(self.problem(format!("Unknown token: {token}"))),
        }
    }

    fn object(&mut self) -> Result<Node<'a>, HclError> {
        let place = self.token.place;
        self.descend()?;
        let items = self.items(Kind::CloseBrace)?;
        let token = self.scan();
        if token.kind != Kind::CloseBrace {
            let problem = format!("object expected closing RBRACE got: {}", token.kind);
            return Err(HclError::at(token.place, problem));
        }
        self.depth -= 1;
        Ok(Node::Object { place, items })
    }

    fn list(&mut self) -> Result<Node<'a>, HclError> {
        let place = self.token.place;
        self.descend()?;
        let mut values = Vec::new();
        let mut needs_comma = false;
        loop {
            let token = self.scan();
            if needs_comma && !matches!(token.kind, Kind::Comma | Kind::CloseBracket) {
                let problem = format!("error parsing list, expected comma or list end, got: {}", token.kind);
                return Err(HclError::at(token.place, problem));
            }
            match token.kind {
                Kind::Comma => needs_comma = false,
                Kind::CloseBracket => {
                    self.depth -= 1;
                    return Ok(Node::List { place, values });
                }
                Kind::OpenBrace => {
                    values.push(self.object().map_err(|error| within("object", token, &error))?);
                    needs_comma = true;
                }
                // Between two lists no comma is asked for.
                Kind::OpenBracket => {
                    values.push(self.list().map_err(|error| within("list", token, &error))?);
                }
                _ if token.is_value() => {
                    values.push(Node::Literal(token));
                    needs_comma = true;
                }
                other => {
                    let problem = format!("unexpected token while parsing list: {other}");
                    return Err(HclError::at(token.place, problem));
                }
            }
        }
    }

    fn descend(&mut self) -> Result<(), HclError> {
        self.depth += 1;
        if self.depth > MAX_DEPTH {
            return Err(HclError::at(self.token.place, "nested too deep"));
        }
        Ok(())
    }

    fn problem(&self, problem: impl Into<String>) -> Stop {
        Stop::Problem(HclError::at(self.token.place, problem))
    }
}

fn within(what: &str, token: Token<'_>, error: &HclError) -> HclError {
    HclError::at(token.place, format!("error while trying to parse {what} within list: {error}"))
}
