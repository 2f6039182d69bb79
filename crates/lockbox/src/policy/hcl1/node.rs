use super::{
    HclError,
    place::Place,
    token::{Kind, Token},
};

/// One value of the tree.
#[derive(Debug)]
pub(in crate::policy) enum Node<'a> {
    Literal(Token<'a>),
    List { place: Place, values: Vec<Node<'a>> },
    Object { place: Place, items: Vec<Item<'a>> },
}

/// `key = value`, or `key "label" { … }`.
#[derive(Debug)]
pub(in crate::policy) struct Item<'a> {
    pub(super) keys: Vec<Token<'a>>,
    /// The line of the sign between key and value; zero when there is none.
    pub(super) line: usize,
    pub(super) value: Node<'a>,
}

/// An item, seen without the first of its keys, or with all of them.
#[derive(Clone, Copy, Debug)]
pub(in crate::policy) struct Entry<'n, 'a> {
    keys: &'n [Token<'a>],
    line: usize,
    value: &'n Node<'a>,
}

impl<'a> Node<'a> {
    pub(super) fn place(&self) -> Place {
        match self {
            Self::Literal(token) => token.place,
            Self::List { place, .. } | Self::Object { place, .. } => *place,
        }
    }

    /// What OpenBao calls it.
    pub(in crate::policy) fn kind(&self) -> &'static str {
        match self {
            Self::Literal(_) => "*ast.LiteralType",
            Self::List { .. } => "*ast.ListType",
            Self::Object { .. } => "*ast.ObjectType",
        }
    }

    /// The items of an object.
    pub(in crate::policy) fn entries(&self) -> Option<Vec<Entry<'_, 'a>>> {
        match self {
            Self::Object { items, .. } => Some(items.iter().map(Entry::of).collect()),
            Self::Literal(_) | Self::List { .. } => None,
        }
    }
}

impl<'n, 'a> Entry<'n, 'a> {
    fn of(item: &'n Item<'a>) -> Self {
        Self { keys: &item.keys, line: item.line, value: &item.value }
    }

    pub(in crate::policy) fn keys(&self) -> &'n [Token<'a>] {
        self.keys
    }

    pub(in crate::policy) fn line(&self) -> usize {
        self.line
    }

    pub(in crate::policy) fn value(&self) -> &'n Node<'a> {
        self.value
    }

    pub(super) fn place(&self) -> Place {
        self.keys.first().map_or_else(Place::default, |key| key.place)
    }

    /// The first key.
    ///
    /// # Errors
    /// When it is no text.
    pub(in crate::policy) fn name(&self) -> Result<String, HclError> {
        self.keys.first().map_or_else(|| Ok(String::new()), Token::value)
    }

    /// The same without its first key, when that is this one.
    pub(in crate::policy) fn under(&self, key: &str) -> Option<Self> {
        let (first, keys) = self.keys.split_first()?;
        first.value().is_ok_and(|name| name == key).then_some(Self { keys, ..*self })
    }
}

impl Token<'_> {
    /// Whether it can stand alone as a value.
    pub(super) fn is_value(&self) -> bool {
        matches!(self.kind, Kind::Number | Kind::Float | Kind::Bool | Kind::Null | Kind::Text | Kind::Heredoc)
    }
}

/// No policy is nested deeper, and the readers call themselves for each level.
pub(super) const MAX_DEPTH: usize = 100;
