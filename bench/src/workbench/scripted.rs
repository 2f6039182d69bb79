use std::{
    io::{self, BufRead as _, BufReader, Read as _, Write as _},
    net::{TcpListener, TcpStream},
    thread,
};

use super::administrator::{SECRET_FIELD, SECRET_VALUE};

/// Answers as the vault does, at once: what is left of a run against it is the client's own.
pub(super) struct Scripted {
    pub(super) address: String,
}

impl Scripted {
    /// Serves one connection after another, until this process ends.
    pub(super) fn start() -> io::Result<Self> {
        let listener = TcpListener::bind("127.0.0.1:0")?;
        let address = format!("http://{}", listener.local_addr()?);
        thread::spawn(move || {
            for connection in listener.incoming().flatten() {
                // A client that hangs up early has failed by itself, and says so.
                let _ = serve(connection);
            }
        });
        Ok(Self { address })
    }
}

fn serve(connection: TcpStream) -> io::Result<()> {
    connection.set_nodelay(true)?;
    let mut requests = BufReader::new(connection.try_clone()?);
    let mut answers = connection;
    loop {
        let mut line = String::new();
        if requests.read_line(&mut line)? == 0 {
            return Ok(());
        }
        let answer = answer(&line);
        let mut body = 0;
        while !line.trim().is_empty() {
            line.clear();
            requests.read_line(&mut line)?;
            if let Some(("content-length", length)) = line.to_ascii_lowercase().split_once(": ") {
                body = length.trim().parse().unwrap_or(0);
            }
        }
        io::copy(&mut (&mut requests).take(body), &mut io::sink())?;
        answers.write_all(answer.as_bytes())?;
    }
}

fn answer(request: &str) -> String {
    let body = if request.contains("/login") {
        r#"{"auth":{"client_token":"s.made-up-session","lease_duration":3600,"renewable":true,"token_type":"service"}}"#.to_owned()
    } else if request.contains("/data/") {
        format!(
            r#"{{"lease_id":"","data":{{"data":{{"{SECRET_FIELD}":"{SECRET_VALUE}"}},"metadata":{{}}}}}}"#
        )
    } else {
        return "HTTP/1.1 204 No Content\r\n\r\n".to_owned();
    };
    format!(
        "HTTP/1.1 200 OK\r\nContent-Type: application/json\r\nContent-Length: {}\r\n\r\n{body}",
        body.len()
    )
}
