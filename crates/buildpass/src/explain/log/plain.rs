/// Takes away what stands between the words of a log: colours and other orders to a terminal, and the runner's times.
#[derive(Debug, Default)]
pub(super) struct Plain {
    /// The beginning of an order or a time whose end has not come yet.
    begun: Vec<u8>,
    times: Times,
    line: Line,
}

/// Whether more comes.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Rest {
    Something,
    Nothing,
}

#[derive(Debug, Default, PartialEq, Eq)]
enum Times {
    #[default]
    Unknown,
    Without,
    BeforeEachLine,
}

#[derive(Debug, Default, PartialEq, Eq)]
enum Line {
    #[default]
    Begins,
    GoesOn,
}

const ESCAPE: u8 = 0x1b;

/// An order that is longer is none.
const LONGEST_ORDER: usize = 64;

/// `2026-11-30T14:18:38.123456Z 00O `: <https://docs.gitlab.com/ci/jobs/job_logs/#job-log-timestamps>.
const TIME: usize = 32;

/// Where times are looked for before anything is taken away.
const HEAD: usize = 4 << 10;

impl Plain {
    /// Adds the words of the next piece to `text`.
    pub(super) fn take(&mut self, piece: &[u8], rest: Rest, text: &mut Vec<u8>) {
        if self.begun.is_empty() {
            return self.split(piece, rest, text);
        }
        let mut whole = std::mem::take(&mut self.begun);
        whole.extend_from_slice(piece);
        self.split(&whole, rest, text);
    }

    fn split(&mut self, mut piece: &[u8], rest: Rest, text: &mut Vec<u8>) {
        if self.times == Times::Unknown {
            let head = &piece[..piece.len().min(HEAD)];
            let stamped = head.split(|byte| *byte == b'\n').any(begins_with_a_time);
            self.times = if stamped { Times::BeforeEachLine } else { Times::Without };
        }
        while !piece.is_empty() {
            if self.line == Line::Begins && self.times == Times::BeforeEachLine {
                if piece.len() < TIME && rest == Rest::Something {
                    self.begun = piece.to_vec();
                    return;
                }
                if begins_with_a_time(piece) {
                    piece = &piece[TIME..];
                }
            }
            self.line = Line::GoesOn;
            let next = match self.times {
                Times::BeforeEachLine => memchr::memchr2(ESCAPE, b'\n', piece),
                Times::Unknown | Times::Without => memchr::memchr(ESCAPE, piece),
            };
            let Some(at) = next else {
                text.extend_from_slice(piece);
                return;
            };
            text.extend_from_slice(&piece[..at]);
            piece = &piece[at..];
            if piece[0] == b'\n' {
                text.push(b'\n');
                self.line = Line::Begins;
                piece = &piece[1..];
                continue;
            }
            match order(piece) {
                Some(length) => piece = &piece[length..],
                None if piece.len() < LONGEST_ORDER && rest == Rest::Something => {
                    self.begun = piece.to_vec();
                    return;
                }
                None => piece = &piece[1..],
            }
        }
    }
}

/// How long the order to a terminal is that stands here: <https://ecma-international.org/publications-and-standards/standards/ecma-48/>.
/// None where it has no end yet.
fn order(piece: &[u8]) -> Option<usize> {
    match piece.get(1)? {
        b'[' => {
            let parameters =
                piece[2..].iter().take(LONGEST_ORDER).take_while(|byte| (0x20..0x40).contains(*byte));
            let end = 2 + parameters.count();
            let last = piece.get(end)?;
            Some(if (0x40..0x7f).contains(last) { end + 1 } else { end })
        }
        b']' => {
            // A title ends with a bell; what has none in its line is no order.
            let end = piece.iter().take(LONGEST_ORDER).position(|byte| matches!(byte, 0x07 | b'\n'))?;
            Some(if piece[end] == 0x07 { end + 1 } else { 1 })
        }
        0x20..0x7f => Some(2),
        _ => Some(1),
    }
}

fn begins_with_a_time(line: &[u8]) -> bool {
    let Some(time) = line.get(..TIME) else { return false };
    let signs = [(4, b'-'), (7, b'-'), (10, b'T'), (13, b':'), (16, b':'), (26, b'Z'), (27, b' ')];
    signs.iter().all(|(at, sign)| time[*at] == *sign)
        && matches!(time[30], b'O' | b'E')
        && matches!(time[31], b' ' | b'+')
        && time[..4].iter().all(u8::is_ascii_digit)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn words(log: &[u8], size: usize) -> String {
        let (mut plain, mut text) = (Plain::default(), Vec::new());
        let mut pieces = log.chunks(size).peekable();
        while let Some(piece) = pieces.next() {
            let rest = if pieces.peek().is_some() { Rest::Something } else { Rest::Nothing };
            plain.take(piece, rest, &mut text);
        }
        String::from_utf8_lossy(&text).into_owned()
    }

    #[test]
    fn colours_and_times_are_taken_away_wherever_a_piece_ends() {
        let time = "2026-11-30T14:18:38.123456Z 00O ";
        let log = format!(
            "{time}\u{1b}[0KRunning\u{1b}[0;m with\n{time}section_start:1:a\r\u{1b}[0K\u{1b}[31;1mERROR\u{1b}[0m\n{time}\u{1b}]0;title\u{7}end"
        );
        let said = "Running with\nsection_start:1:a\rERROR\nend";
        assert_eq!(words(log.as_bytes(), log.len()), said);
        for size in 40..log.len() {
            assert_eq!(words(log.as_bytes(), size), said, "{size}");
        }
        let coloured = "a\u{1b}[31mb\u{1b}[0;1;32mc\u{1b}(Bd\u{1b}";
        for size in 1..coloured.len() {
            assert_eq!(words(coloured.as_bytes(), size), "abcBd", "{size}");
        }
    }

    #[test]
    fn an_order_without_an_end_hides_nothing() {
        let log = format!("\u{1b}[{}permission denied", "1".repeat(200));
        assert!(words(log.as_bytes(), 7).ends_with("permission denied"));
        let log = format!("\u{1b}]{}", "permission denied ".repeat(20));
        assert!(words(log.as_bytes(), 50).contains("permission denied permission denied"));
    }
}
