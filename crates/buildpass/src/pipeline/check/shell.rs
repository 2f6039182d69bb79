//! What a script of a POSIX shell does, as far as its text tells: its commands, where their output goes, and the
//! variables that the shell puts in. What lies in single quotes or in a here-document is data.

/// One simple command.
#[derive(Debug, PartialEq, Eq)]
pub(super) struct Command<'a> {
    /// As it is written.
    pub(super) text: &'a str,
    /// Where it starts in the script, in bytes.
    pub(super) start: usize,
    /// Where its output goes.
    pub(super) output: Output,
    /// The variables that the shell puts in.
    pub(super) variables: Vec<Variable<'a>>,
}

/// Where a command's output goes.
#[derive(Clone, Copy, Default, Debug, PartialEq, Eq)]
pub(super) enum Output {
    /// Into the job's log.
    #[default]
    Log,
    /// Into the next command.
    Pipe,
    /// Into a file.
    File,
}

/// A variable that the shell puts in.
#[derive(Debug, PartialEq, Eq)]
pub(super) struct Variable<'a> {
    pub(super) name: &'a str,
    /// Its `$`, in bytes of the script.
    pub(super) start: usize,
    /// Behind its last letter or brace.
    pub(super) end: usize,
}

/// Words that stand before a command.
const BEFORE_A_COMMAND: [&str; 11] =
    ["if", "then", "else", "elif", "do", "while", "until", "!", "{", "sudo", "time"];

impl Command<'_> {
    /// Its words, from the one that says what it does.
    pub(super) fn words(&self) -> impl Iterator<Item = &str> {
        let is_no_name = |word: &&str| {
            BEFORE_A_COMMAND.contains(word) || word.split_once('=').is_some_and(|(name, _)| is_name(name))
        };
        let text = self.text.trim_start_matches(['(', ' ']);
        text.split_whitespace().skip_while(is_no_name)
    }

    pub(super) fn is(&self, names: &[&str]) -> bool {
        self.words().next().is_some_and(|word| names.contains(&word))
    }
}

fn is_name(text: &str) -> bool {
    text.starts_with(|first: char| first.is_ascii_alphabetic() || first == '_')
        && text.bytes().all(|byte| byte.is_ascii_alphanumeric() || byte == b'_')
}

/// The commands of a script.
pub(super) fn commands(script: &str) -> Vec<Command<'_>> {
    let mut reader =
        Reader { script, at: 0, start: 0, quote: Quote::None, output: Output::Log, ..Reader::default() };
    while reader.step() {}
    reader.end(Output::Log);
    reader.commands
}

#[derive(Default)]
struct Reader<'a> {
    script: &'a str,
    at: usize,
    start: usize,
    quote: Quote,
    output: Output,
    variables: Vec<Variable<'a>>,
    heredocs: Vec<&'a str>,
    commands: Vec<Command<'a>>,
}

#[derive(Clone, Copy, Default, PartialEq, Eq)]
enum Quote {
    #[default]
    None,
    Single,
    Double,
}

