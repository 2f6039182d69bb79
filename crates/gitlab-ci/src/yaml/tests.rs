//! What Psych 4 made of these texts, and where it refused them.

use alloc::format;
use alloc::string::{String, ToString};
use alloc::sync::Arc;

use super::*;

fn read(text: &str) -> Result<Linked, String> {
    let mut sources = Sources::new();
    let source = Source { name: String::new(), text: Arc::from(text), included_by: None };
    parse(text, sources.add(source), 0).map_err(|it| {
        let place = it.place.map_or((0, 0), |it| (it.line, it.column));
        format!("{}:{}: {}", place.0, place.1, it.message)
    })
}

fn shown(value: &Linked) -> String {
    let joined = |parts: &mut dyn Iterator<Item = String>| parts.map(|it| it + ",").collect::<String>();
    match &value.node.value {
        Value::Null => "nil".to_string(),
        Value::Boolean(flag) => flag.to_string(),
        Value::Integer(number) => format!("i{number}"),
        Value::Float(_) => format!("f{}", value.node.to_text().unwrap()),
        Value::Text(text) => format!("{text:?}"),
        Value::Sequence(items) => format!("[{}]", joined(&mut items.iter().map(shown))),
        Value::Mapping(mapping) => {
            let entries =
                &mut mapping.entries().iter().map(|it| format!("{:?}:{}", it.key, shown(&it.value)));
            format!("{{{}}}", joined(entries))
        }
        Value::Reference(names) => format!("REF[{}]", joined(&mut names.iter().map(|it| format!("{it:?}")))),
    }
}

fn check(table: &[(&str, &str)]) {
    for (text, expected) in table {
        let found = read(text).map_or_else(|refusal| refusal, |value| shown(&value));
        assert_eq!(found, *expected, "{text:?}");
    }
}

