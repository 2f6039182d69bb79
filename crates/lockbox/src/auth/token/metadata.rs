use std::sync::Arc;

use serde::{Serialize, Serializer};
use serde_json::value::{RawValue, to_raw_value};

/// What is said about the bearer, in alphabetical order.
///
/// There may be a hundred thousand in memory: the names, which are those of a role, can be held together with others, and
/// the values are in one piece.
#[derive(Clone, Debug, Default)]
pub(crate) struct Metadata {
    pub(super) names: Arc<[String]>,
    values: Box<str>,
    /// Where in it each value ends.
    ends: Box<[usize]>,
}

impl Metadata {
    pub(super) fn pairs(&self) -> impl Iterator<Item = (&str, &str)> {
        let mut begin = 0;
        self.names.iter().zip(&self.ends).map(move |(name, end)| {
            let value = &self.values[std::mem::replace(&mut begin, *end)..*end];
            (name.as_str(), value)
        })
    }

    pub(super) fn to_pairs(&self) -> Vec<(String, String)> {
        self.pairs().map(|(name, value)| (name.to_owned(), value.to_owned())).collect()
    }

    /// What is said under this name.
    pub(crate) fn value(&self, name: &str) -> Option<&str> {
        self.pairs().find(|(known, _)| *known == name).map(|(_, value)| value)
    }

    pub(crate) fn is_empty(&self) -> bool {
        self.names.is_empty()
    }

    pub(crate) fn to_json(&self) -> Option<Box<RawValue>> {
        to_raw_value(self).ok()
    }
}

impl<T: AsRef<str> + Ord> FromIterator<(T, T)> for Metadata {
    fn from_iter<I: IntoIterator<Item = (T, T)>>(pairs: I) -> Self {
        let mut pairs: Vec<_> = pairs.into_iter().collect();
        pairs.sort_unstable();
        let (mut values, mut ends) = (String::new(), Vec::with_capacity(pairs.len()));
        for (_, value) in &pairs {
            values.push_str(value.as_ref());
            ends.push(values.len());
        }
        let names = pairs.iter().map(|(name, _)| name.as_ref().to_owned()).collect();
        Self { names, values: values.into(), ends: ends.into() }
    }
}

impl Serialize for Metadata {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        serializer.collect_map(self.pairs())
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_was_said_is_said_again_in_order() {
        let pairs = [("ref", "main"), ("empty", ""), ("name", "日本"), ("job_id", "7")];
        let said = Metadata::from_iter(pairs);
        let expected = r#"{"empty":"","job_id":"7","name":"日本","ref":"main"}"#;
        assert_eq!(said.to_json().unwrap().get(), expected);
        assert_eq!(Metadata::from_iter(said.to_pairs()).to_json().unwrap().get(), expected);
        assert!(!said.is_empty() && Metadata::default().is_empty());
    }
}
