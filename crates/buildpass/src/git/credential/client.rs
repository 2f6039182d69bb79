use std::{
    io::{self, Read, Write},
    os::unix::net::UnixStream,
    path::Path,
    time::Duration,
};

use zeroize::Zeroizing;

/// The variable in which a running `buildpass run` names its credential socket.
pub const SOCKET_VARIABLE: &str = "BUILDPASS_SOCKET";

const MAX_QUESTION_BYTES: u64 = 1024 * 1024;

/// Passes git's question to the running `buildpass run`, and its answer to git.
///
/// # Errors
/// When the job is over, or the socket does not take us.
pub fn ask(
    socket: &Path,
    operation: &str,
    question: &mut impl Read,
    answer: &mut impl Write,
) -> io::Result<()> {
    let mut stream = UnixStream::connect(socket)?;
    stream.set_read_timeout(Some(Duration::from_secs(60)))?;
    stream.set_write_timeout(Some(Duration::from_secs(10)))?;
    let mut asked = Zeroizing::new(format!("{operation}\n").into_bytes());
    question.take(MAX_QUESTION_BYTES).read_to_end(&mut asked)?;
    asked.extend_from_slice(b"\n\n");
    stream.write_all(&asked)?;
    stream.shutdown(std::net::Shutdown::Write)?;
    let mut answered = Zeroizing::new(Vec::with_capacity(4096));
    stream.read_to_end(&mut answered)?;
    answer.write_all(&answered)?;
    answer.flush()
}
