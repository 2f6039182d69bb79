use std::collections::BTreeMap;

use serde_json::Value;

use super::hcl1::Wanted;
use crate::exchange::Fields;

/// Which fields a request must, may and must not bring.
#[derive(Debug, Default)]
pub(super) struct Parameters {
    required: Vec<String>,
    allowed: BTreeMap<String, Values>,
    denied: BTreeMap<String, Values>,
}

/// The values of a field; none stands for any.
#[derive(Debug, Default)]
struct Values(Vec<Wanted>);

impl Parameters {
    pub(super) fn new(
        required: Vec<String>,
        allowed: BTreeMap<String, Vec<Wanted>>,
        denied: BTreeMap<String, Vec<Wanted>>,
    ) -> Self {
        let required = required.iter().map(|name| name.to_lowercase()).collect();
        Self { required, allowed: by_lowercase(allowed), denied: by_lowercase(denied) }
    }

    /// Whether this field must be there, by its name in lower case.
    pub(super) fn require(&self, name: &str) -> bool {
        self.required.iter().any(|required| required == name)
    }

    /// Whether a request may bring these fields under all of these rules, which are about one and the same path.
    pub(super) fn permit(rules: &[&Self], fields: &Fields) -> bool {
        let fields = fields.all();
        let required = rules.iter().flat_map(|rule| &rule.required);
        if !required.clone().all(|name| fields.contains_key(name)) {
            return false;
        }
        if fields.is_empty() {
            return true;
        }
        let denied = |name: &str, value: &Value| {
            let values = rules.iter().filter_map(|rule| rule.denied.get(name));
            values.into_iter().any(|values| values.hold(value))
        };
        let denies_all = rules.iter().any(|rule| rule.denied.contains_key("*"));
        if denies_all || fields.iter().any(|(name, value)| denied(&name.to_lowercase(), value)) {
            return false;
        }
        let allows_others = rules.iter().any(|rule| rule.allowed.contains_key("*"));
        if rules.iter().all(|rule| rule.allowed.keys().all(|name| name == "*")) {
            return true;
        }
        fields.iter().all(|(name, value)| {
            let name = name.to_lowercase();
            let mut values = rules.iter().filter_map(|rule| rule.allowed.get(&name)).peekable();
            match values.peek() {
                None => allows_others,
                Some(_) => values.any(|values| values.hold(value)),
            }
        })
    }
}

impl Values {
    fn hold(&self, value: &Value) -> bool {
        self.0.is_empty() || self.0.iter().any(|wanted| fits(wanted, value))
    }
}

fn fits(wanted: &Wanted, value: &Value) -> bool {
    match (wanted, value) {
        (Wanted::Nothing, _) => false,
        (Wanted::Exactly(Value::String(glob)), Value::String(text)) => glob_fits(glob, text),
        (Wanted::Exactly(wanted), value) => wanted == value,
    }
}

/// A `*` at the beginning or at the end stands for any text; alone it stands for itself.
fn glob_fits(glob: &str, text: &str) -> bool {
    if glob.len() < 2 {
        return glob == text;
    }
    match (glob.strip_prefix('*'), glob.strip_suffix('*')) {
        (Some(rest), Some(_)) => text.contains(&rest[..rest.len() - 1]),
        (Some(end), None) => text.ends_with(end),
        (None, Some(start)) => text.starts_with(start),
        (None, None) => glob == text,
    }
}

fn by_lowercase(lists: BTreeMap<String, Vec<Wanted>>) -> BTreeMap<String, Values> {
    let mut by_name: BTreeMap<String, Values> = BTreeMap::new();
    for (name, values) in lists {
        by_name.entry(name.to_lowercase()).or_default().0.extend(values);
    }
    by_name
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_star_stands_at_an_end() {
        for (glob, text, expected) in [
            ("*", "*", true),
            ("*", "x", false),
            ("", "", true),
            ("**", "x", true),
            ("f*", "foo", true),
            ("*o", "foo", true),
            ("*o*", "fog", true),
            ("f*o", "foo", false),
            ("é*", "éa", true),
        ] {
            assert_eq!(glob_fits(glob, text), expected, "{glob} on {text}");
        }
    }
}
