//! Pages in which whatever a stranger wrote is text, and which ask nobody for anything.

use std::fmt::{self, Display, Write as _};

use aws_lc_rs::digest::{SHA256, digest};
use base64::{Engine as _, engine::general_purpose::STANDARD};

/// A piece of a page: its markup is our own, and every value in it is escaped.
#[derive(Debug, Default)]
pub(super) struct Html(String);

impl Html {
    /// A whole page. Its policy allows its own style sheet by its hash (CSP level 3), and nothing else.
    /// <https://www.w3.org/TR/CSP3/#grammardef-hash-source>
    pub(super) fn page(title: &str, style: &'static str, body: impl FnOnce(&mut Self)) -> String {
        let hash = STANDARD.encode(digest(&SHA256, style.as_bytes()));
        let policy =
            format!("default-src 'none'; style-src 'sha256-{hash}'; base-uri 'none'; form-action 'none'");
        let mut page = Self("<!doctype html>\n".to_owned());
        page.element("html", &[("lang", &"en")], |html| {
            html.element("head", &[], |head| {
                head.start("meta", &[("charset", &"utf-8")]);
                head.start("meta", &[("http-equiv", &"Content-Security-Policy"), ("content", &policy)]);
                head.start("meta", &[("name", &"viewport"), ("content", &"width=device-width")]);
                head.start("meta", &[("name", &"referrer"), ("content", &"no-referrer")]);
                head.element("title", &[], |it| it.text(title));
                head.element("style", &[], |it| it.0.push_str(style));
            });
            html.element("body", &[], body);
        });
        page.0.push('\n');
        page.0
    }

    /// An element, and what is in it.
    pub(super) fn element(
        &mut self,
        tag: &'static str,
        attributes: &[(&'static str, &dyn Display)],
        inner: impl FnOnce(&mut Self),
    ) {
        self.start(tag, attributes);
        inner(self);
        let _ = write!(self.0, "</{tag}>");
    }

    /// An element that has only a start tag.
    fn start(&mut self, tag: &'static str, attributes: &[(&'static str, &dyn Display)]) {
        if !INLINE.contains(&tag) {
            self.0.push('\n');
        }
        let _ = write!(self.0, "<{tag}");
        for (name, value) in attributes {
            let _ = write!(self.0, " {name}=\"");
            self.text(value);
            self.0.push('"');
        }
        self.0.push('>');
    }

    /// What somebody wrote.
    pub(super) fn text(&mut self, said: impl Display) {
        let _ = write!(Escaping(&mut self.0), "{said}");
    }
}

/// A blank before one of these would be seen.
const INLINE: [&str; 9] = ["a", "b", "bdi", "code", "small", "span", "strong", "time", "tspan"];

struct Escaping<'a>(&'a mut String);

impl fmt::Write for Escaping<'_> {
    fn write_str(&mut self, text: &str) -> fmt::Result {
        for letter in text.chars() {
            match letter {
                '<' => self.0.push_str("&lt;"),
                '>' => self.0.push_str("&gt;"),
                '&' => self.0.push_str("&amp;"),
                '"' => self.0.push_str("&quot;"),
                '\'' => self.0.push_str("&#39;"),
                '\n' | '\t' => self.0.push(letter),
                _ if letter.is_control() || turns_letters_round(letter) => self.0.push('\u{fffd}'),
                _ => self.0.push(letter),
            }
        }
        Ok(())
    }
}

/// With these a name could pass for another. Letters that run from right to left by themselves need none.
/// <https://www.unicode.org/reports/tr9/#Directional_Formatting_Characters>
fn turns_letters_round(letter: char) -> bool {
    matches!(letter, '\u{61c}' | '\u{200e}' | '\u{200f}' | '\u{202a}'..='\u{202e}' | '\u{2066}'..='\u{2069}')
}

#[cfg(test)]
mod tests {
    use super::*;

    fn written(said: &str) -> String {
        let mut html = Html::default();
        html.element("b", &[("title", &said)], |it| it.text(said));
        html.0
    }

    #[test]
    fn what_is_no_letter_of_a_name_is_seen() {
        assert_eq!(
            written("a\"'<&>\0\u{202e}א\u{1b}"),
            "<b title=\"a&quot;&#39;&lt;&amp;&gt;\u{fffd}\u{fffd}א\u{fffd}\">a&quot;&#39;&lt;&amp;&gt;\u{fffd}\u{fffd}א\u{fffd}</b>"
        );
    }

    #[test]
    fn the_policy_names_the_style_sheet_of_the_page() {
        // printf 'b { color: red }' | openssl dgst -sha256 -binary | base64
        let page = Html::page("<t>", "b { color: red }", |body| body.text("&"));
        assert!(
            page.contains("style-src &#39;sha256-O28scEPi1wp28nkUG+W8j5nTbUOBZEuee0EWEjDpinQ=&#39;;"),
            "{page}"
        );
        assert!(
            page.contains("<style>b { color: red }</style>") && page.contains("<title>&lt;t&gt;</title>"),
            "{page}"
        );
    }

    proptest::proptest! {
        #[test]
        fn no_text_leaves_its_place(said in "\\PC*|[<>\"'&a/ ]{0,40}") {
            let out = written(&said);
            let (value, text) = out.strip_prefix("<b title=\"").unwrap().strip_suffix("</b>").unwrap().split_once("\">").unwrap();
            proptest::prop_assert_eq!(value, text);
            proptest::prop_assert!(!text.contains(['<', '>', '"', '\'']), "{}", out);
        }
    }
}
