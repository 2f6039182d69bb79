/// The nearest float to a number, as Go writes it in JSON; the number itself when there is none.
pub(super) fn nearest(written: &str) -> String {
    match written.parse::<f64>() {
        Ok(float) if float.is_finite() => in_go(float),
        _ => written.to_owned(),
    }
}

fn in_go(float: f64) -> String {
    let size = float.abs();
    if size == 0.0 || (1e-6..1e21).contains(&size) {
        return float.to_string();
    }
    let text = format!("{float:e}");
    match text.split_once('e') {
        Some((digits, exponent)) if !exponent.starts_with('-') => format!("{digits}e+{exponent}"),
        _ => text,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn floats_are_written_as_go_writes_them() {
        for (written, expected) in [
            ("1.0", "1"),
            ("1e3", "1000"),
            ("-0", "-0"),
            ("0.10", "0.1"),
            ("1.5e-7", "1.5e-7"),
            ("1e-6", "0.000001"),
            ("1e20", "100000000000000000000"),
            ("1e21", "1e+21"),
            ("123456789012345678901234567890", "1.2345678901234568e+29"),
            ("9007199254740993", "9007199254740992"),
            ("123456789.123456789012", "123456789.12345679"),
            ("5e-324", "5e-324"),
            ("1.7976931348623157e308", "1.7976931348623157e+308"),
            ("1e400", "1e400"),
        ] {
            assert_eq!(nearest(written), expected);
        }
    }
}
