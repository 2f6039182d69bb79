/// A part of a pattern.
#[derive(Debug, PartialEq, Eq)]
pub(super) enum Piece {
    /// Fixed, in lower case.
    Text(String),
    /// `"`, with the backslashes that JSON puts before it or without.
    Quote,
    /// White space of any length and kind, or how JSON writes it.
    Break,
    /// A name that may be shown where it is plainly no secret.
    Name(&'static str),
    /// Signs without white space and quotes; never shown.
    Word,
    /// Digits; never shown.
    Number,
    /// The rest of a line, as little as does; never shown.
    Any,
}

/// What may be shown, by the word for its place.
const NAMES: [&str; 2] = ["claim", "variable"];

impl Piece {
    /// The first piece of words as a row writes them, and how long it is there.
    pub(super) fn first_of(says: &str) -> (Self, usize) {
        if let Some((placed, length)) = Self::placed(says) {
            return (placed, length);
        }
        match says.as_bytes()[0] {
            b'"' => (Self::Quote, 1),
            b'\n' => (Self::Break, 1),
            _ => {
                let end = says[1..].find(['"', '\n', '{']).map_or(says.len(), |at| at + 1);
                (Self::Text(says[..end].to_ascii_lowercase()), end)
            }
        }
    }

    /// `{name}`; any other brace is a brace.
    fn placed(says: &str) -> Option<(Self, usize)> {
        let (name, _) = says.strip_prefix('{')?.split_once('}')?;
        let piece = match name {
            "word" => Self::Word,
            "number" => Self::Number,
            "any" => Self::Any,
            _ => Self::Name(NAMES.into_iter().find(|known| *known == name)?),
        };
        Some((piece, name.len() + 2))
    }

    pub(super) fn fixed(&self) -> &str {
        match self {
            Self::Text(text) => text,
            _ => "",
        }
    }

    /// The most bytes that it can be.
    pub(super) fn widest(&self) -> usize {
        match self {
            Self::Text(text) => text.len(),
            Self::Quote => 4,
            Self::Break | Self::Name(_) => 64,
            Self::Word => 256,
            Self::Number => 9,
            Self::Any => 300,
        }
    }

    /// Whether a byte can stand in its place.
    pub(super) fn takes(&self, byte: u8) -> bool {
        match self {
            Self::Name(_) => byte.is_ascii_alphanumeric() || b"_.-/".contains(&byte),
            Self::Word => !byte.is_ascii_whitespace() && !b"\"'`\\".contains(&byte),
            Self::Number => byte.is_ascii_digit(),
            Self::Any => byte != b'\n',
            Self::Text(_) | Self::Quote | Self::Break => false,
        }
    }
}
