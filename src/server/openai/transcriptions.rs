//! `POST /v1/audio/transcriptions`: a recording becomes text, whole or as it is heard.
//!
//! The recording is cut where the speaker pauses (the same turns as everywhere), and every piece is heard on its own: so
//! pieces have times, and a stream has something to tell before the end. `prompt` and `temperature` change nothing;
//! `language` may only be Vietnamese.

use std::convert::Infallible;
use std::fmt::Write as _;
use std::sync::Arc;

use axum::extract::State;
use axum::extract::multipart::{Multipart, MultipartError, MultipartRejection};
use axum::http::StatusCode;
use axum::http::header::CONTENT_TYPE;
use axum::response::sse::{Event as SseEvent, Sse};
use axum::response::{IntoResponse, Json, Response};
use serde_json::{Value, json};
use tokio_stream::StreamExt;
use tokio_stream::wrappers::ReceiverStream;

use super::error::ApiError;
use super::{HEARING, must_be_vietnamese, names};
use crate::audio::turn::{Turn, TurnDetector, TurnEvent, TurnSettings};
use crate::audio::{SAMPLE_RATE, Utterance, decode};
use crate::pipeline::Pipeline;
use crate::speech_to_text::{Ears, Talker, Transcript, Wholeness};

/// Samples given to the detector at a time.
const BLOCK: usize = 1_600;
/// Pieces that may lie untold.
const UNTOLD: usize = 4;
/// A field that is no file is no longer than this, in bytes.
const MAX_FIELD: usize = 4_096;

/// How the text is wanted.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Wanted {
    Json,
    Text,
    Srt,
    VerboseJson,
    Vtt,
}

impl Wanted {
    fn named(name: &str) -> Option<Self> {
        Some(match name {
            "json" => Self::Json,
            "text" => Self::Text,
            "srt" => Self::Srt,
            "verbose_json" => Self::VerboseJson,
            "vtt" => Self::Vtt,
            _ => return None,
        })
    }
}

/// A request, read.
struct Request {
    file: Vec<u8>,
    model: String,
    wanted: Wanted,
    is_streamed: bool,
}

impl Request {
    async fn read(mut form: Multipart) -> Result<Self, ApiError> {
        let (mut file, mut model, mut wanted, mut is_streamed) = (None, None, Wanted::Json, false);
        while let Some(field) = form.next_field().await.map_err(broken)? {
            let name = field.name().unwrap_or_default().to_owned();
            let bytes = field.bytes().await.map_err(broken)?;
            if name == "file" {
                file = Some(bytes.to_vec());
                continue;
            }
            if bytes.len() > MAX_FIELD {
                // A prompt may be long; it changes nothing.
                continue;
            }
            let text = String::from_utf8_lossy(&bytes).trim().to_owned();
            match name.as_str() {
                "model" => model = Some(text),
                "response_format" => {
                    wanted = Wanted::named(&text).ok_or_else(|| {
                        ApiError::invalid(
                            "response_format",
                            "response_format must be json, text, srt, verbose_json or vtt",
                        )
                    })?;
                }
                "stream" => is_streamed = text == "true" || text == "True" || text == "1",
                "language" => must_be_vietnamese(&text, "language")?,
                "timestamp_granularities[]" | "timestamp_granularities" if text == "word" => {
                    return Err(ApiError::invalid(
                        "timestamp_granularities",
                        "times are known of segments only, not of words",
                    ));
                }
                _ => {}
            }
        }
        let file =
            file.ok_or_else(|| ApiError::invalid("file", "file is missing: the recording, multipart"))?;
        let model = model.ok_or_else(|| ApiError::invalid("model", "model is missing"))?;
        Ok(Self { file, model, wanted, is_streamed })
    }
}

fn broken(error: MultipartError) -> ApiError {
    match error.status() {
        StatusCode::PAYLOAD_TOO_LARGE => ApiError::too_large(),
        _ => ApiError::invalid("file", format!("the form cannot be read: {}", error.body_text())),
    }
}

