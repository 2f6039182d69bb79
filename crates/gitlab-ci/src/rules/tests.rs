//! Every sentence of what is known about GitLab's expressions, as it was seen by running GitLab's own classes.

use alloc::format;
use alloc::string::{String, ToString};
use alloc::vec;
use alloc::vec::Vec;

use proptest::prelude::{Strategy, any, prop, prop_assert_eq, prop_oneof, proptest};

use super::{Expression, SyntaxError};

const VARIABLES: [(&str, &str); 13] = [
    ("EMPTY", ""),
    ("BLANK", " \t\n"),
    ("SET", "x"),
    ("BRANCH", "release-17"),
    ("PATTERN", "/^release/"),
    ("SHOUT", "/^RELEASE/i"),
    ("SHORT", "/m/"),
    ("WORDS", "main release-17 stable"),
    ("BROKEN", "/(?=release)/"),
    ("SLASHED", "a/b"),
    ("LEVEL", "$TIER"),
    ("TIER", "gold"),
    ("NULL", "null"),
];

fn holds(source: &str) -> bool {
    let expression: Expression = source.parse().unwrap_or_else(|refusal| panic!("{source}: {refusal}"));
    expression.holds(&VARIABLES)
}

fn refusal(source: &str) -> SyntaxError {
    source.parse::<Expression>().expect_err(source)
}

fn table(rows: &[(&str, bool)]) {
    for (source, expected) in rows {
        assert_eq!(holds(source), *expected, "{source}");
    }
}

