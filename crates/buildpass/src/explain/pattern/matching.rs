use std::ops::Range;

use super::Piece;

/// Where a pattern was found.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(in crate::explain) struct Hit {
    pub(in crate::explain) span: Range<usize>,
    /// What stood in the place of a name.
    pub(in crate::explain) names: Vec<(&'static str, Range<usize>)>,
}

/// A text, read from a place in one direction.
#[derive(Clone, Copy)]
pub(super) enum Reading<'t> {
    Onward(&'t [u8], usize),
    Back(&'t [u8], usize),
}

impl Reading<'_> {
    /// All pieces, one after the other in this direction, in so many tries: a stranger's text may be made to need ever more.
    pub(super) fn through(self, pieces: &[Piece], tries: &mut usize) -> Option<Hit> {
        let next = match self {
            Self::Onward(..) => pieces.split_first(),
            Self::Back(..) => pieces.split_last(),
        };
        let Some((piece, later)) = next else {
            return Some(Hit { span: self.place()..self.place(), names: Vec::new() });
        };
        let mut with = |length: usize| {
            *tries = tries.checked_sub(1)?;
            let past = self.past(length);
            let mut hit = past.through(later, tries)?;
            if let Piece::Name(name) = piece {
                hit.names.push((name, self.place().min(past.place())..self.place().max(past.place())));
            }
            Some(hit)
        };
        match piece {
            Piece::Any => {
                let stays = |at: &usize| *at == 0 || self.byte(*at - 1).is_some_and(|byte| piece.takes(byte));
                (0..=piece.widest()).take_while(stays).find_map(with)
            }
            Piece::Name(_) | Piece::Word | Piece::Number => (1..=self.run(piece)).rev().find_map(with),
            Piece::Text(_) | Piece::Quote | Piece::Break => with(self.length(piece)?),
        }
    }

    /// How many bytes a piece is here.
    fn length(self, piece: &Piece) -> Option<usize> {
        match piece {
            Piece::Text(fixed) => {
                let fixed = fixed.as_bytes();
                let same = |(at, byte): (usize, &u8)| {
                    self.byte(at).is_some_and(|there| there.eq_ignore_ascii_case(byte))
                };
                let all = match self {
                    Self::Onward(..) => fixed.iter().enumerate().all(same),
                    Self::Back(..) => fixed.iter().rev().enumerate().all(same),
                };
                all.then_some(fixed.len())
            }
            Piece::Quote => self.quote(),
            Piece::Break => self.white_space(),
            Piece::Name(_) | Piece::Word | Piece::Number | Piece::Any => Some(self.run(piece)),
        }
    }

    fn run(self, piece: &Piece) -> usize {
        (0..piece.widest()).take_while(|at| self.byte(*at).is_some_and(|byte| piece.takes(byte))).count()
    }

    fn quote(self) -> Option<usize> {
        let escapes = |from: usize| (from..from + 3).take_while(|at| self.byte(*at) == Some(b'\\')).count();
        match self {
            Self::Onward(..) => {
                Some(escapes(0)).filter(|many| self.byte(*many) == Some(b'"')).map(|many| many + 1)
            }
            Self::Back(..) => (self.byte(0) == Some(b'"')).then(|| 1 + escapes(1)),
        }
    }

    fn white_space(self) -> Option<usize> {
        let mut length = 0;
        while length < Piece::Break.widest() - 1 {
            let pair = match self {
                Self::Onward(..) => (self.byte(length), self.byte(length + 1)),
                Self::Back(..) => (self.byte(length + 1), self.byte(length)),
            };
            length += match pair {
                (Some(b'\\'), Some(b'n' | b't' | b'r')) => 2,
                _ if self.byte(length).is_some_and(|byte| byte.is_ascii_whitespace()) => 1,
                _ => break,
            };
        }
        Some(length).filter(|length| *length > 0)
    }

    fn place(self) -> usize {
        match self {
            Self::Onward(_, place) | Self::Back(_, place) => place,
        }
    }

    fn past(self, length: usize) -> Self {
        match self {
            Self::Onward(text, from) => Self::Onward(text, from + length),
            Self::Back(text, to) => Self::Back(text, to - length),
        }
    }

    fn byte(self, distance: usize) -> Option<u8> {
        match self {
            Self::Onward(text, from) => text.get(from + distance).copied(),
            Self::Back(text, to) => text.get(to.checked_sub(distance + 1)?).copied(),
        }
    }
}