/// One piece of the recording and what was heard in it.
struct Segment {
    /// In seconds.
    start: f64,
    end: f64,
    heard: Transcript,
}

/// What the form holds, for the description.
#[derive(utoipa::ToSchema)]
#[expect(dead_code, reason = "the form is read field by field")]
struct Form {
    /// The recording, in any format that is understood.
    #[schema(value_type = String, format = Binary)]
    file: Vec<u8>,
    /// `whisper-1`, or a name of `GET /v1/models`.
    model: String,
    /// `json`, `text`, `srt`, `verbose_json` or `vtt`.
    response_format: Option<String>,
    /// As server-sent events, piece by piece.
    stream: Option<bool>,
    /// `vi`.
    language: Option<String>,
}

/// A recording becomes text.
#[utoipa::path(post, path = "/v1/audio/transcriptions", tag = "openai",
    request_body(content = Form, content_type = "multipart/form-data"),
    responses(
        (status = 200, description = "The text, as it was asked for", body = Object),
        (status = 400, description = "The form or the recording cannot be used", body = Object),
        (status = 413, description = "The recording is too large", body = Object),
        (status = 429, description = "Too many wait to be heard", body = Object),
    ))]
pub(super) async fn transcribe(
    State(pipeline): State<Arc<Pipeline>>,
    form: Result<Multipart, MultipartRejection>,
) -> Result<Response, ApiError> {
    let form = form.map_err(|rejection| ApiError::invalid("file", rejection.body_text()))?;
    let request = Request::read(form).await?;
    let ears = pipeline.ears.clone().ok_or_else(|| ApiError::not_set_up("no speech model is set up"))?;
    let known = names(&pipeline).contains(&request.model);
    // `gpt-4o-transcribe` and the like: asked for by habit, heard by the model that is here.
    if !known
        && request.model != HEARING
        && !(request.model.starts_with("gpt-") && request.model.contains("transcribe"))
    {
        return Err(ApiError::no_model(&request.model));
    }
    let (limits, settings) = (pipeline.limits.clone(), pipeline.turns.clone());
    let read = move || {
        let utterance = decode(&request.file, &limits)?;
        let seconds = utterance.seconds();
        Ok::<_, ApiError>((turns(&utterance, settings), seconds))
    };
    let (turns, seconds) = tokio::task::spawn_blocking(read)
        .await
        .map_err(|e| ApiError::invalid("file", format!("it cannot be read: {e}")))??;
    if request.is_streamed {
        return Ok(streamed(ears, turns));
    }
    let mut segments = Vec::with_capacity(turns.len());
    let talker = Talker::new();
    for turn in turns {
        segments.extend(hear(&ears, talker, turn).await?);
    }
    Ok(written(&segments, seconds, request.wanted))
}

/// Where the recording is cut.
fn turns(utterance: &Utterance, settings: TurnSettings) -> Vec<Turn> {
    let mut detector = TurnDetector::new(settings);
    let mut turns = Vec::new();
    let mut take = |event: TurnEvent| {
        if let TurnEvent::EndOfTurn(turn) | TurnEvent::TooLong(turn) = event {
            turns.push(turn);
        }
    };
    for block in utterance.samples().chunks(BLOCK) {
        detector.push(block).into_iter().for_each(&mut take);
    }
    detector.finish().into_iter().for_each(&mut take);
    turns
}

/// What was said in a turn; null where nothing was.
async fn hear(ears: &Ears, talker: Talker, turn: Turn) -> Result<Option<Segment>, ApiError> {
    let seconds = |place: u64| place as f64 / f64::from(SAMPLE_RATE);
    let (start, end) = (seconds(turn.start), seconds(turn.speech_end));
    let heard = ears.hear_from(talker, Wholeness::certain(), turn.utterance).await?;
    Ok((!heard.text.is_empty()).then_some(Segment { start, end, heard }))
}

