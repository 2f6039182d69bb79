use std::fmt::Write as _;

use super::word;
use crate::{
    access::{State, Status},
    cli::{
        output::{counted, plain},
        table::table,
    },
};

/// For people at a terminal.
pub(super) fn text(all: &[Status]) -> String {
    let or_none = |said: Option<String>| said.unwrap_or_else(|| "-".to_owned());
    let days = |count: u64| counted(count, "day");
    let mut out = table(
        &["NAME", "OWNER", "ID", "STATE", "ENDS", "LEFT", "AGE", "LAST USED", "READ BY"],
        &all.iter()
            .map(|status| {
                let readers = status.readers.iter().map(|reader| {
                    let lives = if reader.live { "" } else { " (no such role)" };
                    format!("{}{lives}", reader.role)
                });
                let cells = [
                    status.name.clone(),
                    status.owner.clone(),
                    or_none(status.id.map(|id| id.to_string())),
                    word(status.state).to_owned(),
                    or_none(status.expires_at.map(|date| date.to_string())),
                    or_none(status.days_left.map(days)),
                    or_none(status.age_days.map(days)),
                    or_none(
                        status
                            .last_used_at
                            .as_deref()
                            .and_then(|time| time.split('T').next())
                            .map(str::to_owned),
                    ),
                    or_none(
                        Some(readers.collect::<Vec<_>>().join(", ")).filter(|readers| !readers.is_empty()),
                    ),
                ];
                cells.map(|cell| plain(&cell)).to_vec()
            })
            .collect::<Vec<_>>(),
    );
    for status in all {
        for because in &status.because {
            let _ = write!(out, "\n{} is {}: {}", plain(&status.name), word(status.state), plain(because));
        }
        if let Some(living) = status.living.filter(|_| status.state == State::Minted) {
            let live = counted(living, "token");
            let _ = write!(out, "\n{} is minted for each job: {live} at GitLab now", plain(&status.name));
        }
        if let Some(breadth) = status.reach {
            let _ = write!(out, "\n{} {}", plain(&status.name), breadth);
        }
        if !status.retiring.is_empty() {
            let ids = status.retiring.iter().map(u64::to_string).collect::<Vec<_>>().join(", ");
            let _ =
                write!(out, "\n{} has an older token that lives a little longer: {ids}", plain(&status.name));
        }
    }
    if !out.ends_with('\n') {
        out.push('\n');
    }
    out
}
