//! `POST /api/ask`: a recording or `{"text": "…"}` in, server-sent events out.
//!
//! | event | data |
//! |---|---|
//! | `transcript` | `{"text", "rejected"}`, for recordings |
//! | `answer` | the JSON of `hoidap ask` |
//! | `audio` | `{"sample_rate", "format": "pcm_s16le", "data": base64, "text"}`, a sentence each |
//! | `done` | `{"timings_ms"}` |
//! | `error` | `{"code", "message"}`, the message in Vietnamese; nothing follows |

use std::convert::Infallible;
use std::sync::Arc;

use axum::body::Bytes;
use axum::extract::State;
use axum::extract::rejection::BytesRejection;
use axum::http::header::CONTENT_TYPE;
use axum::http::{HeaderMap, StatusCode};
use axum::response::sse::{Event as SseEvent, KeepAlive, Sse};
use axum::response::{IntoResponse, Json, Response};
use base64::Engine;
use base64::engine::general_purpose::STANDARD;
use serde::Deserialize;
use serde_json::{Value, json};
use tokio_stream::StreamExt;
use tokio_stream::wrappers::ReceiverStream;

use crate::pipeline::{Asked, Event, Pipeline};

#[derive(Deserialize)]
struct TextQuestion {
    text: String,
}

/// The handler.
pub async fn ask(
    State(pipeline): State<Arc<Pipeline>>,
    headers: HeaderMap,
    body: Result<Bytes, BytesRejection>,
) -> Response {
    let body = match body {
        Ok(body) => body,
        Err(rejection) if rejection.status() == StatusCode::PAYLOAD_TOO_LARGE => {
            let message = "Tệp quá lớn. Xin gửi đoạn ghi âm ngắn hơn.";
            return refusal(StatusCode::PAYLOAD_TOO_LARGE, "audio_too_large", message);
        }
        Err(_) => {
            return refusal(StatusCode::BAD_REQUEST, "body_broken", "Không nhận được câu hỏi. Xin gửi lại.");
        }
    };
    let kind = headers.get(CONTENT_TYPE).and_then(|value| value.to_str().ok()).unwrap_or_default();
    let asked = if kind.starts_with("application/json") {
        match serde_json::from_slice::<TextQuestion>(&body) {
            Ok(question) => Asked::Text(question.text),
            Err(_) => {
                let message = "Câu hỏi phải là JSON dạng {\"text\": \"…\"}.";
                return refusal(StatusCode::BAD_REQUEST, "json_malformed", message);
            }
        }
    } else {
        Asked::Sound(body.to_vec())
    };
    let events = ReceiverStream::new(pipeline.ask(asked, jiff::ZonedDateTime::now().date()));
    let stream = events.map(|event| Ok::<_, Infallible>(to_sse(event)));
    Sse::new(stream).keep_alive(KeepAlive::default()).into_response()
}

fn refusal(status: StatusCode, code: &str, message: &str) -> Response {
    (status, Json(json!({ "code": code, "message": message }))).into_response()
}

fn to_sse(event: Event) -> SseEvent {
    let (name, data): (&str, Value) = match event {
        Event::Transcript { text, rejected } => ("transcript", json!({ "text": text, "rejected": rejected })),
        Event::Answer(report) => ("answer", json!(report)),
        Event::Sound(sentence) => {
            let bytes: Vec<u8> = sentence.pcm.samples.iter().flat_map(|s| s.to_le_bytes()).collect();
            let data = json!({
                "sample_rate": sentence.pcm.sample_rate,
                "format": "pcm_s16le",
                "data": STANDARD.encode(bytes),
                "text": sentence.text,
            });
            ("audio", data)
        }
        Event::Done(timings) => ("done", json!({ "timings_ms": timings })),
        Event::Failed(error) => {
            tracing::warn!("a question failed: {error}");
            ("error", json!({ "code": error.code(), "message": error.vietnamese() }))
        }
    };
    SseEvent::default().event(name).data(data.to_string())
}
