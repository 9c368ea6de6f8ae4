//! `GET /ws/ask`: a WebSocket on which a citizen speaks and is answered, question after question.
//!
//! Up go binary messages: sound, 16-bit little-endian, mono, 16 kHz, blocks of any length (20 ms are good). A text
//! message `{"type": "end"}` says that no more sound comes; the last answer is given, then the socket closes.
//!
//! Down come text messages, `{"type": …}`:
//!
//! | type | what else | when |
//! |---|---|---|
//! | `speech_started` | | somebody begins to speak |
//! | `partial` | `text` | what was heard at a pause; more may follow |
//! | `speech_ended` | | the turn is over |
//! | `interrupted` | | somebody speaks into the answer, which ends |
//! | `transcript` | `text`, `rejected` | what was heard in the turn |
//! | `answer` | the JSON of `hoidap ask` | |
//! | `audio` | `sample_rate`, `format`, `text` | the next binary message is its sound |
//! | `audio_end` | `timings_ms` | the answer is over |
//! | `error` | `code`, `message` | this question failed; the next may be asked |

use std::sync::Arc;
use std::time::Duration;

use axum::extract::State;
use axum::extract::ws::{Message, WebSocket, WebSocketUpgrade};
use axum::response::Response;
use serde::Serialize;
use serde_json::{Value, json};
use tokio::sync::mpsc;

use crate::pipeline::conversation::Happening;
use crate::pipeline::{Event, Pipeline, Report};

/// Larger messages end the connection, in bytes: 4 s of sound.
const MAX_MESSAGE: usize = 128 << 10;
/// Blocks of sound that may wait for the turn detector; a client that sends faster than that is slowed down.
const UNHEARD_BLOCKS: usize = 64;
/// A client that sends nothing for so long is gone.
const SILENT_CLIENT: Duration = Duration::from_secs(60);
/// A client that takes nothing for so long is gone.
const DEAF_CLIENT: Duration = Duration::from_secs(20);

/// The handler.
pub async fn ask(State(pipeline): State<Arc<Pipeline>>, upgrade: WebSocketUpgrade) -> Response {
    upgrade
        .max_message_size(MAX_MESSAGE)
        .max_frame_size(MAX_MESSAGE)
        .on_upgrade(move |socket| converse(pipeline, socket))
}

/// What the client sent.
enum Sent {
    Sound(Vec<f32>),
    End,
    Nothing,
}

async fn converse(pipeline: Arc<Pipeline>, mut socket: WebSocket) {
    let (sound, heard) = mpsc::channel(UNHEARD_BLOCKS);
    let mut sound = Some(sound);
    let today = || jiff::ZonedDateTime::now().date();
    let mut happenings = pipeline.converse(heard, today);
    loop {
        tokio::select! {
            message = tokio::time::timeout(SILENT_CLIENT, socket.recv()), if sound.is_some() => match message {
                Ok(Some(Ok(message))) => match read(message) {
                    Sent::Sound(block) => {
                        if let Some(sound) = &sound && sound.send(block).await.is_err() {
                            break;
                        }
                    }
                    Sent::End => sound = None,
                    Sent::Nothing => {}
                },
                // Closed, broken, or silent for too long.
                _ => break,
            },
            happening = happenings.recv() => {
                let Some(happening) = happening else { break };
                let sent = tokio::time::timeout(DEAF_CLIENT, send(&mut socket, happening)).await;
                if !matches!(sent, Ok(Ok(()))) {
                    break;
                }
            }
        }
    }
    let _ = tokio::time::timeout(DEAF_CLIENT, socket.send(Message::Close(None))).await;
}

fn read(message: Message) -> Sent {
    match message {
        Message::Binary(bytes) => Sent::Sound(
            bytes
                .chunks_exact(2)
                .map(|s| f32::from(i16::from_le_bytes([s[0], s[1]])) / -f32::from(i16::MIN))
                .collect(),
        ),
        Message::Text(text) => {
            let kind = serde_json::from_str::<Value>(&text).ok();
            match kind.as_ref().and_then(|kind| kind["type"].as_str()) {
                Some("end") => Sent::End,
                _ => Sent::Nothing,
            }
        }
        _ => Sent::Nothing,
    }
}

/// An answer with its type beside it.
#[derive(Serialize)]
struct Answer<'a> {
    r#type: &'static str,
    #[serde(flatten)]
    report: &'a Report,
}

async fn send(socket: &mut WebSocket, happening: Happening) -> Result<(), axum::Error> {
    let mut sound = None;
    let told = match happening {
        Happening::SpeechStarted => json!({ "type": "speech_started" }),
        Happening::SpeechEnded => json!({ "type": "speech_ended" }),
        Happening::Interrupted => json!({ "type": "interrupted" }),
        Happening::Partial(text) => json!({ "type": "partial", "text": text }),
        Happening::Answering(Event::Transcript { text, rejected }) => {
            json!({ "type": "transcript", "text": text, "rejected": rejected })
        }
        Happening::Answering(Event::Answer(report)) => json!(Answer { r#type: "answer", report: &report }),
        Happening::Answering(Event::Sound(sentence)) => {
            sound = Some(sentence.pcm.samples.iter().flat_map(|s| s.to_le_bytes()).collect::<Vec<u8>>());
            json!({
                "type": "audio",
                "sample_rate": sentence.pcm.sample_rate,
                "format": "pcm_s16le",
                "text": sentence.text,
            })
        }
        Happening::Answering(Event::Done(timings)) => json!({ "type": "audio_end", "timings_ms": timings }),
        Happening::Answering(Event::Failed(error)) => {
            tracing::warn!("a question failed: {error}");
            json!({ "type": "error", "code": error.code(), "message": error.vietnamese() })
        }
    };
    socket.send(Message::Text(told.to_string().into())).await?;
    if let Some(sound) = sound {
        socket.send(Message::Binary(sound.into())).await?;
    }
    Ok(())
}
