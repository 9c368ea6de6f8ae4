//! `GET /api/answers/{id}/sound`: an answer that was given, spoken again, as a WAV file that begins before it ends.

use std::sync::Arc;

use axum::body::{Body, Bytes};
use axum::extract::rejection::QueryRejection;
use axum::extract::{Query, State};
use axum::http::StatusCode;
use axum::http::header::{ACCEPT_RANGES, CACHE_CONTROL, CONTENT_TYPE, RETRY_AFTER};
use axum::response::{IntoResponse, Response};
use futures::stream::{self, StreamExt};
use serde::Deserialize;

use crate::answer::Status;
use crate::answer::spoken::speakable;
use crate::audio::wav::{pcm_bytes, stream_header};
use crate::pipeline::{Pipeline, PipelineError};
use crate::receipts::Receipt;
use crate::server::answers::{IdInPath, NotKept, kept, refusal};
use crate::text_to_speech::{Rate, SpeakOptions, TextToSpeechError};

/// How it is to be spoken.
#[derive(Deserialize)]
pub(super) struct SoundQuery {
    /// Times the voice's normal rate, 0.5 to 2.
    rate: Option<f32>,
}

/// Why an answer is not spoken.
#[derive(Debug, thiserror::Error)]
pub(super) enum Silent {
    #[error(transparent)]
    NotKept(#[from] NotKept),
    #[error("Tốc độ đọc phải từ 0.5 đến 2.")]
    Rate,
    #[error("Dịch vụ chưa có giọng đọc. Xin đọc trên màn hình.")]
    NoVoice,
    #[error("{}", PipelineError::Speaking(.0.clone()).vietnamese())]
    Failed(#[from] TextToSpeechError),
}

impl IntoResponse for Silent {
    fn into_response(self) -> Response {
        let message = self.to_string();
        match self {
            Self::NotKept(why) => why.into_response(),
            Self::Rate => refusal(StatusCode::BAD_REQUEST, "rate_malformed", &message),
            Self::NoVoice => refusal(StatusCode::SERVICE_UNAVAILABLE, "voice_not_set_up", &message),
            Self::Failed(TextToSpeechError::QueueFull) => {
                ([(RETRY_AFTER, "5")], refusal(StatusCode::SERVICE_UNAVAILABLE, "busy", &message))
                    .into_response()
            }
            Self::Failed(error) => {
                tracing::warn!("an answer could not be spoken again: {error}");
                refusal(StatusCode::INTERNAL_SERVER_ERROR, "speaking_failed", &message)
            }
        }
    }
}

/// The handler.
pub(super) async fn sound(
    State(pipeline): State<Arc<Pipeline>>,
    id: IdInPath,
    query: Result<Query<SoundQuery>, QueryRejection>,
) -> Result<Response, Silent> {
    let Ok(Query(query)) = query else { return Err(Silent::Rate) };
    let rate = query.rate.map(Rate::new).transpose().map_err(|_| Silent::Rate)?;
    let receipt = kept(&pipeline, id).await?;
    let mouth = pipeline.mouth.as_ref().ok_or(Silent::NoVoice)?;
    // What tells of a citizen's own dossier is kept nowhere.
    let options = SpeakOptions { rate, cacheable: receipt.status != Status::DossierUnavailable };
    let mut speech = mouth.speak(&words(receipt).await?, options)?;
    let first = speech.recv().await.transpose()?;
    let sample_rate = first.as_ref().map_or(22_050, |sentence| sentence.pcm.sample_rate);
    let rest = stream::unfold((speech, first), |(mut speech, waiting)| async {
        let sentence = match waiting {
            Some(sentence) => Ok(sentence),
            None => speech.recv().await?,
        };
        Some((sentence, (speech, None)))
    });
    let header = stream::iter([Ok(Bytes::copy_from_slice(&stream_header(sample_rate)))]);
    // An error in the middle breaks the stream off, so that nobody takes the half for the whole.
    let body = header.chain(
        rest.map(move |sentence| sentence.map(|sentence| Bytes::from(pcm_bytes(&sentence.pcm.samples)))),
    );
    let headers =
        [(CONTENT_TYPE, "audio/wav"), (CACHE_CONTROL, "private, no-store"), (ACCEPT_RANGES, "none")];
    Ok((headers, Body::from_stream(body)).into_response())
}

/// What is said: as it was said then, or else the text in speakable words.
async fn words(receipt: Receipt) -> Result<String, TextToSpeechError> {
    match receipt.spoken {
        Some(spoken) => Ok(spoken),
        None => tokio::task::spawn_blocking(move || speakable(&receipt.text))
            .await
            .map_err(|e| TextToSpeechError::Engine(e.to_string())),
    }
}
