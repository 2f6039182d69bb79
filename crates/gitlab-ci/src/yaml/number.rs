use alloc::format;
use alloc::string::{String, ToString};
use alloc::vec;
use alloc::vec::Vec;

use super::node::Value;

/// What Psych reads as a number.
///
/// # Errors
/// Where it takes a text for a number that Ruby then cannot read.
pub(super) fn resolve(text: &str) -> Result<Option<Value>, String> {
    if let Some(value) = base_60(text) {
        return Ok(Some(value));
    }
    if is_float(text) {
        return float(text);
    }
    integer(text)
}

/// `1:30` is one hour and a half in seconds, as is `1:30:00`.
fn base_60(text: &str) -> Option<Value> {
    let (whole, part) = text.split_once('.').map_or((text, None), |(whole, part)| (whole, Some(part)));
    let mut groups = whole.split(':');
    let first = unsigned(groups.next()?);
    let follows = groups.clone().count();
    let is_group = |it: &str| matches!(it.as_bytes(), [b'0'..=b'9'] | [b'0'..=b'5', b'0'..=b'9']);
    let fits = first.starts_with(|it: char| it.is_ascii_digit())
        && first.bytes().all(|it| it.is_ascii_digit() || it == b'_')
        && (1..=2).contains(&follows)
        && groups.all(is_group)
        && part.is_none_or(|part| part.bytes().all(|it| it.is_ascii_digit() || it == b'_'));
    if !fits {
        return None;
    }
    let weights = [3600, 60, 1];
    if part.is_none() {
        let sum = text.split(':').zip(weights).try_fold(0_i128, |sum, (group, weight)| {
            sum.checked_add(leading_integer(group)?.checked_mul(weight)?)
        });
        return Some(sum.map_or_else(|| Value::Text(text.into()), Value::Integer));
    }
    let float = |group: &str| leading_float(group) * 1.0;
    Some(Value::Float(text.split(':').zip(weights).map(|(group, weight)| float(group) * weight as f64).sum()))
}

/// Ruby's `to_i` of digits with underscores: two underscores in a row end the number.
fn leading_integer(text: &str) -> Option<i128> {
    without_underscores(text).parse().ok()
}

/// Ruby's `to_f`, likewise.
fn leading_float(text: &str) -> f64 {
    let (whole, part) = text.split_once('.').unwrap_or((text, ""));
    let complete = !whole.contains("__") && !whole.ends_with('_');
    let part = if complete && !part.starts_with('_') { without_underscores(part) } else { String::new() };
    format!("{}.{part}", without_underscores(whole)).parse().unwrap_or(0.0)
}

fn without_underscores(text: &str) -> String {
    text.split("__").next().unwrap_or_default().replace('_', "")
}

fn unsigned(text: &str) -> &str {
    text.strip_prefix(['+', '-']).unwrap_or(text)
}

/// `/^[-+]?([0-9][0-9_,]*)?\.[0-9]*([eE][-+][0-9]+)?$/`
fn is_float(text: &str) -> bool {
    let Some((whole, part)) = unsigned(text).split_once('.') else { return false };
    let (part, exponent) = part.split_once(['e', 'E']).map_or((part, None), |(part, it)| (part, Some(it)));
    let all_digits = |text: &str| text.bytes().all(|it| it.is_ascii_digit());
    !whole.starts_with(['_', ','])
        && whole.bytes().all(|it| it.is_ascii_digit() || matches!(it, b'_' | b','))
        && all_digits(part)
        && exponent.is_none_or(|it| it.starts_with(['+', '-']) && it.len() > 1 && all_digits(&it[1..]))
}

fn float(text: &str) -> Result<Option<Value>, String> {
    if unsigned(text) == "." {
        return Ok(None);
    }
    let digits = text.replace([',', '_'], "").replace(".e", "e").replace(".E", "E");
    let digits = digits.strip_suffix('.').unwrap_or(&digits);
    match digits.parse() {
        Ok(number) => Ok(Some(Value::Float(number))),
        Err(_) => Err(format!("invalid value for Float(): {digits:?}")),
    }
}

/// Longer numbers in base 2, 8 and 16 would make the work of turning them into decimal digits grow.
const MAX_DIGITS: usize = 1_000;

fn integer(text: &str) -> Result<Option<Value>, String> {
    let digits = unsigned(text);
    let sign = if text.starts_with('-') { "-" } else { "" };
    let is_made_of = |digits: &str, radix| {
        !digits.is_empty() && digits.chars().all(|it| it.is_digit(radix) || matches!(it, '_' | ','))
    };
    let prefixed =
        |prefix, radix| digits.strip_prefix(prefix).filter(|it| is_made_of(it, radix)).map(|it| (it, radix));
    let Some((digits, radix)) = prefixed("0b", 2)
        .or_else(|| prefixed("0x", 16))
        .or_else(|| prefixed("0", 8))
        .or_else(|| Some((digits, 10)).filter(|(it, _)| is_decimal(it)))
    else {
        return Ok(None);
    };
    let digits = digits.replace(['_', ','], "");
    if digits.is_empty() {
        return Ok((radix == 8).then_some(Value::Integer(0)));
    }
    if let Ok(number) = i128::from_str_radix(&format!("{sign}{digits}"), radix) {
        return Ok(Some(Value::Integer(number)));
    }
    match radix {
        10 => Ok(Some(Value::Text(format!("{sign}{digits}").into()))),
        _ if digits.len() > MAX_DIGITS => Err(format!("a number of more than {MAX_DIGITS} digits")),
        _ => Ok(Some(Value::Text(format!("{sign}{}", decimal(&digits, radix)).into()))),
    }
}

/// `/^(0|[1-9]([0-9]|,[0-9]|_[0-9])*)$/`
fn is_decimal(digits: &str) -> bool {
    digits == "0"
        || digits.starts_with(|it: char| matches!(it, '1'..='9'))
            && !digits.ends_with(['_', ','])
            && digits.split(['_', ',']).all(|it| !it.is_empty() && it.bytes().all(|it| it.is_ascii_digit()))
}

/// Nine decimal digits at a time.
fn decimal(digits: &str, radix: u32) -> String {
    const BILLION: u64 = 1_000_000_000;
    let mut groups: Vec<u64> = vec![0];
    for digit in digits.chars().filter_map(|it| it.to_digit(radix)) {
        let mut carry = u64::from(digit);
        for group in &mut groups {
            carry += *group * u64::from(radix);
            *group = carry % BILLION;
            carry /= BILLION;
        }
        if carry > 0 {
            groups.push(carry);
        }
    }
    let mut written = groups.pop().unwrap_or(0).to_string();
    groups.iter().rev().for_each(|group| written.push_str(&format!("{group:09}")));
    written
}
