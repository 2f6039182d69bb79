use std::io;
use std::process::Stdio;

use axum::body::{Body, Bytes};
use axum::http::request::Parts;
use axum::http::{HeaderMap, HeaderName, header};
use axum::response::Response;
use http_body_util::BodyExt;
use tokio::io::{AsyncReadExt, AsyncWriteExt};
use tokio::process::{ChildStdin, ChildStdout, Command};

use super::access::Permit;
use super::cgi_head::{CgiHead, MalformedHead};
use super::cgi_output::CgiOutput;
use super::repositories::Repositories;
use super::target::{Operation, Target};

/// The backend could not answer.
#[derive(Debug, thiserror::Error)]
pub(super) enum BackendError {
    #[error("git http-backend could not be run")]
    Run(#[from] io::Error),

    #[error("git http-backend did not answer in the way of CGI")]
    Answer,
}

impl From<MalformedHead> for BackendError {
    fn from(_: MalformedHead) -> Self {
        Self::Answer
    }
}

/// Lets `git http-backend` answer a request that was permitted.
pub(super) async fn serve(
    repositories: &Repositories,
    permit: &Permit,
    target: &Target,
    request: (Parts, Body),
) -> Result<Response, BackendError> {
    let (parts, body) = request;
    let mut command = command(repositories, permit, target, &parts);
    let mut backend = command.stdin(Stdio::piped()).stdout(Stdio::piped()).stderr(Stdio::null()).spawn()?;
    if let Some(stdin) = backend.stdin.take() {
        tokio::spawn(feed(body, stdin));
    }
    let mut stdout = backend.stdout.take().ok_or(BackendError::Answer)?;
    let (head, beginning) = read_head(&mut stdout).await?;

    let output = CgiOutput { beginning, rest: stdout, _backend: backend };
    let mut response = Response::new(Body::new(output));
    *response.status_mut() = head.status;
    *response.headers_mut() = head.headers;
    Ok(response)
}

/// The backend's command: its environment is made here from nothing, header by header.
fn command(repositories: &Repositories, permit: &Permit, target: &Target, parts: &Parts) -> Command {
    let service = permit.service.name();
    let (path, query) = match target.operation {
        Operation::Advertise(_) => ("info/refs", format!("service={service}")),
        Operation::Exchange(_) | Operation::Unknown => (service, String::new()),
    };
    let folder = Repositories::folder_name(permit.project_id);
    let mut command = repositories.git();
    command
        // As Gitaly has it: partial clones, and commits that no ref names.
        .args(["-c", "uploadpack.allowFilter=true", "-c", "uploadpack.allowAnySHA1InWant=true"])
        .arg("http-backend")
        .env("GIT_PROJECT_ROOT", repositories.root())
        .env("GIT_HTTP_EXPORT_ALL", "1")
        .env("GATEWAY_INTERFACE", "CGI/1.1")
        .env("SERVER_PROTOCOL", "HTTP/1.1")
        .env("REMOTE_ADDR", "127.0.0.1")
        .env("REQUEST_METHOD", parts.method.as_str())
        .env("PATH_INFO", format!("/{folder}/{path}"))
        .env("QUERY_STRING", query);
    if let Some(user) = &permit.remote_user {
        command.env("REMOTE_USER", user);
    }
    for (variable, name) in [
        ("CONTENT_TYPE", header::CONTENT_TYPE),
        ("CONTENT_LENGTH", header::CONTENT_LENGTH),
        ("HTTP_CONTENT_ENCODING", header::CONTENT_ENCODING),
        ("GIT_PROTOCOL", HeaderName::from_static("git-protocol")),
    ] {
        if let Some(value) = text(&parts.headers, &name) {
            command.env(variable, value);
        }
    }
    command
}

fn text<'a>(headers: &'a HeaderMap, name: &HeaderName) -> Option<&'a str> {
    headers.get(name)?.to_str().ok()
}

/// Passes the request's body on; a backend that has read enough closes its end, and that is the end.
async fn feed(mut body: Body, mut stdin: ChildStdin) {
    while let Some(Ok(frame)) = body.frame().await {
        if let Ok(data) = frame.into_data()
            && stdin.write_all(&data).await.is_err()
        {
            return;
        }
    }
}

async fn read_head(stdout: &mut ChildStdout) -> Result<(CgiHead, Bytes), BackendError> {
    let mut bytes = Vec::with_capacity(1024);
    loop {
        if let Some((head, length)) = CgiHead::parse(&bytes)? {
            return Ok((head, Bytes::from(bytes.split_off(length))));
        }
        if stdout.read_buf(&mut bytes).await? == 0 {
            return Err(BackendError::Answer);
        }
    }
}

#[cfg(test)]
mod tests {
    use std::collections::BTreeMap;

    use axum::http::Request;

    use super::*;
    use crate::git_http::target::Service;

    #[test]
    fn the_backend_gets_the_user_and_never_the_authorization_header() {
        let folder = tempfile::tempdir().unwrap();
        let repositories = Repositories::open(folder.path(), "/usr/bin".into()).unwrap();
        let request = Request::builder()
            .method("POST")
            .header("authorization", "Basic bWFkZTp1cA==")
            .header("private-token", "glpat-madeup")
            .header("content-encoding", "gzip")
            .header("git-protocol", "version=2")
            .body(())
            .unwrap();
        let permit =
            Permit { project_id: 3, service: Service::UploadPack, remote_user: Some("group_1_bot_2".into()) };
        let target =
            Target { project_path: "g/p".into(), operation: Operation::Exchange(Service::UploadPack) };

        let command = command(&repositories, &permit, &target, &request.into_parts().0);
        let environment: BTreeMap<_, _> = command
            .as_std()
            .get_envs()
            .map(|(name, value)| (name.to_str().unwrap(), value.unwrap().to_str().unwrap()))
            .collect();
        assert_eq!(environment["REMOTE_USER"], "group_1_bot_2");
        assert_eq!(environment["PATH_INFO"], "/project-3.git/git-upload-pack");
        assert_eq!(environment["HTTP_CONTENT_ENCODING"], "gzip");
        assert_eq!(environment["GIT_PROTOCOL"], "version=2");
        assert!(environment.keys().all(|name| !name.to_lowercase().contains("auth")));
        assert!(
            environment.values().all(|value| !value.contains("bWFkZTp1cA==") && !value.contains("glpat-"))
        );
    }
}
