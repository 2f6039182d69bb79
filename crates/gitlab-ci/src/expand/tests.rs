use alloc::format;
use alloc::string::{String, ToString};
use alloc::vec::Vec;

use super::{Incomplete, extend, resolve};
use crate::answer::Reason;
use crate::invalid::Invalid;
use crate::yaml::{Budget, How, Linked, Mapping, Source, Sources, Value, parse};

fn tree(text: &str) -> Linked {
    let file = Sources::new().add(Source { name: "ci.yml".into(), text: text.into(), included_by: None });
    parse(text, file, 0).unwrap()
}

fn expanded(text: &str) -> Result<Mapping, Invalid> {
    let top = tree(text);
    let (mut budget, mut incomplete) = (Budget::default(), Incomplete::default());
    let extended = extend(top.node.mapping().unwrap(), None, &mut budget, &mut incomplete)?;
    resolve(&extended, None, &mut incomplete)
}

fn refusal(text: &str) -> String {
    expanded(text).expect_err(text).message
}

/// The value of one key, as flow YAML.
fn shown(text: &str, key: &str) -> String {
    flow(expanded(text).unwrap_or_else(|refusal| panic!("{text}: {refusal}")).value(key).unwrap())
}

fn flow(linked: &Linked) -> String {
    match &linked.node.value {
        Value::Sequence(items) => format!("[{}]", items.iter().map(flow).collect::<Vec<_>>().join(", ")),
        Value::Mapping(mapping) => {
            let entries = mapping.entries().iter();
            let entries = entries.map(|entry| format!("{}: {}", entry.key, flow(&entry.value)));
            format!("{{{}}}", entries.collect::<Vec<_>>().join(", "))
        }
        Value::Null => "~".to_string(),
        Value::Reference(path) => format!("!reference {path:?}"),
        _ => linked.node.to_text().unwrap(),
    }
}

#[test]
fn maps_are_merged_at_every_depth_and_all_else_is_replaced() {
    let base = ".b: {a: {x: 1, y: {p: 1}}, l: [1, 2], s: old, keep: 1}\n";
    for (own, expected) in [
        ("{a: {x: 2}}", "{a: {x: 2, y: {p: 1}}, l: [1, 2], s: old, keep: 1, extends: .b}"),
        ("{a: {y: {q: 2}}}", "{a: {x: 1, y: {p: 1, q: 2}}, l: [1, 2], s: old, keep: 1, extends: .b}"),
        ("{l: [3]}", "{a: {x: 1, y: {p: 1}}, l: [3], s: old, keep: 1, extends: .b}"),
        ("{a: ~, s: ''}", "{a: ~, l: [1, 2], s: , keep: 1, extends: .b}"),
        ("{a: {}}", "{a: {x: 1, y: {p: 1}}, l: [1, 2], s: old, keep: 1, extends: .b}"),
        ("{a: text}", "{a: text, l: [1, 2], s: old, keep: 1, extends: .b}"),
    ] {
        let own = own.replacen('{', "{extends: .b, ", 1);
        assert_eq!(shown(&format!("{base}job: {own}"), "job"), expected, "{own}");
    }
}

#[test]
fn a_later_base_brings_its_own_copy_of_what_both_extend() {
    let text = "
.root: {x: root, y: root}
.l: {extends: .root, x: left}
.r: {extends: .root, y: right}
job: {extends: [.l, .r]}";
    assert_eq!(shown(text, "job"), "{x: root, y: right, extends: [.l, .r]}");
}

#[test]
fn every_top_level_map_extends_and_keeps_the_key() {
    let text = "
.base: {A: 1}
.vars: {extends: .base, B: 2}
job: {script: x}
other: {extends: job}
rules: {rules: [variables: !reference [.vars]]}";
    assert_eq!(shown(text, ".vars"), "{A: 1, extends: .base, B: 2}");
    assert_eq!(shown(text, "other"), "{script: x, extends: job}");
    assert_eq!(shown(text, "rules"), "{rules: [{variables: {A: 1, extends: .base, B: 2}}]}");
}

fn chain(hops: usize) -> String {
    let mut text = String::new();
    for hop in 0..hops {
        text += &format!(".j{hop}: {{extends: .j{}}}\n", hop + 1);
    }
    text + &format!(".j{hops}: {{script: x}}\n")
}

#[test]
fn eleven_hops_are_the_most_whatever_was_extended_before() {
    assert_eq!(shown(&chain(11), ".j0"), "{script: x, extends: .j1}");
    assert_eq!(refusal(&chain(12)), ".j11: nesting too deep in `extends`");
    let backwards: Vec<String> = chain(12).lines().rev().map(str::to_string).collect();
    assert!(refusal(&backwards.join("\n")).ends_with("nesting too deep in `extends`"));
}

#[test]
fn what_extends_nothing_real_is_refused() {
    for (text, expected) in [
        ("job: {extends: .gone}", "job: unknown keys in `extends` (.gone)"),
        ("job: {extends: 1}", "job: unknown keys in `extends` (1)"),
        ("x: text\njob: {extends: x}", "job: invalid base hashes in `extends` (x)"),
        ("a: {extends: b}\nb: {extends: a}", "a: circular dependency detected in `extends`"),
        (".a: {extends: .a}", ".a: circular dependency detected in `extends`"),
        (
            "a: {extends: [b, c]}\nb: {}\nc: {extends: [d]}\nd: {extends: c}",
            "c: circular dependency detected in `extends`",
        ),
    ] {
        assert_eq!(refusal(text), expected, "{text}");
    }
    let circle = expanded("a: {extends: b}\nb: {extends: a}").unwrap_err();
    assert_eq!(circle.notes[0].text, "the circle is a → b → a");
}

