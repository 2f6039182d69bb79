use std::{
    io::{self, Read, Write},
    net::{Shutdown, TcpListener, TcpStream},
    sync::{
        Arc, Condvar, Mutex,
        atomic::{AtomicBool, Ordering},
    },
    thread,
    time::Duration,
};

/// A wire between a job and a real server, which a test can cut, and which loses or holds what the test says.
pub(crate) struct Proxy {
    pub(crate) address: String,
    wire: Arc<Wire>,
}

/// What becomes of one request's answer.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Fate {
    /// It arrives.
    Pass,
    /// The server made it, and the connection breaks before it arrives.
    Lose,
    /// The server made it, and it stays on the way until `release`.
    Hold,
    /// It arrives piece by piece.
    Slow,
    /// The server is not asked, and somebody else answers: status and body.
    Instead(u16, &'static str),
}

/// How the wire is.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum State {
    Whole,
    /// Nobody is there: connections break, and new ones are not taken.
    Broken,
    /// Whatever is sent is lost without a word.
    Silent,
}

/// Between two pieces of a slow answer.
const PAUSE: Duration = Duration::from_millis(40);

struct Wire {
    server: String,
    state: Mutex<State>,
    changed: Condvar,
    released: AtomicBool,
    stopped: AtomicBool,
    held: AtomicBool,
    answered: Mutex<Vec<u8>>,
    connections: Mutex<Vec<TcpStream>>,
    fate: Box<dyn Fn(&str) -> Fate + Send + Sync>,
}

impl Proxy {
    /// Asks `fate` for each request by its first line.
    pub(crate) fn start(server: &str, fate: impl Fn(&str) -> Fate + Send + Sync + 'static) -> Self {
        let listener = TcpListener::bind("127.0.0.1:0").unwrap();
        let address = format!("http://{}", listener.local_addr().unwrap());
        let wire = Arc::new(Wire {
            server: server.trim_start_matches("http://").to_owned(),
            state: Mutex::new(State::Whole),
            changed: Condvar::new(),
            released: AtomicBool::new(false),
            stopped: AtomicBool::new(false),
            held: AtomicBool::new(false),
            answered: Mutex::default(),
            connections: Mutex::default(),
            fate: Box::new(fate),
        });
        let shared = Arc::clone(&wire);
        thread::spawn(move || {
            for connection in listener.incoming().flatten() {
                if shared.stopped.load(Ordering::Relaxed) {
                    return;
                }
                let shared = Arc::clone(&shared);
                thread::spawn(move || shared.carry(connection));
            }
        });
        Self { address, wire }
    }

    pub(crate) fn turn(&self, state: State) {
        *self.wire.state.lock().unwrap() = state;
        self.wire.changed.notify_all();
        if state == State::Broken {
            self.wire.hang_up();
        }
    }

    /// Whether an answer is on its way and held.
    pub(crate) fn holds(&self) -> bool {
        self.wire.held.load(Ordering::SeqCst)
    }

    /// Lets what was held arrive, and holds nothing any more.
    pub(crate) fn release(&self) {
        self.wire.released.store(true, Ordering::SeqCst);
        self.wire.changed.notify_all();
    }

    /// Everything that the server answered.
    pub(crate) fn answered(&self) -> String {
        String::from_utf8_lossy(&self.wire.answered.lock().unwrap()).into_owned()
    }
}

impl Drop for Proxy {
    fn drop(&mut self) {
        self.wire.stopped.store(true, Ordering::SeqCst);
        self.turn(State::Broken);
        self.release();
        let _ = TcpStream::connect(self.address.trim_start_matches("http://"));
    }
}

impl Wire {
    fn state(&self) -> State {
        *self.state.lock().unwrap()
    }

    fn hang_up(&self) {
        for connection in self.connections.lock().unwrap().drain(..) {
            let _ = connection.shutdown(Shutdown::Both);
        }
    }

    /// Both servers of the tests answer a request before the next one comes on the same connection.
    fn carry(self: Arc<Self>, client: TcpStream) {
        if self.state() == State::Broken {
            return;
        }
        let Ok(server) = TcpStream::connect(&self.server) else { return };
        let fate = Arc::new(Mutex::new(Fate::Pass));
        let clone = |stream: &TcpStream| stream.try_clone().unwrap();
        self.connections.lock().unwrap().extend([clone(&client), clone(&server)]);
        let (this, asked) = (Arc::clone(&self), Arc::clone(&fate));
        let (from, to) = (clone(&client), clone(&server));
        thread::spawn(move || {
            let _ = this.requests(from, &to, &asked);
            let _ = to.shutdown(Shutdown::Both);
        });
        let _ = self.answers(server, &client, &fate);
        let _ = client.shutdown(Shutdown::Both);
    }

    fn requests(&self, mut client: TcpStream, mut server: &TcpStream, fate: &Mutex<Fate>) -> io::Result<()> {
        let mut buffer = vec![0; 64 * 1024];
        loop {
            let count = client.read(&mut buffer)?;
            if count == 0 {
                return Ok(());
            }
            if self.state() == State::Silent {
                continue;
            }
            let text = String::from_utf8_lossy(&buffer[..count]);
            let line = text.lines().next().unwrap_or_default();
            if line.contains(" HTTP/1.1") {
                let decided = (self.fate)(line);
                if let Fate::Instead(status, body) = decided {
                    let mut left = left_of_body(&buffer[..count]);
                    while left > 0 {
                        left = left.saturating_sub(client.read(&mut buffer)?.max(1));
                    }
                    client.write_all(&page(status, body))?;
                    continue;
                }
                *fate.lock().unwrap() = decided;
            }
            server.write_all(&buffer[..count])?;
        }
    }

    fn answers(&self, mut server: TcpStream, mut client: &TcpStream, fate: &Mutex<Fate>) -> io::Result<()> {
        let mut buffer = vec![0; 64 * 1024];
        loop {
            let count = server.read(&mut buffer)?;
            if count == 0 {
                return Ok(());
            }
            self.answered.lock().unwrap().extend_from_slice(&buffer[..count]);
            let fate = *fate.lock().unwrap();
            match fate {
                Fate::Lose => return Ok(()),
                Fate::Hold => self.hold(),
                Fate::Slow => thread::park_timeout(PAUSE),
                Fate::Pass | Fate::Instead(..) => {}
            }
            if self.state() != State::Silent {
                client.write_all(&buffer[..count])?;
            }
        }
    }

    fn hold(&self) {
        self.held.store(true, Ordering::SeqCst);
        let mut state = self.state.lock().unwrap();
        while !self.released.load(Ordering::SeqCst) && !self.stopped.load(Ordering::SeqCst) {
            state = self.changed.wait_timeout(state, Duration::from_millis(100)).unwrap().0;
        }
    }
}

/// How many bytes of a request's body are still on their way behind its head.
fn left_of_body(bytes: &[u8]) -> usize {
    let text = String::from_utf8_lossy(bytes);
    let Some((head, body)) = text.split_once("\r\n\r\n") else { return 0 };
    let length = |line: &str| line.to_lowercase().strip_prefix("content-length: ")?.parse::<usize>().ok();
    head.lines().find_map(length).unwrap_or(0).saturating_sub(body.len())
}

fn page(status: u16, body: &str) -> Vec<u8> {
    let kind = if body.starts_with('{') { "application/json" } else { "text/html" };
    let length = body.len();
    format!("HTTP/1.1 {status} Status\r\nContent-Type: {kind}\r\nContent-Length: {length}\r\n\r\n{body}")
        .into_bytes()
}
