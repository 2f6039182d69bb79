use alloc::string::{String, ToString};
use alloc::vec::Vec;
use core::fmt;
use core::str::FromStr;

use super::cache::Cache;
use super::error::SyntaxError;
use super::operator::Operator;
use super::parse::{Step, steps};
use super::token::Operand;
use super::value::{Unknown, Value};
use super::variables::{Lookup, Variables};
use crate::answer::Answer;

/// A parsed `rules:if` expression.
///
/// ```
/// use gitlab_ci::rules::Expression;
///
/// let expression: Expression = r#"$CI_COMMIT_BRANCH == "main" && $CI_PIPELINE_SOURCE !~ /^merge/"#.parse()?;
/// assert!(expression.holds(&[("CI_COMMIT_BRANCH", "main"), ("CI_PIPELINE_SOURCE", "push")]));
/// # Ok::<(), gitlab_ci::rules::SyntaxError>(())
/// ```
#[derive(Clone, Debug)]
pub struct Expression {
    source: String,
    steps: Vec<Step>,
}

impl Expression {
    /// Does it hold for these variables? One that is unknown counts as unset; [`Expression::evaluate`] tells them apart.
    pub fn holds<V: Variables + ?Sized>(&self, variables: &V) -> bool {
        matches!(
            self.value(|name| variables.value(name).map_or(Lookup::Unset, Lookup::Is), &Cache::default()),
            Answer::Known(true)
        )
    }

    /// Does it hold for these variables, as far as they are known?
    pub fn evaluate<V: Variables + ?Sized>(&self, variables: &V, cache: &Cache) -> Answer<bool> {
        self.value(|name| variables.lookup(name), cache)
    }

    /// The variables that it reads, each once, in their order.
    pub fn variables(&self) -> Vec<&str> {
        let mut names: Vec<&str> = Vec::new();
        for step in &self.steps {
            if let Step::Push(Operand::Variable(name)) = step
                && !names.contains(&name.as_str())
            {
                names.push(name);
            }
        }
        names
    }

    /// The pairs of variables that `==` compares with each other, in their order.
    pub fn compared(&self) -> Vec<(&str, &str)> {
        let mut pairs = Vec::new();
        let mut stack: Vec<Option<&str>> = Vec::new();
        for step in &self.steps {
            let value = match step {
                Step::Push(Operand::Variable(name)) => Some(name.as_str()),
                Step::Push(Operand::Text(_) | Operand::Pattern(_) | Operand::Null) => None,
                Step::Apply(operator) => {
                    let right = stack.pop().flatten();
                    let left = stack.pop().flatten();
                    if let (Operator::Equals, Some(left), Some(right)) = (operator, left, right) {
                        pairs.push((left, right));
                    }
                    None
                }
            };
            stack.push(value);
        }
        pairs
    }

    fn value<'a>(&'a self, lookup: impl Fn(&'a str) -> Lookup<'a>, cache: &Cache) -> Answer<bool> {
        let mut stack: Vec<Value<'a>> = Vec::new();
        for step in &self.steps {
            let value = match step {
                Step::Push(Operand::Variable(name)) => match lookup(name) {
                    Lookup::Unset => Value::Nil,
                    Lookup::Is(text) => Value::Text(text),
                    Lookup::Unknown(reason) => {
                        Value::Unknown(Unknown { reason, is_flag: false, present: None })
                    }
                },
                Step::Push(Operand::Text(text)) => Value::Text(text),
                Step::Push(Operand::Pattern(pattern)) => Value::Pattern(pattern),
                Step::Push(Operand::Null) => Value::Nil,
                Step::Apply(operator) => {
                    let right = stack.pop().unwrap_or(Value::Nil);
                    let left = stack.pop().unwrap_or(Value::Nil);
                    operator.apply(left, right, cache)
                }
            };
            stack.push(value);
        }
        stack.pop().unwrap_or(Value::Nil).answer()
    }
}

impl FromStr for Expression {
    type Err = SyntaxError;

    fn from_str(source: &str) -> Result<Self, SyntaxError> {
        Ok(Self { source: source.to_string(), steps: steps(source)? })
    }
}

impl fmt::Display for Expression {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.source)
    }
}
