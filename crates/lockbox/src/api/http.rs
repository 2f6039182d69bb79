use std::net::SocketAddr;

use hyper::{HeaderMap, Method, Request, Uri, body::Incoming as Body, header, http::request::Parts};
use zeroize::Zeroizing;

use super::{Api, Ends, body, failure::Failure, path, snapshot, sys, transfer::Transfer};
use crate::exchange::{Fields, Operation};

/// A request, read from HTTP and not looked into yet.
pub(super) struct Incoming {
    /// The id under which its answer, and the audit log, speak of it.
    pub(super) id: String,
    pub(super) operation: Operation,
    pub(super) path: String,
    pub(super) fields: Fields,
    pub(super) token: Option<Zeroizing<String>>,
    pub(super) namespace: Namespace,
    /// How long the answer shall be wrapped, as it was written.
    pub(super) wrap: Option<String>,
    pub(super) peer: SocketAddr,
    pub(super) headers: HeaderMap,
    pub(super) transfer: Transfer,
}

/// Where a request wants to be: there is the root alone.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Namespace {
    /// It does not say.
    Unsaid,
    /// It says that it wants the root.
    Root,
    Unknown,
}

impl Incoming {
    /// # Errors
    /// When the request is none that the API knows, or its body cannot be read.
    pub(super) async fn read(
        id: String,
        request: Request<Body>,
        ends: Ends,
        api: &Api,
    ) -> Result<Self, Failure> {
        let (Parts { method, uri, headers, .. }, body) = request.into_parts();
        if headers.get_all(header::HOST).iter().count() > 1 {
            return Err(Failure::BrokenRequest);
        }
        let mut path = path::parse(uri.path()).map_err(|failure| redirected(failure, &method, &uri))?;
        if headers.get(INDEX).is_some_and(|index| !index.is_empty()) {
            // There is one node: nobody was given an index to wait for.
            return Err(Failure::BrokenIndex);
        }
        if !sys::takes(&path, &method) {
            return Err(Failure::UnknownMethod);
        }
        let mut query = body::query(uri.query().unwrap_or_default());
        let operation = operation(&method, &path, &mut query)?;
        let (fields, transfer) = if operation.is_write() && snapshot::is_at(&path) {
            (Fields::default(), Transfer::of(body, api.limits.read_timeout))
        } else if operation.is_write() {
            (body::fields(&method, &headers, body, (api, ends)).await?, Transfer::default())
        } else {
            (query, Transfer::default())
        };
        if matches!(operation, Operation::List | Operation::Scan) && !path.ends_with('/') {
            path.push('/');
        }
        Ok(Self {
            id,
            operation,
            path,
            fields,
            token: token(&headers),
            namespace: namespace(&headers),
            wrap: headers.get("x-vault-wrap-ttl").map(|ttl| ttl.to_str().unwrap_or("?").to_owned()),
            peer: ends.peer,
            headers,
            transfer,
        })
    }
}

/// A read is told on a page where to go.
fn redirected(failure: Failure, method: &Method, uri: &Uri) -> Failure {
    let Failure::Elsewhere(mut place) = failure else { return failure };
    if let Some(query) = uri.query() {
        place.extend(["?", query]);
    }
    match *method {
        Method::GET | Method::HEAD => Failure::ReadElsewhere(place),
        _ => Failure::Elsewhere(place),
    }
}

fn operation(method: &Method, path: &str, query: &mut Fields) -> Result<Operation, Failure> {
    match method.as_str() {
        "GET" if path == "sys/health" => Ok(Operation::Read),
        "GET" => reading(query),
        "HEAD" => Ok(Operation::Head),
        "LIST" => Ok(Operation::List),
        "SCAN" => Ok(Operation::Scan),
        "POST" | "PUT" => Ok(Operation::Update),
        "PATCH" => Ok(Operation::Patch),
        "DELETE" => Ok(Operation::Delete),
        "OPTIONS" => Err(Failure::InternalOperation),
        _ => Err(Failure::UnknownMethod),
    }
}

/// A query turns a read into a list.
fn reading(query: &mut Fields) -> Result<Operation, Failure> {
    let mut asked = Operation::Read;
    for (name, operation) in [("list", Operation::List), ("scan", Operation::Scan)] {
        if query.first(name).flag(name).map_err(|_| Failure::BrokenQuery)? == Some(true) {
            asked = if asked == Operation::Read { operation } else { return Err(Failure::BrokenQuery) };
            query.remove(name);
        }
    }
    Ok(asked)
}

fn token(headers: &HeaderMap) -> Option<Zeroizing<String>> {
    let shown = headers.get("x-vault-token").and_then(|value| value.to_str().ok());
    let bearer = || headers.get(header::AUTHORIZATION)?.to_str().ok()?.strip_prefix("Bearer ");
    let token = shown.map(str::trim).filter(|token| !token.is_empty()).or_else(bearer)?;
    Some(Zeroizing::new(token.trim().to_owned()))
}

fn namespace(headers: &HeaderMap) -> Namespace {
    let named = headers.get(NAMESPACE).map(|value| value.to_str().unwrap_or("?"));
    match named.map(|name| name.trim_matches('/')) {
        _ if named.is_none_or(str::is_empty) => Namespace::Unsaid,
        Some("" | "root") => Namespace::Root,
        _ => Namespace::Unknown,
    }
}

/// An answer repeats it.
pub(super) const NAMESPACE: &str = "x-vault-namespace";
/// Where a cluster's client is to be at least.
const INDEX: &str = "x-vault-index";
