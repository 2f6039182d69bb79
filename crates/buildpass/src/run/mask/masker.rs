use std::fmt;
use std::mem;
use std::ops::Range;
use std::sync::Arc;

use zeroize::Zeroizing;

use super::forms::MIN_BYTES;
use super::needles::Needles;
use super::squeezed::{Squeezed, is_break};

/// What stands in the place of a secret.
const MASK: &[u8] = b"[MASKED]";

/// Masks one stream. Each call gives what may be written now, as one slice.
///
/// ```
/// # use std::sync::Arc;
/// # use buildpass::run::mask::{Forms, Masker, Needles};
/// let token = Forms::of("glpat-made-up-token-000001", &["gitlab-ci-token"])?;
/// let mut masker = Masker::new(Arc::new(Needles::new([token])));
/// assert_eq!(masker.mask(b"token: glpat-made-up-"), b"token: ");
/// assert_eq!(masker.mask(b"token-000001, as it is\n"), b"[MASKED], as it is\n");
/// assert!(masker.finish().is_empty());
/// # Ok::<(), buildpass::run::mask::TooShort>(())
/// ```
pub struct Masker {
    needles: Arc<Needles>,
    /// The end of what was read, from where on it could be the beginning of a form.
    tail: Zeroizing<Vec<u8>>,
    /// How much of the tail was written or masked already.
    done: usize,
    /// Where in the tail the last mask ended.
    masked_to: usize,
    /// The tail and the chunk behind it.
    joined: Zeroizing<Vec<u8>>,
    squeezed: Squeezed,
    found: Vec<Range<usize>>,
    out: Vec<u8>,
}

/// Whether something was read that has not been written.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Held {
    /// Nothing.
    Nothing,
    /// The beginning of a form within a line, or fewer than eight bytes of one: a prompt, perhaps. Let it go with
    /// [`Masker::flush_held`] when nothing more comes.
    Fragment,
    /// The beginning of a form that goes on in the next line: keep it until more comes.
    Lines,
}

impl Masker {
    /// A masker at the beginning of a stream.
    pub fn new(needles: Arc<Needles>) -> Self {
        Self {
            needles,
            tail: Zeroizing::default(),
            done: 0,
            masked_to: 0,
            joined: Zeroizing::default(),
            squeezed: Squeezed::default(),
            found: Vec::new(),
            out: Vec::new(),
        }
    }

    /// Looks for other needles from here on.
    pub fn replace(&mut self, needles: Arc<Needles>) {
        self.needles = needles;
    }

    /// Takes in the next bytes of the stream and gives what may be written now: a part of `chunk` itself, where
    /// nothing was held before it and nothing in it is masked.
    pub fn mask<'a>(&'a mut self, chunk: &'a [u8]) -> &'a [u8] {
        if chunk.is_empty() {
            return chunk;
        }
        let source = if self.tail.is_empty() {
            chunk
        } else {
            mem::swap(&mut self.tail, &mut self.joined);
            self.joined.extend_from_slice(chunk);
            self.tail.clear();
            self.joined.as_slice()
        };
        self.needles.find(source, &mut self.squeezed, &mut self.found);
        let undecided = self.needles.undecided_from(source, &mut self.squeezed);
        self.found.retain(|part| part.start < undecided && part.end > self.done);
        self.tail.extend_from_slice(&source[undecided..]);

        let from = self.done;
        if self.found.is_empty() {
            self.done = from.saturating_sub(undecided);
            self.masked_to = self.masked_to.saturating_sub(undecided);
            return &source[from.min(undecided)..undecided];
        }
        let mut progress = Progress { out: &mut self.out, done: from, masked_to: self.masked_to };
        progress.out.clear();
        self.found.iter().for_each(|part| progress.cover(source, part));
        progress.pass(source, undecided);
        self.done = progress.done - undecided;
        self.masked_to = progress.masked_to.saturating_sub(undecided);
        &self.out
    }

    /// Whether something is held back, and whether it may be let go.
    pub fn held(&self) -> Held {
        let held = &self.tail[self.done..];
        match held {
            [] => Held::Nothing,
            _ if held.contains(&b'\n') && text_bytes(&self.tail) >= MIN_BYTES => Held::Lines,
            _ => Held::Fragment,
        }
    }

    /// Lets go of what is held. If the stream goes on and completes a secret after all, its rest is masked.
    pub fn flush_held(&mut self) -> &[u8] {
        self.needles.find(&self.tail, &mut self.squeezed, &mut self.found);
        let mut progress = Progress { out: &mut self.out, done: self.done, masked_to: self.masked_to };
        progress.out.clear();
        self.found.iter().for_each(|part| progress.cover(&self.tail, part));
        progress.pass(&self.tail, self.tail.len());
        self.done = progress.done;
        self.masked_to = progress.masked_to;
        &self.out
    }

    /// The end of the stream: gives what was still held, masked where it is eight bytes or more of a secret.
    pub fn finish(self) -> Vec<u8> {
        let mut out = Vec::new();
        let mut progress = Progress { out: &mut out, done: self.done, masked_to: self.masked_to };
        if text_bytes(&self.tail) >= MIN_BYTES {
            let breaks = self.tail.iter().rev().take_while(|byte| is_break(**byte)).count();
            progress.cover(&self.tail, &(0..self.tail.len() - breaks));
        }
        progress.pass(&self.tail, self.tail.len());
        out
    }
}

impl fmt::Debug for Masker {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Masker")
            .field("needles", &self.needles)
            .field("held", &self.held())
            .finish_non_exhaustive()
    }
}

/// How far the writing has come.
struct Progress<'a> {
    out: &'a mut Vec<u8>,
    done: usize,
    masked_to: usize,
}

impl Progress<'_> {
    /// Writes as it is what stands before `end`.
    fn pass(&mut self, source: &[u8], end: usize) {
        if self.done < end {
            self.out.extend_from_slice(&source[self.done..end]);
            self.done = end;
        }
    }

    /// Writes what stands before the part as it is, and a mask for the part, or none where it continues one.
    fn cover(&mut self, source: &[u8], part: &Range<usize>) {
        if part.end <= self.done {
            return;
        }
        let continues = self.masked_to == self.done && part.start < self.masked_to;
        self.pass(source, part.start);
        if !continues {
            self.out.extend_from_slice(MASK);
        }
        self.done = part.end;
        self.masked_to = part.end;
    }
}

fn text_bytes(bytes: &[u8]) -> usize {
    bytes.iter().filter(|byte| !is_break(**byte)).count()
}
