//! What the guide says of the command.

use crate::{documents::read, harness::Buildpass};

#[test]
fn the_guide_to_access_has_every_flag_of_it_and_no_other() {
    let help = ["plan", "apply", "rotate", "revoke", "sweep", "status", "schema"]
        .map(|command| Buildpass::new().args(["access", command, "--help"]).run().stdout)
        .map(|help| help.split("\nConfiguration:\n").next().unwrap().to_owned());
    let flags_of = |text: &str| {
        let words = text.split(|each: char| !(each.is_ascii_lowercase() || each == '-')).map(str::to_owned);
        let flags = words.filter(|word| word.len() > 3 && word.starts_with("--"));
        flags.collect::<std::collections::BTreeSet<_>>()
    };
    let mut known = flags_of(&help.concat());
    for everybodys in ["--help", "--version"] {
        known.remove(everybodys);
    }
    let guide = read("docs/access.md");
    let table: String = guide.lines().filter(|line| line.starts_with("| `--")).collect();
    assert_eq!(flags_of(&table), known);
}
