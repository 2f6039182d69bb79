use super::{
    blocks,
    desk::{Desk, ELSEWHERE},
    documents, read,
};
use crate::harness::{ADMIN, Buildpass, OpenBao, ROOT, SecurityGroup, Vault, on_every_vault};

/// Carries a document out in a job of the security project; its vault has everything that the job needs.
fn works(document: &str, vault: &Vault) {
    let group = SecurityGroup::start();
    group.deploy(vault);
    let desk = Desk::new(vault, &group);
    for block in blocks(document) {
        desk.carry_out(&block);
    }
    assert_eq!(vault.sessions(), 0, "{document}");
}

/// One test for each document, and the list of them.
macro_rules! carried_out {
    ($($test:ident: $document:literal,)+) => {
        on_every_vault! {
            $(fn $test(vault) {
                works($document, vault);
            })+
        }

        const IN_A_JOB: &[&str] = &[$($document),+];
    };
}

carried_out! {
    the_readme_works: "README.md",
    the_guide_to_exit_codes_works: "docs/exit-codes.md",
    the_guide_to_configuration_works: "docs/configuration.md",
    the_guide_to_git_works: "docs/git.md",
    the_guide_to_sources_works: "docs/sources.md",
    the_guide_to_the_end_works: "docs/the-end.md",
    the_guide_to_pipelines_works: "docs/ci.md",
}

/// Documents with a story of their own, and where it takes all blocks of these languages.
const STORIES: [(&str, &[&str], &str); 3] = [
    ("docs/access.md", &["sh", "console", "toml", "yaml"], include_str!("carried_out.rs")),
    ("docs/vault-setup.md", &["sh", "console", "toml", "yaml"], include_str!("carried_out.rs")),
    ("docs/lockbox.md", &["sh"], include_str!("../lockbox/guide.rs")),
];

on_every_vault! {
    /// The platform owner's commands, with tokens of its own, on a vault in which nothing is set up, and a job afterwards.
    fn the_guide_for_the_platforms_owner_works(vault) {
        let group = SecurityGroup::start();
        let mut desk = Desk::new(vault, &group);
        let job = desk.variables.clone();
        desk.variables.retain(|(name, _)| name != "VAULT_ID_TOKEN");
        desk.set("VAULT_ADDR", &vault.address);
        desk.set("VAULT_TOKEN", ROOT);
        desk.set("GITLAB_TOKEN", ADMIN);
        for block in blocks("docs/access.md") {
            desk.carry_out(&block);
        }
        desk.variables = job;
        desk.succeeds("docs/access.md", "buildpass --role omnibus-gitlab token SECURITY_PRIVATE_TOKEN", &[]);
        assert_eq!(vault.sessions(), 0);
    }

    /// The owner's commands, on a vault in which nothing is set up, and a job afterwards.
    fn the_guide_for_the_vaults_owner_works(vault) {
        if OpenBao::program().is_none() {
            return println!("skipped: the owner's commands want the program `bao`");
        }
        let group = SecurityGroup::start();
        let mut desk = Desk::new(vault, &group);
        desk.set("BAO_ADDR", &vault.address);
        desk.set("BAO_TOKEN", ROOT);
        for block in blocks("docs/vault-setup.md") {
            desk.carry_out(&block);
        }
        // The reference job of the README works on what the owner has set up.
        desk.succeeds("docs/vault-setup.md", "set -e\nbuildpass run -- make", &[]);
        assert_eq!(vault.sessions(), 0);
    }
}

/// The README's recording is what the demo says today, but for ports, times and counts.
#[test]
fn the_recording_in_the_readme_is_the_demos_own() {
    let readme = read("README.md");
    let (_, rest) = readme.split_once("<!-- demo:begin -->\n```text\n").unwrap();
    let (recording, _) = rest.split_once("```\n<!-- demo:end -->").unwrap();
    let said = Buildpass::new().args(["demo"]).run().stdout;
    assert_eq!(without_figures(recording), without_figures(&said));
}

/// Every port, time and count of places as one `N`.
fn without_figures(story: &str) -> String {
    let mut plain = String::new();
    for line in story.lines() {
        let mut words = line.split_inclusive([':', ' ', '/', ',']).peekable();
        while let Some(word) = words.next() {
            let figure = word.trim_end_matches([':', ' ', '/', ',']);
            let counted = !figure.is_empty() && figure.bytes().all(|byte| byte.is_ascii_digit());
            let of_no_account = plain.ends_with("127.0.0.1:")
                || plain.ends_with("looked for: ")
                || words.peek().is_some_and(|next| next.starts_with("ms"));
            match counted && of_no_account {
                true => plain.push_str(&word.replace(figure, "N")),
                false => plain.push_str(word),
            }
        }
        plain.push('\n');
    }
    plain.lines().map(|line| line.trim_start().to_owned() + "\n").collect()
}

#[test]
fn every_document_is_carried_out_or_shows_no_command() {
    for document in documents().iter().filter(|each| !IN_A_JOB.contains(&each.as_str())) {
        let story = STORIES.iter().find(|(told, ..)| told == document);
        if let Some((_, _, source)) = story {
            assert!(source.contains(&format!(" in blocks(\"{document}\")")), "{document}: its story is gone");
        }
        let told = story.map_or(&[][..], |(_, languages, _)| languages);
        for block in blocks(document) {
            let elsewhere = block.text.lines().all(|line| ELSEWHERE.contains(&line) || line == ".ci/run");
            let carried_out = told.contains(&block.language.as_str()) || elsewhere;
            assert!(block.language == "text" || carried_out, "{}: nobody carries this out", block.place);
        }
    }
}

#[test]
fn what_is_not_carried_out_here_is_carried_out_by_the_continuous_integration() {
    let script = read(".ci/run");
    for command in ELSEWHERE {
        assert!(script.lines().any(|line| line == command), "{command}");
    }
    assert_eq!(script.trim_end().lines().last(), Some("cargo test --workspace"), "its lines are the last");
}
