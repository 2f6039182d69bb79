use alloc::format;
use alloc::string::String;
use alloc::vec::Vec;
use core::fmt::Write as _;
use core::iter::Peekable;
use core::str::Chars;

use regex::bytes::{Regex, RegexBuilder};

/// A longer one matches nothing.
const MAX_BYTES: usize = 4096;

/// One with braces that stand for more matches nothing.
const MAX_ALTERNATIVES: usize = 512;

const MAX_COMPILED_BYTES: usize = 1 << 20;

/// A pattern for paths as Ruby's
/// [`File.fnmatch?`](https://docs.ruby-lang.org/en/master/File.html#method-c-fnmatch-3F) reads it with
/// `FNM_PATHNAME | FNM_DOTMATCH | FNM_EXTGLOB`: `*` and `?` stop at a slash, `**/` is any number of folders.
#[derive(Debug)]
pub(super) struct Glob {
    /// `None` matches nothing.
    regex: Option<Regex>,
}

impl Glob {
    pub(super) fn new(written: &str) -> Self {
        Self { regex: alternatives(written).and_then(|alternatives| regex(&alternatives)) }
    }

    pub(super) fn matches(&self, path: &str) -> bool {
        self.regex.as_ref().is_some_and(|regex| regex.is_match(path.as_bytes()))
    }
}

fn regex(alternatives: &[String]) -> Option<Regex> {
    let translated: Vec<String> = alternatives.iter().filter_map(|it| translate(it)).collect();
    if translated.is_empty() {
        return None;
    }
    let source = format!("^(?:{})$", translated.join("|"));
    RegexBuilder::new(&source).size_limit(MAX_COMPILED_BYTES).dot_matches_new_line(true).build().ok()
}

/// The patterns without braces that one with braces stands for: `a{b,c}` is `ab` and `ac`. A brace that does not end is none.
fn alternatives(written: &str) -> Option<Vec<String>> {
    if written.len() > MAX_BYTES {
        return None;
    }
    let mut open = Vec::from([String::from(written)]);
    let mut done = Vec::new();
    while let Some(pattern) = open.pop() {
        let Some((before, choices, behind)) = first_braces(&pattern)? else {
            done.push(pattern);
            continue;
        };
        open.extend(choices.into_iter().rev().map(|choice| format!("{before}{choice}{behind}")));
        if open.len() + done.len() > MAX_ALTERNATIVES {
            return None;
        }
    }
    Some(done)
}

/// `Some(None)` without a brace, `None` with one that does not end.
fn first_braces(pattern: &str) -> Option<Option<(&str, Vec<&str>, &str)>> {
    let mut depth = 0;
    let mut start = 0;
    let mut choices = Vec::new();
    let mut choice = 0;
    let mut escaped = false;
    for (at, letter) in pattern.char_indices() {
        match letter {
            _ if escaped => escaped = false,
            '\\' => escaped = true,
            '{' => {
                depth += 1;
                if depth == 1 {
                    (start, choice) = (at, at + 1);
                }
            }
            ',' if depth == 1 => {
                choices.push(&pattern[choice..at]);
                choice = at + 1;
            }
            '}' if depth == 1 => {
                choices.push(&pattern[choice..at]);
                return Some(Some((&pattern[..start], choices, &pattern[at + 1..])));
            }
            '}' if depth > 1 => depth -= 1,
            _ => {}
        }
    }
    (depth == 0).then_some(None)
}

fn translate(pattern: &str) -> Option<String> {
    let mut out = String::new();
    let mut rest = pattern.chars().peekable();
    let mut at_start = true;
    while let Some(letter) = rest.next() {
        let mut folders = false;
        match letter {
            '*' => {
                let mut stars = 1;
                while rest.next_if_eq(&'*').is_some() {
                    stars += 1;
                }
                folders = stars == 2 && at_start && rest.next_if_eq(&'/').is_some();
                out.push_str(if folders { "(?:[^/]*/)*" } else { "[^/]*" });
            }
            '?' => out.push_str("[^/]"),
            '[' => class(&mut rest, &mut out)?,
            '\\' => literal(rest.next()?, &mut out),
            _ => literal(letter, &mut out),
        }
        at_start = folders || letter == '/';
    }
    Some(out)
}

/// `[a-z]`, `[!x]`; never a slash. One that does not end matches nothing.
fn class(rest: &mut Peekable<Chars<'_>>, out: &mut String) -> Option<()> {
    let negated = rest.next_if(|letter| matches!(letter, '!' | '^')).is_some();
    let mut members = String::new();
    loop {
        let first = match rest.next()? {
            ']' => break,
            '\\' => rest.next()?,
            letter => letter,
        };
        let mut last = first;
        if rest.peek() == Some(&'-') {
            let mut ahead = rest.clone();
            ahead.next();
            if ahead.peek().is_some_and(|letter| *letter != ']') {
                rest.next();
                last = match rest.next()? {
                    '\\' => rest.next()?,
                    letter => letter,
                };
            }
        }
        if first <= last {
            literal(first, &mut members);
            members.push('-');
            literal(last, &mut members);
        }
    }
    match (negated, members.is_empty()) {
        (true, true) => out.push_str("[^/]"),
        (true, false) => {
            out.push_str("[^/");
            out.push_str(&members);
            out.push(']');
        }
        (false, true) => return None,
        (false, false) => {
            out.push_str("(?:[");
            out.push_str(&members);
            out.push_str("&&[^/]])");
        }
    }
    Some(())
}

