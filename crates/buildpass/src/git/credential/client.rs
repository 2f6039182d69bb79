use std::{
    ffi::OsString,
    io::{self, Read, Write},
    os::unix::{
        ffi::{OsStrExt, OsStringExt},
        net::UnixStream,
    },
    path::{Path, PathBuf},
    time::Duration,
};

use percent_encoding::{AsciiSet, CONTROLS, percent_decode_str, percent_encode};
use tokio::io::{AsyncReadExt, AsyncWriteExt};
use zeroize::Zeroizing;

/// The variable in which a running `buildpass run` names its credential socket; behind a `:` that of the `run` around it.
pub const SOCKET_VARIABLE: &str = "BUILDPASS_SOCKET";

const MAX_QUESTION_BYTES: u64 = 1024 * 1024;

/// A `run` within a `run` asks the vault afresh, which takes its time.
const LONGEST_ANSWER: Duration = Duration::from_secs(60);

/// What would end a name among others, and what is no text.
const ESCAPED: &AsciiSet = &CONTROLS.add(b'%').add(b':');

/// A socket as its variable names it.
pub fn socket_name(path: &Path) -> String {
    percent_encode(path.as_os_str().as_bytes(), ESCAPED).to_string()
}

fn paths(sockets: &str) -> impl Iterator<Item = PathBuf> {
    let path = |name| OsString::from_vec(percent_decode_str(name).collect()).into();
    sockets.split(':').map(path)
}

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
    for socket in paths(sockets) {
        match converse(&socket, &asked) {
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

fn converse(socket: &Path, asked: &[u8]) -> io::Result<Zeroizing<Vec<u8>>> {
    let mut stream = UnixStream::connect(socket)?;
    stream.set_read_timeout(Some(LONGEST_ANSWER))?;
    stream.set_write_timeout(Some(Duration::from_secs(10)))?;
    stream.write_all(asked)?;
    stream.shutdown(std::net::Shutdown::Write)?;
    let mut answered = Zeroizing::new(Vec::with_capacity(4096));
    stream.read_to_end(&mut answered)?;
    Ok(answered)
}

/// The same for a credential that we need ourselves, while others go on; none where nobody has an answer.
pub async fn ask_meanwhile(sockets: &str, question: &str) -> Option<Zeroizing<Vec<u8>>> {
    let asked = format!("get\n{question}\n\n");
    for socket in paths(sockets) {
        let converse = async {
            let mut stream = tokio::net::UnixStream::connect(socket).await?;
            stream.write_all(asked.as_bytes()).await?;
            stream.shutdown().await?;
            let mut answered = Zeroizing::new(Vec::with_capacity(4096));
            stream.read_to_end(&mut answered).await?;
            io::Result::Ok(answered)
        };
        if let Ok(Ok(answered)) = tokio::time::timeout(LONGEST_ANSWER, converse).await
            && !answered.is_empty()
        {
            return Some(answered);
        }
    }
    None
}

#[cfg(test)]
mod tests {
    use std::os::unix::net::UnixListener;

    use super::*;

    #[test]
    fn any_path_is_one_name_among_others() {
        let odd: PathBuf = OsString::from_vec(b"/a:b%3A\xff/git.sock".to_vec()).into();
        let both = format!("{}:{}", socket_name(&odd), socket_name(Path::new("/plain/git.sock")));
        assert_eq!(both, "/a%3Ab%253A%FF/git.sock:/plain/git.sock");
        assert_eq!(paths(&both).collect::<Vec<_>>(), [odd, "/plain/git.sock".into()]);
    }

    #[test]
    fn while_one_answer_is_waited_for_others_go_on() {
        let folder = tempfile::tempdir().unwrap();
        let path = folder.path().join("a:b");
        let listener = UnixListener::bind(&path).unwrap();
        let (sender, asked) = tokio::sync::oneshot::channel();
        let server = std::thread::spawn(move || {
            let (mut stream, _) = listener.accept().unwrap();
            let mut text = String::new();
            stream.read_to_string(&mut text).unwrap();
            // Only what goes on meanwhile lets it answer.
            asked.blocking_recv().unwrap();
            stream.write_all(b"username=me\n").unwrap();
            text
        });
        let runtime = tokio::runtime::Builder::new_current_thread().enable_all().build().unwrap();
        let sockets = format!("/nowhere:{}", socket_name(&path));
        let (answered, ()) = runtime.block_on(async {
            tokio::join!(ask_meanwhile(&sockets, "protocol=https\n"), async { sender.send(()).unwrap() })
        });
        assert_eq!(answered.unwrap().as_slice(), b"username=me\n");
        assert_eq!(server.join().unwrap(), "get\nprotocol=https\n\n\n");
    }
}
