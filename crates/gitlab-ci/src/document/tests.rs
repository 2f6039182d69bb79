use alloc::format;
use alloc::string::{String, ToString};
use alloc::sync::Arc;
use alloc::vec::Vec;

use super::*;
use crate::yaml::{Source, Sources, Value};

const V18_6: Version = Version { major: 18, minor: 6 };
const V18_7: Version = Version { major: 18, minor: 7 };

struct Case {
    sources: Sources,
    scope: BTreeMap<&'static str, &'static str>,
    version: Version,
}

impl Case {
    fn new() -> Self {
        Self { sources: Sources::new(), scope: BTreeMap::from([("VAR", "value")]), version: V18_6 }
    }

    fn file(&mut self, text: &str) -> FileId {
        self.sources.add(Source { name: String::new(), text: Arc::from(text), included_by: None })
    }

    fn read(&mut self, text: &str, arguments: Arguments<'_>) -> Result<Linked, Invalid> {
        let file = self.file(text);
        super::read(text, file, arguments, &self.scope, self.version)
    }

    /// With `inputs:` of an include in another file.
    fn include(&mut self, text: &str, inputs: &str) -> Result<Linked, Invalid> {
        let file = self.file(inputs);
        let given = yaml::parse(inputs, file, 0)?;
        let nothing = Mapping::default();
        let place = given.node.place;
        self.read(text, Arguments::Include(given.node.mapping().unwrap_or(&nothing), place))
    }
}

fn shown(value: &Linked) -> String {
    let joined = |parts: &mut dyn Iterator<Item = String>| parts.collect::<Vec<_>>().join(", ");
    match &value.node.value {
        Value::Text(text) => format!("{text:?}"),
        Value::Sequence(items) => format!("[{}]", joined(&mut items.iter().map(shown))),
        Value::Mapping(mapping) => {
            let entries = mapping.entries().iter().map(|it| format!("{}: {}", it.key, shown(&it.value)));
            format!("{{{}}}", joined(&mut { entries }))
        }
        Value::Reference(names) => format!("!reference {names:?}"),
        _ => value.node.to_text().unwrap(),
    }
}

fn outcome(result: Result<Linked, Invalid>) -> String {
    result.map_or_else(
        |it| {
            let place =
                it.place.map_or_else(String::new, |place| format!("{}:{}: ", place.line, place.column));
            format!("{place}{}", it.message)
        },
        |it| shown(&it),
    )
}

