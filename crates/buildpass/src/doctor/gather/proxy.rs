use hyper::Uri;
use hyper_util::client::proxy::matcher::Matcher;
use url::Url;

use crate::{
    config::Environment,
    http::{Tls, is_loopback},
};

/// The proxy that requests to this address go through, without its credentials; the HTTP client reads the same variables by the same rules.
pub(super) fn on_the_way(address: &Url, tls: &Tls, environment: &Environment) -> Option<Url> {
    let asked_by_name = tls.server_name.is_some() && address.scheme() == "https";
    // Of a web server's script, whoever asks can set `HTTP_PROXY`: the client then has no proxy.
    let is_cgi = environment.value("REQUEST_METHOD").is_some();
    if is_loopback(address) || asked_by_name || is_cgi {
        return None;
    }
    let either = |names: [&str; 2]| names.into_iter().find_map(|name| environment.value(name)).unwrap_or("");
    let proxies = Matcher::builder()
        .http(either(["HTTP_PROXY", "http_proxy"]))
        .https(either(["HTTPS_PROXY", "https_proxy"]))
        .all(either(["ALL_PROXY", "all_proxy"]))
        .no(either(["NO_PROXY", "no_proxy"]))
        .build();
    let address: Uri = address.as_str().parse().ok()?;
    without_credential(&proxies.intercept(&address)?.uri().to_string())
}

/// A proxy as people name it, with or without a scheme: its scheme, host and port, and nothing else that stands there.
pub(in crate::doctor) fn without_credential(named: &str) -> Option<Url> {
    let whole = if named.contains("://") { named.to_owned() } else { format!("http://{named}") };
    let mut proxy = Url::parse(&whole).ok()?;
    proxy.set_username("").and_then(|()| proxy.set_password(None)).ok()?;
    proxy.set_path("");
    proxy.set_query(None);
    proxy.set_fragment(None);
    Some(proxy)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn on_the_way(address: &str, variables: &[(&str, &str)]) -> Option<String> {
        let environment = Environment::made_of(variables.iter().copied(), ".".into());
        super::on_the_way(&address.parse().unwrap(), &Tls::system(), &environment).map(String::from)
    }

    #[test]
    fn a_proxy_is_found_where_the_client_would_use_one() {
        let proxy = ("HTTPS_PROXY", "http://me:made-up-password@proxy.example:3128");
        let found = Some("http://proxy.example:3128/");
        assert_eq!(on_the_way("https://v.example", &[proxy]).as_deref(), found);
        let bare = ("HTTPS_PROXY", "me:made-up-p@ssword@proxy.example:3128");
        assert_eq!(on_the_way("https://v.example", &[bare]).as_deref(), found);
        assert_eq!(on_the_way("http://v.example", &[proxy]), None);
        assert_eq!(on_the_way("https://127.0.0.1:8200", &[proxy]), None);
        assert_eq!(on_the_way("https://v.example", &[proxy, ("REQUEST_METHOD", "GET")]), None);
        let all = ("all_proxy", "socks5h://proxy.example:1080");
        assert_eq!(on_the_way("http://v.example", &[all]).as_deref(), Some("socks5h://proxy.example:1080"));
        // What is empty is set.
        assert_eq!(on_the_way("https://v.example", &[("HTTPS_PROXY", ""), ("https_proxy", proxy.1)]), None);
    }

    #[test]
    fn exceptions_name_hosts_domains_addresses_and_networks() {
        for (list, host, spared) in [
            ("a.example, .example", "v.example", true),
            ("Example", "v.example", true),
            ("ample", "v.example", false),
            ("*", "v.example", true),
            ("*", "10.1.2.3", false),
            ("10.0.0.0/8", "10.1.2.3", true),
            ("10.0.0.0/16", "10.1.2.3", false),
            ("fd00::/8", "[fd12::1]", true),
            ("", "v.example", false),
        ] {
            let variables = [("https_proxy", "proxy.example:3128"), ("no_proxy", list)];
            let found = on_the_way(&format!("https://{host}"), &variables);
            assert_eq!(found.is_none(), spared, "{list}: {host}");
        }
    }

    #[test]
    fn of_a_proxy_no_credential_is_left() {
        for (named, expected) in [
            ("me:made-up@proxy.example:3128", Some("http://proxy.example:3128/")),
            ("proxy.example:3128", Some("http://proxy.example:3128/")),
            ("https://made-up@proxy.example/made-up?made-up#made-up", Some("https://proxy.example/")),
            ("socks5h://me:made-up@proxy.example:1080", Some("socks5h://proxy.example:1080")),
            ("http://me:made/up@proxy.example", None),
        ] {
            assert_eq!(without_credential(named).as_ref().map(Url::as_str), expected, "{named}");
        }
    }
}
