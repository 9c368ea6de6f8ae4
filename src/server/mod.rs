//! The HTTP face: `POST /api/ask` answers as server-sent events, `/ws/ask` listens while somebody speaks,
//! `/v1/…` is OpenAI's interface, `/api/regulations` lets the law be read, `/` is the page, `/healthz`, `/readyz` and
//! `/metrics` tell how the service does, `/api/openapi.json` describes all of it.
//!
//! It only arranges: [`ask`], [`live`] and [`openai`] turn the pipeline's events into streams, [`answers`] shows an answer
//! again, [`regulations`] reads the index, [`page`] holds the page's files, [`pages`] makes those that need no scripts, `staff` is the desk of the agency; [`wyoming`] is a face of its own, beside HTTP. Everybody comes in through the [`gate`];
//! [`running`] lets routes and
//! certificates be replaced, [`life`] is how it ends.

pub mod answers;
pub mod ask;
pub mod desk;
pub mod dossiers;
mod farewell;
pub mod gate;
pub mod life;
pub mod live;
pub mod metrics;
pub mod notices;
pub mod openai;
pub mod openapi;
pub mod page;
pub mod pages;
pub mod regulations;
pub mod running;
mod staff;
pub mod submissions;
pub mod wyoming;

use std::future::Future;
use std::path::PathBuf;
use std::sync::Arc;
use std::time::Duration;

use axum::extract::{DefaultBodyLimit, State};
use axum::http::StatusCode;
use axum::http::header::{
    CONTENT_SECURITY_POLICY, HeaderName, HeaderValue, REFERRER_POLICY, X_CONTENT_TYPE_OPTIONS,
};
use axum::middleware::from_fn_with_state;
use axum::response::{IntoResponse, Json, Response};
use axum::routing::get;
use axum::{Extension, Router};
use serde_json::json;
use tower_http::set_header::SetResponseHeaderLayer;
use tower_http::timeout::TimeoutLayer;
use utoipa_axum::routes;

use crate::pipeline::Pipeline;
use crate::speech_to_text::Ears;
use crate::text_to_speech::Mouth;
use desk::Desk;
pub use gate::{Gate, GateSettings};
use life::Life;
use running::RunningServer;

/// The page may load nothing from elsewhere and run nothing inline.
const CONTENT_POLICY: &str = "default-src 'none'; script-src 'self'; style-src 'self'; img-src 'self' data:; \
                              connect-src 'self'; media-src 'self' blob:; base-uri 'none'; form-action 'self'; \
                              frame-ancestors 'none'";

/// Other sites learn nothing of where a citizen comes from. With `no-referrer` browsers would send our own forms without their
/// origin, and the gate would refuse them.
const REFERRERS: &str = "same-origin";

/// The page may use the microphone, and nothing else of the machine.
const PERMISSIONS: &str = "microphone=(self), camera=(), geolocation=(), payment=(), usb=()";

const OPENER_POLICY: HeaderName = HeaderName::from_static("cross-origin-opener-policy");

/// A question must have arrived within this time; the answer's stream may take longer.
const UPLOAD_TIME: Duration = Duration::from_secs(60);
/// What is still being answered this long after the signal to stop is cut off.
const TIME_TO_FINISH: Duration = Duration::from_secs(10);

/// A connection's headers must have arrived within this time.
const HEADER_TIME: Duration = Duration::from_secs(10);

/// The certificate chain and its private key, PEM files.
#[derive(Debug, Clone)]
pub struct TlsFiles {
    /// The chain, our own certificate first.
    pub certificate: PathBuf,
    /// The private key.
    pub key: PathBuf,
}

/// The service, not yet listening.
pub struct Server {
    pipeline: Pipeline,
    max_body_bytes: usize,
    upload_time: Duration,
    gate: Option<Gate>,
    tls: Option<TlsFiles>,
    desk: Option<Desk>,
    life: Life,
}

impl Server {
    /// Serves this pipeline; request bodies over `max_body_bytes` are refused.
    pub fn new(pipeline: Pipeline, max_body_bytes: usize) -> Self {
        let life = Life::default();
        Self { pipeline, max_body_bytes, upload_time: UPLOAD_TIME, gate: None, tls: None, desk: None, life }
    }

