use serde_json::Value;

/// What GitLab says in a refusal, as its Go client prints it: `message: 403 Forbidden`. The secrets are not repeated.
pub(super) fn words(body: &[u8], secrets: &[&str]) -> String {
    let text = String::from_utf8_lossy(body);
    let said = match serde_json::from_slice::<Value>(body) {
        Ok(Value::Object(members)) => {
            let each = members.iter().map(|(name, said)| format!("{name}: {}", in_a_line(said)));
            each.collect::<Vec<_>>().join(", ")
        }
        Ok(_) | Err(_) => text.split_whitespace().collect::<Vec<_>>().join(" "),
    };
    let secrets = secrets.iter().filter(|secret| !secret.is_empty());
    let said = secrets.fold(said, |said, secret| said.replace(secret, "[REDACTED]"));
    said.chars().filter(|each| !each.is_control()).take(MOST_CHARACTERS).collect()
}

fn in_a_line(said: &Value) -> String {
    match said {
        Value::String(text) => text.split_whitespace().collect::<Vec<_>>().join(" "),
        other => other.to_string(),
    }
}

/// Nobody reads more.
const MOST_CHARACTERS: usize = 500;

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_refusal_is_one_line_without_the_token() {
        for (body, expected) in [
            (r#"{"message":"403 Forbidden"}"#, "message: 403 Forbidden"),
            (
                r#"{"error":"invalid_token","error_description":"glpat-made-up was\nrevoked"}"#,
                "error: invalid_token, error_description: [REDACTED] was revoked",
            ),
            (r#"{"message":{"name":["is too long"]}}"#, r#"message: {"name":["is too long"]}"#),
            ("Retry later\n", "Retry later"),
            ("<html>\u{1b}[1m</html>", "<html>[1m</html>"),
            ("", ""),
        ] {
            assert_eq!(words(body.as_bytes(), &["glpat-made-up", ""]), expected);
        }
        assert_eq!(words("x".repeat(10_000).as_bytes(), &[]).len(), MOST_CHARACTERS);
    }
}
