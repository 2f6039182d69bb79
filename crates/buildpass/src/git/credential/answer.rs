use std::{
    fmt::{self, Write},
    time::{SystemTime, UNIX_EPOCH},
};

use base64::{Engine, engine::general_purpose::STANDARD};
use zeroize::Zeroizing;

use super::Question;
use crate::secret::BuildToken;

/// What a helper writes to git; wiped when it ends.
pub struct Answer(Zeroizing<String>);

/// What the helper can do, as git asks for it since 2.46.
const CAPABILITIES: &str = "version 0\ncapability authtype\n";

impl Answer {
    /// A credential. Where git takes it, as a whole `Authorization` value that no other helper stores.
    pub fn credential(
        question: &Question,
        username: &str,
        token: &BuildToken,
        ends: Option<SystemTime>,
    ) -> Self {
        let ends = ends.and_then(|ends| ends.duration_since(UNIX_EPOCH).ok());
        let expiry =
            ends.map_or_else(String::new, |ends| format!("password_expiry_utc={}\n", ends.as_secs()));
        // A stored token often ends with the newline of the file that it came from; within one, it would begin a line of ours.
        let token = token.expose().trim_end_matches(['\r', '\n']);
        if token.contains(char::is_control) || username.contains(char::is_control) {
            return Self::quit();
        }
        let mut text = Zeroizing::new(String::with_capacity(4 * (username.len() + token.len()) + 256));
        // Writing to a String cannot fail, and the capacity keeps it from growing into a second copy.
        let _ = if question.knows_authtype() {
            let pair = Zeroizing::new(format!("{username}:{token}"));
            let basic = Zeroizing::new(STANDARD.encode(pair.as_bytes()));
            write!(
                text,
                "capability[]=authtype\nauthtype=Basic\ncredential={}\nephemeral=1\n{expiry}",
                *basic
            )
        } else {
            write!(text, "username={username}\npassword={token}\n{expiry}")
        };
        Self(text)
    }

    /// Nothing: git goes on as if we were not there.
    pub fn silence() -> Self {
        Self(Zeroizing::new(String::new()))
    }

    /// The place is ours and there is no credential: git stops asking anybody.
    pub fn quit() -> Self {
        Self(Zeroizing::new("quit=1\n".to_owned()))
    }

    /// What the helper can do.
    pub fn capabilities() -> Self {
        Self(Zeroizing::new(CAPABILITIES.to_owned()))
    }

    /// The bytes for git's pipe.
    pub fn as_bytes(&self) -> &[u8] {
        self.0.as_bytes()
    }
}

impl fmt::Debug for Answer {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("Answer([REDACTED])")
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn answered(token: &str) -> String {
        let answer = Answer::credential(&Question::default(), "me", &BuildToken::new(token.to_owned()), None);
        String::from_utf8(answer.as_bytes().to_vec()).unwrap()
    }

    #[test]
    fn a_newline_at_the_end_is_no_part_of_a_token_and_one_within_is_no_line_of_ours() {
        assert_eq!(answered("glpat-made-up\r\n"), "username=me\npassword=glpat-made-up\n");
        assert_eq!(answered("made-up\nhost=evil.example"), "quit=1\n");
        assert_eq!(answered("made\0up"), "quit=1\n");
    }
}