    /// Lets in whom this gate lets in; without one, everybody.
    #[must_use]
    pub fn behind(self, gate: Gate) -> Self {
        Self { gate: Some(gate), ..self }
    }

    /// Takes in what citizens send, and lets staff work, with this database.
    #[must_use]
    pub fn with_desk(self, desk: Desk) -> Self {
        Self { desk: Some(desk), ..self }
    }

    /// Speaks TLS with this certificate.
    #[must_use]
    pub fn with_tls(self, tls: Option<TlsFiles>) -> Self {
        Self { tls, ..self }
    }

    /// Every route.
    pub fn router(self) -> Router {
        let header = |name: HeaderName, value: &'static str| {
            SetResponseHeaderLayer::overriding(name, HeaderValue::from_static(value))
        };
        let (router, description) = openapi::begin()
            .routes(routes!(ask::ask))
            .routes(routes!(live::ask))
            .routes(routes!(answers::answer))
            .routes(routes!(notices::notices))
            .routes(routes!(notices::stream))
            .routes(routes!(submissions::send))
            .routes(routes!(submissions::follow, submissions::withdraw))
            .routes(routes!(dossiers::put))
            .merge(regulations::routes())
            .merge(openai::routes())
            .routes(routes!(health))
            .routes(routes!(ready))
            .routes(routes!(metrics::metrics))
            .split_for_parts();
        let router = router
            .merge(openapi::route(&description))
            .merge(pages::routes())
            .merge(staff::routes())
            .route("/", get(page::index))
            .route("/{file}", get(page::file))
            .layer(DefaultBodyLimit::max(self.max_body_bytes))
            .layer(TimeoutLayer::with_status_code(StatusCode::REQUEST_TIMEOUT, self.upload_time))
            .layer(header(CONTENT_SECURITY_POLICY, CONTENT_POLICY))
            .layer(header(X_CONTENT_TYPE_OPTIONS, "nosniff"))
            .layer(header(REFERRER_POLICY, REFERRERS))
            .layer(header(HeaderName::from_static("permissions-policy"), PERMISSIONS))
            .layer(Extension(self.life));
        let router = match self.desk {
            Some(desk) => router.layer(Extension(desk)),
            None => router,
        };
        // Where the page is not secure, browsers ignore that header and complain of it.
        let router = match self.tls {
            Some(_) => router.layer(header(OPENER_POLICY, "same-origin")),
            None => router,
        };
        let router = match self.gate {
            Some(gate) => router.layer(from_fn_with_state(Arc::new(gate), gate::guard)),
            None => router,
        };
        router.with_state(Arc::new(self.pipeline))
    }

    /// Serves until `stop` comes; what is being answered then is finished, if it takes no longer than 10 s.
    ///
    /// # Errors
    /// Where the listener or the certificate cannot be used.
    pub async fn serve(
        self,
        listener: tokio::net::TcpListener,
        stop: impl Future<Output = ()> + Send + 'static,
    ) -> std::io::Result<()> {
        RunningServer::new(self).await?.serve(listener, stop).await
    }
}

/// The day here.
fn today() -> jiff::civil::Date {
    jiff::ZonedDateTime::now().date()
}

/// Whether the process answers at all.
#[utoipa::path(get, path = "/healthz", tag = "service", responses((status = 200, description = "`ok`", body = String)))]
async fn health() -> &'static str {
    "ok"
}

/// Which parts are there; 503 while one is missing that the service cannot do without.
#[utoipa::path(get, path = "/readyz", tag = "service", responses(
    (status = 200, description = "Everything that is needed is there", body = Object),
    (status = 503, description = "Something is missing; the body says what", body = Object),
))]
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
    use crate::regulations::RegulationIndex;

    #[tokio::test]
    async fn a_question_that_never_arrives_is_given_up() {
        let folder = tempfile::tempdir().unwrap();
        let index = Arc::new(RegulationIndex::open_or_create(folder.path()).unwrap());
        let pipeline = Pipeline::of_text(index);
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
