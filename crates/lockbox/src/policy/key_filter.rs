use super::error::RuleError;

/// Shows of a list only the names whose own path may be read, or listed.
///
/// OpenBao writes that path as a Go template. Here it can hold what such a template needs: text, `{{ .key }}`, `{{ .path }}`,
/// and these in `lowercase` and `uppercase`; a template that holds more is refused, because it would not be kept.
#[derive(Debug)]
pub(super) struct KeyFilter(Vec<Piece>);

#[derive(Debug)]
enum Piece {
    Text(String),
    Variable(Variable, Vec<Spelling>),
}

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Variable {
    Key,
    Path,
    Unknown,
}

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Spelling {
    Lowercase,
    Uppercase,
}

impl KeyFilter {
    /// # Errors
    /// When it is no template, or gives the same path for every name.
    pub(super) fn read(template: &str) -> Result<Self, RuleError> {
        let mut pieces = Vec::new();
        let mut rest = template;
        let mut trims = false;
        loop {
            let start = rest.find("{{");
            let mut text = &rest[..start.unwrap_or(rest.len())];
            if trims {
                text = text.trim_start_matches(SPACE);
            }
            let Some(start) = start else {
                pieces.push(Piece::Text(text.to_owned()));
                break;
            };
            let mut action = &rest[start + 2..];
            if let Some(trimmed) = action.strip_prefix('-').filter(|action| action.starts_with(SPACE)) {
                text = text.trim_end_matches(SPACE);
                action = trimmed;
            }
            pieces.push(Piece::Text(text.to_owned()));
            let Some((inside, behind)) = action.split_once("}}") else {
                return Err(unparsable("unclosed action"));
            };
            let bare = inside.strip_suffix('-').filter(|inside| inside.ends_with(SPACE));
            trims = bare.is_some();
            pieces.push(variable(bare.unwrap_or(inside))?);
            rest = behind;
        }
        let names_key = |piece: &Piece| matches!(piece, Piece::Variable(Variable::Key, _));
        if !pieces.iter().any(names_key) {
            return Err(RuleError::KeyFilter("resulted in same path for two different keys"));
        }
        Ok(Self(pieces))
    }

    /// The path that stands for one name of a list.
    pub(super) fn path(&self, listed: &str, key: &str) -> String {
        let mut path = String::new();
        for piece in &self.0 {
            match piece {
                Piece::Text(text) => path.push_str(text),
                Piece::Variable(variable, spellings) => {
                    let value = match variable {
                        Variable::Key => key,
                        Variable::Path => listed,
                        Variable::Unknown => "<no value>",
                    };
                    path.push_str(&spellings.iter().fold(
                        value.to_owned(),
                        |value, spelling| match spelling {
                            Spelling::Lowercase => value.to_lowercase(),
                            Spelling::Uppercase => value.to_uppercase(),
                        },
                    ));
                }
            }
        }
        path
    }
}

fn variable(action: &str) -> Result<Piece, RuleError> {
    let mut steps = action.split('|').map(|step| step.trim_matches(SPACE));
    let variable = match steps.next() {
        Some(".key") => Variable::Key,
        Some(".path") => Variable::Path,
        Some("") => return Err(unparsable("missing value for command")),
        // What a template of Go says of what it was not given.
        Some(name) if is_name(name.strip_prefix('.').unwrap_or_default()) => Variable::Unknown,
        _ => return Err(unknown(action)),
    };
    let spellings = steps.map(|step| match step {
        "lowercase" => Ok(Spelling::Lowercase),
        "uppercase" => Ok(Spelling::Uppercase),
        name if is_name(name) => Err(unparsable(&format!("function {name:?} not defined"))),
        _ => Err(unknown(action)),
    });
    Ok(Piece::Variable(variable, spellings.collect::<Result<_, _>>()?))
}

fn is_name(name: &str) -> bool {
    name.starts_with(|c: char| c == '_' || c.is_alphabetic())
        && name.chars().all(|c| c == '_' || c.is_alphanumeric())
}

fn unparsable(problem: &str) -> RuleError {
    RuleError::KeyTemplate(format!("unable to parse template: template: template:1: {problem}"))
}

fn unknown(action: &str) -> RuleError {
    RuleError::KeyTemplate(format!("lockbox does not know {{{{{action}}}}}"))
}

const SPACE: [char; 4] = [' ', '\t', '\r', '\n'];

#[cfg(test)]
mod tests {
    use super::*;

    fn path(template: &str) -> Result<String, String> {
        KeyFilter::read(template)
            .map(|filter| filter.path("kv/d/", "Name"))
            .map_err(|error| error.to_string())
    }

    #[test]
    fn a_template_gives_the_path_of_a_name() {
        assert_eq!(path("{{.path}}{{.key}}").unwrap(), "kv/d/Name");
        assert_eq!(path("kv/x/ {{- .key -}} /y").unwrap(), "kv/x/Name/y");
        assert_eq!(path("{{ .key | lowercase }}{{.key|uppercase}}").unwrap(), "nameNAME");
    }

    #[test]
    fn a_template_that_would_not_be_kept_is_refused() {
        let compile = "unable to compile template for list_scan_response_keys_filter_path: ";
        let parse = "unable to parse template: template: template:1: ";
        for (template, problem) in [
            (
                "a",
                "list_scan_response_keys_filter_path resulted in same path for two different keys".to_owned(),
            ),
            ("a/{{", format!("{compile}{parse}unclosed action")),
            ("{{ .key | zork }}", format!("{compile}{parse}function \"zork\" not defined")),
            (
                "a/{{ .zork }}",
                "list_scan_response_keys_filter_path resulted in same path for two different keys".to_owned(),
            ),
            ("{{}}", format!("{compile}{parse}missing value for command")),
            ("{{if true}}{{.key}}{{end}}", format!("{compile}lockbox does not know {{{{if true}}}}")),
        ] {
            assert_eq!(path(template), Err(problem), "{template}");
        }
    }
}
