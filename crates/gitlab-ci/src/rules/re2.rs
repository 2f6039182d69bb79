//! RE2's [syntax](https://github.com/google/re2/wiki/Syntax) in the words of the `regex` crate, where the two differ:
//! `\d`, `\w`, `\s` and `\b` are ASCII in RE2, an escaped punctuation character is itself, a `{` that starts no
//! repetition and a `[` within a class are themselves, classes have no set operations, and there is no flag `x`.

use alloc::string::String;
use core::iter::Peekable;
use core::str::Chars;

const MAX_REPEAT: u32 = 1000;

/// `None` for what RE2 refuses and the `regex` crate would take. Whatever both refuse is passed on.
pub(super) fn translate(pattern: &str) -> Option<String> {
    let mut out = String::with_capacity(pattern.len() + 16);
    let mut rest = pattern.chars().peekable();
    let mut after_repeat = false;
    while let Some(letter) = rest.next() {
        let repeat = matches!(letter, '*' | '+' | '?') || letter == '{' && is_repetition(rest.clone())?;
        if repeat && after_repeat {
            return None;
        }
        match letter {
            '\\' => escape(&mut rest, &mut out)?,
            '[' => class(&mut rest, &mut out)?,
            '(' => group(&rest, &mut out)?,
            '{' if !repeat => out.push_str("\\{"),
            _ => out.push(letter),
        }
        // `(?` opens a group: its question mark repeats nothing.
        if letter == '(' {
            out.extend(rest.next_if_eq(&'?'));
        }
        if repeat {
            if letter == '{' {
                out.extend(rest.by_ref().take_while(|it| *it != '}'));
                out.push('}');
            }
            out.extend(rest.next_if_eq(&'?'));
        }
        after_repeat = repeat;
    }
    Some(out)
}

/// After `{`: `n}`, `n,}` or `n,m}`. `None` where a number is above RE2's limit.
fn is_repetition(rest: Peekable<Chars<'_>>) -> Option<bool> {
    let mut closed = false;
    let inside: String = rest
        .take(16)
        .take_while(|it| {
            closed = *it == '}';
            !closed
        })
        .collect();
    let (least, most) = inside.split_once(',').unwrap_or((&inside, &inside));
    let is_number = |text: &str| !text.is_empty() && text.bytes().all(|it| it.is_ascii_digit());
    if !closed || !is_number(least) || !(most.is_empty() || is_number(most)) {
        return Some(false);
    }
    let fits = |text: &str| text.is_empty() || text.parse().is_ok_and(|count: u32| count <= MAX_REPEAT);
    (fits(least) && fits(most)).then_some(true)
}

fn escape(rest: &mut Peekable<Chars<'_>>, out: &mut String) -> Option<()> {
    match rest.next()? {
        'b' => out.push_str(r"(?-u:\b)"),
        'B' => out.push_str(r"(?-u:\B)"),
        'C' => out.push_str(r"(?s-u:.)"),
        'Q' => {
            while let Some(letter) = rest.next() {
                if letter == '\\' && rest.next_if_eq(&'E').is_some() {
                    break;
                }
                literal(letter, out);
            }
        }
        letter @ ('A' | 'z') => out.extend(['\\', letter]),
        letter => shared_escape(letter, out)?,
    }
    Some(())
}

/// The escapes that mean the same inside a class and outside.
fn shared_escape(letter: char, out: &mut String) -> Option<()> {
    match letter {
        'd' => out.push_str("[0-9]"),
        'D' => out.push_str("[^0-9]"),
        'w' => out.push_str("[0-9A-Za-z_]"),
        'W' => out.push_str("[^0-9A-Za-z_]"),
        's' => out.push_str(r"[\t\n\f\r ]"),
        'S' => out.push_str(r"[^\t\n\f\r ]"),
        'a' | 'f' | 'n' | 'r' | 't' | 'v' | 'x' | 'p' | 'P' => out.extend(['\\', letter]),
        _ if letter.is_ascii() && !letter.is_ascii_alphanumeric() => literal(letter, out),
        _ => return None,
    }
    Some(())
}

fn class(rest: &mut Peekable<Chars<'_>>, out: &mut String) -> Option<()> {
    out.push('[');
    out.extend(rest.next_if_eq(&'^'));
    let mut first = true;
    loop {
        match rest.next()? {
            ']' if !first => break,
            '\\' => shared_escape(rest.next()?, out)?,
            '[' if rest.peek() == Some(&':') => {
                out.push('[');
                out.extend(rest.by_ref().take_while(|it| *it != ']'));
                out.push(']');
            }
            '-' => {
                out.push('-');
                if rest.next_if_eq(&'-').is_some() {
                    out.push_str("\\-");
                }
            }
            letter @ ('[' | ']' | '&' | '~' | '^') => literal(letter, out),
            letter => out.push(letter),
        }
        first = false;
    }
    out.push(']');
    Some(())
}

fn group(rest: &Peekable<Chars<'_>>, out: &mut String) -> Option<()> {
    out.push('(');
    let mut ahead = rest.clone();
    if ahead.next() != Some('?') || matches!(ahead.peek(), Some('P' | '<')) {
        return Some(());
    }
    ahead
        .take_while(|it| !matches!(it, ':' | ')'))
        .all(|it| matches!(it, 'i' | 'm' | 's' | 'U' | '-'))
        .then_some(())
}

fn literal(letter: char, out: &mut String) {
    if letter.is_ascii_punctuation() {
        out.push('\\');
    }
    // `\<` and `\>` are ends of words to the `regex` crate.
    match letter {
        '<' => out.push_str("x3C"),
        '>' => out.push_str("x3E"),
        _ => out.push(letter),
    }
}

#[cfg(test)]
mod tests {
    use super::super::pattern::Pattern;

    #[test]
    fn patterns_find_what_re2_finds() {
        for (pattern, text, found) in [
            (r"/^\d+$/", "42", true),
            (r"/^\d+$/", "٤٢", false),
            (r"/^\w+$/", "é", false),
            (r"/^\W+$/", "é", true),
            (r"/^[\w-]+$/", "a-b_c", true),
            (r"/^[^\s]+$/", "a b", false),
            (r"/\bfix\b/", "a fix!", true),
            (r"/\Bix/", "fix", true),
            (r"/^\Qa.b*\E$/", "a.b*", true),
            (r"/^\Qa.b*\E$/", "axb*", false),
            (r"/^\<a\>$/", "<a>", true),
            (r"/^\_\-\.$/", "_-.", true),
            (r"/^a{,2}$/", "a{,2}", true),
            (r"/^a{x$/", "a{x", true),
            (r"/^a{2,3}$/", "aaa", true),
            (r"/^a{2,}?$/", "aaaa", true),
            (r"/^[[&&]+$/", "[&", true),
            (r"/^[]a]+$/", "]a", true),
            (r"/^[[:alpha:]]+$/", "ab", true),
            (r"/^[~~a]+$/", "~a", true),
            (r"/^(?i:AB)c$/", "abc", true),
            (r"/^(?P<word>ab)+$/", "abab", true),
            (r"/^\pL+$/", "é", true),
            (r"/^\x41$/", "A", true),
            (r"/^v?\d+\.\d+(-rc\d+)?$/", "v17.3-rc42", true),
        ] {
            let pattern_found = Pattern::parse(pattern).map(|it| it.is_found_in(text));
            assert_eq!(pattern_found, Some(found), "{pattern} in {text}");
        }
    }
}
