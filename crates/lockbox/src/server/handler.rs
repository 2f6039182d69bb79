use std::{future::Future, sync::Arc};

use http_body_util::Full;
use hyper::{
    Request, Response,
    body::{Bytes, Incoming},
};

use crate::{
    api::{Api, Ends},
    metrics::Page,
};

/// Answers the requests of one listener.
pub(super) trait Handler: Send + Sync + 'static {
    fn answer(
        &self,
        request: Request<Incoming>,
        ends: Ends,
    ) -> impl Future<Output = Response<Full<Bytes>>> + Send;
}

impl Handler for Arc<Api> {
    fn answer(
        &self,
        request: Request<Incoming>,
        ends: Ends,
    ) -> impl Future<Output = Response<Full<Bytes>>> + Send {
        Api::answer(self, request, ends)
    }
}

impl Handler for Page {
    async fn answer(&self, request: Request<Incoming>, _ends: Ends) -> Response<Full<Bytes>> {
        Page::answer(self, &request)
    }
}
