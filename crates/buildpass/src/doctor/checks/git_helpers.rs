use url::Url;

use super::of_url::applies;
use crate::{
    doctor::{Check, Evidence, Fault, Reach, Stage, Verdict},
    git::ConfigLine,
};

/// Where git is set up to ask buildpass, nobody else answers for the realm, and nobody stores what it says.
pub(super) const CHECK: Check =
    Check { id: "git-helpers", stage: Stage::Git, needs: &["git-program"], reach: Reach::Here, run };

fn run(evidence: &Evidence<'_>) -> Verdict {
    let realms = &evidence.realms().realms;
    let Some(git) = evidence.gitlab.git.as_ref().filter(|_| !realms.is_empty()) else {
        return Verdict::not_needed("no secret is for git");
    };
    let is_set_up = git.lines.iter().any(|line| is_helper(line) && is_ours(line));
    if !is_set_up {
        let others = git.lines.iter().filter(|line| is_helper(line) && !line.value.is_empty());
        let verdict = Verdict::pass("`run` tells git to ask buildpass alone for each realm");
        return others.fold(verdict, |verdict, line| {
            verdict.detail(format!("{} is not asked there ({})", kind(line), line.origin))
        });
    }
    let faults: Vec<Fault> = realms
        .iter()
        .filter_map(|each| Url::parse(each.realm.as_str()).ok())
        .flat_map(|realm| in_the_way(&git.lines, &realm))
        .collect();
    Verdict::of("git is set up to ask buildpass", faults, Vec::new())
}

fn is_helper(line: &ConfigLine) -> bool {
    line.key.starts_with("credential.") && line.key.ends_with(".helper")
}

fn is_ours(line: &ConfigLine) -> bool {
    line.value.contains("buildpass") && line.value.contains("credential")
}

/// What a helper is, without its arguments: people write passwords into them.
fn kind(line: &ConfigLine) -> String {
    match line.value.split_whitespace().next() {
        Some(program) if !program.starts_with('!') => format!("`{program}`"),
        _ => "a command of its own".to_owned(),
    }
}

/// git asks every helper whose URL fits, in the order of its configuration, from the last empty one on, until one answers; afterwards
/// each of them is told to store the answer.
fn in_the_way(lines: &[ConfigLine], realm: &Url) -> Vec<Fault> {
    let mut asked: Vec<&ConfigLine> = Vec::new();
    for line in lines.iter().filter(|line| is_helper(line)) {
        let of = line.key.strip_prefix("credential.").and_then(|key| key.strip_suffix(".helper"));
        if of.is_some_and(|url| !applies(url, realm)) {
            continue;
        }
        match line.value.as_str() {
            "" => asked.clear(),
            _ => asked.push(line),
        }
    }
    let Some(ours) = asked.iter().position(|line| is_ours(line)) else {
        return vec![Fault::new(
            format!("git asks buildpass for {realm}"),
            "a later line of git's configuration forgets it",
            "let the entry that includes what `buildpass git setup` wrote be the last one",
        )];
    };
    let fault = |(number, line): (usize, &&ConfigLine)| {
        let what = kind(line);
        let actual = if number < ours {
            format!("{what} answers first, and stores what buildpass says ({})", line.origin)
        } else {
            format!("{what} is told to store what buildpass says ({})", line.origin)
        };
        Fault::new(
            format!("buildpass alone is asked for {realm}"),
            actual,
            format!(
                "write an empty `[credential \"{realm}\"] helper =` before the line that names buildpass, and none behind it: `buildpass git setup` prints both"
            ),
        )
    };
    asked.iter().enumerate().filter(|(number, _)| *number != ours).map(fault).collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    fn faults(helpers: &[(&str, &str)]) -> Vec<String> {
        let line = |(key, value): &(&str, &str)| ConfigLine {
            origin: "file:x".to_owned(),
            key: (*key).to_owned(),
            value: (*value).to_owned(),
        };
        let lines: Vec<ConfigLine> = helpers.iter().map(line).collect();
        let realm = Url::parse("https://gitlab.example/g/security/").unwrap();
        in_the_way(&lines, &realm).into_iter().map(|fault| fault.actual).collect()
    }

    #[test]
    fn helpers_count_in_their_order_from_the_last_empty_one_on() {
        let ours = ("credential.https://gitlab.example/g/security/.helper", "!buildpass git credential");
        let forget = ("credential.https://gitlab.example/g/security/.helper", "");
        let store = ("credential.helper", "store");
        let elsewhere = ("credential.https://other.example.helper", "store");
        let inline = ("credential.helper", "!f() { echo password=made-up; }; f");
        let with_arguments = ("credential.helper", "store --file made-up");
        assert_eq!(faults(&[store, forget, ours, elsewhere]), [""; 0]);
        assert_eq!(
            faults(&[store, ours]),
            ["`store` answers first, and stores what buildpass says (file:x)"]
        );
        assert_eq!(faults(&[forget, ours, store]), ["`store` is told to store what buildpass says (file:x)"]);
        assert_eq!(
            faults(&[inline, with_arguments, ours]),
            [
                "a command of its own answers first, and stores what buildpass says (file:x)",
                "`store` answers first, and stores what buildpass says (file:x)",
            ]
        );
        assert_eq!(faults(&[ours, forget]), ["a later line of git's configuration forgets it"]);
    }
}