#[test]
fn a_file_without_a_header_keeps_its_text() {
    for (text, expected) in [
        ("a: $[[ inputs.x ]]", r#"{a: "$[[ inputs.x ]]"}"#),
        ("spec: {inputs: {x: }}\na: $[[ inputs.x ]]", r#"{spec: {inputs: {x: }}, a: "$[[ inputs.x ]]"}"#),
        ("---\na: b", r#"{a: "b"}"#),
        ("a: b\n---\nc: d", r#"{a: "b"}"#),
        ("- a", "1:1: Invalid configuration format"),
        ("", "1:1: Invalid configuration format"),
        ("a: b\n---\n- c", "3:1: Invalid configuration format"),
        ("---\na: [", "2:5: did not find expected node content while parsing a flow node"),
    ] {
        assert_eq!(outcome(Case::new().read(text, Arguments::None)), expected, "{text:?}");
    }
    assert_eq!(
        outcome(Case::new().include("a: b", "x: 1")),
        "1:1: Given inputs not defined in the `spec` section of the included configuration file"
    );
    assert_eq!(outcome(Case::new().include("a: b", "{}")), r#"{a: "b"}"#);
}

#[test]
fn values_are_put_in_as_gitlab_puts_them_in() {
    let header = "spec:\n  inputs:\n    text: {default: b}\n    flag: {type: boolean, default: true}\n    \
                  number: {type: number, default: 1.5}\n    list: {type: array, default: [x, 1, {y: z}]}\n    \
                  words: {type: array, default: [p, 'q\"']}\n    block: {default: '$[[ inputs.text ]]'}\n    \
                  var: {default: '$VAR $UNSET'}\n---\n";
    for (content, expected) in [
        ("a: $[[ inputs.text ]]", r#"{a: "b"}"#),
        ("a: $[[ inputs.flag ]]", "{a: true}"),
        ("a: '$[[ inputs.flag ]] '", r#"{a: "true "}"#),
        ("a: $[[ inputs.number ]]", "{a: 1.5}"),
        ("a: v$[[ inputs.number ]]", r#"{a: "v1.5"}"#),
        ("a: $[[ inputs.list ]]", r#"{a: ["x", 1, {y: "z"}]}"#),
        ("a: [1, '$[[ inputs.list ]]', 2]", r#"{a: [1, "x", 1, {y: "z"}, 2]}"#),
        ("a: [1, ['$[[ inputs.words ]]']]", r#"{a: [1, ["p", "q\""]]}"#),
        ("a: 'l $[[ inputs.words ]]'", r#"{a: "l [\"p\", \"q\\\"\"]"}"#),
        ("a: $[[ inputs.text ]]$[[ inputs.flag ]]", r#"{a: "btrue"}"#),
        ("a: $[[ inputs.block ]]", r#"{a: "$[[ inputs.text ]]"}"#),
        ("job-$[[ inputs.text ]]: {'$[[ inputs.flag ]]': 1}", "{job-b: {true: 1}}"),
        ("a: !reference ['$[[ inputs.text ]]']", r#"{a: !reference ["$[[ inputs.text ]]"]}"#),
        ("a: $[[ inputs.var | expand_vars ]]", r#"{a: "value $UNSET"}"#),
        ("a: $[[ inputs.var | expand_vars | truncate(0,3) | posix_escape ]]", r#"{a: "val"}"#),
        ("a: $[[ inputs.x ]]", "11:4: unknown interpolation key: `x`"),
        ("a: $[[ inputs ]]", "11:4: invalid interpolation access pattern"),
        ("a: $[[ env.x ]]", "11:4: unknown interpolation key: `env`"),
        ("$[[ inputs.words ]]: 1", "11:1: a list cannot be a key"),
        (
            "a: $[[ inputs.text | nothing ]]",
            "11:4: no function matching `nothing`: check that the function name, arguments, and types are correct",
        ),
        (
            "a: $[[ inputs.flag | expand_vars ]]",
            "11:4: error in `expand_vars` function: invalid input type: expand_vars can only be used with string inputs",
        ),
        (
            "a: $[[ inputs.var | expand_vars | expand_vars | expand_vars | expand_vars ]]",
            "11:4: too many functions in interpolation block",
        ),
    ] {
        let text = format!("{header}{content}");
        assert_eq!(outcome(Case::new().read(&text, Arguments::None)), expected, "{content}");
    }
}

#[test]
fn a_value_keeps_the_place_of_its_block() {
    let mut case = Case::new();
    let text = "spec: {inputs: {x: {default: y}}}\n---\na:\n  - b: $[[ inputs.x ]]\n";
    let read = case.read(text, Arguments::None).unwrap();
    let item = &read.node.mapping().unwrap().value("a").unwrap().node.sequence().unwrap()[0];
    let place = item.node.mapping().unwrap().value("b").unwrap().node.place;
    assert_eq!((place.line, place.column), (4, 8));
}

#[test]
fn arguments_are_checked_against_what_is_declared() {
    for (definition, given, expected) in [
        ("", "x: a", "a"),
        ("", "x: 123", "123"),
        ("", "x: yes", "true"),
        ("", "{}", "1:1: `x` input: required value has not been provided"),
        ("", "x: ", "1:1: `x` input: required value has not been provided"),
        ("", "x: [a]", "1:4: `x` input: provided value is not a string"),
        ("", "x: a\ny: b\nz: c", "2:1: unknown input arguments: y, z"),
        ("default: a", "{}", "a"),
        ("default: a", "x: b", "b"),
        ("default: ", "{}", ""),
        ("default: 1", "{}", "1"),
        ("options: [a, b]", "x: b", "b"),
        ("options: [1, 2]", "x: 2", "2"),
        (
            "options: [a, b]",
            "x: c",
            "1:4: `x` input: `c` cannot be used because it is not in the list of allowed options",
        ),
        (
            "{options: [a, b], default: c}",
            "x: a",
            "3:35: `x` input: `c` cannot be used because it is not in the list of allowed options",
        ),
        ("regex: ^v\\d+$", "x: v1", "v1"),
        ("regex: ^v\\d+$", "x: w1", "1:4: `x` input: provided value does not match required RegEx pattern"),
        (
            "{regex: ^v, default: w}",
            "x: v1",
            "3:29: `x` input: default value does not match required RegEx pattern",
        ),
        ("regex: a/b", "x: a/b", "a/b"),
        ("regex: a\\/b", "x: a/b", "a/b"),
        ("regex: a(", "x: a", "3:5: `x` input: invalid regular expression"),
        ("type: number", "x: 1", "1"),
        ("type: number", "x: '1.5'", "1.5"),
        ("type: number", "x: a", "1:4: `x` input: provided value is not a number"),
        ("{type: number, options: [1, 2]}", "x: 2", "2"),
        (
            "{type: number, options: [1, 2]}",
            "x: 3",
            "1:4: `x` input: `3` cannot be used because it is not in the list of allowed options",
        ),
        (
            "{type: number, regex: a}",
            "x: 3",
            "1:4: `x` input: RegEx validation can only be used with string inputs",
        ),
        ("type: boolean", "x: false", "false"),
        ("type: boolean", "x: 'true'", "true"),
        ("type: boolean", "x: 1", "1:4: `x` input: provided value is not a boolean"),
        ("{type: boolean, default: 1}", "x: yes", "3:33: `x` input: default value is not a boolean"),
        (
            "{type: boolean, options: [true]}",
            "x: true",
            "1:4: `x` input: Options can only be used with string and number inputs",
        ),
        ("type: array", "x: [a]", "[\"a\"]"),
        ("type: array", "x: '[1, \"b\"]'", "[1, \"b\"]"),
        ("type: array", "x: a", "1:4: `x` input: provided value is not an array"),
        ("type: string", "x: a", "a"),
        ("type: text", "x: a", "3:15: header:spec:inputs:x input type unknown value: text"),
        ("colour: red", "x: a", "3:9: header:spec:inputs:x config contains unknown keys: colour"),
        ("rules: []", "x: a", "3:9: header:spec:inputs:x config contains unknown keys: rules"),
        ("options: a", "x: a", "3:18: header:spec:inputs:x input options should be an array"),
        (
            "options: [~]",
            "x: a",
            "3:18: header:spec:inputs:x config options array cannot contain null values",
        ),
        ("regex: 1", "x: a", "3:16: header:spec:inputs:x input regex should be a string"),
    ] {
        let definition =
            if definition.starts_with('{') { definition.into() } else { format!("{{{definition}}}") };
        let text = format!("spec:\n  inputs:\n    x: {definition}\n---\na: $[[ inputs.x ]]\n");
        let found = outcome(Case::new().include(&text, given));
        let found = found.strip_prefix("{a: ").and_then(|it| it.strip_suffix('}')).unwrap_or(&found);
        let found = found.strip_prefix('"').and_then(|it| it.strip_suffix('"')).unwrap_or(found);
        assert_eq!(found, expected, "{definition} given {given:?}");
    }
}

#[test]
fn fifty_options_are_the_most() {
    let text = |count: usize| {
        format!("spec: {{inputs: {{x: {{options: [{}a]}}}}}}\n---\nb: c", "a, ".repeat(count - 1))
    };
    assert!(Case::new().include(&text(50), "x: a").is_ok());
    assert_eq!(
        outcome(Case::new().include(&text(51), "x: a")),
        "1:30: header:spec:inputs:x config cannot define more than 50 options"
    );
}

#[test]
fn a_header_has_the_keys_that_gitlab_knows() {
    for (header, expected) in [
        ("spec:", r#"{a: "b"}"#),
        ("spec: {inputs: }", r#"{a: "b"}"#),
        ("spec: {inputs: {x: {default: 1}}, component: [name]}", r#"{a: "b"}"#),
        ("spec: {}\nextra: 1", "2:1: header config contains unknown keys: extra"),
        ("spec: {outputs: 1}", "1:8: header:spec config contains unknown keys: outputs"),
        ("spec: []", "1:7: header:spec config should be a hash"),
        ("spec: {inputs: []}", "1:16: header:spec:inputs config should be a hash"),
        ("spec: {inputs: {x: 1}}", "1:20: header:spec:inputs:x config should be a hash"),
    ] {
        assert_eq!(
            outcome(Case::new().read(&format!("{header}\n---\na: b"), Arguments::None)),
            expected,
            "{header}"
        );
    }
}

#[test]
fn what_a_caller_gives_is_json_where_the_type_wants_it() {
    let text = "spec:\n  inputs:\n    s: {default: ''}\n    n: {type: number, default: 0}\n    b: {type: boolean, \
                default: false}\n    l: {type: array, default: []}\n---\na: ['$[[ inputs.s ]]', '$[[ inputs.n ]]', \
                '$[[ inputs.b ]]', '$[[ inputs.l ]]']\n";
    let read = |given: &[(&str, &str)]| {
        let given = given.iter().map(|(name, value)| (name.to_string(), value.to_string())).collect();
        outcome(Case::new().read(text, Arguments::Caller(&given)))
    };
    for (given, expected) in [
        (&[][..], r#"{a: ["", 0, false]}"#),
        (&[("s", "1"), ("n", "1"), ("b", "true"), ("l", "[1, \"é\\u00e9\\n\", [true, null]]")], {
            "{a: [\"1\", 1, true, 1, \"éé\\n\", [true, ]]}"
        }),
        (&[("n", "-1.5e3")], r#"{a: ["", -1500.0, false]}"#),
        (&[("n", "0x10")], "4:5: `n` input: provided value is not a number"),
        (&[("b", "yes")], "5:5: `b` input: provided value is not a boolean"),
        (&[("l", "[a]")], "6:5: `l` input: provided value is not an array"),
        (&[("l", "[1,]")], "6:5: `l` input: provided value is not an array"),
        (&[("z", "1")], "unknown input arguments: z"),
    ] {
        assert_eq!(read(given), expected, "{given:?}");
    }
    let deep = ["[".repeat(100_000), "]".repeat(100_000)].concat();
    assert_eq!(read(&[("l", &deep)]), "6:5: `l` input: provided value is not an array");
}

#[test]
fn rules_choose_options_and_default_from_18_7_on() {
    let header = "spec:\n  inputs:\n    env: {default: dev}\n    size:\n      rules:\n        - if: $[[ inputs.env ]] \
                  == 'prod'\n          options: [large]\n          default: large\n        - options: [small]\n          \
                  default: small\n---\na: $[[ inputs.size ]]\n";
    for (given, expected) in [
        ("{}", r#"{a: "small"}"#),
        ("env: prod", r#"{a: "large"}"#),
        (
            "size: large",
            "1:7: `size` input: `large` cannot be used because it is not in the list of allowed options",
        ),
        ("{env: prod, size: large}", r#"{a: "large"}"#),
    ] {
        let mut case = Case { version: V18_7, ..Case::new() };
        assert_eq!(outcome(case.include(header, given)), expected, "{given}");
    }
    for (rules, expected) in [
        (
            "[{if: '$[[ inputs.x ]]'}]",
            "3:12: header:spec:inputs:x:rules:rule config rule with 'if' must define 'options' or 'default'",
        ),
        (
            "[{default: a}]",
            "3:12: header:spec:inputs:x:rules:rule config fallback rule must define 'options'",
        ),
        (
            "[{if: '$[[ inputs.y ]] == true', default: a}]",
            "3:18: header:spec:inputs:x:rules:rule if invalid expression syntax",
        ),
    ] {
        let text = format!("spec:\n inputs:\n  x: {{rules: {rules}}}\n---\na: b\n")
            .replace("x: {rules: [", "x: {rules: [");
        let mut case = Case { version: V18_7, ..Case::new() };
        let found = outcome(case.read(&text, Arguments::None));
        assert!(found.ends_with(expected.split_once(": ").unwrap().1), "{found}");
    }
}

#[test]
fn there_may_not_be_too_much_of_anything() {
    let header = "spec: {inputs: {x: {default: '0123456789'}, l: {type: array, default: [a]}}}\n---\n";
    let blocks = |count: usize| {
        (0..count).map(|at| format!("- $[[ inputs.x | truncate({at},1) ]]\n")).collect::<String>()
    };
    let read = |content: &str| outcome(Case::new().read(&format!("{header}{content}"), Arguments::None));
    assert!(read(&format!("a:\n{}", blocks(10_000))).starts_with("{a: ["));
    assert_eq!(read(&format!("a:\n{}", blocks(10_001))), "10004:3: too many interpolation blocks");
    let name = "x".repeat(1_024);
    assert_eq!(
        read(&format!("a: $[[ inputs.{name} ]]")),
        "3:4: maximum interpolation expression size exceeded"
    );
    let many = "'$[[ inputs.x ]]$[[ inputs.x ]]'";
    assert!(read(&format!("a: {many}")).contains("01234567890123456789"));
    let long = "x".repeat(100_000);
    let given = format!("x: {long}");
    let text = format!("spec: {{inputs: {{x: }}}}\n---\na: {}", "$[[ inputs.x ]]".repeat(1_000));
    assert_eq!(outcome(Case::new().include(&text, &given)), "3:4: config too large");
}
