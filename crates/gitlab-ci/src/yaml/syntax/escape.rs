use super::cursor::Cursor;
use super::problem::Problem;

/// `\n`, `\x41` and the like.
pub(super) fn escape(cursor: &mut Cursor<'_>) -> Result<char, Problem> {
    let unknown = Problem::new("found unknown escape character", cursor.mark);
    let character = match cursor.byte(1) {
        b'0' => '\0',
        b'a' => '\x07',
        b'b' => '\x08',
        b't' | b'\t' => '\t',
        b'n' => '\n',
        b'v' => '\x0B',
        b'f' => '\x0C',
        b'r' => '\r',
        b'e' => '\x1B',
        b' ' => ' ',
        b'"' => '"',
        b'/' => '/',
        b'\\' => '\\',
        b'N' => '\u{85}',
        b'_' => '\u{A0}',
        b'L' => '\u{2028}',
        b'P' => '\u{2029}',
        b'x' => return code(cursor, 2),
        b'u' => return code(cursor, 4),
        b'U' => return code(cursor, 8),
        _ => return Err(unknown),
    };
    cursor.skip();
    cursor.skip();
    Ok(character)
}

fn code(cursor: &mut Cursor<'_>, digits: usize) -> Result<char, Problem> {
    cursor.skip();
    cursor.skip();
    let start = cursor.mark;
    let written = cursor.rest().get(..digits).filter(|it| it.bytes().all(|it| it.is_ascii_hexdigit()));
    let Some(code) = written.and_then(|it| u32::from_str_radix(it, 16).ok()) else {
        return Err(Problem::new("did not find expected hexdecimal number", start));
    };
    (0..digits).for_each(|_| cursor.skip());
    char::from_u32(code).ok_or_else(|| Problem::new("found invalid Unicode character escape code", start))
}
