use std::{net::IpAddr, time::Duration};

use serde_json::value::RawValue;

use super::{refusal::Refusal, times::Times};
use crate::{
    auth::token::Metadata,
    clock::Moment,
    exchange::{self, Answer, Authenticated, Fields, Operation},
};

/// A request, as the log takes it: with its secrets, so that nothing here can be shown.
#[derive(Clone, Copy)]
pub(crate) struct Entry<'a> {
    /// The id that the answer repeats as its `request_id`.
    pub(crate) id: &'a str,
    pub(crate) asker: Asker<'a>,
    pub(crate) operation: Operation,
    /// Where the path leads, if it leads anywhere.
    pub(crate) mount: Option<MountPoint<'a>>,
    pub(crate) path: &'a str,
    pub(crate) fields: &'a Fields,
    /// The token that was shown, good or not.
    pub(crate) token: Option<&'a str>,
    pub(crate) from: IpAddr,
    pub(crate) port: Option<u16>,
    /// The headers that the log is to show.
    pub(crate) headers: &'a [Header<'a>],
    /// How long the answer shall stay wrapped.
    pub(crate) wrap: Option<Duration>,
}

/// Who asks.
#[derive(Clone, Copy)]
pub(crate) enum Asker<'a> {
    /// Somebody without a good token.
    Nobody,
    /// Somebody who needs none: to log in, or to see what is mounted.
    Anybody,
    /// Somebody whose request was not looked at further.
    Stopped {
        /// What they are told.
        why: &'a str,
        /// Of the token that they showed, if it is one.
        accessor: Option<&'a str>,
    },
    Bearer(Bearer<'a>),
}

/// The bearer of a token, and what policies say to the request.
#[derive(Clone, Copy)]
pub(crate) struct Bearer<'a> {
    /// The token itself.
    pub(crate) token: &'a str,
    /// Empty for a batch token.
    pub(crate) accessor: &'a str,
    /// `service` or `batch`.
    pub(crate) kind: &'static str,
    pub(crate) display_name: &'a str,
    pub(crate) policies: &'a [String],
    /// What its login said about it: this is shown.
    pub(crate) metadata: Option<&'a Metadata>,
    /// Empty when there is none.
    pub(crate) entity_id: &'a str,
    /// The time that it was given when it was issued.
    pub(crate) ttl: Duration,
    pub(crate) issued: Moment,
    /// How often it can still be used, this time included; zero is as often as its bearer likes.
    pub(crate) uses: u64,
    pub(crate) decision: Decision<'a>,
}

/// What policies say to a request.
#[derive(Clone, Copy, Debug)]
pub(crate) enum Decision<'a> {
    /// These policies grant it.
    Granted(&'a [&'a str]),
    Refused,
}

/// A mount, as the log names it.
#[derive(Clone, Copy, Debug)]
pub(crate) struct MountPoint<'a> {
    /// With `auth/` before the methods.
    pub(crate) path: &'a str,
    pub(crate) kind: &'a str,
    pub(crate) accessor: &'a str,
}

/// A header that the log shows, plainly or replaced.
#[derive(Clone, Copy)]
pub(crate) enum Header<'a> {
    Plain { name: &'a str, value: &'a str },
    Hashed { name: &'a str, value: &'a str },
}

/// What came of a request.
#[derive(Clone, Copy)]
pub(crate) enum Outcome<'a> {
    Answered(Said<'a>),
    Refused(Refusal<'a>),
}

/// An answer, as the log takes it.
#[derive(Clone, Copy)]
pub(crate) struct Said<'a> {
    pub(crate) data: Option<&'a RawValue>,
    pub(crate) times: Times,
    pub(crate) auth: Option<&'a Authenticated>,
    pub(crate) warnings: &'a [String],
    /// Empty where the answer has an end, and nothing that could be revoked.
    pub(crate) lease_id: Option<&'a str>,
    /// Set when the answer was wrapped: its data is not shown then.
    pub(crate) wrap_info: Option<WrapInfo<'a>>,
}

/// The wrapping of an answer.
#[derive(Clone, Copy)]
pub(crate) struct WrapInfo<'a> {
    pub(crate) token: &'a str,
    pub(crate) accessor: &'a str,
    pub(crate) ttl: Duration,
    pub(crate) created: Moment,
    pub(crate) path: &'a str,
    /// The accessor of the token that is inside, if one is.
    pub(crate) wrapped_accessor: Option<&'a str>,
}

impl<'a> Said<'a> {
    /// What of an answer is logged.
    pub(crate) fn of(answer: &'a Answer, times: Times) -> Self {
        Self {
            data: answer.data.as_deref(),
            times,
            auth: answer.auth.as_ref(),
            warnings: &answer.warnings,
            lease_id: (answer.lease_seconds > 0).then_some(answer.lease_id.as_str()),
            wrap_info: answer.wrap_info.as_ref().map(WrapInfo::of),
        }
    }
}

impl<'a> WrapInfo<'a> {
    fn of(wrapped: &'a exchange::WrapInfo) -> Self {
        let accessor = &wrapped.wrapped_accessor;
        Self {
            token: &wrapped.token,
            accessor: &wrapped.accessor,
            ttl: Duration::from_secs(wrapped.ttl_seconds),
            created: wrapped.creation_time,
            path: &wrapped.creation_path,
            wrapped_accessor: Some(accessor.as_str()).filter(|accessor| !accessor.is_empty()),
        }
    }
}
