//! The HTTP face: `POST /api/ask` answers as server-sent events, `/` is the page, `/healthz` and `/readyz` tell
//! how the service does.
//!
//! It only arranges: [`ask`] turns the pipeline's events into the stream, [`page`] holds the page's files.

pub mod ask;
pub mod page;

use std::future::Future;
use std::sync::Arc;

use axum::Router;
use axum::extract::{DefaultBodyLimit, State};
use axum::http::StatusCode;
use axum::http::header::{
    CONTENT_SECURITY_POLICY, HeaderName, HeaderValue, REFERRER_POLICY, X_CONTENT_TYPE_OPTIONS,
};
use axum::response::{IntoResponse, Json, Response};
use axum::routing::{get, post};
use serde_json::json;
use tower_http::set_header::SetResponseHeaderLayer;

use crate::pipeline::Pipeline;

/// The page may load nothing from elsewhere and run nothing inline.
const CONTENT_POLICY: &str = "default-src 'none'; script-src 'self'; style-src 'self'; img-src 'self' data:; \
                              connect-src 'self'; media-src 'self' blob:; base-uri 'none'; form-action 'self'; \
                              frame-ancestors 'none'";

/// The service, not yet listening.
pub struct Server {
    pipeline: Pipeline,
    max_body_bytes: usize,
}

impl Server {
    /// Serves this pipeline; request bodies over `max_body_bytes` are refused.
    pub fn new(pipeline: Pipeline, max_body_bytes: usize) -> Self {
        Self { pipeline, max_body_bytes }
    }

    /// Every route.
    pub fn router(self) -> Router {
        let header = |name: HeaderName, value: &'static str| {
            SetResponseHeaderLayer::overriding(name, HeaderValue::from_static(value))
        };
        Router::new()
            .route("/api/ask", post(ask::ask))
            .route("/healthz", get(|| async { "ok" }))
            .route("/readyz", get(ready))
            .route("/", get(page::index))
            .route("/{file}", get(page::file))
            .layer(DefaultBodyLimit::max(self.max_body_bytes))
            .layer(header(CONTENT_SECURITY_POLICY, CONTENT_POLICY))
            .layer(header(X_CONTENT_TYPE_OPTIONS, "nosniff"))
            .layer(header(REFERRER_POLICY, "no-referrer"))
            .with_state(Arc::new(self.pipeline))
    }

    /// Serves until `stop` comes; what is being answered then is finished.
    pub async fn serve(
        self,
        listener: tokio::net::TcpListener,
        stop: impl Future<Output = ()> + Send + 'static,
    ) -> std::io::Result<()> {
        axum::serve(listener, self.router()).with_graceful_shutdown(stop).await
    }
}

/// Which parts are there; 503 while one is missing that the service cannot do without.
async fn ready(State(pipeline): State<Arc<Pipeline>>) -> Response {
    let records = pipeline.index.len();
    let is_ready = pipeline.ears.is_some() && records > 0;
    let body = json!({
        "ready": is_ready,
        "hearing": pipeline.ears.as_ref().map(|ears| ears.model()),
        "speaking": pipeline.mouth.as_ref().map(|mouth| mouth.voice()),
        "records": records,
    });
    let status = if is_ready { StatusCode::OK } else { StatusCode::SERVICE_UNAVAILABLE };
    (status, Json(body)).into_response()
}
