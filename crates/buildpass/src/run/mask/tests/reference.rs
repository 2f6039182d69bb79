use std::ops::Range;

use super::super::Needles;
use super::super::form::Written;
use super::super::squeezed::{MOST_BREAKS_IN_A_ROW, is_break};

/// How many bytes of the text the form takes up from its start on; `Err` with the text's end before the form's.
pub(super) fn taken(form: Written<'_>, text: &[u8]) -> Option<Result<usize, usize>> {
    let (bytes, wraps) = match form {
        Written::Exactly(bytes) => (bytes, false),
        Written::Wrapped(bytes) => (bytes, true),
    };
    let mut at = 0;
    for (index, byte) in bytes.iter().enumerate() {
        let breaks = text[at..].iter().take_while(|it| is_break(**it)).count();
        if wraps && index > 0 && breaks <= MOST_BREAKS_IN_A_ROW {
            at += breaks;
        }
        match text.get(at) {
            None => return (at > 0).then_some(Err(at)),
            Some(it) if it != byte => return None,
            Some(_) => at += 1,
        }
    }
    Some(Ok(at))
}

/// Masks a whole text at once, by trying every form at every byte.
pub(super) fn reference(needles: &Needles, text: &[u8]) -> Vec<u8> {
    let mut parts: Vec<Range<usize>> = Vec::new();
    let mut held = text.len();
    for start in 0..text.len() {
        for form in needles.forms() {
            match taken(form.written(), &text[start..]) {
                Some(Ok(length)) => parts.push(start..start + length),
                Some(Err(_)) => held = held.min(start),
                None => {}
            }
        }
    }
    if text[held..].iter().filter(|byte| !is_break(**byte)).count() >= 8 {
        let breaks = text.iter().rev().take_while(|byte| is_break(**byte)).count();
        parts.push(held..text.len() - breaks);
    }
    parts.sort_by_key(|part| (part.start, part.end));
    let (mut out, mut done) = (Vec::new(), 0);
    for part in parts {
        if part.start >= done {
            out.extend_from_slice(&text[done..part.start]);
            out.extend_from_slice(b"[MASKED]");
        }
        done = done.max(part.end);
    }
    out.extend_from_slice(&text[done..]);
    out
}
