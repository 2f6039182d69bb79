use std::{fs, path::Path};

use super::Error;

/// The variables of a file: JSON where it starts with `{`, and else `NAME=VALUE` lines as in a dotenv file.
///
/// # Errors
/// Where the file cannot be read, or one of its lines.
pub(super) fn read(path: &Path) -> Result<Vec<(String, String)>, Error> {
    let text =
        fs::read_to_string(path).map_err(|source| Error::Unreadable { path: path.to_owned(), source })?;
    let wrong = |line, message: String| Error::VariablesFile { path: path.to_owned(), line, message };
    match text.trim_start().starts_with('{') {
        true => json(&text).map_err(|(line, message)| wrong(line, message)),
        false => dotenv(&text).map_err(|(line, message)| wrong(line, message)),
    }
}

fn json(text: &str) -> Result<Vec<(String, String)>, (usize, String)> {
    let object: serde_json::Map<String, serde_json::Value> =
        serde_json::from_str(text).map_err(|error| (error.line(), error.to_string()))?;
    let text = |(name, value): (String, serde_json::Value)| match value {
        serde_json::Value::String(text) => Ok((name, text)),
        serde_json::Value::Bool(_) | serde_json::Value::Number(_) => Ok((name, value.to_string())),
        _ => Err((1, format!("the value of `{name}` is no text"))),
    };
    object.into_iter().map(text).collect()
}

fn dotenv(text: &str) -> Result<Vec<(String, String)>, (usize, String)> {
    let mut variables = Vec::new();
    for (line, number) in text.lines().zip(1..) {
        let line = line.trim();
        let line = line.strip_prefix("export ").unwrap_or(line).trim_start();
        if line.is_empty() || line.starts_with('#') {
            continue;
        }
        let (name, value) =
            line.split_once('=').ok_or_else(|| (number, format!("`{line}` is not NAME=VALUE")))?;
        variables.push((name.trim_end().to_owned(), unquoted(value.trim()).to_owned()));
    }
    Ok(variables)
}

fn unquoted(value: &str) -> &str {
    let within = |quote: char| value.strip_prefix(quote)?.strip_suffix(quote);
    within('"').or_else(|| within('\'')).unwrap_or(value)
}

#[cfg(test)]
mod tests {
    use super::{dotenv, json};

    fn pairs(variables: &[(&str, &str)]) -> Vec<(String, String)> {
        variables.iter().map(|(name, value)| ((*name).to_owned(), (*value).to_owned())).collect()
    }

    #[test]
    fn lines_and_json_are_read() {
        let text = "# settings\nA=1\nexport B = \"two words\"\n\nC='x=y'\nD=\n";
        assert_eq!(dotenv(text).unwrap(), pairs(&[("A", "1"), ("B", "two words"), ("C", "x=y"), ("D", "")]));
        assert_eq!(dotenv("A=1\nB\n").unwrap_err(), (2, "`B` is not NAME=VALUE".to_owned()));
        assert_eq!(json(r#"{"A": "1", "B": true}"#).unwrap(), pairs(&[("A", "1"), ("B", "true")]));
        assert_eq!(json("{\"A\":\n [1]}").unwrap_err().1, "the value of `A` is no text");
        assert_eq!(json("{\n\"A\"").unwrap_err().0, 2);
    }
}
