use alloc::string::String;

use regex::bytes::RegexBuilder;

/// The longest path that is taken for a pattern. Longer ones match nothing.
const MAX_PATTERN_BYTES: usize = 4096;

/// Of a project's paths those that a `local` with wildcards means: `**` is any run of characters, `*` one without a
/// slash. Paths have no leading slash, so that a pattern with one means nothing.
pub(super) fn matching<'a>(pattern: &str, paths: &'a [String]) -> impl Iterator<Item = &'a String> + use<'a> {
    let written = regex::escape(pattern).replace(r"\*\*", ".*?").replace(r"\*", "[^/]*?");
    let short = pattern.len() <= MAX_PATTERN_BYTES;
    let regex = short.then(|| RegexBuilder::new(&alloc::format!("^(?:{written})$")).build().ok()).flatten();
    paths.iter().filter(move |path| regex.as_ref().is_some_and(|regex| regex.is_match(path.as_bytes())))
}

#[cfg(test)]
mod tests {
    use alloc::string::{String, ToString};
    use alloc::vec::Vec;

    #[test]
    fn one_star_stays_in_its_folder_and_two_do_not() {
        let paths: Vec<String> = ["a.yml", "ci/a.yml", "ci/b.yaml", "ci/deep/c.yml", "cixa.yml"]
            .map(|path| path.to_string())
            .into();
        for (pattern, expected) in [
            ("*.yml", "a.yml cixa.yml"),
            ("ci/*.yml", "ci/a.yml"),
            ("ci/**.yml", "ci/a.yml ci/deep/c.yml"),
            ("ci/**/*.yml", "ci/deep/c.yml"),
            ("**/*.yml", "ci/a.yml ci/deep/c.yml"),
            ("ci/*", "ci/a.yml ci/b.yaml"),
            ("/ci/*.yml", ""),
            ("*.txt", ""),
        ] {
            let matched: Vec<&str> = super::matching(pattern, &paths).map(String::as_str).collect();
            assert_eq!(matched.join(" "), expected, "{pattern}");
        }
    }
}
