use std::{
    fs::File,
    io::{self, Read, Write},
    os::fd::{AsFd, OwnedFd},
    sync::{
        Arc, Mutex, PoisonError,
        atomic::{AtomicBool, Ordering},
    },
    thread,
    time::Duration,
};

use rustix::{
    event::{PollFd, PollFlags, Timespec, poll},
    io::Errno,
};
use tokio::{sync::oneshot, time::Instant};

use super::mask::{Held, Masker, Needles};

/// Carries one of CMD's streams to ours, masked.
pub(super) struct Pump {
    /// Ends when the pump does.
    running: oneshot::Receiver<()>,
}

/// What the pumps of one job share.
#[derive(Clone)]
pub(super) struct Shared {
    needles: Arc<Mutex<Arc<Needles>>>,
    /// CMD has ended: what is in the pipe now is the last of it.
    ended: Arc<AtomicBool>,
}

/// A piece that may be the beginning of a secret is held back this long.
const HOLD: Duration = Duration::from_millis(50);

/// After CMD's end, what its orphans still write is carried on as long as they write without a pause…
const PAUSE: Duration = Duration::from_millis(100);

/// …and no longer than this.
const AFTER_THE_END: Duration = Duration::from_secs(1);

const BUFFER_BYTES: usize = 128 * 1024;

impl Shared {
    pub(super) fn new(needles: Needles) -> Self {
        Self { needles: Arc::new(Mutex::new(Arc::new(needles))), ended: Arc::new(AtomicBool::new(false)) }
    }

    /// From now on, masks these.
    pub(super) fn replace(&self, needles: Needles) {
        *self.needles.lock().unwrap_or_else(PoisonError::into_inner) = Arc::new(needles);
    }

    pub(super) fn cmd_ended(&self) {
        self.ended.store(true, Ordering::Release);
    }

    fn current(&self) -> Arc<Needles> {
        Arc::clone(&self.needles.lock().unwrap_or_else(PoisonError::into_inner))
    }
}

impl Pump {
    pub(super) fn start(from: OwnedFd, to: OwnedFd, shared: Shared) -> Self {
        let (end, running) = oneshot::channel::<()>();
        thread::spawn(move || {
            let _end = end;
            let _ = carry(&File::from(from), &File::from(to), &shared);
        });
        Self { running }
    }

    /// Waits until everything that CMD wrote has been carried over.
    pub(super) async fn finish(self) {
        // A pump that panicked has nothing more to carry.
        let _ = self.running.await;
    }
}

fn carry(mut from: &File, to: &File, shared: &Shared) -> io::Result<()> {
    let mut buffer = vec![0; BUFFER_BYTES];
    let mut needles = shared.current();
    let mut masker = Masker::new(Arc::clone(&needles));
    let mut last: Option<Last> = None;
    loop {
        if last.is_none() && shared.ended.load(Ordering::Acquire) {
            last = Some(Last::of(from));
        }
        let patience = match masker.held() {
            Held::Fragment => HOLD,
            Held::Nothing | Held::Lines => PAUSE,
        };
        if !readable(from, patience)? {
            if masker.held() == Held::Fragment {
                write_all(to, masker.flush_held())?;
            }
            match &last {
                Some(_) => break,
                None => continue,
            }
        }
        let count = match from.read(&mut buffer) {
            Ok(0) => break,
            Ok(count) => count,
            // A terminal's end: its last user has closed it.
            Err(error) if error.raw_os_error() == Some(Errno::IO.raw_os_error()) => break,
            Err(error) if error.kind() == io::ErrorKind::Interrupted => continue,
            Err(error) => return Err(error),
        };
        let now = shared.current();
        if !Arc::ptr_eq(&now, &needles) {
            needles = now;
            masker.replace(Arc::clone(&needles));
        }
        write_all(to, masker.mask(&buffer[..count]))?;
        if last.as_mut().is_some_and(|last| last.over(count)) {
            break;
        }
    }
    write_all(to, &masker.finish())
}

/// The time after CMD's end.
struct Last {
    /// What CMD itself left in the pipe.
    owed_bytes: u64,
    until: Instant,
}

impl Last {
    fn of(pipe: &File) -> Self {
        let owed_bytes = rustix::io::ioctl_fionread(pipe.as_fd()).unwrap_or(0);
        Self { owed_bytes, until: Instant::now() + AFTER_THE_END }
    }

    fn over(&mut self, count: usize) -> bool {
        self.owed_bytes = self.owed_bytes.saturating_sub(count as u64);
        self.owed_bytes == 0 && Instant::now() >= self.until
    }
}

fn readable(from: &File, patience: Duration) -> io::Result<bool> {
    let timeout = Timespec { tv_sec: 0, tv_nsec: i64::from(patience.subsec_nanos()) };
    match poll(&mut [PollFd::new(from, PollFlags::IN)], Some(&timeout)) {
        Ok(ready) => Ok(ready > 0),
        Err(Errno::INTR) => Ok(false),
        Err(error) => Err(error.into()),
    }
}

/// Our caller may have made our stream one that does not wait: then we wait for it.
fn write_all(mut to: &File, mut bytes: &[u8]) -> io::Result<()> {
    while !bytes.is_empty() {
        match to.write(bytes) {
            Ok(0) => return Err(io::ErrorKind::WriteZero.into()),
            Ok(count) => bytes = &bytes[count..],
            Err(error) if error.kind() == io::ErrorKind::Interrupted => {}
            Err(error) if error.kind() == io::ErrorKind::WouldBlock => {
                // Whatever poll says, the next write knows better.
                let _ = poll(&mut [PollFd::new(to, PollFlags::OUT)], None);
            }
            Err(error) => return Err(error),
        }
    }
    Ok(())
}

/// Whether a line can be written without waiting.
pub(super) fn takes_a_line(stream: impl AsFd) -> bool {
    poll(&mut [PollFd::new(&stream, PollFlags::OUT)], Some(&Timespec::default())).is_ok_and(|ready| ready > 0)
}
