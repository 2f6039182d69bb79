use alloc::format;
use alloc::string::ToString;
use alloc::vec::Vec;

use super::error::SyntaxError;
use super::operator::Operator;
use super::token::{Kind, Operand, Token, tokens};

/// One step of an expression in postfix order, which needs a stack to work out and no recursion.
#[derive(Clone, Debug)]
pub(super) enum Step {
    Push(Operand),
    Apply(Operator),
}

enum Waiting {
    Operator(Operator),
    Parenthesis,
}

const VALUE: &str = "a variable, a string, a `/regex/`, `null` or `(`";
const OPERATOR: &str = "an operator (`==`, `!=`, `=~`, `!~`, `&&`, `||`), `)` or the end";

/// The [shunting yard](https://en.wikipedia.org/wiki/Shunting_yard_algorithm), as in GitLab's own parser, with operands
/// and operators held to taking turns.
pub(super) fn steps(source: &str) -> Result<Vec<Step>, SyntaxError> {
    let mut steps = Vec::new();
    let mut waiting = Vec::new();
    let mut wants_value = true;
    for token in tokens(source)? {
        match (&token.kind, wants_value) {
            (Kind::Open, true) => waiting.push(Waiting::Parenthesis),
            (Kind::Operator(operator), false) => {
                while let Some(earlier) = tighter(&waiting, *operator) {
                    waiting.pop();
                    steps.push(Step::Apply(earlier));
                }
                waiting.push(Waiting::Operator(*operator));
                wants_value = true;
            }
            (Kind::Close, false) => loop {
                match waiting.pop() {
                    Some(Waiting::Operator(operator)) => steps.push(Step::Apply(operator)),
                    Some(Waiting::Parenthesis) => break,
                    None => return Err(unexpected(&token, "a `(` before its `)`")),
                }
            },
            (Kind::Operand(operand), true) => {
                steps.push(Step::Push(operand.clone()));
                wants_value = false;
            }
            (Kind::Operator(_) | Kind::Close, true) => return Err(unexpected(&token, VALUE)),
            (Kind::Operand(_) | Kind::Open, false) => return Err(unexpected(&token, OPERATOR)),
        }
    }
    let at_end =
        |expected| SyntaxError { column: source.chars().count() + 1, expected, found: "the end".to_string() };
    if wants_value {
        return Err(at_end(VALUE));
    }
    while let Some(last) = waiting.pop() {
        match last {
            Waiting::Operator(operator) => steps.push(Step::Apply(operator)),
            Waiting::Parenthesis => return Err(at_end("`)`")),
        }
    }
    Ok(steps)
}

fn tighter(waiting: &[Waiting], operator: Operator) -> Option<Operator> {
    match waiting.last()? {
        Waiting::Operator(earlier) if earlier.rank() >= operator.rank() => Some(*earlier),
        Waiting::Operator(_) | Waiting::Parenthesis => None,
    }
}

fn unexpected(token: &Token<'_>, expected: &'static str) -> SyntaxError {
    SyntaxError { column: token.column, expected, found: format!("`{}`", token.written) }
}
