use super::pattern::Pattern;
use super::value::Value;

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

    pub(super) fn apply<'a>(self, left: Value<'a>, right: Value<'a>) -> Value<'a> {
        match self {
            Self::Equals => Value::Flag(left == right),
            Self::NotEquals => Value::Flag(left != right),
            Self::Matches => Value::Flag(matches(left, right)),
            Self::NotMatches => Value::Flag(!matches(left, right)),
            Self::And if left.is_truthy() => right,
            Self::And => left,
            Self::Or if left.is_truthy() => left,
            Self::Or => right,
        }
    }
}

fn matches(left: Value<'_>, right: Value<'_>) -> bool {
    let text = left.as_text();
    match right {
        Value::Nil | Value::Flag(_) => false,
        Value::Pattern(pattern) => pattern.is_found_in(text),
        // GitLab calls `right.scan(left)` on a string that is no regular expression: it looks for the left in the right.
        Value::Text(right) => match Pattern::parse(right) {
            Some(pattern) => pattern.is_found_in(text),
            None => right.contains(text),
        },
    }
}
