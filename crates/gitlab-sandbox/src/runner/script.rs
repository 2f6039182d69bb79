/// The shell script of a job: each command is shown as GitLab Runner shows it, then carried out.
pub(super) fn shell_script(commands: &[String]) -> String {
    let mut script = String::new();
    for command in commands {
        let shown = match command.trim_end().split_once('\n') {
            Some((first, _)) => format!("$ {first} # collapsed multi-line command"),
            None => format!("$ {command}"),
        };
        script.push_str("printf '%s\\n' ");
        script.push_str(&quoted(&shown));
        script.push('\n');
        script.push_str(command);
        script.push('\n');
    }
    script
}

fn quoted(text: &str) -> String {
    format!("'{}'", text.replace('\'', r"'\''"))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_command_is_shown_as_it_stands_and_then_run() {
        let script = shell_script(&["echo 'it is' $HOME".to_owned(), "if true\nthen :\nfi".to_owned()]);
        assert_eq!(
            script,
            "printf '%s\\n' '$ echo '\\''it is'\\'' $HOME'\necho 'it is' $HOME\n\
             printf '%s\\n' '$ if true # collapsed multi-line command'\nif true\nthen :\nfi\n"
        );
    }
}
