use super::{
    HclError, flatten,
    node::{Item, MAX_DEPTH, Node},
    place::Place,
    scanner::Scanner,
    token::{Dialect, Kind, Token},
};

/// The object that a text in JSON describes. Nothing in it has a place but the colons.
///
/// # Errors
/// With what is wrong; an object that is cut off is taken as far as it goes, as OpenBao does.
pub(super) fn parse(text: &str) -> Result<Node<'_>, HclError> {
    let mut parser = Parser::new(text);
    let object = match parser.scan().kind {
        Kind::OpenBrace => parser.object(),
        _ => Err(HclError::Plain(format!("Expected object, got unknown token: {}", parser.token))),
    };
    if let Some(problem) = parser.scanner.problem {
        return Err(problem);
    }
    match object? {
        Node::Object { place, items } => Ok(Node::Object { place, items: flatten::flatten(items) }),
        other => Ok(other),
    }
}

struct Parser<'a> {
    scanner: Scanner<'a>,
    token: Token<'a>,
    depth: usize,
}

/// Why a list of items ends.
enum Stop {
    End,
    Problem(HclError),
}

impl<'a> Parser<'a> {
    fn new(text: &'a str) -> Self {
        Self { scanner: Scanner::new(text, Dialect::Json), token: Token::none(Dialect::Json), depth: 0 }
    }

    fn scan(&mut self) -> Token<'a> {
        self.token = self.scanner.scan();
        self.token
    }

    fn object(&mut self) -> Result<Node<'a>, HclError> {
        self.descend()?;
        let mut items = Vec::new();
        let problem = loop {
            match self.item() {
                Ok(item) => items.push(item),
                Err(Stop::End) => break None,
                Err(Stop::Problem(problem)) => break Some(problem),
            }
            if self.scan().kind != Kind::Comma {
                break None;
            }
        };
        self.depth -= 1;
        match problem {
            Some(problem) if self.token.kind != Kind::CloseBrace => Err(problem),
            _ => Ok(Node::Object { place: Place::default(), items }),
        }
    }

    fn item(&mut self) -> Result<Item<'a>, Stop> {
        let mut keys = Vec::new();
        loop {
            let token = self.scan();
            match token.kind {
                Kind::End => return Err(Stop::End),
                Kind::Text => keys.push(Token { place: Place::default(), ..token }),
                Kind::Colon if !keys.is_empty() => break,
                Kind::Illegal => return Err(Stop::Problem(HclError::Plain("illegal".to_owned()))),
                other => {
                    let problem = format!("expected: STRING got: {other}");
                    return Err(Stop::Problem(HclError::Plain(problem)));
                }
            }
        }
        let line = self.token.place.line;
        Ok(Item { keys, line, value: self.value()? })
    }

    fn value(&mut self) -> Result<Node<'a>, Stop> {
        let token = self.scan();
        match token.kind {
            Kind::OpenBrace => self.object().map_err(Stop::Problem),
            Kind::OpenBracket => self.list().map_err(Stop::Problem),
            Kind::End => Err(Stop::End),
            _ if token.is_value() => Ok(literal(token)),
            _ => {
                let problem = format!("Expected object value, got unknown token: {token}");
                Err(Stop::Problem(HclError::Plain(problem)))
            }
        }
    }

    /// OpenBao's reader passes over `true` and `false`, and takes a list in a list for its beginning.
    fn list(&mut self) -> Result<Node<'a>, HclError> {
        let mut values = Vec::new();
        loop {
            let token = self.scan();
            match token.kind {
                Kind::Number | Kind::Float | Kind::Text => values.push(literal(token)),
                Kind::Comma | Kind::Bool | Kind::OpenBracket => {}
                Kind::OpenBrace => values.push(self.object()?),
                Kind::CloseBracket => return Ok(Node::List { place: Place::default(), values }),
                other => {
                    return Err(HclError::Plain(format!("unexpected token while parsing list: {other}")));
                }
            }
        }
    }

    fn descend(&mut self) -> Result<(), HclError> {
        self.depth += 1;
        if self.depth > MAX_DEPTH {
            return Err(HclError::Plain(format!("{}: nested too deep", self.token.place)));
        }
        Ok(())
    }
}

/// `null` is an empty text.
fn literal(token: Token<'_>) -> Node<'_> {
    let token = match token.kind {
        Kind::Null => Token { kind: Kind::Text, text: "", ..token },
        _ => token,
    };
    Node::Literal(Token { place: Place::default(), ..token })
}
