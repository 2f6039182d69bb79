use alloc::string::{String, ToString};
use alloc::vec::Vec;

use crate::plan::testing::case;
use crate::plan::{Audience, Provider, Secret};

#[test]
fn an_audience_has_its_variables_replaced() {
    for (audience, expanded) in [
        ("https://vault.example", "https://vault.example"),
        ("$ADDRESS", "https://vault.example"),
        ("https://${HOST}/%HOST%", "https://vault.example/vault.example"),
        ("[a, $HOST]", "[a, vault.example]"),
        ("[a]", "[a]"),
        ("[]", "[]"),
        ("$UNSET", ""),
        ("a-$NESTED", "a-x-"),
        ("$RAW", "$HOST"),
        ("$SETTING", "set vault.example"),
        ("$RULE", "of the rule"),
        ("$CI_SERVER_URL", "https://gitlab.com"),
        ("$CI_JOB_NAME", "job"),
        ("$CI_JOB_ID", "unknown"),
        ("$CI_COMMIT_SHA", "unknown"),
    ] {
        let yaml = alloc::format!(
            "variables: {{HOST: vault.example, ADDRESS: 'https://$HOST', NESTED: x-$UNSET, RAW: {{value: $HOST, expand: false}}}}\n\
             job:\n  script: x\n  id_tokens:\n    T:\n      aud: {audience}\n  rules: [{{variables: {{RULE: of the rule}}}}]"
        );
        let case = case(&yaml).setting("SETTING", "set $HOST");
        assert_eq!(case.tokens("job"), alloc::format!("T={expanded}"), "{audience}");
    }
}

#[test]
fn an_audience_says_which_of_its_variables_are_unset() {
    let yaml = "variables: {NESTED: $INNER}\njob: {script: x, id_tokens: {T: {aud: '$OUTER $NESTED $CI'}}}";
    let job = case(yaml).job("job");
    let token = job.id_tokens.known().and_then(|all| all.first()).expect("a token");
    let Audience::One(audience) = &token.audience else { panic!("one audience") };
    assert_eq!(audience.unset, ["INNER", "OUTER"]);
    assert_eq!(&*audience.written, "$OUTER $NESTED $CI");
}

fn secret(yaml: &str) -> Secret {
    let yaml = alloc::format!("job: {{script: x, {yaml}}}");
    case(&yaml).job("job").secrets.known().and_then(|all| all.first().cloned()).expect("a secret")
}

#[test]
fn both_forms_of_a_vault_secret_are_read() {
    for (vault, expected) in [
        ("a/b/c@x/y", ["kv-v2", "x/y", "a/b", "c"]),
        ("c@x", ["kv-v2", "x", "", "c"]),
        ("a/b", ["kv-v2", "kv-v2", "a", "b"]),
        ("a@b/c@x", ["kv-v2", "x", "a@b", "c"]),
        ("'@x'", ["kv-v2", "kv-v2", "", "@x"]),
        ("a/@x", ["kv-v2", "x", "a", ""]),
        ("{engine: {name: generic, path: e}, path: p/q, field: f}", ["generic", "e", "p/q", "f"]),
    ] {
        let Provider::Vault(found) = secret(&alloc::format!("secrets: {{S: {{vault: {vault}}}}}")).provider
        else {
            panic!("{vault}")
        };
        assert_eq!([&*found.engine, &found.mount, &found.path, &found.field], expected, "{vault}");
    }
}

#[test]
fn a_secret_is_a_file_unless_it_says_otherwise() {
    for (file, expected) in [("", true), (", file: true", true), (", file: no", false), (", file: ", true)] {
        assert_eq!(secret(&alloc::format!("secrets: {{S: {{vault: a/b{file}}}}}")).file, expected, "{file}");
    }
}

#[test]
fn a_secret_logs_in_with_the_token_that_it_names_or_with_the_first() {
    for (tokens, token, expected) in [
        ("", "", None),
        ("A: {aud: a}", "", Some("A")),
        ("A: {aud: a}, B: {aud: b}", "", Some("A")),
        ("A: {aud: a}, B: {aud: b}", ", token: $B", Some("B")),
        ("A: {aud: a}, B: {aud: b}", ", token: '${B}'", Some("B")),
        ("A: {aud: a}", ", token: $C", None),
    ] {
        let found = secret(&alloc::format!("id_tokens: {{{tokens}}}, secrets: {{S: {{vault: a/b{token}}}}}"));
        assert_eq!(found.logs_in_with.as_deref(), expected, "{tokens} {token}");
    }
}

#[test]
fn other_providers_are_known_by_name() {
    let found = secret("secrets: {S: {azure_key_vault: {name: n}}}");
    assert!(matches!(found.provider, Provider::Other(name) if &*name == "azure_key_vault"));
}

#[test]
fn a_credential_says_how_it_came_to_the_job() {
    let yaml = ".v:\n  id_tokens:\n    T: {aud: t}\n.s:\n  extends: .v\n  secrets:\n    S: {vault: a/b}\njob:\n  extends: .s\n  script: x";
    let job = case(yaml).job("job");
    let steps =
        |content: &crate::yaml::Linked| content.steps().map(|step| step.place.line).collect::<Vec<_>>();
    let token = job.id_tokens.known().and_then(|all| all.first()).expect("a token");
    let secret = job.secrets.known().and_then(|all| all.first()).expect("a secret");
    assert_eq!((token.place.line, steps(&token.content)), (3, alloc::vec![9, 5]));
    assert_eq!((secret.place.line, steps(&secret.content)), (7, alloc::vec![9]));
    let names: Vec<String> = job
        .content
        .node
        .mapping()
        .map(|it| it.entries().iter().map(|it| it.key.to_string()).collect())
        .unwrap_or_default();
    assert!(names.contains(&"extends".to_string()), "{names:?}");
}
