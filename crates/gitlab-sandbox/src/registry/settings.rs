use std::num::NonZeroU32;

/// What an administrator may set for the whole instance.
#[derive(Clone, Debug)]
pub(crate) struct Settings {
    /// The longest that a token may live, in days.
    pub(crate) longest_token_days: NonZeroU32,
    /// How long the bot of a project or a group stays after its last token ended, in days.
    pub(crate) bot_retention_days: u32,
    /// The version that it says it is.
    pub(crate) version: String,
    /// How many requests the API answers, if not any number of them.
    pub(crate) throttle: Option<Throttle>,
}

/// So many requests in a period.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) struct Throttle {
    pub(crate) requests: u32,
    pub(crate) period_seconds: NonZeroU32,
}

/// GitLab's own defaults, but that it answers any number of requests.
impl Default for Settings {
    fn default() -> Self {
        Self {
            longest_token_days: NonZeroU32::MIN.saturating_add(364),
            bot_retention_days: 30,
            version: "19.2.0".into(),
            throttle: None,
        }
    }
}
