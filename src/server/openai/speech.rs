//! `POST /v1/audio/speech`: a text is spoken, piece by piece, and sent as it comes.
//!
//! The text is read as legal text is (numbers, documents, abbreviations in words). `speed` 0.25 to 4 is kept within what
//! the voice can do; `voice` may be any name, for there is one voice; `instructions` are not followed.

use std::convert::Infallible;
use std::sync::Arc;

use axum::body::{Body, Bytes};
use axum::extract::State;
use axum::extract::rejection::JsonRejection;
use axum::http::header::CONTENT_TYPE;
use axum::response::sse::{Event as SseEvent, Sse};
use axum::response::{IntoResponse, Json, Response};
use base64::Engine;
use base64::engine::general_purpose::STANDARD;
use serde::Deserialize;
use serde_json::{Value, json};
use tokio_stream::StreamExt;
use tokio_stream::wrappers::ReceiverStream;

use super::encoding::{Encoder, Format};
use super::error::ApiError;
use super::{SPEAKING, names, rate_of};
use crate::answer::spoken::speakable;
use crate::pipeline::Pipeline;
use crate::text_to_speech::mouth::Speech;
use crate::text_to_speech::{SpeakOptions, TextToSpeechError};

/// OpenAI's own limit, in characters.
const MAX_INPUT: usize = 4_096;
/// Pieces that may lie unsent.
const UNSENT: usize = 4;

/// What is asked for.
#[derive(Deserialize, utoipa::ToSchema)]
pub(super) struct SpeechRequest {
    model: String,
    input: String,
    #[serde(default)]
    response_format: Option<String>,
    #[serde(default)]
    speed: Option<f32>,
    #[serde(default)]
    stream_format: Option<String>,
}

/// A text is spoken, and sent as it comes.
#[utoipa::path(post, path = "/v1/audio/speech", tag = "openai", request_body = SpeechRequest,
    responses(
        (status = 200, description = "The sound, as it was asked for", body = Vec<u8>, content_type = "audio/mpeg"),
        (status = 400, description = "That cannot be spoken so", body = Object),
        (status = 429, description = "Too much is being spoken", body = Object),
    ))]
pub(super) async fn speak(
    State(pipeline): State<Arc<Pipeline>>,
    body: Result<Json<SpeechRequest>, JsonRejection>,
) -> Result<Response, ApiError> {
    let Json(request) = body.map_err(|rejection| ApiError::invalid("body", rejection.body_text()))?;
    let mouth = pipeline.mouth.as_ref().ok_or_else(|| ApiError::not_set_up("no voice is set up"))?;
    if !names(&pipeline).contains(&request.model)
        && !request.model.starts_with(SPEAKING)
        && !is_openais(&request.model)
    {
        return Err(ApiError::no_model(&request.model));
    }
    let length = request.input.chars().count();
    if request.input.trim().is_empty() || length > MAX_INPUT {
        return Err(ApiError::invalid(
            "input",
            format!("input must have 1 to {MAX_INPUT} characters, not {length}"),
        ));
    }
    let format = match request.response_format.as_deref() {
        None => Format::Mp3,
        Some(name) => Format::named(name).ok_or_else(|| {
            let names = Format::NAMES.join(", ");
            ApiError::invalid(
                "response_format",
                format!("response_format must be one of {names}, not '{name}'"),
            )
        })?,
    };
    let rate = rate_of(request.speed.unwrap_or(1.0), "speed")?;
    let as_events = match request.stream_format.as_deref() {
        None | Some("audio") => false,
        Some("sse") => true,
        Some(_) => return Err(ApiError::invalid("stream_format", "stream_format must be 'audio' or 'sse'")),
    };
    let speech =
        mouth.speak(&speakable(&request.input), SpeakOptions { rate: Some(rate), cacheable: false })?;
    let (sound, sent) = tokio::sync::mpsc::channel(UNSENT);
    tokio::spawn(encode(speech, format, sound));
    let sent = ReceiverStream::new(sent);
    if as_events {
        let events = sent.map(|part| Ok::<_, Infallible>(event(part)));
        let done = json!({ "type": "speech.audio.done", "usage": { "input_tokens": 0, "output_tokens": 0, "total_tokens": 0 } });
        let last = tokio_stream::once(Ok(SseEvent::default().data(done.to_string())));
        return Ok(Sse::new(events.chain(last)).into_response());
    }
    Ok(([(CONTENT_TYPE, format.mime())], Body::from_stream(sent)).into_response())
}

/// `gpt-4o-mini-tts` and the like: asked for by habit, spoken by the voice that is here.
fn is_openais(model: &str) -> bool {
    model.starts_with("gpt-") && model.contains("tts")
}

fn event(part: Result<Bytes, TextToSpeechError>) -> SseEvent {
    let data: Value = match part {
        Ok(bytes) => json!({ "type": "speech.audio.delta", "audio": STANDARD.encode(bytes) }),
        Err(error) => ApiError::from(error).to_json(),
    };
    SseEvent::default().data(data.to_string())
}

/// Encodes what is spoken as it comes; ends when nobody takes it.
async fn encode(
    mut speech: Speech,
    format: Format,
    sound: tokio::sync::mpsc::Sender<Result<Bytes, TextToSpeechError>>,
) {
    let mut encoder = None;
    while let Some(piece) = speech.recv().await {
        let encoded = piece.and_then(|piece| {
            let encoder = match &mut encoder {
                Some(encoder) => encoder,
                none => none
                    .insert(Encoder::new(format, piece.pcm.sample_rate).map_err(TextToSpeechError::Engine)?),
            };
            encoder.push(&piece.pcm.samples).map_err(TextToSpeechError::Engine)
        });
        let is_broken = encoded.is_err();
        if encoded.as_ref().is_ok_and(Vec::is_empty) {
            continue;
        }
        if sound.send(encoded.map(Bytes::from)).await.is_err() || is_broken {
            return;
        }
    }
    if let Some(encoder) = encoder {
        let last = encoder.finish().map_err(TextToSpeechError::Engine);
        let _ = sound.send(last.map(Bytes::from)).await;
    }
}
