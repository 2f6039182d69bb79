/// What Go says of an address that it asks nobody for.
pub(super) fn refusal(address: &str) -> Option<String> {
    let unparsable = |problem: String| Some(format!("parse {address:?}: {problem}"));
    let unreachable = |problem: String| Some(format!("Get {address:?}: {problem}"));
    let (scheme, rest) = match address.find([':', '/', '?', '#']) {
        Some(0) if address.starts_with(':') => return unparsable("missing protocol scheme".to_owned()),
        Some(end) if address[end..].starts_with(':') => (&address[..end], &address[end + 1..]),
        _ => ("", address),
    };
    let authority =
        rest.strip_prefix("//").unwrap_or_default().split(['/', '?', '#']).next().unwrap_or_default();
    let endpoint = authority.rsplit_once('@').map_or(authority, |(_, endpoint)| endpoint);
    let (host, port) = match endpoint.strip_prefix('[') {
        Some(inside) => match inside.split_once(']') {
            Some((host, after)) => (host, after.strip_prefix(':')),
            None => return unparsable("missing ']' in host".to_owned()),
        },
        None => endpoint.rsplit_once(':').map_or((endpoint, None), |(host, port)| (host, Some(port))),
    };
    if let Some(odd) =
        host.chars().find(|c| matches!(c, ' ' | '"' | '<' | '>' | '\\' | '^' | '`' | '{' | '|' | '}'))
    {
        return unparsable(format!("invalid character {:?} in host name", odd.to_string()));
    }
    if let Some(port) = port.filter(|port| !port.chars().all(|c| c.is_ascii_digit())) {
        return unparsable(format!("invalid port {:?} after host", format!(":{port}")));
    }
    if !matches!(scheme.to_ascii_lowercase().as_str(), "http" | "https") {
        return unreachable(format!("unsupported protocol scheme {scheme:?}"));
    }
    if host.is_empty() {
        return unreachable("http: no Host in request URL".to_owned());
    }
    if let Some(port) = port.filter(|port| !port.is_empty() && port.parse::<u16>().is_err()) {
        return unreachable(format!("dial tcp: address {port}: invalid port"));
    }
    if host.starts_with('.') || host.contains("..") {
        return unreachable(format!("dial tcp: lookup {host}: no such host"));
    }
    None
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn addresses_are_refused_in_gos_words() {
        for (address, expected) in [
            ("x/y", r#"Get "x/y": unsupported protocol scheme """#),
            ("/y", r#"Get "/y": unsupported protocol scheme """#),
            ("ftp://127.0.0.1:1/y", r#"Get "ftp://127.0.0.1:1/y": unsupported protocol scheme "ftp""#),
            ("://y", r#"parse "://y": missing protocol scheme"#),
            ("http://[::1/y", r#"parse "http://[::1/y": missing ']' in host"#),
            ("http://a b/y", r#"parse "http://a b/y": invalid character " " in host name"#),
            ("http://a:b/y", r#"parse "http://a:b/y": invalid port ":b" after host"#),
            ("http:///y", r#"Get "http:///y": http: no Host in request URL"#),
            (
                "http://127.0.0.1:99999/y",
                r#"Get "http://127.0.0.1:99999/y": dial tcp: address 99999: invalid port"#,
            ),
            ("http://.y/z", r#"Get "http://.y/z": dial tcp: lookup .y: no such host"#),
        ] {
            assert_eq!(refusal(address).as_deref(), Some(expected));
        }
        for good in ["http://127.0.0.1:1/y", "https://a.example", "HTTPS://u:p@[::1]:8200/x?y#z"] {
            assert_eq!(refusal(good), None, "{good}");
        }
    }
}
