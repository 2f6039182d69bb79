use std::{num::NonZeroU32, str::FromStr, time::Duration};

use ::lockbox::{Limits, LoginRate};
use clap::Args;

/// How much clients may ask, where that is not lockbox' own default.
#[derive(Debug, Args)]
pub(super) struct Limiting {
    /// How often one address may log in: N a second, BURST at once after a rest; further logins get 429 with Retry-After
    #[arg(long, value_name = "N/BURST")]
    login_rate: Option<Rate>,

    /// How many connections there may be at a time [default: 8192]
    #[arg(long, value_name = "N")]
    max_connections: Option<usize>,

    /// How long requests under way may take to end after INT or TERM [default: 10s]
    #[arg(long, value_name = "DURATION", value_parser = humantime::parse_duration)]
    drain_deadline: Option<Duration>,
}

impl Limiting {
    pub(super) fn limits(&self) -> Limits {
        let default = Limits::default();
        Limits {
            login_rate: self.login_rate.as_ref().map_or(default.login_rate, |it| it.0),
            max_connections: self.max_connections.unwrap_or(default.max_connections),
            drain_deadline: self.drain_deadline.unwrap_or(default.drain_deadline),
            ..default
        }
    }
}

#[derive(Clone, Debug)]
struct Rate(LoginRate);

/// No rate.
#[derive(Debug, thiserror::Error)]
#[error("say how many a second and how many at once, both at least 1, like `5/20`")]
struct NoRate;

impl FromStr for Rate {
    type Err = NoRate;

    fn from_str(text: &str) -> Result<Self, NoRate> {
        let (per_second, burst) = text.split_once('/').ok_or(NoRate)?;
        let number = |text: &str| text.parse::<NonZeroU32>().map_err(|_| NoRate);
        Ok(Self(LoginRate::PerSource { per_second: number(per_second)?, burst: number(burst)? }))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_rate_is_two_numbers_of_at_least_one() {
        let Rate(rate) = "5/20".parse().unwrap();
        let LoginRate::PerSource { per_second, burst } = rate else { panic!("{rate:?}") };
        assert_eq!((per_second.get(), burst.get()), (5, 20));
        for text in ["", "5", "5/", "/5", "0/5", "5/0", "-1/5", "5/20/1", "5 / 20", "1e3/5", "4294967296/1"] {
            text.parse::<Rate>().unwrap_err();
        }
    }
}
