//! `GET /api/openapi.json`: what the HTTP interface is, in OpenAPI 3.1, made of the handlers themselves.
//!
//! A handler that is described is routed by its description, so the two cannot differ. Pages for people are not in it.

use std::sync::Arc;

use axum::http::StatusCode;
use axum::http::header::CONTENT_TYPE;
use axum::response::{IntoResponse, Json, Response};
use axum::routing::get;
use serde::Serialize;
use utoipa::openapi::OpenApi;
use utoipa::{OpenApi as _, ToSchema};
use utoipa_axum::router::OpenApiRouter;

use super::live::messages::{ClientMessage, ServerMessage};
use crate::pipeline::Pipeline;

/// Why a request was not answered.
#[derive(Serialize, ToSchema)]
pub struct Problem {
    /// For machines.
    pub code: String,
    /// One sentence for the citizen, in Vietnamese.
    pub message: String,
}

impl Problem {
    /// The answer that says so.
    pub(super) fn response(status: StatusCode, code: &str, message: &str) -> Response {
        (status, Json(Self { code: code.to_owned(), message: message.to_owned() })).into_response()
    }
}

/// What stands at the top of the description.
#[derive(utoipa::OpenApi)]
#[openapi(
    info(
        title = "Hỏi Đáp",
        description = "Voice question answering from the law of Vietnam, with citations. Answers are in Vietnamese.",
        license(name = "GPL-3.0-or-later", identifier = "GPL-3.0-or-later")
    ),
    components(schemas(ClientMessage, ServerMessage, Problem)),
    tags(
        (name = "answers", description = "Questions and their answers"),
        (name = "submissions", description = "What citizens send to the agency"),
        (name = "notices", description = "Urgent notices"),
        (name = "dossiers", description = "What the one-stop system pushes; needs a key"),
        (name = "law", description = "The law of the index"),
        (name = "openai", description = "OpenAI's interface; needs a key where the service listens beyond this machine"),
        (name = "service", description = "How the service does")
    )
)]
struct Top;

/// A router that describes itself.
pub(super) fn begin() -> OpenApiRouter<Arc<Pipeline>> {
    OpenApiRouter::with_openapi(Top::openapi())
}

/// Serves the description.
pub(super) fn route(description: &OpenApi) -> axum::Router<Arc<Pipeline>> {
    let text = description.to_json().unwrap_or_default();
    let answer = move || {
        let text = text.clone();
        async move { ([(CONTENT_TYPE, "application/json")], text).into_response() }
    };
    axum::Router::new().route("/api/openapi.json", get(answer))
}
