use std::time::{Duration, SystemTime};

use reqwest::header::HeaderMap;
use zeroize::Zeroizing;

use super::Error;

/// Vault's own largest answer is far below; what is larger is not one of its answers.
const MAX_BODY_BYTES: usize = 10 * 1024 * 1024;

/// A server's answer, whole.
#[derive(Debug)]
pub struct Answer {
    /// The HTTP status.
    pub status: u16,
    /// `Content-Type`, empty where there is none.
    pub content_type: String,
    /// `Location`.
    pub location: Option<String>,
    /// `Retry-After`, where it is given in seconds.
    pub retry_after: Option<Duration>,
    /// `Date`: what time it is at the server.
    pub date: Option<SystemTime>,
    /// `X-Next-Page`, as GitLab numbers the pages of a list.
    pub next_page: Option<u32>,
    /// `X-Total`, as GitLab counts the items of a list; it leaves it out where there are over 10,000.
    pub total: Option<u64>,
    /// The body, wiped when the answer ends.
    pub body: Zeroizing<Vec<u8>>,
}

impl Answer {
    pub(super) async fn receive(mut response: reqwest::Response) -> Result<Self, Error> {
        let headers = response.headers();
        let mut answer = Self {
            status: response.status().as_u16(),
            content_type: text(headers, "content-type").unwrap_or_default(),
            location: text(headers, "location"),
            retry_after: text(headers, "retry-after")
                .and_then(|seconds| seconds.parse().ok())
                .map(Duration::from_secs),
            date: text(headers, "date").and_then(|date| httpdate::parse_http_date(&date).ok()),
            next_page: text(headers, "x-next-page").and_then(|page| page.parse().ok()),
            total: text(headers, "x-total").and_then(|total| total.parse().ok()),
            body: Zeroizing::new(Vec::new()),
        };
        let announced = response.content_length().unwrap_or(0);
        if announced > MAX_BODY_BYTES as u64 {
            return Err(Error::TooLarge { limit: MAX_BODY_BYTES });
        }
        answer.body.reserve_exact(announced as usize);
        while let Some(chunk) = response.chunk().await.map_err(Error::broken)? {
            if answer.body.len() + chunk.len() > MAX_BODY_BYTES {
                return Err(Error::TooLarge { limit: MAX_BODY_BYTES });
            }
            answer.body.extend_from_slice(&chunk);
        }
        Ok(answer)
    }
}

fn text(headers: &HeaderMap, name: &str) -> Option<String> {
    Some(headers.get(name)?.to_str().ok()?.to_owned())
}
