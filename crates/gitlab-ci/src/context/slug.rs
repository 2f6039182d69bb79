use alloc::string::String;

const MAX_LENGTH: usize = 63;

/// GitLab's slug, for host names: lower case, everything but letters and digits a hyphen, at most 63 characters, no hyphen
/// at either end.
pub(crate) fn slug(text: &str) -> String {
    let hyphened: String = text
        .chars()
        .flat_map(char::to_lowercase)
        .map(|it| if it.is_ascii_lowercase() || it.is_ascii_digit() { it } else { '-' })
        .take(MAX_LENGTH)
        .collect();
    hyphened.trim_matches('-').into()
}

#[cfg(test)]
mod tests {
    use super::slug;

    #[test]
    fn a_slug_is_what_gitlab_makes_of_a_name() {
        for (name, slugged) in [
            ("main", "main"),
            ("v17.2.0-rc42-ee", "v17-2-0-rc42-ee"),
            ("feature/Add_It", "feature-add-it"),
            ("--x--", "x"),
            ("Größe", "gr--e"),
            ("rspec:test 1", "rspec-test-1"),
            ("", ""),
            (
                "a-name-of-more-than-sixty-three-characters-which-is-cut-off-at-x-yz",
                "a-name-of-more-than-sixty-three-characters-which-is-cut-off-at",
            ),
        ] {
            assert_eq!(slug(name), slugged, "{name}");
        }
    }
}
