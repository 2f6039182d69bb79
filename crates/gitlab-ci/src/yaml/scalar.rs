use alloc::format;
use alloc::string::{String, ToString};

use super::node::Value;

/// Ruby's `to_s`.
pub(super) fn to_text(value: &Value) -> Option<String> {
    Some(match value {
        Value::Null => String::new(),
        Value::Boolean(flag) => flag.to_string(),
        Value::Integer(number) => number.to_string(),
        Value::Float(number) => float(*number),
        Value::Text(text) => text.to_string(),
        Value::Sequence(_) | Value::Mapping(_) | Value::Reference(_) => return None,
    })
}

/// The shortest digits that read back as the same number, written out from 0.0001 up to below 10^15.
fn float(number: f64) -> String {
    if number.is_nan() {
        return "NaN".to_string();
    }
    let sign = if number.is_sign_negative() { "-" } else { "" };
    if number.is_infinite() {
        return format!("{sign}Infinity");
    }
    let written = format!("{:e}", number.abs());
    let Some((digits, exponent)) = written.split_once('e') else { return written };
    let digits = digits.replace('.', "");
    let Ok(exponent) = exponent.parse::<i32>() else { return written };
    let (whole, part) = match exponent {
        -4..0 => (String::from("0"), format!("{}{digits}", zeros(-exponent - 1))),
        0..15 => {
            let padded = format!("{digits}{}", zeros(exponent + 1 - digits.len() as i32));
            let (whole, part) = padded.split_at(exponent as usize + 1);
            (whole.to_string(), part.to_string())
        }
        _ => {
            let (first, rest) = digits.split_at(1);
            return format!("{sign}{first}.{}e{exponent:+03}", or_zero(rest));
        }
    };
    format!("{sign}{whole}.{}", or_zero(&part))
}

fn zeros(count: i32) -> String {
    "0".repeat(usize::try_from(count).unwrap_or(0))
}

fn or_zero(digits: &str) -> &str {
    if digits.is_empty() { "0" } else { digits }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn floats_are_written_as_ruby_writes_them() {
        for (number, written) in [
            (0.0, "0.0"),
            (-0.0, "-0.0"),
            (1.0, "1.0"),
            (-1.5, "-1.5"),
            (100.0, "100.0"),
            (0.1, "0.1"),
            (0.0001, "0.0001"),
            (0.000_123, "0.000123"),
            (0.000_01, "1.0e-05"),
            (0.000_012_3, "1.23e-05"),
            (1e14, "100000000000000.0"),
            (1e15, "1.0e+15"),
            (1e16, "1.0e+16"),
            (123_456_789_012_345.6, "123456789012345.6"),
            (1.5e20, "1.5e+20"),
            (1e100, "1.0e+100"),
            (-2.5e-10, "-2.5e-10"),
            (f64::INFINITY, "Infinity"),
            (f64::NEG_INFINITY, "-Infinity"),
            (f64::NAN, "NaN"),
        ] {
            assert_eq!(float(number), written);
        }
    }
}
