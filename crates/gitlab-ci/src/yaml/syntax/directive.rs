use super::cursor::Cursor;
use super::problem::Problem;
use super::property::{Uri, handle, uri};
use super::token::{Kind, Token};

/// Each tag that uses a prefix repeats it.
const MAX_PREFIX_BYTES: usize = 1_000;

/// A longer version is an error.
const MAX_DIGITS: usize = 9;

/// `%YAML` or `%TAG`
pub(super) fn directive<'a>(cursor: &mut Cursor<'a>) -> Result<Token<'a>, Problem> {
    let start = cursor.mark;
    let context = "while scanning a directive";
    cursor.skip();
    let name = cursor.word();
    if name.is_empty() {
        return Err(
            Problem::new("could not find expected directive name", cursor.mark).during(context, start)
        );
    }
    if !cursor.is_space(0) {
        return Err(
            Problem::new("found unexpected non-alphabetical character", cursor.mark).during(context, start)
        );
    }
    let kind = match name {
        "YAML" => version(cursor).map_err(|it| it.during("while scanning a %YAML directive", start))?,
        "TAG" => tag(cursor).map_err(|it| it.during("while scanning a %TAG directive", start))?,
        _ => return Err(Problem::new("found unknown directive name", cursor.mark).during(context, start)),
    };
    let end = cursor.mark;
    cursor.skip_blanks();
    cursor.skip_comment();
    if !cursor.is_break_or_end() {
        return Err(
            Problem::new("did not find expected comment or line break", cursor.mark).during(context, start)
        );
    }
    cursor.skip_break();
    Ok(Token { kind, start, end })
}

fn version<'a>(cursor: &mut Cursor<'a>) -> Result<Kind<'a>, Problem> {
    cursor.skip_blanks();
    let major = number(cursor)?;
    if !cursor.is(b'.') {
        return Err(Problem::new("did not find expected digit or '.' character", cursor.mark));
    }
    cursor.skip();
    Ok(Kind::Version(major, number(cursor)?))
}

fn number(cursor: &mut Cursor<'_>) -> Result<u32, Problem> {
    let start = cursor.mark;
    cursor.skip_while(|it| it.byte(0).is_ascii_digit());
    let digits = cursor.since(start);
    if digits.len() > MAX_DIGITS {
        return Err(Problem::new("found extremely long version number", start));
    }
    digits.parse().map_err(|_| Problem::new("did not find expected version number", start))
}

fn tag<'a>(cursor: &mut Cursor<'a>) -> Result<Kind<'a>, Problem> {
    cursor.skip_blanks();
    let name = if cursor.is(b'!') { handle(cursor) } else { "" };
    if name.is_empty() || name.len() > 1 && !name.ends_with('!') {
        return Err(Problem::new("did not find expected '!'", cursor.mark));
    }
    if !cursor.is_blank() {
        return Err(Problem::new("did not find expected whitespace", cursor.mark));
    }
    cursor.skip_blanks();
    let prefix = uri(cursor, Uri::Whole)?;
    if prefix.len() > MAX_PREFIX_BYTES {
        return Err(Problem::new("found extremely long tag prefix", cursor.mark));
    }
    if !cursor.is_space(0) {
        return Err(Problem::new("did not find expected whitespace or line break", cursor.mark));
    }
    Ok(Kind::TagDirective(name, prefix))
}
