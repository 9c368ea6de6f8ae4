//! The interface of OpenAI's audio endpoints, so that a client that people already have works with this service:
//! `POST /v1/audio/transcriptions`, `POST /v1/audio/speech`, `GET /v1/models`, and `GET /v1/realtime`, on which questions of
//! the law are answered in speech or text with their citation; with OpenAI's errors.

pub mod encoding;
mod error;
mod realtime;
mod speech;
mod transcriptions;

use std::sync::Arc;

use axum::extract::{Path, State};
use axum::response::{IntoResponse, Json, Response};
use serde_json::{Value, json};
use utoipa_axum::router::OpenApiRouter;
use utoipa_axum::routes;

use crate::pipeline::Pipeline;
use crate::text_to_speech::Rate;
use error::ApiError;

/// The routes.
pub fn routes() -> OpenApiRouter<Arc<Pipeline>> {
    OpenApiRouter::new()
        .routes(routes!(models))
        .routes(routes!(model))
        .routes(routes!(transcriptions::transcribe))
        .routes(routes!(speech::speak))
        .routes(routes!(realtime::connect))
}

/// The names that OpenAI's clients ask for by habit, beside our own.
const HEARING: &str = "whisper-1";
const SPEAKING: &str = "tts-1";

fn names(pipeline: &Pipeline) -> Vec<String> {
    let hearing = pipeline.ears.iter().flat_map(|ears| [ears.model().to_owned(), HEARING.to_owned()]);
    let speaking = pipeline.mouth.iter().flat_map(|mouth| [mouth.voice().to_owned(), SPEAKING.to_owned()]);
    hearing.chain(speaking).collect()
}

/// The speaking rate nearest to what is asked for; OpenAI's bounds are 0.25 to 4, the voice's 0.5 to 2.
fn rate_of(speed: f32, param: &'static str) -> Result<Rate, ApiError> {
    let known = Some(speed)
        .filter(|speed| (0.25..=4.0).contains(speed))
        .and_then(|s| Rate::new(s.clamp(0.5, 2.0)).ok());
    known.ok_or_else(|| ApiError::invalid(param, format!("the speed must be from 0.25 to 4, not {speed}")))
}

/// Refuses a language that is not understood here; none at all is fine.
fn must_be_vietnamese(language: &str, param: &'static str) -> Result<(), ApiError> {
    match language.is_empty() || language.to_lowercase().starts_with("vi") {
        true => Ok(()),
        false => Err(ApiError::invalid(param, "language may only be 'vi': Vietnamese is understood here")),
    }
}

fn described(id: &str) -> Value {
    json!({ "id": id, "object": "model", "created": 0, "owned_by": "hoidap" })
}

/// The names of what hears and speaks here.
#[utoipa::path(get, path = "/v1/models", tag = "openai",
    responses((status = 200, description = "As OpenAI's", body = Object)))]
async fn models(State(pipeline): State<Arc<Pipeline>>) -> Response {
    let data: Vec<Value> = names(&pipeline).iter().map(|id| described(id)).collect();
    Json(json!({ "object": "list", "data": data })).into_response()
}

/// One of them.
#[utoipa::path(get, path = "/v1/models/{id}", tag = "openai", params(("id" = String, Path, description = "Its name")),
    responses(
        (status = 200, description = "As OpenAI's", body = Object),
        (status = 404, description = "There is no such model", body = Object),
    ))]
async fn model(State(pipeline): State<Arc<Pipeline>>, Path(id): Path<String>) -> Result<Response, ApiError> {
    match names(&pipeline).contains(&id) {
        true => Ok(Json(described(&id)).into_response()),
        false => Err(ApiError::no_model(&id)),
    }
}
