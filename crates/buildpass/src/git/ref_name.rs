/// Whether git takes a text for the name of a ref, or the end of one: <https://git-scm.com/docs/git-check-ref-format>. No file system
/// takes a longer one, and no option looks like one.
pub fn is_ref_name(text: &str) -> bool {
    let odd = |each: char| each.is_control() || " ~^:?*[\\".contains(each);
    let plain = |part: &str| !part.is_empty() && !part.starts_with('.') && !part.ends_with(".lock");
    text.len() <= LONGEST_BYTES
        && text != "@"
        && !text.starts_with('-')
        && !text.ends_with('.')
        && !text.contains(odd)
        && !text.contains("..")
        && !text.contains("@{")
        && text.split('/').all(plain)
}

const LONGEST_BYTES: usize = 250;

#[cfg(test)]
mod tests {
    use std::process::{Command, Stdio};

    use super::*;

    #[test]
    fn git_says_the_same() {
        for name in [
            "main",
            "v1.0.0",
            "feature/x",
            "a",
            "@a",
            "a@",
            "ü",
            "HEAD",
            "refs/heads/x",
            "",
            "@",
            "a b",
            "a..b",
            "a.",
            ".a",
            "a/.b",
            "a.lock",
            "a.lock/b",
            "a//b",
            "/a",
            "a/",
            "a~1",
            "a^",
            "a:b",
            "a?",
            "a*",
            "a[",
            "a\\b",
            "a@{1}",
            "a\nb",
            "a\tb",
            "a\u{7f}",
            "..",
            "a/..",
            "{",
            "a}",
            "\"",
            "'",
            "$",
            "!",
            "a,b",
            "x.lock.y",
        ] {
            #[expect(clippy::disallowed_methods, reason = "git starts git")]
            let mut git = Command::new("git");
            let taken =
                git.args(["check-ref-format", &format!("refs/tags/{name}")]).stdin(Stdio::null()).status();
            // A ref of this one name alone is not taken, and one that ends so is.
            let taken = taken.unwrap().success() && name != "@";
            assert_eq!(is_ref_name(name), taken, "{name:?}");
        }
        assert!(!is_ref_name("-x") && !is_ref_name(&"x".repeat(251)));
    }
}
