use super::{
    PolicyError,
    error::UnknownKey,
    hcl1::{self, Entry, Found, HclError},
    rule::Rule,
};
use crate::clock::Moment;

/// The rules of a policy, written as HCL or as JSON. Those that have ended are passed over, as OpenBao passes them over.
///
/// # Errors
/// In OpenBao's words, when the text is neither or its rules say what no rule can say.
pub(super) fn parse(text: &str, now: Moment) -> Result<Vec<Rule>, PolicyError> {
    let text = hcl1::normalized(text);
    let document = hcl1::parse(&text)?;
    let entries = document.entries().unwrap_or_default();
    let unknown = unknown_keys(&entries, &["name", "path"])?;
    if !unknown.is_empty() {
        return Err(PolicyError::UnknownKeys(unknown));
    }
    for name in Found::under(&entries, "name") {
        name.text("root.name")?;
    }
    let mut rules = Vec::new();
    for entry in entries.iter().filter_map(|entry| entry.under("path")) {
        // What has no path of its own is about a path that is called `path`.
        let path = if entry.keys().is_empty() { "path".to_owned() } else { entry.name()? };
        match Rule::read(&path, &entry, now) {
            Ok(rule) => rules.extend(rule),
            Err(problem) => return Err(PolicyError::Rule { path, problem }),
        }
    }
    Ok(rules)
}

/// The keys among these that are not known.
///
/// # Errors
/// When a key is no text.
pub(super) fn unknown_keys(entries: &[Entry<'_, '_>], known: &[&str]) -> Result<Vec<UnknownKey>, HclError> {
    let mut unknown = Vec::new();
    for entry in entries {
        let key = entry.name()?;
        if !known.contains(&key.as_str()) {
            unknown.push(UnknownKey { key, line: entry.line() });
        }
    }
    Ok(unknown)
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    const WORDS: [&str; 40] = [
        "{",
        "}",
        "[",
        "]",
        "\"",
        "=",
        ",",
        " ",
        "\n",
        "\r\n",
        "#",
        "//",
        "/*",
        "*/",
        "path ",
        "\"a\"",
        "\"{{x}}\"",
        "policy",
        "capabilities",
        "\"read\"",
        "true",
        "0x1",
        "08",
        "1.5e",
        "-",
        "+",
        ".",
        "<<E\n",
        "<<-é\n",
        "E\n",
        "\\",
        "${",
        "allowed_parameters",
        "min_wrapping_ttl",
        "expiration",
        "control_group",
        "factor",
        "null",
        ":",
        "\0",
    ];

    proptest! {
        #[test]
        fn any_text_is_a_policy_or_an_error(text in "\\PC{0,200}") {
            let _ = parse(&text, Moment::at_second(0));
        }

        #[test]
        fn any_words_are_a_policy_or_an_error(
            words in prop::collection::vec(prop::sample::select(&WORDS[..]), 0..60),
            start in prop::sample::select(&["", "{", "path \"a\" {"][..]),
        ) {
            let _ = parse(&format!("{start}{}", words.concat()), Moment::at_second(0));
        }
    }

    #[test]
    fn deep_text_is_an_error_and_not_an_overflow() {
        for (open, start) in
            [("[", "path \"a\" { comment = "), ("{a=", "path \"a\" { comment = "), ("{\"a\":", "{\"path\":")]
        {
            let error = parse(&format!("{start}{}", open.repeat(100_000)), Moment::at_second(0)).unwrap_err();
            assert!(error.to_string().contains("nested too deep"), "{open}");
        }
    }

    #[test]
    fn a_rule_that_has_ended_is_passed_over() {
        let text = "path \"a\" { expiration = 100 capabilities = [\"reed\"] }";
        assert_eq!(parse(text, Moment::at_second(101)).unwrap().len(), 0);
        assert!(parse(text, Moment::at_second(100)).is_err());
    }
}
