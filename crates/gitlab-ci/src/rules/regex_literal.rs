/// The length of the regular expression literal that `text`, which starts with `/`, starts with.
///
/// GitLab scans for `^/([^/]|\\/)+[^\\]/[ismU]*`. Two consequences are kept: a literal holds at least two characters,
/// and of two closing slashes in a row the first belongs to it.
pub(super) fn length(text: &str) -> Option<usize> {
    let bytes = text.as_bytes();
    let close = (1..bytes.len()).find(|at| bytes[*at] == b'/' && bytes[at - 1] != b'\\')?;
    let after_escaped_slash = close > 2 && bytes[close - 1] == b'/';
    let end = match close {
        _ if close >= 2 && bytes.get(close + 1) == Some(&b'/') && !after_escaped_slash => close + 2,
        _ if text[1..close].chars().nth(1).is_some() => close + 1,
        _ => return None,
    };
    Some(end + text[end..].chars().take_while(|it| super::pattern::is_flag(*it)).count())
}

#[cfg(test)]
mod tests {
    #[test]
    fn a_literal_ends_where_gitlab_ends_it() {
        for (text, expected) in [
            ("/ab/", Some("/ab/")),
            ("/ab/i == $A", Some("/ab/i")),
            ("/ab/isg", Some("/ab/is")),
            (r"/a\/b/ && /c/", Some(r"/a\/b/")),
            (r"/\//", Some(r"/\//")),
            (r"/a\/// ", Some(r"/a\//")),
            ("/ab// x", Some("/ab//")),
            ("/m//", Some("/m//")),
            ("/m/", None),
            ("/é/", None),
            ("/éé/", Some("/éé/")),
            ("//", None),
            (r"/ab\/", None),
            ("/ab", None),
            ("/", None),
        ] {
            assert_eq!(super::length(text).map(|end| &text[..end]), expected, "{text}");
        }
    }
}
