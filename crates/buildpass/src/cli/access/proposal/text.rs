use std::fmt::Write as _;

use toml::Table;

use super::{Difference, Outside, Proposal, grant, shape::Verdict};

impl Proposal {
    /// TOML to paste into buildpass.toml; all else stands in comments.
    pub(in crate::cli::access) fn text(&self) -> String {
        let mut out = String::new();
        say(
            &mut out,
            &format!(
                "What the jobs ask for in these pipelines, beside what is declared: {}.",
                self.contexts.join(", ")
            ),
        );
        for secret in &self.secrets {
            out.push_str("\n[[secret]]\n");
            entries(&mut out, secret, &["name", "from", "to"]);
        }
        for granted in &self.grants {
            out.push('\n');
            granted.comments.iter().for_each(|comment| say(&mut out, comment));
            out.push_str("[[access.grant]]\n");
            entries(&mut out, &granted.grant, &grant::KEYS);
        }
        if self.grants.is_empty() {
            let nothing = if self.declared.is_empty() {
                "No job asks on a protected ref."
            } else {
                "Every grant is declared."
            };
            say(&mut out, nothing);
        }
        let declared = self.declared.iter().map(|declared| {
            format!(
                "{} for {} by the role {}",
                declared.secret,
                declared.jobs.join(", "),
                declared.vault_role
            )
        });
        list(&mut out, "Declared already:", declared);
        let otherwise = self
            .roles
            .iter()
            .flat_map(|role| role.differences.iter().map(|difference| one(&role.vault_role, difference)));
        list(&mut out, "Declared otherwise than what asks here:", otherwise);
        let outside = self.not_granted.iter().map(|Outside { job, context, reads, because }| {
            format!("{job} in `{context}` asks for {reads}: {because}")
        });
        list(&mut out, "Not granted:", outside);
        list(&mut out, "Not known:", self.unknown.iter().cloned());
        out
    }
}

fn one(role: &str, difference: &Difference) -> String {
    let Difference { key, declared, asks, verdict } = difference;
    let verdict = match verdict {
        Verdict::Wider => "wider",
        Verdict::Narrower => "too narrow",
    };
    format!("the role {role} is {verdict}: `{key}` is {declared}, and what asks is {asks}")
}

fn list(out: &mut String, head: &str, lines: impl Iterator<Item = String>) {
    let mut lines = lines.peekable();
    if lines.peek().is_some() {
        out.push('\n');
        say(out, head);
        lines.for_each(|line| say(out, &format!("  {line}")));
    }
}

/// A comment: a job's name is a stranger's, and must not end it.
fn say(out: &mut String, text: &str) {
    let text: String =
        text.chars().map(|letter| if letter.is_control() { '\u{fffd}' } else { letter }).collect();
    let _ = writeln!(out, "# {text}");
}

fn entries(out: &mut String, table: &Table, order: &[&str]) {
    for key in order {
        if let Some(value) = table.get(*key) {
            let _ = writeln!(out, "{key} = {}", inline(value));
        }
    }
}

fn inline(value: &toml::Value) -> String {
    match value {
        toml::Value::Table(table) => {
            let pairs = table.iter().map(|(key, value)| format!("{key} = {}", inline(value)));
            format!("{{ {} }}", pairs.collect::<Vec<_>>().join(", "))
        }
        other => other.to_string(),
    }
}
