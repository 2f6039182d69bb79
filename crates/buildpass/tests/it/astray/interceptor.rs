use std::{
    io::{BufRead, BufReader, Write},
    net::{TcpListener, TcpStream},
    sync::{
        Arc,
        atomic::{AtomicBool, Ordering},
    },
    thread,
    time::Duration,
};

/// An HTTP proxy of the attacker: whatever host it is to connect to, it connects to the attacker's server.
pub(super) struct Interceptor {
    pub(super) url: String,
    stopped: Arc<AtomicBool>,
}

impl Interceptor {
    /// Leads every `CONNECT` to `server`, an address with its scheme.
    pub(super) fn start(server: &str) -> Self {
        let listener = TcpListener::bind("127.0.0.1:0").unwrap();
        let url = format!("http://{}", listener.local_addr().unwrap());
        let stopped = Arc::new(AtomicBool::new(false));
        let (stop, server) = (Arc::clone(&stopped), server.trim_start_matches("https://").to_owned());
        thread::spawn(move || {
            for connection in listener.incoming().flatten() {
                if stop.load(Ordering::Relaxed) {
                    return;
                }
                let server = server.clone();
                thread::spawn(move || lead_astray(connection, &server));
            }
        });
        Self { url, stopped }
    }
}

impl Drop for Interceptor {
    fn drop(&mut self) {
        self.stopped.store(true, Ordering::Relaxed);
        let _ = TcpStream::connect(self.url.trim_start_matches("http://"));
    }
}

/// Carries one connection; a client waits for the answer before it says more, so that nothing is left in the reader.
fn lead_astray(mut client: TcpStream, server: &str) -> Option<()> {
    client.set_read_timeout(Some(Duration::from_secs(60))).ok()?;
    let mut reader = BufReader::new(client.try_clone().ok()?);
    let mut head = String::new();
    while !head.ends_with("\r\n\r\n") {
        if reader.read_line(&mut head).ok()? == 0 {
            return None;
        }
    }
    let mut theirs = TcpStream::connect(server).ok()?;
    theirs.set_read_timeout(Some(Duration::from_secs(60))).ok()?;
    client.write_all(b"HTTP/1.1 200 Connected\r\n\r\n").ok()?;
    let (mut from, mut to) = (theirs.try_clone().ok()?, client.try_clone().ok()?);
    thread::spawn(move || {
        let _ = std::io::copy(&mut from, &mut to);
        let _ = to.shutdown(std::net::Shutdown::Write);
    });
    let _ = std::io::copy(&mut client, &mut theirs);
    let _ = theirs.shutdown(std::net::Shutdown::Write);
    Some(())
}
