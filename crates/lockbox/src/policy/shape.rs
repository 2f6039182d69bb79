use super::PolicyError;

/// Refuses what no policy needs and what leads an expression parser into the depth: nesting, operators, templates.
///
/// # Errors
/// With the place of the first character that is too much.
pub(super) fn check(text: &str) -> Result<(), PolicyError> {
    let mut depth = 0_usize;
    for (line, content) in (1..).zip(text.lines()) {
        let mut characters = content.char_indices().peekable();
        let mut quoted = false;
        while let Some((column, character)) = characters.next() {
            let next = characters.peek().map(|(_, next)| *next);
            let refuse = |problem: &str| {
                Err(PolicyError::Syntax {
                    line,
                    column: column + 1,
                    problem: problem.to_owned(),
                })
            };
            match (quoted, character, next) {
                (true, '\\', _) => {
                    characters.next();
                }
                (_, '"', _) => quoted = !quoted,
                (true, '$' | '%', Some('{')) => return refuse("illegal template"),
                (true, ..) => {}
                (false, '#', _) | (false, '/', Some('/')) => break,
                (false, '/', Some('*')) => return refuse("block comments are not supported"),
                (false, '{' | '[' | '(', _) if depth == MAX_DEPTH => return refuse("nested too deep"),
                (false, '{' | '[' | '(', _) => depth += 1,
                (false, '}' | ']' | ')', _) => depth = depth.saturating_sub(1),
                (false, '?' | '!' | '<' | '>' | '&' | '|' | '*' | '/' | '%' | '+', _)
                | (false, '-', Some('-')) => {
                    return refuse("illegal char");
                }
                (false, ..) => {}
            }
        }
    }
    Ok(())
}

const MAX_DEPTH: usize = 16;

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn only_flat_text_without_operators_is_let_through() {
        assert!(check("# a [[[ comment\npath \"a/+/*\" { capabilities = [\"read\"] } // }").is_ok());
        assert!(check(&"[".repeat(100_000)).is_err());
        assert!(check(&"-".repeat(100_000)).is_err());
        assert!(check(&format!("path \"{}\" {{}}", "${".repeat(1000))).is_err());
        assert!(check("path \"a\" { policy = <<EOF\nread\nEOF\n}").is_err());
    }
}
