use alloc::format;
use alloc::string::{String, ToString};

use crate::rules::{Lookup, Variables};
use crate::substitute::{Piece, pieces};
use crate::yaml::Value;

/// Carries out `| function` on the value of a block.
///
/// # Errors
/// What GitLab says where there is no such function, or it takes no such value.
pub(super) fn apply(call: &str, value: &Value, scope: &dyn Variables) -> Result<Value, String> {
    let function = Function::read(call).ok_or_else(|| {
        format!(
            "no function matching `{call}`: check that the function name, arguments, and types are correct"
        )
    })?;
    let Value::Text(text) = value else {
        let name = function.name();
        return Err(format!(
            "error in `{name}` function: invalid input type: {name} can only be used with string inputs"
        ));
    };
    let replaced = match function {
        Function::Truncate { offset, length } => text.chars().skip(offset).take(length).collect(),
        Function::ExpandVariables => expanded(text, scope),
        Function::PosixEscape => escaped(text),
    };
    Ok(Value::Text(replaced.into()))
}

enum Function {
    Truncate { offset: usize, length: usize },
    ExpandVariables,
    PosixEscape,
}

impl Function {
    fn read(call: &str) -> Option<Self> {
        match call {
            "expand_vars" => return Some(Self::ExpandVariables),
            "posix_escape" => return Some(Self::PosixEscape),
            _ => {}
        }
        let arguments = call.strip_prefix("truncate(")?;
        let arguments = arguments.strip_suffix(')').unwrap_or(arguments);
        let (offset, length) = arguments.split_once(',')?;
        let number = |text: &str| {
            let digits = text.trim_matches(|it: char| it.is_ascii_whitespace());
            let is_number = !digits.is_empty() && digits.bytes().all(|it| it.is_ascii_digit());
            is_number.then(|| digits.parse().unwrap_or(usize::MAX))
        };
        Some(Self::Truncate { offset: number(offset)?, length: number(length)? })
    }

    fn name(&self) -> &'static str {
        match self {
            Self::Truncate { .. } => "truncate",
            Self::ExpandVariables => "expand_vars",
            Self::PosixEscape => "posix_escape",
        }
    }
}

/// A variable that is not set stays as it is written, and so does one of which nothing is known.
fn expanded(text: &str, scope: &dyn Variables) -> String {
    pieces(text)
        .map(|piece| match piece {
            Piece::Text(text) => text,
            Piece::Variable { name, written } => match scope.lookup(name) {
                Lookup::Is(value) => value,
                Lookup::Unset | Lookup::Unknown(_) => written,
            },
        })
        .collect()
}

/// Ruby's `Shellwords.shellescape`.
fn escaped(text: &str) -> String {
    if text.is_empty() {
        return "''".to_string();
    }
    let mut result = String::new();
    for character in text.chars() {
        match character {
            '\n' => result.push_str("'\n'"),
            _ if character.is_ascii_alphanumeric() || "_-.,:+/@".contains(character) => {
                result.push(character)
            }
            _ => {
                result.push('\\');
                result.push(character);
            }
        }
    }
    result
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn functions_change_text() {
        let scope = [("A", "1"), ("B_2", "$A"), ("EMPTY", "")];
        for (call, text, expected) in [
            ("truncate(0,2)", "äbc", "äb"),
            ("truncate( 1 , 2 )", "abcd", "bc"),
            ("truncate(1,2", "abcd", "bc"),
            ("truncate(9,2)", "abc", ""),
            ("truncate(0,99999999999999999999999)", "abc", "abc"),
            ("expand_vars", "$A ${A} %A% ${B_2} [$EMPTY]", "1 1 1 $A []"),
            ("expand_vars", "$UNSET ${UNSET} ${A %A $$A $1 100%", "$UNSET ${UNSET} ${A %A $$A $1 100%"),
            ("posix_escape", "a b'c\nd", "a\\ b\\'c'\n'd"),
            ("posix_escape", "", "''"),
        ] {
            let found = apply(call, &Value::Text(text.into()), &scope);
            assert!(
                matches!(&found, Ok(Value::Text(it)) if **it == *expected),
                "{call} of {text:?}: {found:?}"
            );
        }
    }

    #[test]
    fn what_is_no_function_is_refused() {
        let none: [(&str, &str); 0] = [];
        for call in
            ["", "truncate", "truncate()", "truncate(1)", "truncate(1,2,3)", "truncate(-1,2)", "upcase"]
        {
            let refusal = apply(call, &Value::Text("a".into()), &none).unwrap_err();
            assert!(refusal.starts_with(&format!("no function matching `{call}`: ")), "{refusal}");
        }
        assert_eq!(
            apply("truncate(0,1)", &Value::Integer(1), &none).unwrap_err(),
            "error in `truncate` function: invalid input type: truncate can only be used with string inputs"
        );
    }
}
