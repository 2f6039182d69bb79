use std::net::IpAddr;

use url::{Host, Url};

use crate::{config::Environment, http::Tls};

/// The proxy that requests to this address go through, without its credentials; the HTTP client reads the same variables.
pub(super) fn on_the_way(address: &Url, tls: &Tls, environment: &Environment) -> Option<Url> {
    let host = address.host_str()?;
    let loopback = match address.host()? {
        Host::Ipv4(ip) => ip.is_loopback(),
        Host::Ipv6(ip) => ip.is_loopback(),
        Host::Domain(name) => name == "localhost",
    };
    let spared = environment.first_setting(&["NO_PROXY", "no_proxy"]).is_some_and(|list| names(list, host));
    if loopback || spared || (tls.server_name.is_some() && address.scheme() == "https") {
        return None;
    }
    let variables = match address.scheme() {
        "https" => ["HTTPS_PROXY", "https_proxy", "ALL_PROXY", "all_proxy"],
        _ => ["HTTP_PROXY", "http_proxy", "ALL_PROXY", "all_proxy"],
    };
    let named = environment.first_setting(&variables)?;
    without_credential(named)
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

/// Whether a list of exceptions has a host: by its name, that of a domain that it lies in, its address, or a network of it.
fn names(list: &str, host: &str) -> bool {
    let address: Option<IpAddr> = host.trim_matches(['[', ']']).parse().ok();
    list.split(',').map(str::trim).any(|each| match address {
        _ if each == "*" => true,
        Some(address) => has(each, address),
        None => {
            let domain = each.trim_start_matches('.');
            !domain.is_empty() && (host == domain || host.ends_with(&format!(".{domain}")))
        }
    })
}

/// Whether an address, or a network as `10.0.0.0/8`, has this one.
fn has(network: &str, address: IpAddr) -> bool {
    let Some((base, bits)) = network.split_once('/') else { return network.parse() == Ok(address) };
    match (base.parse(), address, bits.parse()) {
        (Ok(IpAddr::V4(base)), IpAddr::V4(address), Ok(bits @ 0..=32)) => {
            (base.to_bits() ^ address.to_bits()).checked_shr(32 - bits).unwrap_or(0) == 0
        }
        (Ok(IpAddr::V6(base)), IpAddr::V6(address), Ok(bits @ 0..=128)) => {
            (base.to_bits() ^ address.to_bits()).checked_shr(128 - bits).unwrap_or(0) == 0
        }
        _ => false,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_proxy_is_found_where_the_client_would_use_one() {
        let on_the_way = |address: &str, variables: &[(&str, &str)]| {
            let environment = Environment::made_of(variables.iter().copied(), ".".into());
            super::on_the_way(&address.parse().unwrap(), &Tls::system(), &environment).map(String::from)
        };
        let proxy = [("HTTPS_PROXY", "http://me:made-up-password@proxy.example:3128")];
        assert_eq!(on_the_way("https://v.example", &proxy).as_deref(), Some("http://proxy.example:3128/"));
        let bare = [("HTTPS_PROXY", "me:made-up-password@proxy.example:3128")];
        assert_eq!(on_the_way("https://v.example", &bare).as_deref(), Some("http://proxy.example:3128/"));
        assert_eq!(on_the_way("http://v.example", &proxy), None);
        assert_eq!(on_the_way("https://127.0.0.1:8200", &proxy), None);
        let spared = [proxy[0], ("NO_PROXY", "a.example, .example")];
        assert_eq!(on_the_way("https://v.example", &spared), None);
    }

    #[test]
    fn exceptions_name_hosts_domains_addresses_and_networks() {
        for (list, host, expected) in [
            ("a.example, .example", "v.example", true),
            ("example", "v.example", true),
            ("ample", "v.example", false),
            ("*", "10.1.2.3", true),
            ("10.1.2.3", "10.1.2.3", true),
            ("10.0.0.0/8", "10.1.2.3", true),
            ("10.0.0.0/16", "10.1.2.3", false),
            ("0.0.0.0/0", "10.1.2.3", true),
            ("10.0.0.0/33, 10.0.0.0/, /8", "10.1.2.3", false),
            ("fd00::/8", "[fd12::1]", true),
            ("fd00::/8", "[fe80::1]", false),
            ("::/0", "10.1.2.3", false),
            ("", "v.example", false),
        ] {
            assert_eq!(names(list, host), expected, "{list}: {host}");
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
