use std::{future::Future, sync::Arc};

use hyper::{Request, Response, body::Incoming};

use crate::{
    api::{Api, Ends, Payload},
    metrics::Page,
};

/// Answers the requests of one listener.
pub(super) trait Handler: Send + Sync + 'static {
    fn answer(
        &self,
        request: Request<Incoming>,
        ends: Ends,
    ) -> impl Future<Output = Response<Payload>> + Send;
}

impl Handler for Arc<Api> {
    fn answer(
        &self,
        request: Request<Incoming>,
        ends: Ends,
    ) -> impl Future<Output = Response<Payload>> + Send {
        Api::answer(self, request, ends)
    }
}

impl<F: Fn() -> String + Send + Sync + 'static> Handler for Page<F> {
    async fn answer(&self, request: Request<Incoming>, _ends: Ends) -> Response<Payload> {
        Page::answer(self, &request).map(Payload::from)
    }
}
