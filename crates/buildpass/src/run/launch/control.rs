use std::{
    io::{self, IoSlice, IoSliceMut},
    mem::MaybeUninit,
    os::{
        fd::{AsFd, BorrowedFd, OwnedFd},
        unix::net::UnixStream,
    },
};

use rustix::net::{
    RecvAncillaryBuffer, RecvAncillaryMessage, RecvFlags, SendAncillaryBuffer, SendAncillaryMessage,
    SendFlags, recvmsg, sendmsg,
};

/// What buildpass says to its launcher.
pub(super) const GO: u8 = b'g';

/// What the launcher of a terminal says: CMD was stopped.
pub(super) const STOPPED: u8 = b's';

/// What the launcher of a terminal says before CMD's process group, four bytes.
pub(super) const RUNNING: u8 = b'r';

/// What the launcher says before the number of an error, four bytes: CMD cannot be started.
pub(super) const FAILED: u8 = b'f';

/// Passes CMD's stdin to the launcher, whose own stdin is the socket.
pub(super) fn send_stdin(socket: &UnixStream, stdin: BorrowedFd<'_>) -> io::Result<()> {
    let mut space = [MaybeUninit::uninit(); rustix::cmsg_space!(ScmRights(1))];
    let mut ancillary = SendAncillaryBuffer::new(&mut space);
    let fds = [stdin];
    if !ancillary.push(SendAncillaryMessage::ScmRights(&fds)) {
        return Err(io::Error::other("no room for a file descriptor"));
    }
    sendmsg(socket.as_fd(), &[IoSlice::new(b"i")], &mut ancillary, SendFlags::empty())?;
    Ok(())
}

/// Takes CMD's stdin.
pub(super) fn receive_stdin(socket: BorrowedFd<'_>) -> io::Result<OwnedFd> {
    let mut space = [MaybeUninit::uninit(); rustix::cmsg_space!(ScmRights(1))];
    let mut ancillary = RecvAncillaryBuffer::new(&mut space);
    let mut byte = [0];
    recvmsg(socket, &mut [IoSliceMut::new(&mut byte)], &mut ancillary, RecvFlags::CMSG_CLOEXEC)?;
    for message in ancillary.drain() {
        if let RecvAncillaryMessage::ScmRights(mut fds) = message
            && let Some(stdin) = fds.next()
        {
            return Ok(stdin);
        }
    }
    Err(io::Error::from(io::ErrorKind::UnexpectedEof))
}
