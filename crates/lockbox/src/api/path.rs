use std::borrow::Cow;

use percent_encoding::percent_decode_str;

use super::failure::Failure;
use crate::exchange::is_printable;

/// The path behind `/v1/`, decoded and checked.
///
/// # Errors
/// When the path lies elsewhere, leads upwards, or is no text.
pub(super) fn parse(raw: &str) -> Result<String, Failure> {
    if !has_whole_escapes(raw) {
        return Err(Failure::BrokenRequest);
    }
    let decoded: Cow<'_, [u8]> = percent_decode_str(raw).into();
    let Some(inside) = decoded.strip_prefix(b"/v1/") else { return Err(Failure::OutsideApi) };
    if let Some(place) = cleaned(raw).or_else(|| folder(raw)) {
        return Err(Failure::Elsewhere(place));
    }
    let path = std::str::from_utf8(inside).map_err(|_| Failure::BrokenPath)?;
    if !path.chars().all(is_printable) {
        return Err(Failure::BrokenPath);
    }
    if path.split('/').any(|segment| matches!(segment, "." | "..")) {
        return Err(Failure::RelativePath);
    }
    Ok(path.to_owned())
}

fn has_whole_escapes(raw: &str) -> bool {
    let is_digit = |byte: Option<&u8>| byte.is_some_and(u8::is_ascii_hexdigit);
    let after = raw.match_indices('%').map(|(at, _)| &raw.as_bytes()[at + 1..]);
    after.into_iter().all(|rest| is_digit(rest.first()) && is_digit(rest.get(1)))
}

/// Where a path leads that is the name of a folder in which Go's server has more.
fn folder(path: &str) -> Option<String> {
    matches!(path, "/v1" | "/v1/sys").then(|| format!("{path}/"))
}

/// The path without empty, `.` and `..` segments, if it has any, as Go's server redirects to it.
fn cleaned(raw: &str) -> Option<String> {
    let odd = |segment: &str| matches!(segment, "" | "." | "..");
    let mut inner = raw.strip_prefix('/')?.split('/').collect::<Vec<_>>();
    let is_folder = inner.last() == Some(&"");
    if is_folder {
        inner.pop();
    }
    if !inner.iter().any(|segment| odd(segment)) {
        return None;
    }
    let mut clean: Vec<&str> = Vec::new();
    for segment in inner {
        match segment {
            "" | "." => {}
            ".." => {
                clean.pop();
            }
            other => clean.push(other),
        }
    }
    let end = if is_folder && !clean.is_empty() { "/" } else { "" };
    let clean = format!("/{}{end}", clean.join("/"));
    Some(folder(&clean).unwrap_or(clean))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_path_is_decoded_once() {
        assert_eq!(parse("/v1/secret/data/a%20b%2fc").unwrap(), "secret/data/a b/c");
        assert_eq!(parse("/v1/secret/data/a..b").unwrap(), "secret/data/a..b");
        assert_eq!(parse("/v1/ci/").unwrap(), "ci/");
        assert_eq!(parse("/v1/").unwrap(), "");
        assert_eq!(parse("/%76%31/a").unwrap(), "a");
    }

    #[test]
    fn a_path_that_can_be_written_shorter_is_sent_there() {
        for (path, expected) in [
            ("/v1/ci//data/x", "/v1/ci/data/x"),
            ("/v1/ci/../secret/x", "/v1/secret/x"),
            ("/v1/a/.", "/v1/a"),
            ("/v1/a/b/..", "/v1/a"),
            ("/v1/a/../b/", "/v1/b/"),
            ("/v1/a/..", "/v1/"),
            ("/v1/a/../sys", "/v1/sys/"),
            ("/v1/sys", "/v1/sys/"),
        ] {
            assert!(matches!(parse(path), Err(Failure::Elsewhere(clean)) if clean == expected), "{path}");
        }
    }

    #[test]
    fn a_path_that_leads_upwards_or_is_no_text_is_refused() {
        assert!(matches!(parse("/v1/secret/data/%2e%2e/x"), Err(Failure::RelativePath)));
        assert!(matches!(parse("/v1/secret/data/x/%2e"), Err(Failure::RelativePath)));
        for broken in ["%00", "%0a", "%7f", "%c2%a0", "%e2%80%8b"] {
            assert!(matches!(parse(&format!("/v1/a{broken}b")), Err(Failure::BrokenPath)), "{broken}");
        }
        assert!(matches!(parse("/v1/secret/data/%ff"), Err(Failure::BrokenPath)));
        for outside in ["/foo", "/v1", "//v1/a", "/./v1/a"] {
            assert!(matches!(parse(outside), Err(Failure::OutsideApi)), "{outside}");
        }
        for broken in ["/v1/a%", "/v1/a%2", "/v1/a%zz"] {
            assert!(matches!(parse(broken), Err(Failure::BrokenRequest)), "{broken}");
        }
    }
}
