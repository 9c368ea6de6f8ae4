//! Errors as OpenAI's interface has them: `{"error": {"message", "type", "param", "code"}}`, in English, for whoever builds
//! upon it reads them.

use axum::http::StatusCode;
use axum::http::header::RETRY_AFTER;
use axum::response::{IntoResponse, Json, Response};
use serde_json::{Value, json};

use crate::audio::AudioError;
use crate::speech_to_text::SpeechToTextError;
use crate::text_to_speech::TextToSpeechError;

/// One error.
#[derive(Debug)]
pub struct ApiError {
    status: StatusCode,
    message: String,
    param: Option<&'static str>,
    code: Option<&'static str>,
}

impl ApiError {
    /// What was asked for cannot be.
    pub fn invalid(param: &'static str, message: impl Into<String>) -> Self {
        Self { status: StatusCode::BAD_REQUEST, message: message.into(), param: Some(param), code: None }
    }

    /// There is no such model here.
    pub fn no_model(id: &str) -> Self {
        let id: String = id.chars().take(100).collect();
        Self {
            status: StatusCode::NOT_FOUND,
            message: format!("The model '{id}' does not exist; GET /v1/models lists those that do"),
            param: Some("model"),
            code: Some("model_not_found"),
        }
    }

    /// The service cannot do that as it is set up.
    pub fn not_set_up(message: &str) -> Self {
        let status = StatusCode::SERVICE_UNAVAILABLE;
        Self { status, message: message.to_owned(), param: None, code: Some("not_set_up") }
    }

    /// A body over the limit.
    pub fn too_large() -> Self {
        let message = "The file is larger than this service accepts (setting max_audio_bytes)".to_owned();
        Self {
            status: StatusCode::PAYLOAD_TOO_LARGE,
            message,
            param: Some("file"),
            code: Some("file_too_large"),
        }
    }

    /// What cannot be now, though the event itself is well-formed.
    pub fn coded(code: &'static str, message: &str) -> Self {
        Self { status: StatusCode::BAD_REQUEST, message: message.to_owned(), param: None, code: Some(code) }
    }

    /// This address asks more questions a minute than it may.
    pub fn too_fast() -> Self {
        Self::failed("Too many questions a minute come from this address; wait a little".to_owned(), true)
    }

    fn failed(message: String, is_busy: bool) -> Self {
        let (status, code) = match is_busy {
            true => (StatusCode::TOO_MANY_REQUESTS, Some("rate_limit_exceeded")),
            false => (StatusCode::INTERNAL_SERVER_ERROR, None),
        };
        Self { status, message, param: None, code }
    }

    /// As it stands in a body, or in an event of a stream.
    pub fn to_json(&self) -> Value {
        let kind = match self.status {
            StatusCode::TOO_MANY_REQUESTS => "rate_limit_error",
            status if status.is_server_error() => "server_error",
            _ => "invalid_request_error",
        };
        json!({ "error": { "message": self.message, "type": kind, "param": self.param, "code": self.code } })
    }
}

impl From<AudioError> for ApiError {
    fn from(error: AudioError) -> Self {
        Self::invalid("file", error.to_string())
    }
}

impl From<SpeechToTextError> for ApiError {
    fn from(error: SpeechToTextError) -> Self {
        Self::failed(error.to_string(), matches!(error, SpeechToTextError::QueueFull))
    }
}

impl From<TextToSpeechError> for ApiError {
    fn from(error: TextToSpeechError) -> Self {
        Self::failed(error.to_string(), matches!(error, TextToSpeechError::QueueFull))
    }
}

impl IntoResponse for ApiError {
    fn into_response(self) -> Response {
        if self.status.is_server_error() {
            tracing::warn!("a request failed: {}", self.message);
        }
        let mut response = (self.status, Json(self.to_json())).into_response();
        if self.status == StatusCode::TOO_MANY_REQUESTS {
            response.headers_mut().insert(RETRY_AFTER, axum::http::HeaderValue::from_static("1"));
        }
        response
    }
}
