use std::sync::Arc;

use axum::Json;
use axum::extract::FromRequestParts;
use axum::http::header::LINK;
use axum::http::request::Parts;
use axum::http::{HeaderMap, HeaderName, HeaderValue, Uri};
use axum::response::{IntoResponse, Response};
use percent_encoding::{AsciiSet, NON_ALPHANUMERIC, utf8_percent_encode};
use serde_json::Value;

use super::failure::Failure;
use super::parameters::Parameters;
use crate::server::Instance;

/// Which part of a list is asked for, by [GitLab's rules](https://docs.gitlab.com/api/rest/#pagination).
#[derive(Clone, Debug)]
pub(super) struct Paging {
    url: String,
    query: Vec<(String, String)>,
    parameters: Parameters,
    page: usize,
    per_page: usize,
    kind: Kind,
}

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Kind {
    Offset,
    Keyset,
}

/// A list longer than this is not counted.
const LONGEST_COUNTED: usize = 10_000;

const UNRESERVED: &AsciiSet = &NON_ALPHANUMERIC.remove(b'-').remove(b'_').remove(b'.').remove(b'~');

impl FromRequestParts<Arc<Instance>> for Paging {
    type Rejection = Failure;

    async fn from_request_parts(parts: &mut Parts, instance: &Arc<Instance>) -> Result<Self, Failure> {
        let parameters = Parameters::of_query(parts, instance).await?;
        let number = |name: &str, default: u64| match parameters.optional_number(name)? {
            Some(0) => Err(Failure::Parameters(format!("{name} does not have a valid value"))),
            number => Ok(usize::try_from(number.unwrap_or(default)).unwrap_or(usize::MAX)),
        };
        let kind = match parameters.optional_text("pagination")?.as_deref() {
            None | Some("offset" | "legacy") => Kind::Offset,
            Some("keyset") => Kind::Keyset,
            Some(_) => return Err(Failure::Parameters("pagination does not have a valid value".into())),
        };
        Ok(Self {
            url: format!("{}{}", instance.base_url(), parts.uri.path()),
            query: pairs(&parts.uri),
            page: number("page", 1)?,
            per_page: number("per_page", 20)?.min(100),
            kind,
            parameters,
        })
    }
}

impl Paging {
    pub(super) fn parameters(&self) -> &Parameters {
        &self.parameters
    }

    /// One page of `items`, with the headers that lead to the others.
    pub(super) fn answer(self, items: Vec<Value>) -> Result<Response, Failure> {
        if self.kind == Kind::Keyset {
            return Err(Failure::NoKeyset);
        }
        let headers = self.headers(items.len());
        Ok((headers, Json(self.cut(items))).into_response())
    }

    /// One page of `items` that are ordered by their `id`, one way or the other, by whichever pagination was asked for.
    pub(super) fn answer_by_id(self, mut items: Vec<Value>) -> Result<Response, Failure> {
        let id = |item: &Value| item["id"].as_u64().unwrap_or_default();
        let ascending = self.parameters.optional_text("sort")?.as_deref() == Some("asc");
        items.sort_by_key(id);
        if !ascending {
            items.reverse();
        }
        if self.kind == Kind::Offset {
            return self.answer(items);
        }
        let after = self.parameters.optional_number("id_after")?.unwrap_or(0);
        let before = self.parameters.optional_number("id_before")?.unwrap_or(u64::MAX);
        items.retain(|item| id(item) > after && id(item) < before);
        let more = items.len() > self.per_page;
        items.truncate(self.per_page);
        let bound = if ascending { "id_after" } else { "id_before" };
        let next = items.last().filter(|_| more).map(|last| self.link("next", &[(bound, id(last))]));
        let header = next.and_then(|link| HeaderValue::try_from(link).ok()).map(|link| [(LINK, link)]);
        Ok((header, Json(items)).into_response())
    }

    /// The items of the page that was asked for.
    pub(super) fn cut(&self, items: Vec<Value>) -> Vec<Value> {
        let start = (self.page - 1).saturating_mul(self.per_page);
        items.into_iter().skip(start).take(self.per_page).collect()
    }

    /// The headers of a page of a list with `total` items.
    pub(super) fn headers(&self, total: usize) -> HeaderMap {
        let pages = total.div_ceil(self.per_page).max(1);
        let previous = (self.page > 1).then(|| self.page - 1);
        let next = (self.page < pages).then(|| self.page + 1);
        let named = |page: Option<usize>| page.map_or_else(String::new, |page| page.to_string());
        let mut headers = vec![
            ("x-per-page", self.per_page.to_string()),
            ("x-page", self.page.to_string()),
            ("x-next-page", named(next)),
            ("x-prev-page", named(previous)),
        ];
        let mut links = Vec::new();
        let mut link = |relation, page: Option<usize>| {
            links.extend(page.map(|page| self.link(relation, &[("page", page as u64)])));
        };
        link("prev", previous);
        link("next", next);
        link("first", Some(1));
        if total <= LONGEST_COUNTED {
            link("last", Some(pages));
            headers.push(("x-total", total.to_string()));
            headers.push(("x-total-pages", pages.to_string()));
        }
        headers.push(("link", links.join(", ")));
        let valid = |(name, value): (&'static str, String)| {
            Some((HeaderName::from_static(name), HeaderValue::try_from(value).ok()?))
        };
        headers.into_iter().filter_map(valid).collect()
    }

    /// A link to this list with other parameters.
    fn link(&self, relation: &str, replaced: &[(&str, u64)]) -> String {
        let is_kept = |name: &str| name != "per_page" && replaced.iter().all(|(other, _)| *other != name);
        let encoded = |text: &str| utf8_percent_encode(text, UNRESERVED).to_string();
        let kept = self.query.iter().filter(|(name, _)| is_kept(name));
        let mut query: Vec<_> =
            kept.map(|(name, value)| format!("{}={}", encoded(name), encoded(value))).collect();
        query.extend(replaced.iter().map(|(name, value)| format!("{name}={value}")));
        query.push(format!("per_page={}", self.per_page));
        format!("<{}?{}>; rel=\"{relation}\"", self.url, query.join("&"))
    }
}

fn pairs(uri: &Uri) -> Vec<(String, String)> {
    axum::extract::Query::try_from_uri(uri).map_or_else(|_| Vec::new(), |query| query.0)
}
