/// Half of a surrogate pair alone becomes the replacement character.
pub(super) fn unescaped(text: &str) -> String {
    let (mut plain, mut rest) = (String::new(), text);
    let mut units: Vec<u16> = Vec::new();
    while let Some((before, escape)) = rest.split_once('\\') {
        if !before.is_empty() {
            flush(&mut units, &mut plain);
            plain.push_str(before);
        }
        if let Some(unit) =
            escape.strip_prefix('u').and_then(|hex| u16::from_str_radix(hex.get(..4)?, 16).ok())
        {
            units.push(unit);
            rest = &escape[5..];
            continue;
        }
        flush(&mut units, &mut plain);
        plain.push(match escape.as_bytes().first() {
            Some(b'b') => '\u{8}',
            Some(b'f') => '\u{c}',
            Some(b'n') => '\n',
            Some(b'r') => '\r',
            Some(b't') => '\t',
            Some(other) => char::from(*other),
            None => '\\',
        });
        rest = escape.get(1..).unwrap_or_default();
    }
    flush(&mut units, &mut plain);
    plain.push_str(rest);
    plain
}

fn flush(units: &mut Vec<u16>, plain: &mut String) {
    plain.push_str(&String::from_utf16_lossy(units));
    units.clear();
}
