/// A text in which everything random is replaced by what it is.
pub(crate) fn generalise(text: &str) -> String {
    let mut general = String::with_capacity(text.len());
    let mut rest = text;
    while !rest.is_empty() {
        let word = rest.find(|letter| !is_of_word(letter)).unwrap_or(rest.len());
        let (word, after) = rest.split_at(word);
        general.push_str(&kind(word).unwrap_or_else(|| word.to_owned()));
        let mut others = after.chars();
        general.extend(others.next());
        rest = others.as_str();
    }
    general
}

fn is_of_word(letter: char) -> bool {
    letter.is_ascii_alphanumeric() || matches!(letter, '.' | '-' | '_')
}

fn kind(word: &str) -> Option<String> {
    let words: Vec<&str> = word.split('-').collect();
    if words.iter().map(|part| part.len()).eq([8, 4, 4, 4, 12]) && words.iter().all(|part| is_hex(part)) {
        return Some("<uuid>".to_owned());
    }
    if word.strip_prefix("s.").is_some_and(is_accessor) {
        return Some("<service token>".to_owned());
    }
    if word.strip_prefix("b.").is_some_and(|rest| rest.len() > 80) {
        return Some("<batch token>".to_owned());
    }
    if word.strip_prefix('h').is_some_and(|rest| rest.len() == 64 && is_hex(rest)) {
        return Some("<salted>".to_owned());
    }
    if is_accessor(word) {
        return Some("<accessor>".to_owned());
    }
    if is_running_span(word) {
        return Some("<span>".to_owned());
    }
    // The accessor of a mount, the name of a cluster.
    let (name, random) = word.len().checked_sub(8).and_then(|end| word.split_at_checked(end))?;
    (name.ends_with(['_', '-']) && is_hex(random)).then(|| format!("{name}<hex>"))
}

fn is_hex(text: &str) -> bool {
    text.bytes().all(|letter| matches!(letter, b'0'..=b'9' | b'a'..=b'f'))
}

/// 24 letters and digits: a word of that length in one case is none.
fn is_accessor(text: &str) -> bool {
    let all = |what: fn(&u8) -> bool| text.bytes().all(|letter| what(&letter));
    let any = |what: fn(&u8) -> bool| text.bytes().any(|letter| what(&letter));
    text.len() == 24
        && all(u8::is_ascii_alphanumeric)
        && any(u8::is_ascii_lowercase)
        && any(u8::is_ascii_uppercase)
}

/// What is left of a time, as Go writes it to the nanosecond.
fn is_running_span(word: &str) -> bool {
    let fraction = word.strip_suffix('s').and_then(|rest| rest.rsplit_once('.'));
    fraction.is_some_and(|(whole, fraction)| {
        fraction.len() > 3
            && fraction.bytes().all(|letter| letter.is_ascii_digit())
            && whole.bytes().all(|letter| letter.is_ascii_digit() || matches!(letter, b'h' | b'm'))
    })
}

#[test]
fn what_is_random_is_known_by_its_kind() {
    for (text, expected) in [
        ("no lease 3a34100e-3d32-dbaf-eadd-695ba486ec75 here", "no lease <uuid> here"),
        ("s.q4Vx8Zr2Lk9TnB3mYw6HcJ5d", "<service token>"),
        ("auth_jwt_308d045c, vault-cluster-b4493a47", "auth_jwt_<hex>, vault-cluster-<hex>"),
        ("ünïcode/data stays s.short", "ünïcode/data stays s.short"),
        ("TTL of 767h59m59.939066489s, not 1.5s", "TTL of <span>, not 1.5s"),
        ("cannot_set_deadline", "cannot_set_deadline"),
    ] {
        assert_eq!(generalise(text), expected);
    }
}
