use std::fmt;

use super::{HclError, place::Place, unquote};

/// One word of a text.
#[derive(Clone, Copy, Debug)]
pub(in crate::policy) struct Token<'a> {
    pub(super) kind: Kind,
    pub(super) place: Place,
    pub(super) text: &'a str,
    pub(super) dialect: Dialect,
}

/// The two forms of a policy.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Dialect {
    Hcl,
    Json,
}

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Kind {
    Illegal,
    End,
    Comment,
    Name,
    Number,
    Float,
    Bool,
    Null,
    Text,
    Heredoc,
    OpenBracket,
    CloseBracket,
    OpenBrace,
    CloseBrace,
    Comma,
    Period,
    Assign,
    Colon,
    Add,
    Subtract,
}

impl<'a> Token<'a> {
    /// The token before the first.
    pub(super) fn none(dialect: Dialect) -> Self {
        Self { kind: Kind::End, place: Place::default(), text: "", dialect }
    }

    /// What the token says, without its quotes.
    ///
    /// # Errors
    /// When it says no text.
    pub(in crate::policy) fn value(&self) -> Result<String, HclError> {
        let said = match (self.kind, self.dialect) {
            (Kind::Text, Dialect::Hcl) => unquote::hcl(self.text),
            (Kind::Text, Dialect::Json) => unquote::json(self.text),
            (Kind::Heredoc, _) => unquote::heredoc(self.text),
            _ => Some(self.text.to_owned()),
        };
        said.ok_or_else(|| HclError::at(self.place, format!("{} is no text", self.text)))
    }
}

impl fmt::Display for Token<'_> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{} {} {}", self.place, self.kind, self.text)
    }
}

impl fmt::Display for Kind {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(match self {
            Self::Illegal => "ILLEGAL",
            Self::End => "EOF",
            Self::Comment => "COMMENT",
            Self::Name => "IDENT",
            Self::Number => "NUMBER",
            Self::Float => "FLOAT",
            Self::Bool => "BOOL",
            Self::Null => "NULL",
            Self::Text => "STRING",
            Self::Heredoc => "HEREDOC",
            Self::OpenBracket => "LBRACK",
            Self::CloseBracket => "RBRACK",
            Self::OpenBrace => "LBRACE",
            Self::CloseBrace => "RBRACE",
            Self::Comma => "COMMA",
            Self::Period => "PERIOD",
            Self::Assign => "ASSIGN",
            Self::Colon => "COLON",
            Self::Add => "ADD",
            Self::Subtract => "SUB",
        })
    }
}