fn streamed(ears: Ears, turns: Vec<Turn>) -> Response {
    let (told, events) = tokio::sync::mpsc::channel::<Value>(UNTOLD);
    tokio::spawn(async move {
        let talker = Talker::new();
        let mut whole = String::new();
        for turn in turns {
            let delta = match hear(&ears, talker, turn).await {
                Ok(None) => continue,
                Ok(Some(segment)) if whole.is_empty() => segment.heard.text,
                Ok(Some(segment)) => format!(" {}", segment.heard.text),
                Err(error) => {
                    let _ = told.send(error.to_json()).await;
                    return;
                }
            };
            whole.push_str(&delta);
            if told.send(json!({ "type": "transcript.text.delta", "delta": delta })).await.is_err() {
                return;
            }
        }
        let _ = told.send(json!({ "type": "transcript.text.done", "text": whole })).await;
    });
    let events = ReceiverStream::new(events);
    Sse::new(events.map(|event| Ok::<_, Infallible>(SseEvent::default().data(event.to_string()))))
        .into_response()
}

fn written(segments: &[Segment], seconds: f64, wanted: Wanted) -> Response {
    let text = segments.iter().map(|segment| segment.heard.text.as_str()).collect::<Vec<_>>().join(" ");
    let plain = |kind: &'static str, body: String| ([(CONTENT_TYPE, kind)], body).into_response();
    match wanted {
        Wanted::Json => Json(json!({ "text": text })).into_response(),
        Wanted::Text => plain("text/plain; charset=utf-8", text + "\n"),
        Wanted::Srt => plain("text/plain; charset=utf-8", subtitles(segments, ',')),
        Wanted::Vtt => plain("text/vtt; charset=utf-8", format!("WEBVTT\n\n{}", subtitles(segments, '.'))),
        Wanted::VerboseJson => {
            let segments: Vec<Value> = segments
                .iter()
                .enumerate()
                .map(|(id, segment)| {
                    json!({
                        "id": id,
                        "start": hundredths(segment.start),
                        "end": hundredths(segment.end),
                        "text": segment.heard.text,
                        "temperature": 0.0,
                        "avg_logprob": segment.heard.mean_log_probability,
                    })
                })
                .collect();
            Json(json!({
                "task": "transcribe",
                "language": "vietnamese",
                "duration": hundredths(seconds),
                "text": text,
                "segments": segments,
            }))
            .into_response()
        }
    }
}

fn hundredths(seconds: f64) -> f64 {
    (seconds * 100.0).round() / 100.0
}

/// SubRip numbers its subtitles, WebVTT may.
fn subtitles(segments: &[Segment], point: char) -> String {
    let mut out = String::new();
    for (n, segment) in segments.iter().enumerate() {
        let (start, end) = (time(segment.start, point), time(segment.end, point));
        let _ = write!(out, "{}\n{start} --> {end}\n{}\n\n", n + 1, segment.heard.text);
    }
    out
}

/// `00:01:02,345`
fn time(seconds: f64, point: char) -> String {
    let ms = (seconds.max(0.0) * 1e3).round() as u64;
    let (hours, minutes, seconds) = (ms / 3_600_000, ms / 60_000 % 60, ms / 1_000 % 60);
    format!("{hours:02}:{minutes:02}:{seconds:02}{point}{:03}", ms % 1_000)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn times_are_written_as_subtitles_have_them() {
        assert_eq!(time(3_723.456, ','), "01:02:03,456");
        assert_eq!(time(-1.0, '.'), "00:00:00.000");
        let heard = Transcript { text: "Xin chào".to_owned(), ..Transcript::default() };
        let segments = [Segment { start: 0.5, end: 1.25, heard }];
        assert_eq!(subtitles(&segments, ','), "1\n00:00:00,500 --> 00:00:01,250\nXin chào\n\n");
    }

    #[test]
    fn a_recording_without_a_voice_has_no_pieces() {
        let silence = Utterance::from_samples(vec![0.0; 16_000 * 3]);
        assert!(turns(&silence, TurnSettings::default()).is_empty());
    }
}
