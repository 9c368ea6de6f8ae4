//! `POST /api/ask`: a recording or `{"text": "…"}` in, server-sent events out.
//!
//! An utterance that may follow upon an earlier answer comes with what that answer's `follow_up` held:
//! `{"text": "cái thứ hai", "previous": "Xin giấy phép cần gì?"}`, or `{"sound": base64 of a recording, "previous": …}`.
//! The service itself keeps nothing of a conversation.
//!
//! | event | data |
//! |---|---|
//! | `transcript` | `{"text", "rejected"}`, for recordings |
//! | `answer` | the JSON of `hoidap ask` |
//! | `audio` | `{"sample_rate", "format": "pcm_s16le", "data": base64, "text"}`, a sentence each |
//! | `done` | `{"timings_ms"}` |
//! | `error` | `{"code", "message"}`, the message in Vietnamese; `waiting` where the code is `busy`; nothing follows |

use std::convert::Infallible;
use std::sync::Arc;

use axum::body::Bytes;
use axum::extract::State;
use axum::extract::rejection::BytesRejection;
use axum::http::header::CONTENT_TYPE;
use axum::http::{HeaderMap, StatusCode};
use axum::response::sse::{Event as SseEvent, KeepAlive, Sse};
use axum::response::{IntoResponse, Response};
use base64::Engine;
use base64::engine::general_purpose::STANDARD;
use serde::Deserialize;
use serde_json::{Value, json};
use tokio_stream::StreamExt;
use tokio_stream::wrappers::ReceiverStream;
use utoipa::ToSchema;

use crate::answer::{FollowUp, FollowUpError};
use crate::audio::wav::pcm_bytes;
use crate::pipeline::{Asked, Event, Pipeline, Report};
use crate::server::live::messages::ServerMessage;
use crate::server::openapi::Problem;
use crate::server::today;

/// A question as JSON.
#[derive(Deserialize, ToSchema)]
pub(super) struct JsonQuestion {
    /// Typed words; either these…
    text: Option<String>,
    /// … or a recording, base64.
    sound: Option<String>,
    /// See [`FollowUp`].
    previous: Option<String>,
    #[serde(default)]
    previous_heard: bool,
    #[serde(default)]
    part: u16,
}

/// Why a body is no question: a code for machines, a sentence for the citizen.
type Malformed = (&'static str, &'static str);

impl JsonQuestion {
    fn read(body: &[u8]) -> Result<(Asked, Option<FollowUp>), Malformed> {
        const MALFORMED: Malformed =
            ("json_malformed", "Câu hỏi phải là JSON dạng {\"text\": \"…\"} hoặc {\"sound\": \"…\"}.");
        let question: Self = serde_json::from_slice(body).map_err(|_| MALFORMED)?;
        let asked = match (question.text, question.sound) {
            (Some(text), None) => Asked::Text(text),
            (None, Some(sound)) => Asked::Sound(
                STANDARD
                    .decode(sound)
                    .map_err(|_| ("sound_malformed", "Đoạn ghi âm phải được mã hóa base64."))?,
            ),
            _ => return Err(MALFORMED),
        };
        let before = question
            .previous
            .map(|previous| FollowUp::new(&previous, question.previous_heard, question.part))
            .transpose()
            .map_err(|error: FollowUpError| (error.code(), error.vietnamese()))?;
        Ok((asked, before))
    }
}

/// Answers a recording, or a question in words, as server-sent events: `transcript`, `answer`, `audio` …, `done` or `error`.
#[utoipa::path(post, path = "/api/ask", tag = "answers",
    request_body(content((JsonQuestion = "application/json"), (Vec<u8> = "application/octet-stream"))),
    responses(
        (status = 200, description = "The events; `answer` has the report as its data", body = Report, content_type = "text/event-stream"),
        (status = 400, description = "That is no question", body = Problem),
        (status = 413, description = "The recording is too large", body = Problem),
        (status = 429, description = "Too many questions come from this address", body = Problem),
    ))]
pub async fn ask(
    State(pipeline): State<Arc<Pipeline>>,
    headers: HeaderMap,
    body: Result<Bytes, BytesRejection>,
) -> Response {
    let body = match body {
        Ok(body) => body,
        Err(rejection) if rejection.status() == StatusCode::PAYLOAD_TOO_LARGE => {
            let message = "Tệp quá lớn. Xin gửi đoạn ghi âm ngắn hơn.";
            return Problem::response(StatusCode::PAYLOAD_TOO_LARGE, "audio_too_large", message);
        }
        Err(_) => {
            return Problem::response(
                StatusCode::BAD_REQUEST,
                "body_broken",
                "Không nhận được câu hỏi. Xin gửi lại.",
            );
        }
    };
    let kind = headers.get(CONTENT_TYPE).and_then(|value| value.to_str().ok()).unwrap_or_default();
    let (asked, before) = if kind.starts_with("application/json") {
        match JsonQuestion::read(&body) {
            Ok(question) => question,
            Err((code, message)) => return Problem::response(StatusCode::BAD_REQUEST, code, message),
        }
    } else {
        (Asked::Sound(body.to_vec()), None)
    };
    let events = ReceiverStream::new(pipeline.ask_after(asked, before, today()));
    let stream = events.map(move |event| Ok::<_, Infallible>(to_sse(event, pipeline.waiting())));
    Sse::new(stream).keep_alive(KeepAlive::default()).into_response()
}

fn to_sse(event: Event, waiting: usize) -> SseEvent {
    let (name, data): (&str, Value) = match event {
        Event::Transcript { text, rejected } => ("transcript", json!({ "text": text, "rejected": rejected })),
        Event::Answer(report) => ("answer", json!(report)),
        Event::Sound(sentence) => {
            let data = json!({
                "sample_rate": sentence.pcm.sample_rate,
                "format": "pcm_s16le",
                "data": STANDARD.encode(pcm_bytes(&sentence.pcm.samples)),
                "text": sentence.text,
            });
            ("audio", data)
        }
        Event::Done(timings) => ("done", json!({ "timings_ms": timings })),
        Event::Failed(error) => {
            tracing::warn!("a question failed: {error}");
            ("error", json!(ServerMessage::failed(&error, waiting)))
        }
    };
    SseEvent::default().event(name).data(data.to_string())
}
