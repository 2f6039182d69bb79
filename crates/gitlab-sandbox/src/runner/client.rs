use axum::body::Bytes;
use axum::http::{Method, Request, header};
use http_body_util::{BodyExt, Full, Limited};
use hyper::client::conn::http1;
use hyper_util::rt::TokioIo;
use secrecy::{ExposeSecret, SecretString};
use serde_json::Value;
use tokio::net::TcpStream;

use super::error::RunnerError;

/// The longest answer that is read.
const MAX_ANSWER_BYTES: usize = 1024 * 1024;

/// Posts `body` to a path of the sandbox and returns its JSON answer.
pub(super) async fn post(
    server: &str,
    path: &str,
    body: &Value,
    admin_token: &SecretString,
) -> Result<Value, RunnerError> {
    let unreachable = |error: &dyn std::error::Error| RunnerError::Unreachable(error.to_string());
    let authority = server
        .strip_prefix("http://")
        .map(|rest| rest.trim_end_matches('/'))
        .ok_or_else(|| RunnerError::Address(server.to_owned()))?;
    let request = Request::builder()
        .method(Method::POST)
        .uri(path)
        .header(header::HOST, authority)
        .header(header::CONTENT_TYPE, "application/json")
        .header("private-token", admin_token.expose_secret())
        .body(Full::new(Bytes::from(body.to_string())))
        .map_err(|_| RunnerError::Address(server.to_owned()))?;

    let stream = TcpStream::connect(authority).await.map_err(|error| unreachable(&error))?;
    let (mut sender, connection) =
        http1::handshake(TokioIo::new(stream)).await.map_err(|error| unreachable(&error))?;
    let exchange = async {
        let response = sender.send_request(request).await.map_err(|error| unreachable(&error))?;
        let status = response.status();
        let body = Limited::new(response.into_body(), MAX_ANSWER_BYTES).collect().await;
        // The connection ends with its sender.
        drop(sender);
        let body = body.map_err(|error| unreachable(error.as_ref()))?.to_bytes();
        Ok::<_, RunnerError>((status, body))
    };
    let (answer, _) = tokio::join!(exchange, connection);
    let (status, body) = answer?;
    if !status.is_success() {
        let body = String::from_utf8_lossy(&body).into_owned();
        return Err(RunnerError::Refused { status: status.as_u16(), body });
    }
    serde_json::from_slice(&body).map_err(|error| unreachable(&error))
}
