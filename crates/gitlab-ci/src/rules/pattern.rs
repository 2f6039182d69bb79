use alloc::format;
use alloc::string::{String, ToString};

use regex::bytes::{Regex, RegexBuilder};

use super::re2;

const MAX_COMPILED_BYTES: usize = 1 << 20;

/// A compiled `/regex/flags`.
#[derive(Clone, Debug)]
pub(super) struct Pattern {
    written: String,
    regex: Regex,
}

impl Pattern {
    /// `None` for text that does not look like `/…/flags`, or that RE2 would refuse.
    pub(super) fn parse(written: &str) -> Option<Self> {
        let unescaped = written.replace("\\/", "/");
        // Ruby's `^` and `$` are ends of lines: of several lines, the first that looks like one counts.
        let (body, flags) = unescaped.split('\n').find_map(split_flags)?;
        let regex = RegexBuilder::new(&format!("{}{}", flag_group(flags), re2::translate(body)?))
            .size_limit(MAX_COMPILED_BYTES)
            .build()
            .ok()?;
        Some(Self { written: written.to_string(), regex })
    }

    /// Is it anywhere in the text?
    pub(super) fn is_found_in(&self, text: &str) -> bool {
        self.regex.is_match(text.as_bytes())
    }
}

impl PartialEq for Pattern {
    fn eq(&self, other: &Self) -> bool {
        self.written == other.written
    }
}

fn split_flags(line: &str) -> Option<(&str, &str)> {
    let (body, flags) = line.strip_prefix('/')?.rsplit_once('/')?;
    flags.chars().all(is_flag).then_some((body, flags))
}

pub(super) fn is_flag(letter: char) -> bool {
    matches!(letter, 'i' | 's' | 'm' | 'U')
}

fn flag_group(flags: &str) -> String {
    let once: String = ['i', 's', 'm', 'U'].into_iter().filter(|flag| flags.contains(*flag)).collect();
    if once.is_empty() { once } else { format!("(?{once})") }
}

#[cfg(test)]
mod tests {
    use super::Pattern;

    #[test]
    fn flags_mean_what_they_mean_in_re2() {
        for (pattern, text, found) in [
            ("/^MAIN$/", "main", false),
            ("/^MAIN$/i", "main", true),
            ("/ÄRGER/i", "ärger", true),
            ("/a.b/", "a\nb", false),
            ("/a.b/s", "a\nb", true),
            ("/^b$/", "a\nb", false),
            ("/^b$/m", "a\nb", true),
            ("/^a+$/U", "aaa", true),
            ("/^A.b$/isis", "a\nb", true),
            ("/a/x", "a", false),
        ] {
            assert_eq!(Pattern::parse(pattern).is_some_and(|it| it.is_found_in(text)), found, "{pattern}");
        }
    }

    #[test]
    fn what_re2_or_the_size_limit_refuses_is_no_pattern() {
        for refused in [
            "/(?=a)b/",
            "/(?!a)b/",
            "/(?<=a)b/",
            r"/(ab)\1/",
            "/(ab/",
            "/a**/",
            "/a{1001}/",
            "/(?x)a/",
            r"/\y/",
            r"/a\",
            "/[b-a]/",
            "abc",
            "/",
            "",
            "/((a{1000}){1000}){1000}/",
        ] {
            assert!(Pattern::parse(refused).is_none(), "{refused}");
        }
    }
}
