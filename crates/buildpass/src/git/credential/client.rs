use std::{
    io::{self, Read, Write},
    os::unix::net::UnixStream,
    time::Duration,
};

use zeroize::Zeroizing;

/// The variable in which a running `buildpass run` names its credential socket; behind a `:` that of the `run` around it.
pub const SOCKET_VARIABLE: &str = "BUILDPASS_SOCKET";

const MAX_QUESTION_BYTES: u64 = 1024 * 1024;

/// Passes git's question to the running `buildpass run`, and its answer to git. Of several sockets the first that has an answer gives it.
///
/// # Errors
/// When the job is over, or the socket does not take us.
pub fn ask(
    sockets: &str,
    operation: &str,
    question: &mut impl Read,
    answer: &mut impl Write,
) -> io::Result<()> {
    let mut asked = Zeroizing::new(format!("{operation}\n").into_bytes());
    question.take(MAX_QUESTION_BYTES).read_to_end(&mut asked)?;
    asked.extend_from_slice(b"\n\n");
    let mut last = Ok(());
    for socket in sockets.split(':') {
        match converse(socket, &asked) {
            Ok(answered) if answered.is_empty() => {}
            Ok(answered) => {
                answer.write_all(&answered)?;
                return answer.flush();
            }
            Err(error) => last = Err(error),
        }
    }
    last
}

fn converse(socket: &str, asked: &[u8]) -> io::Result<Zeroizing<Vec<u8>>> {
    let mut stream = UnixStream::connect(socket)?;
    stream.set_read_timeout(Some(Duration::from_secs(60)))?;
    stream.set_write_timeout(Some(Duration::from_secs(10)))?;
    stream.write_all(asked)?;
    stream.shutdown(std::net::Shutdown::Write)?;
    let mut answered = Zeroizing::new(Vec::with_capacity(4096));
    stream.read_to_end(&mut answered)?;
    Ok(answered)
}
