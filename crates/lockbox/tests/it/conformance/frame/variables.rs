use std::collections::BTreeMap;

/// What a script keeps of one server's answers, by name.
#[derive(Default)]
pub(crate) struct Variables(BTreeMap<String, String>);

impl Variables {
    pub(crate) fn set(&mut self, name: &str, value: String) {
        self.0.insert(name.to_owned(), value);
    }

    /// A text with every `{name}` that is known replaced by its value; other braces stay.
    pub(crate) fn fill(&self, text: &str) -> String {
        self.0.iter().fold(text.to_owned(), |text, (name, value)| text.replace(&format!("{{{name}}}"), value))
    }

    /// The same for a body, which need not be text.
    pub(crate) fn fill_bytes(&self, bytes: &[u8]) -> Vec<u8> {
        match std::str::from_utf8(bytes) {
            Ok(text) => self.fill(text).into_bytes(),
            Err(_) => bytes.to_vec(),
        }
    }

    /// A text with every value replaced by its `{name}`: what one server made up becomes comparable.
    pub(crate) fn hide(&self, text: &str) -> String {
        let worth = self.0.iter().filter(|(_, value)| value.len() >= SHORTEST_HIDDEN);
        worth.fold(text.to_owned(), |text, (name, value)| text.replace(value, &format!("{{{name}}}")))
    }
}

/// A version number, say, stands in too many places to be taken for the variable.
const SHORTEST_HIDDEN: usize = 8;
