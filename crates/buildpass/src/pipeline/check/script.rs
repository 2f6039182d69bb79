use gitlab_ci::{
    plan::Job,
    yaml::{Linked, Place, Sources},
};

use super::shell::{self, Variable};

/// One entry of a job's scripts.
pub(super) struct Script<'a> {
    pub(super) text: &'a str,
    place: Place,
}

const KEYWORDS: [&str; 3] = ["before_script", "script", "after_script"];

/// Lists may be nested by `!reference`; GitLab flattens so many levels.
const MAX_LEVELS: usize = 10;

/// All that a job runs, in its order.
pub(super) fn scripts(job: &Job) -> Vec<Script<'_>> {
    let mut all = Vec::new();
    let Some(keys) = job.content.node.mapping() else { return all };
    for value in KEYWORDS.iter().filter_map(|keyword| keys.value(keyword)) {
        collect(value, 0, &mut all);
    }
    all
}

/// Whether one of the job's scripts calls a program by its name.
pub fn runs(job: &Job, program: &str) -> bool {
    scripts(job).iter().any(|script| calls(script.text, program))
}

/// Words that run what stands behind them.
const RUNNERS: [&str; 5] = ["command", "env", "exec", "nohup", "sudo"];

fn calls(text: &str, program: &str) -> bool {
    let is_before =
        |word: &&str| RUNNERS.contains(word) || word.starts_with(['-', '\\']) || word.contains('=');
    let is_it = |command: &shell::Command<'_>| {
        let word = command.words().find(|word| !is_before(word)).unwrap_or_default();
        let word = word.trim_matches(['"', '\'', ')', '`']);
        word.rsplit('/').next() == Some(program)
    };
    // What a substitution runs stands in the text of its command.
    let substituted = |command: &shell::Command<'_>| {
        let inside = command.text.split("$(").flat_map(|part| part.split('`')).skip(1);
        inside.flat_map(shell::commands).any(|command| is_it(&command))
    };
    shell::commands(text).iter().any(|command| is_it(command) || substituted(command))
}

fn collect<'a>(value: &'a Linked, level: usize, all: &mut Vec<Script<'a>>) {
    if let Some(text) = value.node.text() {
        all.push(Script { text, place: value.node.place });
    }
    for item in value.node.sequence().filter(|_| level <= MAX_LEVELS).unwrap_or_default() {
        collect(item, level + 1, all);
    }
}

impl Script<'_> {
    /// Where a variable of the script is written: its line as it stands in the file, else the entry.
    pub(super) fn place_of(&self, variable: &Variable<'_>, sources: &Sources) -> Place {
        let before = self.text.get(..variable.start).unwrap_or_default();
        let start = before.rfind('\n').map_or(0, |at| at + 1);
        let line = self.text.get(start..).unwrap_or_default().lines().next().unwrap_or_default().trim();
        let written = self.text.get(variable.start..variable.end).unwrap_or_default();
        let first = self.place.line as usize;
        // A folded text has no more lines in the file than it has words.
        let most = self.text.lines().count() + self.text.split_whitespace().count() + 1;
        let source = &sources.source(self.place.file).text;
        let lines = || (first..).zip(source.lines().skip(first - 1).take(most));
        let whole = lines().find(|(_, text)| !line.is_empty() && text.contains(line));
        let found = whole.or_else(|| lines().find(|(_, text)| text.contains(written)));
        found.map_or(self.place, |(number, text)| {
            let column = text.find(written).map_or(1, |at| text[..at].chars().count() + 1);
            let line = u32::try_from(number).unwrap_or(self.place.line);
            Place { line, column: u32::try_from(column).unwrap_or(1), ..self.place }
        })
    }
}

#[cfg(test)]
mod tests {
    use super::calls;

    #[test]
    fn a_program_is_called_where_a_command_starts() {
        for text in [
            "buildpass run -- make",
            "T=$(buildpass token X)",
            "T=\"$(cd a && /usr/bin/buildpass token X)\"",
            "T=`buildpass token X`",
            "cd a && A=b exec ./buildpass run -- make",
            "echo x | \"$BIN/buildpass\" run",
            "if buildpass check; then make; fi",
        ] {
            assert!(calls(text, "buildpass"), "{text}");
        }
        for text in
            ["pip install buildpass", "cd buildpass", "echo 'a; buildpass run'", "# buildpass run", "make"]
        {
            assert!(!calls(text, "buildpass"), "{text}");
        }
    }
}
