use serde_json::Value;

use crate::http::Answer;

/// GitLab's own words in a refusal, on one line; `None` where it is no answer of GitLab's API. None of the secrets is repeated.
pub(super) fn words(answer: &Answer, secrets: &[&str]) -> Option<String> {
    let said: Value = serde_json::from_slice(&answer.body).ok()?;
    let said = said.as_object()?;
    let parts = ["message", "error_description", "error"].map(|key| said.get(key).map(in_a_line));
    let text = parts.into_iter().flatten().next()?;
    let scope = said.get("scope").and_then(Value::as_str).map(|scope| format!(" (wanted: {scope})"));
    // GitLab puts the status into some of its texts.
    let status = format!("{} ", answer.status);
    let text = text.strip_prefix(&status).unwrap_or(&text);
    let text = format!("{text}{}", scope.unwrap_or_default());
    let secrets = secrets.iter().filter(|secret| !secret.is_empty());
    Some(plain(&secrets.fold(text, |text, secret| text.replace(secret, "[MASKED]"))))
}

fn in_a_line(said: &Value) -> String {
    match said {
        Value::String(text) => text.split_whitespace().collect::<Vec<_>>().join(" "),
        Value::Array(parts) => parts.iter().map(in_a_line).collect::<Vec<_>>().join(", "),
        Value::Object(fields) => {
            let each = fields.iter().map(|(field, said)| format!("{field} {}", in_a_line(said)));
            each.collect::<Vec<_>>().join("; ")
        }
        other => other.to_string(),
    }
}

/// No control characters, and no longer than anybody reads.
fn plain(text: &str) -> String {
    text.chars().filter(|each| !each.is_control()).take(500).collect()
}

#[cfg(test)]
mod tests {
    use zeroize::Zeroizing;

    use super::*;

    fn said(body: &str) -> Option<String> {
        let answer = Answer {
            status: 401,
            content_type: String::new(),
            location: None,
            retry_after: None,
            date: None,
            next_page: None,
            total: None,
            body: Zeroizing::new(body.as_bytes().to_vec()),
        };
        words(&answer, &["glpat-made-up", "", "glpat-other"])
    }

    #[test]
    fn every_form_of_a_refusal_is_one_line_without_the_token() {
        assert_eq!(said(r#"{"message":"401 Unauthorized"}"#).unwrap(), "Unauthorized");
        assert_eq!(
            said(r#"{"error":"insufficient_scope","error_description":"The request requires more.","scope":"api"}"#).unwrap(),
            "The request requires more. (wanted: api)"
        );
        assert_eq!(
            said(r#"{"message":{"path":["is taken"],"name":["is\nodd"]}}"#).unwrap(),
            "name is odd; path is taken"
        );
        assert_eq!(
            said(r#"{"message":"bad glpat-made-up\u001b, glpat-other"}"#).unwrap(),
            "bad [MASKED], [MASKED]"
        );
        assert_eq!(said("<html>"), None);
        assert_eq!(said("[]"), None);
    }
}