fn literal(letter: char, out: &mut String) {
    match letter.is_ascii_alphanumeric() {
        true => out.push(letter),
        // Escaped, whatever it may mean to a regular expression.
        false => {
            let _ = write!(out, "\\x{{{:x}}}", u32::from(letter));
        }
    }
}

#[cfg(test)]
mod tests {
    use alloc::vec::Vec;

    use super::Glob;

    /// Every pattern with the paths of [`PATHS`] that Ruby 3.1 said it matches.
    const MATCHES: &[(&str, &[&str])] = &[
        ("*.rb", &["a.rb", "b.rb", "c.rb"]),
        ("**/*.rb", &["a.rb", "a/b.rb", "a/b/c.rb", "b.rb", "c.rb"]),
        ("config/software/**", &["config/software/x"]),
        ("config/**/x", &["config/software/x", "config/x", "config/a/b/x"]),
        ("a/**/b", &["a/b", "a/x/b", "a/x/y/b", "a/../b"]),
        (
            "**",
            &[
                "a.rb", "a", "b.rb", "c.rb", "ac", "abc", "a*b", "axb", "", "[", "]a", "-", "{a", "}", "a,b",
                "éa", "é", ".hidden", ".x", "Gemfile", "{a,b", "{a,b}",
            ],
        ),
        ("**/", &["", "/", "a/"]),
        ("**/a", &["a", "/a"]),
        ("a/*", &["a/b.rb", "a/b", "a/"]),
        ("a/?", &["a/b"]),
        ("[a-c].rb", &["a.rb", "b.rb", "c.rb"]),
        ("[!a].rb", &["b.rb", "c.rb"]),
        ("[^a].rb", &["b.rb", "c.rb"]),
        ("{a,b}.rb", &["a.rb", "b.rb"]),
        ("{a,{b,c}}/*.rb", &["a/b.rb"]),
        ("a{,b}c", &["ac", "abc"]),
        ("docs/*.{md,txt}", &["docs/x.md"]),
        ("a\\*b", &["a*b"]),
        (
            "*",
            &[
                "a.rb", "a", "b.rb", "c.rb", "ac", "abc", "a*b", "axb", "", "[", "]a", "-", "{a", "}", "a,b",
                "éa", "é", ".hidden", ".x", "Gemfile", "{a,b", "{a,b}",
            ],
        ),
        ("***/a", &["/a"]),
        ("a**/b", &["a/b", "ab/b", "axx/b"]),
        ("a/**b", &["a/b.rb", "a/b"]),
        ("[", &[]),
        ("[]a]", &[]),
        ("[a-]", &["a", "-"]),
        ("{a", &[]),
        ("}", &["}"]),
        ("a,b", &["a,b"]),
        ("x/{**/,}y", &["x/y", "x/z/y"]),
        ("é*", &["éa", "é"]),
        ("[é]", &["é"]),
        ("a/../b", &["a/../b"]),
        (".*", &[".hidden", ".x"]),
        ("*/.x", &["x/.x"]),
        ("**/.x", &["x/.x", ".x", "x/y/.x"]),
        ("Gemfile", &["Gemfile"]),
        ("{a,b", &[]),
        ("?", &["a", "[", "-", "}", "é"]),
        ("[/]", &[]),
        ("a[/]b", &[]),
        ("[!/]", &["a", "[", "-", "}", "é"]),
        ("a[!x]b", &["a*b", "a,b"]),
        ("\\{a,b\\}", &["{a,b}"]),
        ("{**,x}/a", &["a", "/a"]),
        ("support/packer/*", &["support/packer/x.hcl"]),
    ];

    const PATHS: &[&str] = &[
        "a.rb",
        "a/b.rb",
        "a/b/c.rb",
        "config/software/x",
        "config/software/x/y",
        "config/x",
        "config/a/b/x",
        "a/b",
        "a/x/b",
        "a/x/y/b",
        "a",
        "b.rb",
        "c.rb",
        "ac",
        "abc",
        "docs/x.md",
        "a*b",
        "axb",
        "",
        "/",
        "a/",
        "/a",
        "[",
        "]a",
        "-",
        "{a",
        "}",
        "a,b",
        "x/y",
        "x/z/y",
        "éa",
        "é",
        "a/../b",
        ".hidden",
        "x/.x",
        ".x",
        "x/y/.x",
        "Gemfile",
        "{a,b",
        "{a,b}",
        "a[/]b",
        "support/packer/x.hcl",
        "ab/b",
        "axx/b",
        "a/b/c",
    ];

    #[test]
    fn a_pattern_matches_what_rubys_fnmatch_matches() {
        for (pattern, expected) in MATCHES {
            let glob = Glob::new(pattern);
            let matched: Vec<&str> = PATHS.iter().copied().filter(|path| glob.matches(path)).collect();
            assert_eq!(&matched, expected, "{pattern}");
        }
    }

    #[test]
    fn patterns_that_stand_for_too_much_match_nothing() {
        assert!(!Glob::new(&"{a,b}".repeat(30)).matches(&"a".repeat(30)));
        assert!(!Glob::new(&"a".repeat(5000)).matches(&"a".repeat(5000)));
        assert!(!Glob::new(&"{".repeat(4000)).matches("{"));
        assert!(Glob::new(&"*".repeat(4000)).matches("a"));
    }
}