#[test]
fn scalars_are_resolved_as_psych_resolves_them() {
    check(&[
        ("a: yes", r#"{"a":true,}"#),
        ("a: No", r#"{"a":false,}"#),
        ("a: on", r#"{"a":true,}"#),
        ("a: OFF", r#"{"a":false,}"#),
        ("a: TRUE", r#"{"a":true,}"#),
        ("a: yEs", r#"{"a":true,}"#),
        ("a: null", r#"{"a":nil,}"#),
        ("a: ~", r#"{"a":nil,}"#),
        ("a: y", r#"{"a":"y",}"#),
        ("a: n", r#"{"a":"n",}"#),
        ("a: 0", r#"{"a":i0,}"#),
        ("a: -1", r#"{"a":i-1,}"#),
        ("a: 0755", r#"{"a":i493,}"#),
        ("a: -0755", r#"{"a":i-493,}"#),
        ("a: 08", r#"{"a":"08",}"#),
        ("a: 0_7", r#"{"a":i7,}"#),
        ("a: 1_000", r#"{"a":i1000,}"#),
        ("a: 1,000", r#"{"a":i1000,}"#),
        ("a: 1__0", r#"{"a":"1__0",}"#),
        ("a: 1_", r#"{"a":"1_",}"#),
        ("a: 0x1F", r#"{"a":i31,}"#),
        ("a: 0x", r#"{"a":"0x",}"#),
        ("a: 0b101", r#"{"a":i5,}"#),
        ("a: 0b", r#"{"a":"0b",}"#),
        ("a: 0o17", r#"{"a":"0o17",}"#),
        ("a: 1e3", r#"{"a":"1e3",}"#),
        ("a: 1.5e3", r#"{"a":"1.5e3",}"#),
        ("a: 1.5e+3", r#"{"a":f1500.0,}"#),
        ("a: .5", r#"{"a":f0.5,}"#),
        ("a: .", r#"{"a":".",}"#),
        ("a: 1.", r#"{"a":f1.0,}"#),
        ("a: 1_0.5", r#"{"a":f10.5,}"#),
        ("a: .inf", r#"{"a":fInfinity,}"#),
        ("a: -.INF", r#"{"a":f-Infinity,}"#),
        ("a: .nan", r#"{"a":fNaN,}"#),
        ("a: 1:30", r#"{"a":i5400,}"#),
        ("a: -1:30", r#"{"a":i-1800,}"#),
        ("a: 01:30:20", r#"{"a":i5420,}"#),
        ("a: 1:60", r#"{"a":"1:60",}"#),
        ("a: 1:30.5", r#"{"a":f5430.0,}"#),
        ("a: 190:20:30.15", r#"{"a":f685230.15,}"#),
        ("a: :foo", r#"{"a":"foo",}"#),
        ("a: ::foo", r#"{"a":":foo",}"#),
        (r#"a: :"foo""#, r#"{"a":"foo",}"#),
        ("a: 2024-13-02", r#"{"a":"2024-13-02",}"#),
        ("a: 2024-01-02x", r#"{"a":"2024-01-02x",}"#),
        ("a: 1.2.3", r#"{"a":"1.2.3",}"#),
        ("a: v1.2", r#"{"a":"v1.2",}"#),
        ("a: 170141183460469231731687303715884105728", r#"{"a":"170141183460469231731687303715884105728",}"#),
        (
            "a: 0xde0B295669a9FD93d5F28D9Ec85E40f4cb697BAe",
            r#"{"a":"1267644860328534549494026905118833873210535672750",}"#,
        ),
        ("a: 1.0e+400", r#"{"a":fInfinity,}"#),
        ("a: 1000000000000000.0", r#"{"a":f1.0e+15,}"#),
        ("a:", r#"{"a":nil,}"#),
        (r#"a: """#, r#"{"a":"",}"#),
        ("a: 'yes'", r#"{"a":"yes",}"#),
        (r#"a: "0755""#, r#"{"a":"0755",}"#),
        ("a: |\n  12", r#"{"a":"12",}"#),
        ("a: 2024-01-02", "1:4: Tried to load unspecified class: Date"),
        ("a: 2024-01-02 10:11:12", "1:4: Tried to load unspecified class: Time"),
        ("a: .e+5", r#"1:4: invalid value for Float(): "e+5""#),
        ("a: no\n\n  n", r#"{"a":false,}"#),
    ]);
}

#[test]
fn keys_are_the_text_of_their_scalar() {
    check(&[
        ("on: a", r#"{"true":"a",}"#),
        ("1: a\n\"1\": b", r#"{"1":"b",}"#),
        ("~: a", r#"{"":"a",}"#),
        ("0755: a", r#"{"493":"a",}"#),
        ("a: 1\nb: 2\na: 3", r#"{"a":i3,"b":i2,}"#),
        ("? a\n: b", r#"{"a":"b",}"#),
        ("? [a]\n: b", "1:3: a list cannot be a key"),
        ("{a: b}: c", "1:1: a map cannot be a key"),
        (":a: b", r#"{"a":"b",}"#),
    ]);
}

#[test]
fn tags_mean_what_psych_makes_of_them() {
    check(&[
        ("a: !!str 12", r#"{"a":"12",}"#),
        (r#"a: !!int "12""#, r#"{"a":i12,}"#),
        ("a: !!float 12", r#"{"a":f12.0,}"#),
        ("a: !!float x", r#"1:4: invalid value for Float(): "x""#),
        ("a: !!null x", r#"{"a":"x",}"#),
        ("a: !foo 12", r#"{"a":i12,}"#),
        (r#"a: !foo "12""#, r#"{"a":i12,}"#),
        ("a: !foo [b]", r#"{"a":["b",],}"#),
        ("a: !foo {b: c}", r#"{"a":{"b":"c",},}"#),
        (r#"a: ! "12""#, r#"{"a":i12,}"#),
        ("a: !ruby/object:Foo {}", "1:4: Tried to load unspecified class: Foo"),
        ("a: !ruby/sym b", r#"{"a":"b",}"#),
        ("a: !!set {b}", "1:4: Tried to load unspecified class: Psych::Set"),
        ("a: !seq:Foo [b]", "1:4: Tried to load unspecified class: Foo"),
        ("a: !<tag:yaml.org,2002:str> 1", r#"{"a":"1",}"#),
        ("%TAG !e! tag:yaml.org,2002:\n---\na: !e!str 1", r#"{"a":"1",}"#),
        ("a: !b!c d", "1:4: found undefined tag handle while parsing a node"),
        ("a: !reference [b, c]", r#"{"a":REF["b","c",],}"#),
        (r#"a: !reference [b, "1"]"#, r#"{"a":REF["b","1",],}"#),
        ("a:\n  - !reference [b, c]\n  - d", r#"{"a":[REF["b","c",],"d",],}"#),
        ("a: !reference []", "1:4: !reference is not valid: it has to be a list of names"),
        ("a: !reference b", "1:4: !reference is not valid: it has to be a list of names"),
        ("a: !reference {b: c}", "1:4: !reference is not valid: it has to be a list of names"),
        ("a: !reference [1]", "1:4: !reference is not valid: it has to be a list of names"),
        ("a: !reference [[b]]", "1:4: !reference is not valid: it has to be a list of names"),
    ]);
}

#[test]
fn merge_keys_are_applied_at_their_position() {
    check(&[
        (
            "a: &a {x: 1, y: 2}\nb:\n  x: 0\n  <<: *a\n  y: 9",
            r#"{"a":{"x":i1,"y":i2,},"b":{"x":i1,"y":i9,},}"#,
        ),
        (
            "a: &a {x: 1}\nb: &b {x: 2, z: 3}\nc:\n  <<: [*a, *b]",
            r#"{"a":{"x":i1,},"b":{"x":i2,"z":i3,},"c":{"x":i1,"z":i3,},}"#,
        ),
        ("a: &a {x: {p: 1}}\nb:\n  <<: *a\n  x: {q: 2}", r#"{"a":{"x":{"p":i1,},},"b":{"x":{"q":i2,},},}"#),
        ("b:\n  <<: {x: 1}\n  <<: {x: 2, y: 3}", r#"{"b":{"x":i2,"y":i3,},}"#),
        ("b:\n  <<: 1", r#"{"b":{"<<":i1,},}"#),
        ("b:\n  <<: [1]", r#"{"b":{"<<":[i1,],},}"#),
        ("a: &a [1]\nb:\n  <<: *a", r#"{"a":[i1,],"b":{"<<":[i1,],},}"#),
        ("a: &a [{x: 1}]\nb:\n  <<: *a", r#"{"a":[{"x":i1,},],"b":{"<<":[{"x":i1,},],},}"#),
        ("b:\n  \"<<\": {x: 1}", r#"{"b":{"x":i1,},}"#),
        ("b:\n  !!str <<: {x: 1}", r#"{"b":{"<<":{"x":i1,},},}"#),
        ("b:\n  <<: []", r#"{"b":{},}"#),
        ("b:\n  <<:", r#"{"b":{"<<":nil,},}"#),
        ("a: &a x\nb: {<<: *a}", r#"{"a":"x","b":{"<<":"x",},}"#),
    ]);
}

#[test]
fn aliases_share_what_they_name() {
    check(&[
        ("a: &x 1\nb: *x", r#"{"a":i1,"b":i1,}"#),
        ("a: &x {b: 1}\nc: *x", r#"{"a":{"b":i1,},"c":{"b":i1,},}"#),
        ("a: &x 1\nb: &x 2\nc: *x", r#"{"a":i1,"b":i2,"c":i2,}"#),
        ("a: &x\nb: *x", r#"{"a":nil,"b":nil,}"#),
        ("a: *x", "1:4: Unknown alias: x"),
        ("a: &x [*x]", "1:8: The value of &x contains itself: *x"),
        ("a: &x !reference [b]\nc: *x", "2:4: Unknown alias: x"),
        ("&x a: b\nc: *x", r#"{"a":"b","c":"a",}"#),
        ("*x : b", "1:1: Unknown alias: x"),
    ]);
}

#[test]
fn the_syntax_is_that_of_libyaml() {
    check(&[
        ("", "nil"),
        ("# only", "nil"),
        ("a", r#""a""#),
        ("- a\n- b", r#"["a","b",]"#),
        ("a: \"b\nc\"", r#"{"a":"b c",}"#),
        ("a:\n  b: \"c\n  d\"", r#"{"a":{"b":"c d",},}"#),
        ("a:\n  b: [\n c,\nd\n]", r#"{"a":{"b":["c","d",],},}"#),
        ("a:\tb", r#"{"a":"b",}"#),
        ("a: \"b\"#c", r#"{"a":"b",}"#),
        (r#"a: {b:c, "d":e}"#, r#"{"a":{"b:c":nil,"d":"e",},}"#),
        ("a: [b: c, d]", r#"{"a":[{"b":"c",},"d",],}"#),
        ("a: |\n  b\n\n   c\n # d\ne: f", r#"{"a":"b\n\n c\n","e":"f",}"#),
        ("a: >\n  b\n  c\n\n  d\n   e", r#"{"a":"b c\nd\n e",}"#),
        ("a: |+\n  b\n\nc: d", r#"{"a":"b\n\n","c":"d",}"#),
        ("a: |-\n  b\n\nc: d", r#"{"a":"b","c":"d",}"#),
        ("a: |2\n    b", r#"{"a":"  b",}"#),
        ("a: 'it''s'", r#"{"a":"it's",}"#),
        ("a: \"\\x41\\u00e9\\n\\\n  b\"", r#"{"a":"Aé\nb",}"#),
        ("%YAML 1.2\n---\na: b", r#"{"a":"b",}"#),
        ("a: b\n...\nc: d", r#"{"a":"b",}"#),
        ("a: b\n---\nc: d", r#"{"a":"b",}"#),
        ("\u{FEFF}a: b", r#"{"a":"b",}"#),
        ("a: b\r\nc: d\r\n", r#"{"a":"b","c":"d",}"#),
        ("a: b: c", "1:5: mapping values are not allowed in this context"),
        ("a: - b", "1:4: block sequence entries are not allowed in this context"),
        ("a: [b, c", "1:9: did not find expected ',' or ']' while parsing a flow sequence"),
        ("a: }", "1:4: did not find expected node content while parsing a block node"),
        ("a: @b", "1:4: found character that cannot start any token while scanning for the next token"),
        ("a: %b", "1:4: found character that cannot start any token while scanning for the next token"),
        ("a: b\n c: d", "2:3: mapping values are not allowed in this context"),
        ("a:\n\tb: c", "2:1: found character that cannot start any token while scanning for the next token"),
        ("a: b\n\tc", "2:1: found a tab character that violates indentation while scanning a plain scalar"),
        (r#"a: "\q""#, "1:5: found unknown escape character while parsing a quoted scalar"),
        ("a: 1\n- b", "2:1: did not find expected key while parsing a block mapping"),
        ("a: 'b", "1:6: found unexpected end of stream while scanning a quoted scalar"),
        ("a: *.yml", "1:5: did not find expected alphabetic or numeric character while scanning an alias"),
        (
            "a: |\n\tb",
            "2:1: found a tab character where an indentation space is expected while scanning a block scalar",
        ),
        ("a: |x", "1:5: did not find expected comment or line break while scanning a block scalar"),
        ("- a\n b: c", "2:3: mapping values are not allowed in this context"),
        ("a: !<b", "1:7: did not find the expected '>' while parsing a tag"),
    ]);
}

#[test]
fn every_value_knows_its_first_character() {
    let text = "a: b\né: [ö, \"c\"]\nd:\n- |\n  e\n- &f !g h\n- !reference [i]\nj:\n  k: {l: m}\n  n:\n";
    let mut sources = Sources::new();
    let source = Source { name: String::new(), text: Arc::from(text), included_by: None };
    let root = parse(text, sources.add(source), 10).unwrap();
    let mut found = String::new();
    let mut waiting = alloc::vec![("root".to_string(), root)];
    while let Some((name, value)) = waiting.pop() {
        let Place { line, column, .. } = value.node.place;
        found += &format!("{name} {line}:{column}\n");
        if let Some(items) = value.node.sequence() {
            waiting.extend(items.iter().rev().map(|it| ("-".to_string(), it.clone())));
        }
        if let Some(mapping) = value.node.mapping() {
            waiting.extend(
                mapping.entries().iter().rev().map(|it| {
                    (format!("{} {}:{} =", it.key, it.place.line, it.place.column), it.value.clone())
                }),
            );
        }
    }
    assert_eq!(
        found,
        "root 11:1\na 11:1 = 11:4\né 12:1 = 12:4\n- 12:5\n- 12:8\nd 13:1 = 14:1\n- 14:3\n- 16:3\n- 17:3\n\
         j 18:1 = 19:3\nk 19:3 = 19:6\nl 19:7 = 19:10\nn 20:3 = 20:5\n"
    );
}

#[test]
fn a_text_that_comes_to_too_much_is_refused() {
    let bomb = (1..20).fold("a0: &a0 x\n".to_string(), |text, at| {
        text + &format!("a{at}: &a{at} [{}]\n", alloc::vec![format!("*a{}", at - 1); 9].join(", "))
    });
    let chain = (1..200)
        .fold("a0: &a0 x\n".to_string(), |text, at| text + &format!("a{at}: &a{at} [*a{}]\n", at - 1));
    let merges = format!("a: &a {{{}}}\nb:\n{}", "k: v, ".repeat(10), "  - {<<: *a}\n".repeat(20_000));
    for (text, expected) in [
        (format!("a: {}", "[".repeat(1_000_000)), "1:103: The parsed YAML is too big"),
        ("- ".repeat(500_000), "1:201: The parsed YAML is too big"),
        (bomb, "8:10: The parsed YAML is too big"),
        (chain, "101:14: The parsed YAML is too big"),
        ("x".repeat(MAX_BYTES + 1), "1:1: the file has more than 1048576 bytes"),
        ("a: 0x".to_string() + &"f".repeat(2_000), "1:4: a number of more than 1000 digits"),
    ] {
        assert_eq!(read(&text).map(|_| ()), Err(expected.to_string()), "{}", &text[..20]);
    }
    assert!(read(&merges).is_ok());
    let deep = format!("{}{}", "[".repeat(100), "]".repeat(100));
    assert!(read(&deep).is_ok());
}
