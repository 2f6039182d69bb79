/// What stands between the quotes of a text in HCL: `${…}` is left as it is written.
pub(super) fn hcl(quoted: &str) -> Option<String> {
    let mut rest = quoted.strip_prefix('"')?.strip_suffix('"')?;
    let mut said = Vec::with_capacity(rest.len());
    while let Some(first) = rest.chars().next() {
        if rest.starts_with("${") {
            let end = interpolation_end(rest)?;
            said.extend_from_slice(&rest.as_bytes()[..end]);
            rest = &rest[end..];
            continue;
        }
        rest = match first {
            '\\' => escape(rest, &mut said, Surrogates::Replace)?,
            '"' | '\n' => return None,
            _ => plain(rest, first, &mut said),
        };
    }
    String::from_utf8(said).ok()
}

/// What stands between the quotes of a text in JSON, with the escapes of Go. No text at all is what `null` says.
pub(super) fn json(quoted: &str) -> Option<String> {
    if quoted.is_empty() {
        return Some(String::new());
    }
    let mut rest = quoted.strip_prefix('"')?.strip_suffix('"')?;
    let mut said = Vec::with_capacity(rest.len());
    while let Some(first) = rest.chars().next() {
        rest = match first {
            '\\' => escape(rest, &mut said, Surrogates::Refuse)?,
            '"' | '\n' => return None,
            _ => plain(rest, first, &mut said),
        };
    }
    String::from_utf8(said).ok()
}

/// What stands in a heredoc; the mark that ends it may say how far its lines are indented.
pub(super) fn heredoc(written: &str) -> Option<String> {
    let head = written.find('\n')?;
    let end = (written.len() + 1).checked_sub(head)?;
    let indented = written.strip_prefix("<<")?.starts_with('-');
    if !indented {
        return written.get(head + 1..end).map(str::to_owned);
    }
    let inside = written.get(head + 1..end + 1)?;
    let (lines, margin) = inside.rsplit_once('\n').unwrap_or(("", inside));
    if inside.contains('\n') && !lines.split('\n').all(|line| line.starts_with(margin)) {
        return written.get(head + 1..end).map(|text| text.trim_end_matches([' ', '\t']).to_owned());
    }
    if !inside.contains('\n') {
        return Some(String::new());
    }
    Some(lines.split('\n').flat_map(|line| [line.strip_prefix(margin).unwrap_or(line), "\n"]).collect())
}

/// What becomes of half a character: HCL's own reader replaces it, Go's JSON reader does not take it.
#[derive(Clone, Copy, PartialEq, Eq)]
enum Surrogates {
    Replace,
    Refuse,
}

fn plain<'a>(rest: &'a str, first: char, said: &mut Vec<u8>) -> &'a str {
    let (character, rest) = rest.split_at(first.len_utf8());
    said.extend_from_slice(character.as_bytes());
    rest
}

fn interpolation_end(text: &str) -> Option<usize> {
    let mut depth = 1_usize;
    for (position, character) in text.char_indices().skip(2) {
        match character {
            '{' => depth += 1,
            '}' => depth -= 1,
            char::REPLACEMENT_CHARACTER => return None,
            _ => {}
        }
        if depth == 0 {
            return Some(position + 1);
        }
    }
    None
}

fn escape<'a>(text: &'a str, said: &mut Vec<u8>, surrogates: Surrogates) -> Option<&'a str> {
    let kind = *text.as_bytes().get(1)?;
    let rest = text.get(2..)?;
    let byte = match kind {
        b'a' => 7,
        b'b' => 8,
        b'f' => 12,
        b'n' => b'\n',
        b'r' => b'\r',
        b't' => b'\t',
        b'v' => 11,
        b'\\' | b'"' => kind,
        b'0'..=b'7' => {
            said.push(u8::from_str_radix(text.get(1..4)?, 8).ok()?);
            return text.get(4..);
        }
        b'x' => {
            said.push(u8::from_str_radix(rest.get(..2)?, 16).ok()?);
            return rest.get(2..);
        }
        b'u' | b'U' => {
            let digits = if kind == b'u' { 4 } else { 8 };
            let code = u32::from_str_radix(rest.get(..digits)?, 16).ok()?;
            let character = match (char::from_u32(code), surrogates) {
                (Some(character), _) => character,
                (None, Surrogates::Replace) if code <= u32::from(char::MAX) => char::REPLACEMENT_CHARACTER,
                (None, _) => return None,
            };
            said.extend_from_slice(character.encode_utf8(&mut [0; 4]).as_bytes());
            return rest.get(digits..);
        }
        _ => return None,
    };
    said.push(byte);
    Some(rest)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn escapes_are_gos() {
        for (quoted, said) in [
            (r#""a\n\t\\\"\x41\101é\U0001F600""#, Some("a\n\t\\\"AAé😀")),
            (r#""${a{b}\n}\n""#, Some("${a{b}\\n}\n")),
            (r#""\ud800""#, Some("\u{fffd}")),
            (r#""\xff""#, None),
            (r#""\777""#, None),
            (r#""\U00110000""#, None),
            (r#""a${""#, None),
        ] {
            assert_eq!(hcl(quoted).as_deref(), said, "{quoted}");
        }
        assert_eq!(json(r#""${\n""#).as_deref(), Some("${\n"));
        assert_eq!(json(r#""\ud83d\ude00""#), None);
        assert_eq!(json("").as_deref(), Some(""));
    }

    #[test]
    fn a_heredoc_is_indented_as_its_mark_is() {
        for (written, said) in [
            ("<<E\nread\nE\n", "read\n"),
            ("<<E\n  a\n b\n  E\n", "  a\n b\n  "),
            ("<<-E\n  read\n  E\n", "read\n"),
            ("<<-E\n    read\n   x\n  E\n", "  read\n x\n"),
            ("<<-E\n\tread\n\n\tx\n\tE\n", "\tread\n\n\tx\n"),
            ("<<E\nE\n", ""),
            ("<<-E\n  E\n", ""),
        ] {
            assert_eq!(heredoc(written).as_deref(), Some(said), "{written:?}");
        }
        assert_eq!(heredoc("<<é\né\r\n"), None);
    }
}
