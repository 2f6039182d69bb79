use super::NO_TOKEN;
use crate::doctor::{Check, Evidence, Fault, Reach, Stage, TokenSeen, Verdict};

/// What answers at the realm is a GitLab.
pub(super) const CHECK: Check =
    Check { id: "gitlab", stage: Stage::BuildToken, needs: &[], reach: Reach::Session, run };

fn run(evidence: &Evidence<'_>) -> Verdict {
    let tokens = &evidence.gitlab.tokens;
    if tokens.is_empty() {
        return Verdict::not_needed(NO_TOKEN);
    }
    let faults: Vec<Fault> = tokens.iter().filter_map(fault).collect();
    let seen: Vec<String> = tokens.iter().map(said).collect();
    Verdict::of(seen.join("; "), faults, Vec::new())
}

fn said(token: &TokenSeen) -> String {
    match &token.answer {
        Ok(answer) if answer.said.is_some() || !answer.words.is_empty() => format!("{} answers", token.api),
        Ok(answer) => {
            format!("what answers at {} is no API of GitLab's: status {}", token.api, answer.status)
        }
        Err(error) => format!("{} does not answer: {error}", token.api),
    }
}

fn fault(token: &TokenSeen) -> Option<Fault> {
    let api = &token.api;
    match &token.answer {
        Ok(answer) if answer.said.is_some() => None,
        Ok(answer) if answer.status == 429 || answer.status >= 500 => Some(Fault::new(
            format!("an answer at {api}"),
            format!("status {}: {}", answer.status, answer.words),
            "GitLab is busy or under repair: try again later",
        )),
        Ok(answer) if !answer.words.is_empty() => None,
        Ok(answer) => {
            let points =
                answer.location.as_ref().map(|to| format!(", and points to {to}")).unwrap_or_default();
            Some(Fault::new(
                format!("JSON of GitLab's API at {api}"),
                format!("status {}, `{}`{points}", answer.status, answer.content_type),
                "is `realm` the address of a GitLab, and does a proxy or a page for signing in stand before it?",
            ))
        }
        Err(error) => Some(Fault::new(
            format!("an answer at {api}"),
            super::in_one_line(error),
            error.hint().unwrap_or_else(|| "is GitLab up, and may this runner reach it?".to_owned()),
        )),
    }
}