#[test]
fn an_unset_variable_is_nil_and_an_empty_one_is_not() {
    table(&[
        ("$EMPTY == null", false),
        (r#"$EMPTY == """#, true),
        (r#"$UNSET == """#, false),
        ("$UNSET == null", true),
        ("$UNSET == $UNSET2", true),
        (r#"$UNSET != "x""#, true),
        ("null == null", true),
        ("$SET != null", true),
        (r#"$NULL == null"#, false),
    ]);
}

#[test]
fn and_and_or_return_operands_and_the_last_value_must_be_present() {
    table(&[
        (r#"$EMPTY && "x""#, true),
        ("$EMPTY || $SET", false),
        ("$SET && $EMPTY", false),
        ("$UNSET || $SET", true),
        ("$UNSET && $SET", false),
        ("$SET && $UNSET", false),
        (r#""   ""#, false),
        ("$BLANK", false),
        ("$EMPTY", false),
        ("$UNSET", false),
        ("null", false),
        ("$SET", true),
        (r#"("a" || "b") == "a""#, true),
        (r#"("a" && "b") == "b""#, true),
        ("/ab/", true),
    ]);
}

#[test]
fn comparisons_bind_tighter_than_and_and_and_tighter_than_or() {
    table(&[
        (r#"$SET == "x" && $TIER == "gold""#, true),
        (r#"$SET == "x" || $SET == "y" && $TIER == "lead""#, true),
        (r#"($SET == "x" || $SET == "y") && $TIER == "lead""#, false),
        (r#"$TIER == "lead" && $SET == "y" || $SET == "x""#, true),
        (r#"$TIER == "lead" && ($SET == "y" || $SET == "x")"#, false),
        // From the left: (null == null) is true, and true is not null.
        ("null == null == null", false),
        ("null == (null == null)", false),
        ("null != null != null", true),
        ("$UNSET == null =~ /^true$/", true),
        (r#"((($SET)) == (("x")))"#, true),
    ]);
}

#[test]
fn a_match_is_unanchored_and_takes_nil_on_the_left_for_empty() {
    table(&[
        ("$BRANCH =~ /lease/", true),
        ("$BRANCH =~ /^lease/", false),
        ("$BRANCH !~ /^lease/", true),
        ("$UNSET =~ /.*/", true),
        ("$UNSET =~ /^$/", true),
        ("$EMPTY =~ /^$/", true),
        ("$UNSET =~ /a+b/", false),
        ("$UNSET !~ /a+b/", true),
        ("$BRANCH =~ $UNSET", false),
        ("$BRANCH !~ $UNSET", true),
        ("$UNSET =~ $UNSET", false),
        ("$BRANCH =~ null", false),
    ]);
}

#[test]
fn a_string_on_the_right_is_a_pattern_if_it_looks_like_one_and_else_is_searched_for_the_left() {
    table(&[
        ("$BRANCH =~ $PATTERN", true),
        ("$BRANCH =~ $SHOUT", true),
        (r#"$BRANCH =~ "/^release-\d+$/""#, true),
        (r#""team" =~ $SHORT"#, true),
        (r#""tea" =~ $SHORT"#, false),
        ("$BRANCH =~ $WORDS", true),
        ("$WORDS =~ $BRANCH", false),
        ("$WORDS !~ $BRANCH", true),
        ("$EMPTY =~ $WORDS", true),
        ("$UNSET =~ $EMPTY", true),
        ("$SET =~ $EMPTY", false),
        // RE2 has no look-ahead: it is no pattern, and the left is looked for in it.
        ("$BRANCH =~ $BROKEN", false),
        (r#""release" =~ $BROKEN"#, true),
        (r"$SLASHED =~ /^a\/b$/", true),
    ]);
}

#[test]
fn nothing_is_expanded() {
    table(&[
        (r#"$LEVEL == "gold""#, false),
        ("$LEVEL == '$TIER'", true),
        (r#"$TIER == "$TIER""#, false),
        ("$TIER =~ /$TIER/", false),
        (r#"'a\' == "a\""#, true),
        (r#"'"' == "'""#, false),
    ]);
}

#[test]
fn a_name_is_all_word_characters_and_spaces_do_not_matter() {
    table(&[
        (r#"$SET=="x"&&$TIER!='lead'"#, true),
        ("\n $SET \t==\r\n 'x' ", true),
        ("$SET_ == null", true),
        ("($UNSET==null)", true),
    ]);
}

#[test]
fn a_missing_pipeline_source_equals_a_missing_variable() {
    assert!(holds("$SKIP_PIPELINE_SOURCE == $CI_PIPELINE_SOURCE"));
}

#[test]
fn what_gitlab_refuses_is_refused_with_the_column() {
    for (source, column, found) in [
        ("", 1, "the end"),
        ("   ", 4, "the end"),
        ("$SET ==", 8, "the end"),
        ("== $SET", 1, "`==`"),
        ("$SET == == 'x'", 9, "`==`"),
        ("$SET $SET", 6, "`$SET`"),
        ("($SET", 6, "the end"),
        ("$SET)", 5, "`)`"),
        ("()", 2, "`)`"),
        ("$SET ($SET)", 6, "`(`"),
        ("${SET}", 1, "`${SET}`"),
        ("$SET = 'x'", 6, "`= 'x'`"),
        ("$SET & $SET", 6, "`& $SET`"),
        ("!$SET", 1, "`!$SET`"),
        ("$SET == x", 9, "`x`"),
        ("$SET == true", 9, "`true`"),
        ("$SET == $[[ inputs.x ]]", 9, "`$[[ inputs.x ]]`"),
        ("$SET == \"x", 9, "`\"x`"),
        ("'a\nb'", 1, "`'a\nb'`"),
        ("$SET =~ /m/", 9, "`/m/`"),
        ("$SET =~ /ab/x", 13, "`x`"),
        ("$SET =~ /a(?=b)/", 9, "`/a(?=b)/`"),
        (r"$SET =~ /(ab)\1/", 9, r"`/(ab)\1/`"),
        ("'é' == é", 8, "`é`"),
        // Refused although it would never be looked at.
        ("$SET || $SET =~ /(/", 17, "`/(/`"),
        ("$SET || $SET =~ /(ab/", 17, "`/(ab/`"),
    ] {
        let refusal = refusal(source);
        assert_eq!((refusal.column(), refusal.found()), (column, found), "{source}");
    }
}

#[test]
fn a_refusal_says_what_was_expected() {
    assert_eq!(
        refusal("$A == )").to_string(),
        "invalid expression syntax at column 7: expected a variable, a string, a `/regex/`, `null` or `(`, found `)`"
    );
}

#[test]
fn a_hundred_tokens_are_the_most() {
    let of_operands = |count: usize| vec!["$A"; count].join("||");
    assert!(of_operands(50).parse::<Expression>().is_ok());
    assert_eq!(refusal(&of_operands(51)).expected(), "at most 100 tokens");
    assert_eq!(refusal(&"(".repeat(100_000)).expected(), "at most 100 tokens");
    let nested = format!("{}$SET{}", "(".repeat(49), ")".repeat(49));
    assert!(holds(&nested));
}

#[test]
fn an_expression_is_written_as_it_was_read() {
    assert_eq!("$A  == 'x'".parse::<Expression>().unwrap().to_string(), "$A  == 'x'");
}

#[derive(Clone, Debug)]
enum Tree {
    Leaf(&'static str, Option<&'static str>),
    And(alloc::boxed::Box<(Tree, Tree)>),
    Or(alloc::boxed::Box<(Tree, Tree)>),
    Equals(alloc::boxed::Box<(Tree, Tree)>),
}

/// Ruby's values, as far as trees without patterns have them.
#[derive(Clone, Copy, PartialEq)]
enum Ruby {
    Of(Option<&'static str>),
    Flag(bool),
}

impl Tree {
    fn written(&self) -> String {
        let (pair, operator) = match self {
            Self::Leaf(written, _) => return (*written).to_string(),
            Self::And(pair) => (pair, "&&"),
            Self::Or(pair) => (pair, "||"),
            Self::Equals(pair) => (pair, "=="),
        };
        format!("({} {operator} {})", pair.0.written(), pair.1.written())
    }

    fn value(&self) -> Ruby {
        let truthy = |value: Ruby| !matches!(value, Ruby::Of(None) | Ruby::Flag(false));
        match self {
            Self::Leaf(_, value) => Ruby::Of(*value),
            Self::Equals(pair) => Ruby::Flag(pair.0.value() == pair.1.value()),
            Self::And(pair) if truthy(pair.0.value()) => pair.1.value(),
            Self::Or(pair) if !truthy(pair.0.value()) => pair.1.value(),
            Self::And(pair) | Self::Or(pair) => pair.0.value(),
        }
    }
}

fn trees() -> impl Strategy<Value = Tree> {
    let leaf = prop::sample::select(vec![
        ("$EMPTY", Some("")),
        ("$SET", Some("x")),
        ("'x'", Some("x")),
        ("$UNSET", None),
        ("null", None),
        ("' '", Some(" ")),
    ]);
    leaf.prop_map(|(written, value)| Tree::Leaf(written, value)).prop_recursive(4, 12, 2, |inner| {
        let pair = (inner.clone(), inner).prop_map(alloc::boxed::Box::new);
        prop_oneof![
            pair.clone().prop_map(Tree::And),
            pair.clone().prop_map(Tree::Or),
            pair.prop_map(Tree::Equals)
        ]
    })
}

proptest! {
    #[test]
    fn any_text_is_parsed_or_refused(source in any::<String>()) {
        if let Ok(expression) = source.parse::<Expression>() {
            expression.holds(&VARIABLES);
        }
    }

    #[test]
    fn any_row_of_words_is_parsed_or_refused(
        words in prop::collection::vec(
            prop::sample::select(vec![
                "(", ")", "$SET", "$UNSET", "$BROKEN", "''", "\"x\"", "/ab/", "/[a-", "/m/", "\\", "/", "null",
                "==", "!=", "=~", "!~", "&&", "||", " ", "é", "\n",
            ]),
            0..120,
        )
    ) {
        if let Ok(expression) = words.concat().parse::<Expression>() {
            expression.holds(&VARIABLES);
        }
    }

    #[test]
    fn any_pattern_is_compiled_or_searched_in(pattern in "/[ -~é]{0,40}/[ismU]?", text in any::<String>()) {
        let variables: Vec<(&str, &str)> = vec![("PATTERN", &pattern), ("TEXT", &text)];
        let matches = |source: &str| source.parse::<Expression>().unwrap().holds(variables.as_slice());
        prop_assert_eq!(matches("$TEXT =~ $PATTERN"), !matches("$TEXT !~ $PATTERN"));
    }

    #[test]
    fn a_tree_means_what_ruby_makes_of_it(tree in trees()) {
        let expected = match tree.value() {
            Ruby::Of(value) => value.is_some_and(|text| !text.trim().is_empty()),
            Ruby::Flag(flag) => flag,
        };
        prop_assert_eq!(holds(&tree.written()), expected, "{}", tree.written());
    }
}
