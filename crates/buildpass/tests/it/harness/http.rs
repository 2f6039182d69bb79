use std::time::Duration;

use serde_json::Value;

use super::RUNTIME;

/// One request as an administrator makes it: status and body (null where it is no JSON).
pub(crate) fn request(
    method: &str,
    url: &str,
    headers: &[(&str, &str)],
    body: Option<&Value>,
) -> Option<(u16, Value)> {
    let method = reqwest::Method::from_bytes(method.as_bytes()).unwrap();
    let mut request = client().request(method, url).timeout(Duration::from_secs(20));
    for (name, value) in headers {
        request = request.header(*name, *value);
    }
    if let Some(body) = body {
        request = request.header("content-type", "application/json").body(body.to_string());
    }
    let (status, body) = answered(request)?;
    Some((status, serde_json::from_slice(&body).unwrap_or(Value::Null)))
}

/// A page that is no JSON.
pub(crate) fn text(url: &str) -> Option<String> {
    let (_, body) = answered(client().get(url).timeout(Duration::from_secs(20)))?;
    String::from_utf8(body).ok()
}

fn answered(request: reqwest::RequestBuilder) -> Option<(u16, Vec<u8>)> {
    let (to, from) = std::sync::mpsc::channel();
    RUNTIME.spawn(async move {
        let answered = async {
            let response = request.send().await.ok()?;
            let status = response.status().as_u16();
            Some((status, response.bytes().await.ok()?.to_vec()))
        };
        let _ = to.send(answered.await);
    });
    from.recv().unwrap()
}

fn client() -> reqwest::Client {
    let tls = rustls::ClientConfig::builder_with_provider(std::sync::Arc::new(
        rustls::crypto::aws_lc_rs::default_provider(),
    ))
    .with_safe_default_protocol_versions()
    .unwrap()
    .with_root_certificates(rustls::RootCertStore::empty())
    .with_no_client_auth();
    reqwest::Client::builder().no_proxy().tls_backend_preconfigured(tls).build().unwrap()
}
