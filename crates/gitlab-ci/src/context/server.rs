use alloc::format;
use alloc::string::{String, ToString};

use super::predefined::Predefined;

const DEFAULT_HOST: &str = "gitlab.com";

/// The GitLab server that a pipeline runs on.
pub(super) struct Server {
    protocol: String,
    host: String,
    port: String,
    /// With protocol, port and path, without a slash at its end.
    pub(super) url: String,
}

impl Server {
    /// From `CI_SERVER_URL` or `CI_SERVER_HOST`, else gitlab.com.
    pub(super) fn of(predefined: &Predefined<'_>) -> Self {
        let given = |name| predefined.given(name).map(ToString::to_string);
        let url = given("CI_SERVER_URL").map(|url| url.trim_end_matches('/').to_string());
        let (protocol, authority) = match url.as_deref().and_then(|url| url.split_once("://")) {
            Some((protocol, rest)) => {
                (Some(protocol.to_string()), rest.split('/').next().map(ToString::to_string))
            }
            None => (None, given("CI_SERVER_FQDN")),
        };
        let (host, port) = match authority.as_deref().map(|it| it.rsplit_once(':').unwrap_or((it, ""))) {
            Some((host, port)) => (Some(host.to_string()), (!port.is_empty()).then(|| port.to_string())),
            None => (None, None),
        };
        let protocol = given("CI_SERVER_PROTOCOL").or(protocol).unwrap_or_else(|| "https".to_string());
        let usual = if protocol == "http" { "80" } else { "443" };
        let host = given("CI_SERVER_HOST").or(host).unwrap_or_else(|| DEFAULT_HOST.to_string());
        let port = given("CI_SERVER_PORT").or(port).unwrap_or_else(|| usual.to_string());
        let url = url.unwrap_or_else(|| match port == usual {
            true => format!("{protocol}://{host}"),
            false => format!("{protocol}://{host}:{port}"),
        });
        Self { protocol, host, port, url }
    }

    pub(super) fn define(&self, predefined: &mut Predefined<'_>) {
        let Self { protocol, host, port, url } = self;
        let authority =
            url.split_once("://").map_or(url.as_str(), |(_, rest)| rest.split('/').next().unwrap_or(rest));
        predefined.is("CI_SERVER", "yes");
        predefined.is("CI_SERVER_NAME", "GitLab");
        predefined.is("CI_SERVER_PROTOCOL", protocol);
        predefined.is("CI_SERVER_HOST", host);
        predefined.is("CI_SERVER_PORT", port);
        predefined.is("CI_SERVER_FQDN", authority);
        predefined.is("CI_SERVER_URL", url);
        predefined.is("CI_API_V4_URL", format!("{url}/api/v4"));
        predefined.is("CI_API_GRAPHQL_URL", format!("{url}/api/graphql"));
        predefined.is("CI_TEMPLATE_REGISTRY_HOST", "registry.gitlab.com");
    }
}
