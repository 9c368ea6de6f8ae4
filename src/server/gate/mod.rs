//! Who may ask, how often, and from where: everything that stands between the network and the handlers.
//!
//! [`address`] tells whose request it is, [`origin`] keeps other sites' pages out, [`keys`] guards the machine endpoints,
//! [`limits`] counts. The page and its endpoints are open to everybody; that is what they are for.

pub mod address;
pub mod keys;
pub mod limits;
pub mod origin;

use std::net::IpAddr;
use std::sync::Arc;

use axum::extract::{Request, State};
use axum::http::StatusCode;
use axum::middleware::Next;
use axum::response::Response;
use ipnet::IpNet;

use crate::server::openapi::Problem;
use keys::Keys;
use limits::Limits;

/// What who asks too fast is told: for machines, and for the citizen.
pub const TOO_MANY_QUESTIONS: (&str, &str) =
    ("too_many_questions", "Ông bà hỏi nhanh quá. Xin chờ một phút rồi hỏi tiếp.");

/// How the gate is set up; see the settings of the same names.
#[derive(Debug, Clone, Default)]
pub struct GateSettings {
    /// Origins beside our own whose pages may use the service, `https://portal.example.vn`.
    pub allowed_origins: Vec<String>,
    /// Proxies whose `X-Forwarded-For` is believed.
    pub trusted_proxies: Vec<IpNet>,
    /// SHA-256 of the keys for the machine endpoints, in hex.
    pub api_keys: Vec<String>,
    /// Whether the machine endpoints may be used without a key: where only this machine can reach them.
    pub needs_no_key: bool,
    /// Requests and sockets of one address at a time.
    pub requests_per_address: usize,
    /// Questions of one address in a minute.
    pub questions_per_minute: u32,
}

/// Why a setting of the gate cannot be used.
#[derive(Debug, thiserror::Error)]
pub enum GateError {
    /// No origin.
    #[error("{0} is no origin: give it as https://portal.example.vn")]
    Origin(String),
    /// No SHA-256.
    #[error("api_keys must hold SHA-256 sums in hex (printf KEY | sha256sum), not the keys themselves")]
    Key,
}

/// The gate, shared by all requests.
pub struct Gate {
    allowed_origins: Vec<String>,
    trusted_proxies: Vec<IpNet>,
    keys: Keys,
    /// What is counted.
    pub limits: Limits,
}

impl Gate {
    /// Sets it up.
    ///
    /// # Errors
    /// Where a setting is malformed.
    pub fn new(settings: &GateSettings) -> Result<Self, GateError> {
        let limits = Limits::new(settings.requests_per_address, settings.questions_per_minute);
        Self::counting(settings, limits)
    }

    /// The same with what was counted before; the limits are those of the settings.
    ///
    /// # Errors
    /// Where a setting is malformed.
    pub fn renewed(settings: &GateSettings, counted: &Limits) -> Result<Self, GateError> {
        let limits = counted.with(settings.requests_per_address, settings.questions_per_minute);
        Self::counting(settings, limits)
    }

    fn counting(settings: &GateSettings, limits: Limits) -> Result<Self, GateError> {
        let allowed_origins = settings.allowed_origins.iter().map(|text| origin::read(text));
        Ok(Self {
            allowed_origins: allowed_origins.collect::<Result<_, _>>()?,
            trusted_proxies: settings.trusted_proxies.clone(),
            keys: Keys::new(&settings.api_keys, settings.needs_no_key)?,
            limits,
        })
    }
}

/// Whose request this is; put into the request for the handlers.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Client(pub IpAddr);

/// What the handlers need of the gate for as long as they work: the place among the requests of this address, and how to
/// count its questions. A socket keeps it until it closes.
#[derive(Clone)]
pub struct Pass {
    gate: Arc<Gate>,
    client: Client,
    _place: Arc<limits::Place>,
}

impl Pass {
    /// Whether this address may ask one more question now.
    pub fn may_ask(&self) -> bool {
        self.gate.limits.may_ask(self.client.0)
    }
}

/// The middleware around every route.
pub async fn guard(State(gate): State<Arc<Gate>>, mut request: Request, next: Next) -> Response {
    let address = address::of(&request, &gate.trusted_proxies);
    if !origin::is_welcome(&request, &gate.allowed_origins) {
        let message = "Trang gọi đến không thuộc dịch vụ này nên yêu cầu không được nhận.";
        return refusal(StatusCode::FORBIDDEN, "origin_foreign", message);
    }
    let path = request.uri().path();
    if keys::is_guarded(path) && !gate.keys.open(path, request.headers()) {
        return keys::refusal();
    }
    let Some(place) = gate.limits.enter(address) else {
        let message = "Có quá nhiều kết nối từ một địa chỉ. Xin đóng bớt rồi thử lại.";
        return refusal(StatusCode::TOO_MANY_REQUESTS, "too_many_connections", message);
    };
    if limits::asks(&request) && !gate.limits.may_ask(address) {
        let (code, message) = TOO_MANY_QUESTIONS;
        return refusal(StatusCode::TOO_MANY_REQUESTS, code, message);
    }
    let place = Arc::new(place);
    request.extensions_mut().insert(Client(address));
    request.extensions_mut().insert(Pass {
        gate: gate.clone(),
        client: Client(address),
        _place: place.clone(),
    });
    let response = next.run(request).await;
    // A stream keeps its place until it has been sent.
    limits::holding(response, place)
}

fn refusal(status: StatusCode, code: &str, message: &str) -> Response {
    metrics::counter!("hoidap_refused_requests_total", "code" => code.to_owned()).increment(1);
    let mut response = Problem::response(status, code, message);
    if status == StatusCode::TOO_MANY_REQUESTS {
        let headers = response.headers_mut();
        headers.insert(axum::http::header::RETRY_AFTER, axum::http::HeaderValue::from_static("10"));
    }
    response
}
