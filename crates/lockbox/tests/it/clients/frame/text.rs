use std::iter;

use serde_json::Value;

use crate::conformance::frame::{Variables, alike, generalise, generalised, values};

/// Where two texts say different things, each with what that server made up.
///
/// JSON is compared as values. Else the lines and their spaces must be the same, and each word must be or mean the same:
/// random words are of one kind, times and what is left of them lie close together.
pub(crate) fn differences(expected: (&str, &Variables), actual: (&str, &Variables)) -> Vec<String> {
    if let (Some(left), Some(right)) = (json(expected), json(actual)) {
        let mut found = Vec::new();
        values("", &left, &right, &mut found);
        return found;
    }
    let [left, right] = [expected, actual].map(|(text, variables)| variables.hide(text));
    let (mut left_lines, mut right_lines) = (left.lines(), right.lines());
    let pairs = iter::from_fn(|| match (left_lines.next(), right_lines.next()) {
        (None, None) => None,
        pair => Some(pair),
    });
    pairs
        .filter(|(left, right)| !left.zip(*right).is_some_and(|(left, right)| same_line(left, right)))
        .map(|(left, right)| {
            let shown = |line: Option<&str>| line.map_or("no line".to_owned(), |line| format!("{line:?}"));
            format!("expected {}, actual {}", shown(left), shown(right))
        })
        .collect()
}

fn json((text, variables): (&str, &Variables)) -> Option<Value> {
    Some(generalised(variables, serde_json::from_str(text).ok()?))
}

fn same_line(left: &str, right: &str) -> bool {
    if generalise(left) == generalise(right) {
        return true;
    }
    let (left, right) = (words(left), words(right));
    let name = left.first().map(|word| word.trim()).unwrap_or_default().to_owned();
    left.len() == right.len() && left.iter().zip(&right).all(|(left, right)| same_word(&name, left, right))
}

/// The words of a line, each with the spaces after it; a date and its time are one.
fn words(line: &str) -> Vec<String> {
    let line = match line.split_once(" +0000 UTC") {
        Some((start, end)) => {
            let start = start.rsplit_once(' ').map(|(date, time)| format!("{date}T{time}Z"));
            format!("{}{end}", start.unwrap_or_default())
        }
        None => line.to_owned(),
    };
    let mut words: Vec<String> = Vec::new();
    let mut was_space = true;
    for letter in line.chars() {
        if words.is_empty() || was_space && letter != ' ' {
            words.push(String::new());
        }
        was_space = letter == ' ';
        words.last_mut().unwrap().push(letter);
    }
    words
}

fn same_word(name: &str, left: &str, right: &str) -> bool {
    if generalise(left) == generalise(right) {
        return true;
    }
    let ends = |word: &str| word.len() - word.trim_end_matches(' ').len();
    let (left_word, right_word) = (left.trim_end_matches(' '), right.trim_end_matches(' '));
    if ends(left) != ends(right) {
        return false;
    }
    let value = |word: &str| word.parse::<i64>().map_or_else(|_| Value::String(word.to_owned()), Value::from);
    alike(&format!("/{name}"), &value(left_word), &value(right_word))
        || seconds(left_word).zip(seconds(right_word)).is_some_and(|(left, right)| {
            left.min(right) > LONGEST_APART && left.abs_diff(right) <= LONGEST_APART
        })
}

/// A span as the command line writes it: `59m58s`.
fn seconds(word: &str) -> Option<u64> {
    let mut sum = 0;
    let mut rest = word;
    while !rest.is_empty() {
        let digits = rest.find(|letter: char| !letter.is_ascii_digit())?;
        let (number, unit) = rest.split_at(digits);
        let factor = match unit.chars().next()? {
            'h' => 3600,
            'm' => 60,
            's' => 1,
            _ => return None,
        };
        sum += number.parse::<u64>().ok()? * factor;
        rest = &unit[1..];
    }
    Some(sum)
}

const LONGEST_APART: u64 = 20;

#[test]
fn texts_are_alike_when_they_mean_the_same() {
    let none = Variables::default();
    let differ = |left, right| !differences((left, &none), (right, &none)).is_empty();
    for (left, right, expected) in [
        ("ttl    59m59s\npath   a", "ttl    59m57s\npath   a", true),
        ("ttl    59m59s", "ttl    1h", true),
        ("ttl    0s", "ttl    5s", false),
        ("ttl    59m59s", "ttl   59m59s", false),
        ("creation_time    1795578638", "creation_time    1795578640", true),
        ("version    1", "version    2", false),
        ("at: 2026-11-25 03:50:39.57 +0000 UTC", "at: 2026-11-25 03:50:41.5 +0000 UTC", true),
        ("at: 2026-11-25 03:50:39.57 +0000 UTC", "at: 2026-11-25 03:51:41.5 +0000 UTC", false),
        ("one line", "one line\nand more", false),
        ("{\"a\": 1}", "{ \"a\": 1 }", true),
        ("{\"a\": 1}", "{ \"a\": 2 }", false),
    ] {
        assert_eq!(!differ(left, right), expected, "{left} and {right}");
    }
}
