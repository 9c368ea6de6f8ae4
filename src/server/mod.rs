//! The HTTP face: `POST /api/ask` answers as server-sent events, `/ws/ask` listens while somebody speaks,
//! `/api/regulations` lets the law be read, `/` is the page, `/healthz` and `/readyz` tell how the service does.
//!
//! It only arranges: [`ask`] and [`live`] turn the pipeline's events into the stream, [`answers`] shows an answer again,
//! [`regulations`] reads the index, [`page`] holds the page's files, [`pages`] makes those that need no scripts.

pub mod answers;
pub mod ask;
pub mod live;
pub mod page;
pub mod pages;
pub mod regulations;

use std::future::{Future, IntoFuture};
use std::sync::Arc;
use std::time::Duration;

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
use tower_http::timeout::TimeoutLayer;

use crate::pipeline::Pipeline;
use crate::speech_to_text::Ears;
use crate::text_to_speech::Mouth;

/// The page may load nothing from elsewhere and run nothing inline.
const CONTENT_POLICY: &str = "default-src 'none'; script-src 'self'; style-src 'self'; img-src 'self' data:; \
                              connect-src 'self'; media-src 'self' blob:; base-uri 'none'; form-action 'self'; \
                              frame-ancestors 'none'";

/// A question must have arrived within this time; the answer's stream may take longer.
const UPLOAD_TIME: Duration = Duration::from_secs(60);
/// What is still being answered this long after the signal to stop is cut off.
const TIME_TO_FINISH: Duration = Duration::from_secs(10);

/// The service, not yet listening.
pub struct Server {
    pipeline: Pipeline,
    max_body_bytes: usize,
    upload_time: Duration,
}

impl Server {
    /// Serves this pipeline; request bodies over `max_body_bytes` are refused.
    pub fn new(pipeline: Pipeline, max_body_bytes: usize) -> Self {
        Self { pipeline, max_body_bytes, upload_time: UPLOAD_TIME }
    }

    /// Every route.
    pub fn router(self) -> Router {
        let header = |name: HeaderName, value: &'static str| {
            SetResponseHeaderLayer::overriding(name, HeaderValue::from_static(value))
        };
        Router::new()
            .route("/api/ask", post(ask::ask))
            .route("/ws/ask", get(live::ask))
            .route("/api/answers/{id}", get(answers::answer))
            .merge(regulations::routes())
            .merge(pages::routes())
            .route("/healthz", get(|| async { "ok" }))
            .route("/readyz", get(ready))
            .route("/", get(page::index))
            .route("/{file}", get(page::file))
            .layer(DefaultBodyLimit::max(self.max_body_bytes))
            .layer(TimeoutLayer::with_status_code(StatusCode::REQUEST_TIMEOUT, self.upload_time))
            .layer(header(CONTENT_SECURITY_POLICY, CONTENT_POLICY))
            .layer(header(X_CONTENT_TYPE_OPTIONS, "nosniff"))
            .layer(header(REFERRER_POLICY, "no-referrer"))
            .with_state(Arc::new(self.pipeline))
    }

    /// Serves until `stop` comes; what is being answered then is finished, if it takes no longer than 10 s.
    pub async fn serve(
        self,
        listener: tokio::net::TcpListener,
        stop: impl Future<Output = ()> + Send + 'static,
    ) -> std::io::Result<()> {
        let (stopping, is_stopping) = tokio::sync::oneshot::channel();
        let stop = async move {
            stop.await;
            let _ = stopping.send(());
        };
        let serving = axum::serve(listener, self.router()).with_graceful_shutdown(stop).into_future();
        let too_late = async move {
            let _ = is_stopping.await;
            tokio::time::sleep(TIME_TO_FINISH).await;
        };
        tokio::select! {
            served = serving => served,
            () = too_late => Ok(()),
        }
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
        "waiting": {
            "hearing": pipeline.ears.as_ref().map(Ears::waiting),
            "speaking": pipeline.mouth.as_ref().map(Mouth::queue_length),
        },
    });
    let status = if is_ready { StatusCode::OK } else { StatusCode::SERVICE_UNAVAILABLE };
    (status, Json(body)).into_response()
}

#[cfg(test)]
mod tests {
    use tokio::io::{AsyncReadExt, AsyncWriteExt};
    use tokio::net::{TcpListener, TcpStream};

    use super::*;
    use crate::audio::AudioLimits;
    use crate::audio::turn::TurnSettings;
    use crate::regulations::RegulationIndex;

    #[tokio::test]
    async fn a_question_that_never_arrives_is_given_up() {
        let folder = tempfile::tempdir().unwrap();
        let index = Arc::new(RegulationIndex::open_or_create(folder.path()).unwrap());
        let pipeline = Pipeline {
            ears: None,
            index,
            mouth: None,
            limits: AudioLimits::default(),
            turns: TurnSettings::default(),
            receipts: None,
        };
        let server = Server { upload_time: Duration::from_millis(200), ..Server::new(pipeline, 10_000) };
        let listener = TcpListener::bind("127.0.0.1:0").await.unwrap();
        let address = listener.local_addr().unwrap();
        tokio::spawn(server.serve(listener, std::future::pending()));
        let mut stalled = TcpStream::connect(address).await.unwrap();
        stalled
            .write_all(
                b"POST /api/ask HTTP/1.1\r\nhost: x\r\nconnection: close\r\ncontent-length: 9\r\n\r\n{",
            )
            .await
            .unwrap();
        let mut answer = String::new();
        stalled.read_to_string(&mut answer).await.unwrap();
        assert!(answer.starts_with("HTTP/1.1 408"), "{answer}");
    }
}
