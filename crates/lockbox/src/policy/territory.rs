use std::borrow::Cow;

use super::{error::RuleError, pattern::Pattern};

/// The paths that a rule is about: fixed, or with the name of whoever asks in it.
#[derive(Debug)]
pub(super) enum Territory {
    Fixed(Pattern),
    Templated { path: String },
}

impl Territory {
    /// # Errors
    /// When braces are opened and not closed.
    pub(super) fn check(path: &str) -> Result<(), RuleError> {
        let mut parts = path.split("{{");
        let balanced = !parts.next().is_some_and(|text| text.contains("}}"))
            && parts.all(|part| part.matches("}}").count() == 1);
        if balanced { Ok(()) } else { Err(RuleError::Template) }
    }

    /// The territory of a path that was checked.
    pub(super) fn new(path: &str) -> Self {
        if path.contains("{{") {
            return Self::Templated { path: path.to_owned() };
        }
        Self::Fixed(Pattern::new(path))
    }

    /// The pattern for the bearer of this entity. Of an entity its id is known here and nothing else: what asks for another
    /// of its names is about nobody.
    pub(super) fn pattern(&self, entity: &str) -> Option<Cow<'_, Pattern>> {
        match self {
            Self::Fixed(pattern) => Some(Cow::Borrowed(pattern)),
            Self::Templated { path } => filled_in(path, entity).map(|path| Cow::Owned(Pattern::new(&path))),
        }
    }
}

fn filled_in(path: &str, entity: &str) -> Option<String> {
    if entity.is_empty() {
        return None;
    }
    let mut parts = path.split("{{");
    let mut filled = parts.next()?.to_owned();
    for part in parts {
        let (name, rest) = part.split_once("}}")?;
        if name.trim() != "identity.entity.id" {
            return None;
        }
        filled.push_str(entity);
        filled.push_str(rest);
    }
    Some(filled)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn braces_are_balanced_or_refused() {
        for (path, fine) in [
            ("a", true),
            ("a{{x}}b{{y}}", true),
            ("{{}}", true),
            ("{{", false),
            ("a}}", false),
            ("{{a", false),
            ("{{a}}}}", false),
        ] {
            assert_eq!(Territory::check(path).is_ok(), fine, "{path}");
        }
    }

    #[test]
    fn a_template_is_about_the_entity_that_is_known() {
        let matches = |path: &str, entity: &str, asked: &str| {
            Territory::new(path).pattern(entity).is_some_and(|pattern| pattern.matches(asked))
        };
        assert!(matches("kv/{{ identity.entity.id }}/*", "e-1", "kv/e-1/x"));
        assert!(!matches("kv/{{identity.entity.id}}/*", "e-1", "kv/e-2/x"));
        assert!(!matches("kv/{{identity.entity.id}}/*", "", "kv//x"));
        assert!(!matches("kv/{{identity.entity.name}}/*", "e-1", "kv/e-1/x"));
        assert!(!matches("kv/{{identity.entity.id}}/{{x}}", "e-1", "kv/e-1/"));
    }
}