impl<'a> Reader<'a> {
    fn rest(&self) -> &'a str {
        self.script.get(self.at..).unwrap_or_default()
    }

    /// One character, or one thing that starts with it.
    fn step(&mut self) -> bool {
        let rest = self.rest();
        let Some(next) = rest.chars().next() else { return false };
        let length = next.len_utf8();
        match (self.quote, next) {
            (Quote::Single, '\'') | (Quote::Double, '"') => self.quote = Quote::None,
            (Quote::Single, _) => {}
            (_, '\\') => self.at += rest[length..].chars().next().map_or(0, char::len_utf8),
            (_, '$') => return self.variable(),
            (Quote::Double, _) => {}
            (Quote::None, '\'') => self.quote = Quote::Single,
            (Quote::None, '"') => self.quote = Quote::Double,
            (Quote::None, '#') if self.at_word() => {
                self.at += rest.find('\n').unwrap_or(rest.len());
                return true;
            }
            (Quote::None, '<') if rest.starts_with("<<") => return self.heredoc(),
            (Quote::None, '>') => {
                let target = rest.trim_start_matches('>').trim_start();
                if !target.starts_with("&2") && !target.starts_with("/dev/std") {
                    self.output = Output::File;
                }
                self.at += if target.starts_with('&') { rest.len() - target.len() } else { 0 };
            }
            (Quote::None, ';' | '\n') => {
                self.end(Output::Log);
                if next == '\n' {
                    self.at += length;
                    self.skip_heredocs();
                    self.start = self.at;
                    return true;
                }
            }
            (Quote::None, '|' | '&') => {
                let doubled = rest[1..].starts_with(next);
                self.end(if next == '|' && !doubled { Output::Pipe } else { Output::Log });
                self.at += usize::from(doubled);
                self.start = self.at + length;
            }
            (Quote::None, _) => {}
        }
        self.at += length;
        true
    }

    fn at_word(&self) -> bool {
        self.script
            .get(..self.at)
            .is_none_or(|before| before.is_empty() || before.ends_with(char::is_whitespace))
    }

    fn variable(&mut self) -> bool {
        let rest = &self.rest()[1..];
        let (inside, brace) = rest.strip_prefix('{').map_or((rest, 0), |inside| (inside, 1));
        let length = inside.find(|it: char| !it.is_ascii_alphanumeric() && it != '_').unwrap_or(inside.len());
        let (name, behind) = inside.split_at(length);
        let closing = if brace == 0 { 0 } else { behind.find('}').map_or(behind.len(), |at| at + 1) };
        let end = self.at + 1 + brace + length + closing;
        // `${NAME:+x}` is x.
        if is_name(name) && !behind.starts_with(":+") && !(brace == 1 && behind.starts_with('+')) {
            self.variables.push(Variable { name, start: self.at, end });
        }
        self.at = if name.is_empty() { self.at + 1 } else { end };
        true
    }

    fn heredoc(&mut self) -> bool {
        let rest = &self.rest()[2..];
        if rest.starts_with('<') {
            self.at += 3;
            return true;
        }
        let word = rest.trim_start_matches(['-', ' ', '"', '\'', '\\']);
        let length = word.find(|it: char| !it.is_ascii_alphanumeric() && it != '_').unwrap_or(word.len());
        if length > 0 {
            self.heredocs.push(&word[..length]);
        }
        self.at += 2 + (rest.len() - word.len()) + length;
        self.at += usize::from(word[length..].starts_with(['"', '\'']));
        true
    }

    fn skip_heredocs(&mut self) {
        for word in std::mem::take(&mut self.heredocs) {
            while !self.rest().is_empty() {
                let rest = self.rest();
                let line = rest.split_inclusive('\n').next().unwrap_or(rest);
                self.at += line.len();
                if line.trim() == word {
                    break;
                }
            }
        }
    }

    fn end(&mut self, otherwise: Output) {
        let whole = self.script.get(self.start..self.at).unwrap_or_default();
        let text = whole.trim();
        let start = self.start + (whole.len() - whole.trim_start().len());
        let output = if self.output == Output::Log { otherwise } else { self.output };
        let variables = std::mem::take(&mut self.variables);
        if !text.is_empty() {
            self.commands.push(Command { text, start, output, variables });
        }
        self.output = Output::Log;
        self.start = self.at + 1;
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn read(script: &str) -> Vec<(String, Output, Vec<String>)> {
        let all = commands(script).into_iter();
        all.map(|it| {
            assert!(script[it.start..].starts_with(it.text), "{script}");
            let variables =
                it.variables.iter().map(|variable| script[variable.start..variable.end].to_owned());
            (it.text.to_owned(), it.output, variables.collect())
        })
        .collect()
    }

    #[test]
    fn commands_are_told_apart_with_their_variables_and_output() {
        use Output::{File, Log, Pipe};
        for (script, expected) in [
            ("echo $A", vec![("echo $A", Log, vec!["$A"])]),
            (
                "a $A && b \"${B}\" || c",
                vec![("a $A", Log, vec!["$A"]), ("b \"${B}\"", Log, vec!["${B}"]), ("c", Log, vec![])],
            ),
            ("echo \"$A\" | b --stdin", vec![("echo \"$A\"", Pipe, vec!["$A"]), ("b --stdin", Log, vec![])]),
            ("echo $A > f; b", vec![("echo $A > f", File, vec!["$A"]), ("b", Log, vec![])]),
            ("echo $A >&2", vec![("echo $A >&2", Log, vec!["$A"])]),
            ("echo '$A' \\$B \"\\$C\" $D", vec![("echo '$A' \\$B \"\\$C\" $D", Log, vec!["$D"])]),
            ("a # it's $B\nc $D", vec![("a # it's $B", Log, vec![]), ("c $D", Log, vec!["$D"])]),
            (
                "cat > f <<'EOF'\necho $A\nEOF\nb $B",
                vec![("cat > f <<'EOF'", File, vec![]), ("b $B", Log, vec!["$B"])],
            ),
            ("cat <<-X\n$A\n  X\nb", vec![("cat <<-X", Log, vec![]), ("b", Log, vec![])]),
            ("a \"x;y|z\" <<< $B", vec![("a \"x;y|z\" <<< $B", Log, vec!["$B"])]),
            (
                "a ${#A} ${A:+set} ${B:-${C}} $1 $",
                vec![("a ${#A} ${A:+set} ${B:-${C}} $1 $", Log, vec!["${B:-${C}"])],
            ),
            (
                "if [ $A ]; then echo $B; fi",
                vec![("if [ $A ]", Log, vec!["$A"]), ("then echo $B", Log, vec!["$B"]), ("fi", Log, vec![])],
            ),
            ("'never ends $A", vec![("'never ends $A", Log, vec![])]),
            ("cat <<EOF", vec![("cat <<EOF", Log, vec![])]),
            ("", vec![]),
        ] {
            let expected: Vec<(String, Output, Vec<String>)> = expected
                .into_iter()
                .map(|(text, output, variables)| {
                    (text.to_owned(), output, variables.into_iter().map(str::to_owned).collect())
                })
                .collect();
            assert_eq!(read(script), expected, "{script}");
        }
    }

    #[test]
    fn the_word_that_says_what_a_command_does_is_found() {
        for (script, word) in
            [("then A=b sudo echo x", "echo"), ("(git config a b)", "git"), ("{ printf x", "printf")]
        {
            assert_eq!(commands(script)[0].words().next(), Some(word), "{script}");
        }
    }

    proptest::proptest! {
        #[test]
        fn no_script_makes_it_panic(script in "[a-z$'\"\\\\ <>|&;#\n{}é-]{0,60}") {
            for command in commands(&script) {
                proptest::prop_assert!(script[command.start..].starts_with(command.text));
            }
        }
    }
}
