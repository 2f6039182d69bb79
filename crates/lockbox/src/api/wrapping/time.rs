use std::time::Duration;

use super::WrapError;
use crate::exchange::parse;

/// The time that the header asks for; none for zero.
///
/// # Errors
/// When it is no time, or less than none.
pub(in crate::api) fn time(header: Option<&str>) -> Result<Option<Duration>, WrapError> {
    let nanos = parse(header.unwrap_or_default()).map_err(WrapError::Time)?;
    let negative = |_| WrapError::Time("requested wrap ttl cannot be negative".to_owned());
    let time = Duration::from_nanos(u64::try_from(nanos).map_err(negative)?);
    Ok(Some(time).filter(|time| !time.is_zero()))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_time_is_read_as_openbao_reads_it() {
        for (header, expected) in [
            (None, None),
            (Some(""), None),
            (Some("0"), None),
            (Some("60"), Some(60_000)),
            (Some("5m"), Some(300_000)),
            (Some("500ms"), Some(500)),
            (Some("1d"), Some(86_400_000)),
        ] {
            assert_eq!(time(header).unwrap(), expected.map(Duration::from_millis), "{header:?}");
        }
        for (header, expected) in [
            ("-5", "requested wrap ttl cannot be negative"),
            ("x", "time: invalid duration \"x\""),
            ("1e3", "time: unknown unit \"e\" in duration \"1e3\""),
        ] {
            let refusal = time(Some(header)).unwrap_err().to_string();
            assert_eq!(refusal, format!("error parsing X-Vault-Wrap-TTL header: {expected}"));
        }
    }
}