#[test]
fn a_reference_sees_what_extends_has_merged() {
    let text = "
.base: {script: [base]}
.mid: {extends: .base}
job: {script: [!reference [.mid, script], own], tags: !reference [.mid, script]}";
    assert_eq!(shown(text, "job"), "{script: [[base], own], tags: [base]}");
}

#[test]
fn a_reference_is_no_map_while_maps_are_merged() {
    let text = "
.tokens: {A: {aud: a}}
.base: {id_tokens: {B: {aud: b}}}
.referring: {id_tokens: !reference [.tokens]}
one: {extends: .base, id_tokens: !reference [.tokens]}
two: {extends: .referring, id_tokens: {C: {aud: c}}}";
    assert_eq!(shown(text, "one"), "{id_tokens: {A: {aud: a}}, extends: .base}");
    assert_eq!(shown(text, "two"), "{id_tokens: {C: {aud: c}}, extends: .referring}");
}

#[test]
fn references_that_lead_nowhere_or_round_are_refused() {
    for (text, expected) in [
        ("a: {x: !reference [b, c]}", r#"!reference ["b", "c"] could not be found"#),
        ("b: {c: false}\na: {x: !reference [b, c]}", r#"!reference ["b", "c"] could not be found"#),
        ("b: {c: ~}\na: {x: !reference [b, c]}", r#"!reference ["b", "c"] could not be found"#),
        ("b: [1]\na: {x: !reference [b, c]}", r#"!reference ["b", "c"] could not be found"#),
        ("a: {x: !reference [a, x]}", r#"!reference ["a", "x"] is part of a circular chain"#),
        (
            "a: {x: [!reference [b, y]]}\nb: {y: [!reference [a, x]]}",
            r#"!reference ["b", "y"] is part of a circular chain"#,
        ),
    ] {
        assert_eq!(refusal(text), expected, "{text}");
    }
    let circle = expanded("a: {x: [!reference [b, y]]}\nb: {y: [!reference [a, x]]}").unwrap_err();
    assert_eq!(
        circle.notes[0].text,
        r#"the circle is !reference ["b", "y"] → !reference ["a", "x"] → !reference ["b", "y"]"#
    );
}

#[test]
fn a_value_knows_the_steps_that_it_took() {
    let text = "
.tokens:
  T: {aud: x}
.base:
  id_tokens: !reference [.tokens]
.mid:
  extends: .base
job:
  extends: .mid";
    let top = expanded(text).unwrap();
    let job = top.value("job").unwrap();
    let token = job.member("id_tokens").unwrap().member("T").unwrap();
    let steps: Vec<(How, u32)> = token.steps().map(|step| (step.how.clone(), step.place.line)).collect();
    assert_eq!(
        steps,
        [
            (How::Extends(".mid".into()), 9),
            (How::Extends(".base".into()), 7),
            (How::Reference([".tokens".into()].into()), 5),
        ]
    );
    assert_eq!(token.node.place.line, 3);
}

#[test]
fn what_another_file_may_define_makes_its_users_incomplete() {
    let top = tree(
        "
a: {extends: .gone}
b: {extends: a}
c: {script: !reference [.away, script]}
d: {script: x}
e: {script: [!reference [c, script]]}",
    );
    let reason = Reason::new("`template X` was not read");
    let mut incomplete = Incomplete::default();
    let extended =
        extend(top.node.mapping().unwrap(), Some(&reason), &mut Budget::default(), &mut incomplete).unwrap();
    resolve(&extended, Some(&reason), &mut incomplete).unwrap();
    let names: Vec<&str> = incomplete.0.keys().map(|key| &**key).collect();
    assert_eq!(names, ["a", "b", "c", "e"]);
    assert_eq!(
        incomplete.0["a"].to_string(),
        "it extends `.gone`, which no file that was read defines: `template X` was not read"
    );
}

#[test]
fn bombs_are_refused_before_they_go_off() {
    let mut references = String::from(".r0: [x]\n");
    let mut bases = String::from(".b: {");
    for key in 0..2000 {
        bases += &format!("k{key}: 1, ");
    }
    bases += "}\n";
    for level in 1..40 {
        let below = level - 1;
        references += &format!(".r{level}: [!reference [.r{below}], !reference [.r{below}]]\n");
    }
    assert!(refusal(&references).contains("too big"));
    for job in 0..2000 {
        bases += &format!("j{job}: {{extends: [.b, .b]}}\n");
    }
    assert!(refusal(&bases).contains("too big"));
    let mut long = String::from(".r0: [x]\n");
    for level in 1..1000 {
        long += &format!(".r{level}: [!reference [.r{}]]\n", level - 1);
    }
    let backwards: Vec<String> = long.lines().rev().map(str::to_string).collect();
    assert!(refusal(&backwards.join("\n")).contains("too deep"));
}
