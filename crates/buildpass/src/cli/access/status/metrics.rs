use std::fmt::Write as _;

use crate::access::{State, Status};

/// <https://prometheus.io/docs/instrumenting/exposition_formats/>
pub(super) fn metrics(all: &[Status]) -> String {
    let mut out = String::new();
    let mut family = |name: &str, help: &str, value: &dyn Fn(&Status) -> Option<u64>| {
        let _ = writeln!(out, "# HELP buildpass_{name} {help}\n# TYPE buildpass_{name} gauge");
        for status in all {
            let Some(value) = value(status) else { continue };
            let (token, owner) = (label(&status.name), label(&status.owner));
            let _ = writeln!(out, "buildpass_{name}{{token=\"{token}\",owner=\"{owner}\"}} {value}");
        }
    };
    family("token_days_left", "Whole days until the stored token ends.", &|status| {
        // What is not there has no day left, so that an alert on few days finds it too.
        status.days_left.or((status.id.is_none() && status.state != State::Minted).then_some(0))
    });
    family("token_good", "Whether the token lives, is stored, and is not due.", &|status| {
        Some(u64::from(matches!(status.state, State::Good | State::Minted)))
    });
    family("token_age_days", "Whole days since the stored token was made.", &|status| status.age_days);
    family("token_retiring", "Older tokens that live a little longer.", &|status| {
        u64::try_from(status.retiring.len()).ok()
    });
    family("token_minted_living", "Tokens that were minted for jobs and live now.", &|status| status.living);
    family("token_reaches_projects", "Projects that the token reaches.", &|status| {
        status.reach.map(|breadth| breadth.reaches)
    });
    family("token_needed_projects", "Projects that the build reads with the token.", &|status| {
        status.reach.map(|breadth| breadth.needs)
    });
    out
}

fn label(text: &str) -> String {
    text.replace('\\', "\\\\").replace('"', "\\\"").replace('\n', "\\n")
}
