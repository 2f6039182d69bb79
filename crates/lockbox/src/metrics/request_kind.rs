use hyper::{Method, Request};

/// What kind of request one was, told from its method and the start of its path.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) struct RequestKind {
    pub(crate) verb: Verb,
    pub(crate) route: Route,
}

/// What is wanted.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Verb {
    Read,
    List,
    Update,
    Patch,
    Delete,
    Other,
}

/// Of which part of the server.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Route {
    System,
    Token,
    Login,
    AuthMethod,
    Engine,
    Outside,
}

impl RequestKind {
    pub(crate) fn of<B>(request: &Request<B>) -> Self {
        let uri = request.uri();
        let lists = || uri.query().is_some_and(|query| query.contains("list=true"));
        Self { verb: Verb::of(request.method(), lists), route: Route::of(uri.path()) }
    }

    pub(crate) fn is_login(self) -> bool {
        self.route == Route::Login && self.verb == Verb::Update
    }
}

impl Verb {
    pub(crate) const ALL: [Self; 6] =
        [Self::Read, Self::List, Self::Update, Self::Patch, Self::Delete, Self::Other];

    fn of(method: &Method, lists: impl FnOnce() -> bool) -> Self {
        match method.as_str() {
            "GET" if lists() => Self::List,
            "GET" | "HEAD" => Self::Read,
            "LIST" => Self::List,
            "POST" | "PUT" => Self::Update,
            "PATCH" => Self::Patch,
            "DELETE" => Self::Delete,
            _ => Self::Other,
        }
    }

    pub(crate) fn name(self) -> &'static str {
        match self {
            Self::Read => "read",
            Self::List => "list",
            Self::Update => "update",
            Self::Patch => "patch",
            Self::Delete => "delete",
            Self::Other => "other",
        }
    }
}

impl Route {
    pub(crate) const ALL: [Self; 6] =
        [Self::System, Self::Token, Self::Login, Self::AuthMethod, Self::Engine, Self::Outside];

    fn of(path: &str) -> Self {
        let Some(path) = path.strip_prefix("/v1/") else { return Self::Outside };
        if path.starts_with("sys/") {
            return Self::System;
        }
        match path.strip_prefix("auth/") {
            Some(path) if path.starts_with("token/") => Self::Token,
            Some(path) if path.ends_with("/login") => Self::Login,
            Some(_) => Self::AuthMethod,
            None => Self::Engine,
        }
    }

    pub(crate) fn name(self) -> &'static str {
        match self {
            Self::System => "sys",
            Self::Token => "token",
            Self::Login => "login",
            Self::AuthMethod => "auth",
            Self::Engine => "secret",
            Self::Outside => "outside",
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn kind(method: &str, path: &str) -> (Verb, Route) {
        let kind = RequestKind::of(&Request::builder().method(method).uri(path).body(()).unwrap());
        (kind.verb, kind.route)
    }

    #[test]
    fn a_request_has_a_kind() {
        for (method, path, verb, route) in [
            ("GET", "/v1/sys/health", Verb::Read, Route::System),
            ("HEAD", "/v1/sys/health", Verb::Read, Route::System),
            ("GET", "/v1/auth/token/lookup-self", Verb::Read, Route::Token),
            ("POST", "/v1/auth/ci/jwt/login", Verb::Update, Route::Login),
            ("PUT", "/v1/auth/jwt/role/r", Verb::Update, Route::AuthMethod),
            ("GET", "/v1/secret/metadata/?list=true", Verb::List, Route::Engine),
            ("LIST", "/v1/secret/metadata/", Verb::List, Route::Engine),
            ("PATCH", "/v1/secret/data/x", Verb::Patch, Route::Engine),
            ("DELETE", "/v1/secret/data/login", Verb::Delete, Route::Engine),
            ("OPTIONS", "/ui", Verb::Other, Route::Outside),
        ] {
            assert_eq!(kind(method, path), (verb, route), "{method} {path}");
        }
    }

    #[test]
    fn every_kind_has_its_own_place() {
        for (place, verb) in Verb::ALL.into_iter().enumerate() {
            assert_eq!(verb as usize, place);
        }
        for (place, route) in Route::ALL.into_iter().enumerate() {
            assert_eq!(route as usize, place);
        }
    }
}
