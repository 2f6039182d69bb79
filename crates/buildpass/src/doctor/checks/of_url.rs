use url::Url;

use crate::sources::has_cut_password;

/// Whether a section of git's configuration that is written for a URL is for this one: same scheme, host, port and user, and a path that
/// lies below. <https://git-scm.com/docs/git-config#Documentation/git-config.txt-httplturlgt>
pub(super) fn applies(written: &str, url: &Url) -> bool {
    let Ok(section) = Url::parse(&written.replace('*', ANY)) else { return false };
    let hosts =
        section.host_str().unwrap_or_default().split('.').map(|label| if label == ANY { "*" } else { label });
    let labels: Vec<&str> = url.host_str().unwrap_or_default().split('.').collect();
    let hosts: Vec<&str> = hosts.collect();
    let same_host = hosts.len() == labels.len()
        && hosts.iter().zip(&labels).all(|(host, label)| *host == "*" || host.eq_ignore_ascii_case(label));
    let prefix = section.path().trim_end_matches('/');
    let rest = url.path().strip_prefix(prefix);
    section.scheme() == url.scheme()
        && same_host
        && section.port_or_known_default() == url.port_or_known_default()
        && (section.username().is_empty() || section.username() == url.username())
        && rest.is_some_and(|rest| rest.is_empty() || rest.starts_with('/'))
}

/// A label that no host has, in the place of git's `*`.
const ANY: &str = "any-label-of-a-host";

/// A text with no credential in the URLs in it.
pub(super) fn without_password(text: &str) -> String {
    let mut words: Vec<String> = Vec::new();
    for word in text.split(' ') {
        let hidden = match word.split_once("://") {
            // Where such a password ends, nobody can tell.
            Some((scheme, _)) if has_cut_password(word) => format!("{scheme}://…"),
            Some((scheme, rest)) => {
                match rest.split_once('/').map_or(rest, |(host, _)| host).rsplit_once('@') {
                    Some((user, _)) => format!("{scheme}://…{}", &rest[user.len()..]),
                    None => word.to_owned(),
                }
            }
            None => word.to_owned(),
        };
        words.push(hidden);
    }
    words.join(" ")
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn sections_apply_as_git_reads_them() {
        let url = Url::parse("https://gitlab.example/group/project.git").unwrap();
        for (section, expected) in [
            ("https://gitlab.example", true),
            ("https://gitlab.example:443/", true),
            ("https://gitlab.example/group", true),
            ("https://gitlab.example/group/", true),
            ("https://gitlab.example/gro", false),
            ("https://*.example", true),
            ("https://*.*", true),
            ("https://*", false),
            ("http://gitlab.example", false),
            ("https://gitlab.example:8443", false),
            ("https://someone@gitlab.example", false),
            ("gitlab.example", false),
        ] {
            assert_eq!(applies(section, &url), expected, "{section}");
        }
    }

    #[test]
    fn a_credential_in_a_url_is_not_told() {
        for (text, expected) in [
            ("https://u:made-up@h/p", "https://…@h/p"),
            ("proxy http://made-up@h:80 x", "proxy http://…@h:80 x"),
            ("https://h/p@q", "https://h/p@q"),
            ("https://me:made/up@h/x", "https://…"),
            ("https://me:12/made-up@h/x", "https://…"),
            ("proxy http://me:made?up@h:80 x", "proxy http://… x"),
            ("store", "store"),
        ] {
            assert_eq!(without_password(text), expected);
        }
    }
}
