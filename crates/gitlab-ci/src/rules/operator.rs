use super::cache::Cache;
use super::value::{Unknown, Value};

/// What stands between two operands.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Operator {
    Equals,
    NotEquals,
    Matches,
    NotMatches,
    And,
    Or,
}

impl Operator {
    pub(super) const SPELLED: [(&'static str, Self); 6] = [
        ("==", Self::Equals),
        ("!=", Self::NotEquals),
        ("=~", Self::Matches),
        ("!~", Self::NotMatches),
        ("&&", Self::And),
        ("||", Self::Or),
    ];

    /// The higher, the tighter. Operators of one rank are taken from the left.
    pub(super) fn rank(self) -> u8 {
        match self {
            Self::Equals | Self::NotEquals | Self::Matches | Self::NotMatches => 3,
            Self::And => 2,
            Self::Or => 1,
        }
    }

    pub(super) fn apply<'a>(self, left: Value<'a>, right: Value<'a>, cache: &Cache) -> Value<'a> {
        match (self, left, right) {
            (Self::And, Value::Unknown(left), right) => Value::Unknown(left.and(right)),
            (Self::Or, Value::Unknown(left), right) => Value::Unknown(left.or(right)),
            (Self::And, left, right) => {
                if left.is_truthy() {
                    right
                } else {
                    left
                }
            }
            (Self::Or, left, right) => {
                if left.is_truthy() {
                    left
                } else {
                    right
                }
            }
            (_, Value::Unknown(unknown), _) | (_, _, Value::Unknown(unknown)) => {
                Value::Unknown(Unknown { is_flag: true, present: None, ..unknown })
            }
            (Self::Equals, left, right) => Value::Flag(left == right),
            (Self::NotEquals, left, right) => Value::Flag(left != right),
            (Self::Matches, left, right) => Value::Flag(matches(left, right, cache)),
            (Self::NotMatches, left, right) => Value::Flag(!matches(left, right, cache)),
        }
    }
}

impl<'a> Unknown<'a> {
    /// The left one if that is nil or false, and else the right one: neither is there if the right one is not.
    fn and(self, right: Value<'a>) -> Self {
        let present = right.is_present().filter(|present| !present);
        Self { is_flag: self.is_flag && right.is_flag(), present, ..self }
    }

    /// The left one unless that is nil or false; a text that is left may still be blank.
    fn or(self, right: Value<'a>) -> Self {
        let present = right.is_present().filter(|present| *present && self.is_flag);
        Self { is_flag: self.is_flag && right.is_flag(), present, ..self }
    }
}

fn matches(left: Value<'_>, right: Value<'_>, cache: &Cache) -> bool {
    let text = left.as_text();
    match right {
        Value::Nil | Value::Flag(_) | Value::Unknown(_) => false,
        Value::Pattern(pattern) => pattern.is_found_in(text),
        // GitLab calls `right.scan(left)` on a string that is no regular expression: it looks for the left in the right.
        Value::Text(right) => match cache.pattern(right) {
            Some(pattern) => pattern.is_found_in(text),
            None => right.contains(text),
        },
    }
}
