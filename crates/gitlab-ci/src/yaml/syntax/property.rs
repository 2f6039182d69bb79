use alloc::borrow::Cow;
use alloc::string::String;
use alloc::vec::Vec;

use super::cursor::Cursor;
use super::problem::Problem;
use super::token::{Kind, Token};

/// `&anchor` or `*alias`
pub(super) fn anchor<'a>(cursor: &mut Cursor<'a>) -> Result<Token<'a>, Problem> {
    let start = cursor.mark;
    let is_alias = cursor.is(b'*');
    cursor.skip();
    let name = cursor.word();
    let ends =
        cursor.is_space(0) || matches!(cursor.byte(0), b'?' | b':' | b',' | b']' | b'}' | b'%' | b'@' | b'`');
    if name.is_empty() || !ends {
        let context = if is_alias { "while scanning an alias" } else { "while scanning an anchor" };
        return Err(Problem::new("did not find expected alphabetic or numeric character", cursor.mark)
            .during(context, start));
    }
    let kind = if is_alias { Kind::Alias(name) } else { Kind::Anchor(name) };
    Ok(Token { kind, start, end: cursor.mark })
}

/// `!local`, `!!standard`, `!handle!name` or `!<whole>`. `ends` says whether a tag may end where the cursor stands.
pub(super) fn tag<'a>(
    cursor: &mut Cursor<'a>,
    ends: impl Fn(&Cursor<'a>) -> bool,
) -> Result<Token<'a>, Problem> {
    let start = cursor.mark;
    let (handle, name) = tag_parts(cursor).map_err(|it| it.during("while parsing a tag", start))?;
    if !ends(cursor) {
        let problem = "did not find expected whitespace or line break";
        return Err(Problem::new(problem, cursor.mark).during("while scanning a tag", start));
    }
    Ok(Token { kind: Kind::Tag(handle, name), start, end: cursor.mark })
}

fn tag_parts<'a>(cursor: &mut Cursor<'a>) -> Result<(&'a str, Cow<'a, str>), Problem> {
    let start = cursor.mark;
    if cursor.byte(1) == b'<' {
        cursor.skip();
        cursor.skip();
        let name = uri(cursor, Uri::Whole)?;
        if !cursor.is(b'>') {
            return Err(Problem::new("did not find the expected '>'", cursor.mark));
        }
        cursor.skip();
        return Ok(("", name));
    }
    let handle = handle(cursor);
    if handle.len() > 1 && handle.ends_with('!') {
        return Ok((handle, uri(cursor, Uri::Part)?));
    }
    cursor.mark = start;
    cursor.skip();
    let may_be_empty = cursor.mark;
    match uri(cursor, Uri::Part) {
        Ok(name) => Ok(("!", name)),
        Err(_) if cursor.mark == may_be_empty => Ok(("", Cow::Borrowed("!"))),
        Err(problem) => Err(problem),
    }
}

/// `!`, `!!` or `!name!`, or `!name` where nothing ends it.
pub(super) fn handle<'a>(cursor: &mut Cursor<'a>) -> &'a str {
    let start = cursor.mark;
    cursor.skip();
    cursor.word();
    if cursor.is(b'!') {
        cursor.skip();
    }
    cursor.since(start)
}

/// Which characters a tag is made of.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Uri {
    /// Between `<` and `>`, or the prefix of a `%TAG`.
    Whole,
    Part,
}

pub(super) fn uri<'a>(cursor: &mut Cursor<'a>, extent: Uri) -> Result<Cow<'a, str>, Problem> {
    let start = cursor.mark;
    cursor.skip_while(|it| match it.byte(0) {
        b',' | b'[' | b']' => extent == Uri::Whole,
        byte => byte.is_ascii_alphanumeric() || b"_-;/?:@&=+$.%!~*'()".contains(&byte),
    });
    match cursor.since(start) {
        "" => Err(Problem::new("did not find expected tag URI", start)),
        plain if !plain.contains('%') => Ok(Cow::Borrowed(plain)),
        escaped => unescaped(escaped)
            .map(Cow::Owned)
            .ok_or_else(|| Problem::new("did not find URI escaped octet", start)),
    }
}

fn unescaped(text: &str) -> Option<String> {
    let mut pieces = text.split('%');
    let mut bytes = Vec::from(pieces.next()?);
    for piece in pieces {
        let (octet, rest) = piece.split_at_checked(2)?;
        bytes.push(u8::from_str_radix(octet, 16).ok().filter(|_| !octet.starts_with('+'))?);
        bytes.extend_from_slice(rest.as_bytes());
    }
    String::from_utf8(bytes).ok()
}
