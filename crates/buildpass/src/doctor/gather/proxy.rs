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
    let mut proxy = Url::parse(named).or_else(|_| Url::parse(&format!("http://{named}"))).ok()?;
    let _ = proxy.set_username("").and_then(|()| proxy.set_password(None));
    Some(proxy)
}

fn names(list: &str, host: &str) -> bool {
    list.split(',').map(|each| each.trim().trim_start_matches('.')).any(|each| {
        each == "*" || (!each.is_empty() && (host == each || host.ends_with(&format!(".{each}"))))
    })
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
        assert_eq!(on_the_way("http://v.example", &proxy), None);
        assert_eq!(on_the_way("https://127.0.0.1:8200", &proxy), None);
        let spared = [proxy[0], ("NO_PROXY", "a.example, .example")];
        assert_eq!(on_the_way("https://v.example", &spared), None);
    }
}
