use alloc::string::{String, ToString};
use alloc::vec::Vec;
use core::fmt;
use core::str::FromStr;

use super::error::SyntaxError;
use super::parse::{Step, steps};
use super::token::Operand;
use super::value::Value;
use super::variables::Variables;

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
    /// Does it hold for these variables?
    pub fn holds<V: Variables + ?Sized>(&self, variables: &V) -> bool {
        let mut stack: Vec<Value<'_>> = Vec::new();
        for step in &self.steps {
            let value = match step {
                Step::Push(Operand::Variable(name)) => variables.value(name).map_or(Value::Nil, Value::Text),
                Step::Push(Operand::Text(text)) => Value::Text(text),
                Step::Push(Operand::Pattern(pattern)) => Value::Pattern(pattern),
                Step::Push(Operand::Null) => Value::Nil,
                Step::Apply(operator) => {
                    let right = stack.pop().unwrap_or(Value::Nil);
                    let left = stack.pop().unwrap_or(Value::Nil);
                    operator.apply(left, right)
                }
            };
            stack.push(value);
        }
        stack.pop().is_some_and(Value::is_present)
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
