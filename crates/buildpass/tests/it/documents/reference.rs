use std::{collections::BTreeSet, fs};

use super::{read, root};
use crate::harness::Buildpass;

#[test]
fn the_readme_has_every_flag_and_no_other() {
    let commands = [
        "run",
        "token",
        "git setup",
        "git credential",
        "doctor",
        "doctor explain",
        "demo",
        "lockbox init",
        "lockbox serve",
        "lockbox audit verify",
        "lockbox backup",
        "lockbox restore",
        "lockbox export",
    ];
    let readme = read("README.md");
    let reference = readme.split("## Reference").nth(1).unwrap();
    assert_eq!(flags_of(reference), flags_of(&commands.map(help).concat()));
}

#[test]
fn the_guide_to_pipelines_has_every_flag_of_a_pipeline_and_no_other() {
    let help = help("ci jobs");
    let pipeline = own_part(help.split("\nPipeline:\n").nth(1).unwrap());
    assert_eq!(flags_of(&table("docs/ci.md")), flags_of(&pipeline.replace("--format", "")));
}

#[test]
fn the_guide_to_sources_has_every_flag_of_theirs_and_no_other() {
    assert_the_table_has_every_flag("docs/sources.md", &["sources list", "sources resolve", "sources fetch"]);
}

/// The flags of a guide's tables are those of these commands; what every command knows stands in the README, and what says which pipeline in
/// the guide to pipelines.
pub(crate) fn assert_the_table_has_every_flag(document: &str, commands: &[&str]) {
    let own =
        |command: &&str| help(command).split("\nPipeline:\n").next().map(|own| own_part(own).to_owned());
    let known: String = commands.iter().filter_map(own).collect();
    assert_eq!(flags_of(&table(document)), flags_of(&known));
}

fn help(command: &str) -> String {
    Buildpass::new().args(command.split(' ')).args(["--help"]).run().stdout
}

/// What stands before the flags of the configuration.
fn own_part(help: &str) -> &str {
    help.split("\nConfiguration:\n").next().unwrap()
}

/// The rows of flags in a guide.
fn table(document: &str) -> String {
    read(document).lines().filter(|line| line.starts_with("| `--")).collect()
}

/// Every flag that a text names, but for everybody's.
fn flags_of(text: &str) -> BTreeSet<String> {
    text.split(|each: char| !(each.is_ascii_lowercase() || each == '-'))
        .filter(|word| word.len() > 3 && word.starts_with("--") && !word.ends_with('-'))
        .filter(|word| !["--help", "--version"].contains(word))
        .map(str::to_owned)
        .collect()
}

#[test]
fn the_readme_has_every_key_of_the_file() {
    let readme = read("README.md");
    for (table, prefix) in [("[vault]", "[vault] "), ("[identity]", "[identity] ")] {
        let said = Buildpass::new()
            .file("buildpass.toml", &format!("{table}\nno_such_key = 1\n"))
            .args(["token", "A"])
            .run()
            .stderr;
        let keys = said.split_once("expected one of ").unwrap().1.lines().next().unwrap();
        for key in keys.split(", ").map(|key| key.trim_matches('`')) {
            assert!(readme.contains(&format!("| `{prefix}{key}` |")), "{prefix}{key}");
        }
    }
    for (table, rest) in
        [("secret", "name = 'A'\nfrom = 'a/b@c'\n"), ("git", "realm = 'https://a.example'\n")]
    {
        let said = Buildpass::new()
            .file("buildpass.toml", &format!("[[{table}]]\n{rest}no_such_key = 1\n"))
            .args(["token", "A"])
            .run()
            .stderr;
        let keys = said.split_once("expected one of ").unwrap().1.lines().next().unwrap();
        let row = readme.lines().find(|line| line.starts_with(&format!("| `[[{table}]] "))).unwrap();
        for key in keys.split(", ").map(|key| key.trim_matches('`')) {
            assert!(row.contains(&format!("{key}`")), "[[{table}]] {key}");
        }
    }
}

#[test]
fn the_readme_has_every_variable_that_the_configuration_reads() {
    let readme = read("README.md");
    let folder = root().join("crates/buildpass/src/config");
    let folders = [folder.clone(), folder.join("access")];
    let entries = folders.iter().flat_map(|folder| fs::read_dir(folder).unwrap());
    for file in entries.map(|entry| entry.unwrap().path()).filter(|path| path.is_file()) {
        let text = fs::read_to_string(file).unwrap();
        let quoted = text.split('"').skip(1).step_by(2);
        let is_variable = |word: &&str| {
            ["VAULT_", "BAO_", "BUILDPASS_"].iter().any(|prefix| word.starts_with(prefix))
                && word.chars().all(|each| each.is_ascii_uppercase() || each == '_')
        };
        for variable in quoted.filter(is_variable) {
            assert!(readme.contains(&format!("`{variable}`")), "{variable}");
        }
    }
}
