use super::PolicyError;

/// The flat shape that every policy has, written so that the stricter of the two HCLs takes it.
///
/// OpenBao reads HCL 1, where a block may hold several attributes in one line; here they get lines of their own. What no
/// policy needs and what leads an expression parser into the depth is refused: nesting, operators, templates.
///
/// # Errors
/// With the place of the first character that is too much.
pub(super) fn spread(text: &str) -> Result<String, PolicyError> {
    let mut spread = String::with_capacity(text.len() + 16);
    let mut depth = 0_usize;
    let mut place = Place::Code;
    let mut characters = text.chars().peekable();
    let (mut line, mut column) = (1, 0);
    while let Some(character) = characters.next() {
        let next = characters.peek().copied();
        column += 1;
        if character == '\n' {
            (line, column) = (line + 1, 0);
        }
        let refuse = |problem: &str| Err(PolicyError::Syntax { line, column, problem: problem.to_owned() });
        match (place, character, next) {
            (Place::Comment, '\n', _) => place = Place::Code,
            (Place::LongComment, '*', Some('/')) => {
                characters.next();
                place = Place::Code;
                continue;
            }
            (Place::Comment | Place::LongComment, ..) => continue,
            (Place::Text, '\\', Some(escaped)) => {
                spread.extend([character, escaped]);
                characters.next();
                continue;
            }
            (Place::Text, '"', _) => place = Place::Code,
            (Place::Text, '$' | '%', Some('{')) => return refuse("illegal template"),
            (Place::Text, ..) => {}
            (Place::Code, '"', _) => place = Place::Text,
            (Place::Code, '#', _) | (Place::Code, '/', Some('/')) => {
                place = Place::Comment;
                continue;
            }
            (Place::Code, '/', Some('*')) => {
                place = Place::LongComment;
                continue;
            }
            (Place::Code, '{' | '[' | '(', _) if depth == MAX_DEPTH => return refuse("nested too deep"),
            (Place::Code, '{' | '[' | '(', _) => depth += 1,
            (Place::Code, '}' | ']' | ')', _) => depth = depth.saturating_sub(1),
            (Place::Code, '?' | '!' | '<' | '>' | '&' | '|' | '*' | '/' | '%' | '+', _)
            | (Place::Code, '-', Some('-')) => return refuse("illegal char"),
            (Place::Code, ..) => {}
        }
        // A block at the top, and the attributes in it.
        let ends_attribute = depth == 1 && matches!(character, ']' | '}' | '"') && place == Place::Code;
        let ends_line = ends_attribute && !starts_with(characters.clone(), &['=', ',', '{']);
        match character {
            '}' if depth == 0 => spread.push_str("\n}\n"),
            '{' if depth == 1 => spread.push_str("{\n"),
            _ if ends_line => spread.extend([character, '\n']),
            _ => spread.push(character),
        }
    }
    Ok(spread)
}

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Place {
    Code,
    Text,
    Comment,
    LongComment,
}

fn starts_with(mut rest: impl Iterator<Item = char>, any: &[char]) -> bool {
    rest.find(|c| !c.is_whitespace()).is_some_and(|first| any.contains(&first))
}

const MAX_DEPTH: usize = 16;

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn attributes_in_one_line_get_their_own() {
        let spread =
            spread(r#"path "a" { capabilities = ["read"] comment = "x" } /* { */ path "b" {}"#).unwrap();
        let lines: Vec<&str> = spread.lines().map(str::trim).filter(|line| !line.is_empty()).collect();
        let expected =
            ["path \"a\" {", "capabilities = [\"read\"]", "comment = \"x\"", "}", "path \"b\" {", "}"];
        assert_eq!(lines, expected);
    }

    #[test]
    fn only_flat_text_without_operators_is_let_through() {
        assert!(spread("# a [[[ comment\npath \"a/+/*\" { capabilities = [\"read\"] } // }").is_ok());
        assert!(spread(&"[".repeat(100_000)).is_err());
        assert!(spread(&"-".repeat(100_000)).is_err());
        assert!(spread(&format!("path \"{}\" {{}}", "${".repeat(1000))).is_err());
        assert!(spread("path \"a\" { policy = <<EOF\nread\nEOF\n}").is_err());
    }
}
