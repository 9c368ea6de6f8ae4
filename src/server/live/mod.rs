//! `GET /ws/ask`: a WebSocket on which a citizen speaks and is answered, question after question.
//!
//! Up go binary messages, sound: 16-bit little-endian samples, mono, 16 kHz, in blocks of any length (20 ms are good), or
//! whatever a first `start` says, Opus packets for instance. Up go text messages too, `{"type": …}`:
//!
//! | type | what else | |
//! |---|---|---|
//! | `start` | `format`, `sample_rate`, `rate`, `previous` … | before the first sound: how it goes on |
//! | `ask` | `text` | a question in words, typed or corrected |
//! | `hold_turn` | `held` | a button is held: until `end_turn` no silence ends the turn |
//! | `end_turn` | | what is being said ends here: a button was let go |
//! | `forget_turn` | | what is being said is no question: it is thrown away |
//! | `interrupt` | | the answer is wanted no longer |
//! | `end` | | nothing more comes; the last answer is given, then the socket closes |
//!
//! Down come text messages:
//!
//! | type | what else | when |
//! |---|---|---|
//! | `speech_started` | | somebody begins to speak |
//! | `partial` | `text` | what was heard at a pause; more may follow |
//! | `speech_ended` | | the turn is over |
//! | `interrupted` | | the answer is broken off |
//! | `transcript` | `text`, `rejected` | what was heard in the turn |
//! | `searching` | | the words are being looked up |
//! | `answer` | the JSON of `hoidap ask` | |
//! | `needs_detail` | the same | the answer is a question back |
//! | `audio` | `sample_rate`, `format`, `text` | the next binary message is its sound |
//! | `audio_end` | `timings_ms` | the answer is over |
//! | `error` | `code`, `message`, `waiting` | this question failed; the next may be asked |
//!
//! [`messages`] has every key; `docs/ws-ask.schema.json` is made of it.

pub mod messages;

use std::sync::Arc;
use std::time::Duration;

use axum::Extension;
use axum::extract::State;
use axum::extract::ws::{Message, WebSocket, WebSocketUpgrade};
use axum::response::Response;
use tokio::sync::mpsc;

use crate::audio::AudioError;
use crate::audio::live::LiveDecoder;
use crate::pipeline::Pipeline;
use crate::pipeline::conversation::{Happening, Input};
use crate::question::MAX_QUESTION_CHARACTERS;
use crate::server::farewell::farewell;
use crate::server::gate::{Pass, TOO_MANY_QUESTIONS};
use crate::server::life::Life;
use crate::server::today;
use messages::{ClientMessage, ServerMessage, Start};

/// Larger messages end the connection, in bytes: 4 s of sound.
const MAX_MESSAGE: usize = 128 << 10;
/// Blocks of sound that may wait for the turn detector; a client that sends faster than that is slowed down.
const UNHEARD_BLOCKS: usize = 64;
/// A client that sends nothing for so long is gone.
const SILENT_CLIENT: Duration = Duration::from_secs(60);
/// A client that takes nothing for so long is gone.
const DEAF_CLIENT: Duration = Duration::from_secs(20);
/// So many messages that cannot be read end the connection.
const MAX_UNREADABLE: usize = 16;

/// A WebSocket on which a citizen speaks and is answered; `docs/ws-ask.schema.json` has its messages.
#[utoipa::path(get, path = "/ws/ask", tag = "answers",
    responses((status = 101, description = "The socket; what is said on it is a ServerMessage", body = ServerMessage)))]
pub async fn ask(
    State(pipeline): State<Arc<Pipeline>>,
    Extension(life): Extension<Life>,
    pass: Option<Extension<Pass>>,
    upgrade: WebSocketUpgrade,
) -> Response {
    let upgrade = upgrade.max_message_size(MAX_MESSAGE).max_frame_size(MAX_MESSAGE);
    let pass = pass.map(|Extension(pass)| pass);
    upgrade.on_upgrade(move |socket| life.clone().socket(converse(pipeline, life, pass, socket)))
}

/// One conversation, as the socket sees it.
struct Conversation {
    pipeline: Arc<Pipeline>,
    decoder: Option<LiveDecoder>,
    /// Null before the first input, and after the last.
    input: Option<mpsc::Sender<Input>>,
    happenings: Option<mpsc::Receiver<Happening>>,
    unreadable: usize,
    /// Null where nothing is counted.
    pass: Option<Pass>,
}

/// What becomes of the connection after a message.
enum Next {
    GoOn,
    Tell(ServerMessage),
    Close,
}

async fn converse(pipeline: Arc<Pipeline>, life: Life, pass: Option<Pass>, mut socket: WebSocket) {
    let mut conversation =
        Conversation { pipeline, decoder: None, input: None, happenings: None, unreadable: 0, pass };
    let mut is_open = true;
    while is_open || conversation.happenings.is_some() {
        let next = tokio::select! {
            message = tokio::time::timeout(SILENT_CLIENT, socket.recv()), if is_open => match message {
                Ok(Some(Ok(Message::Close(_)))) => Next::Close,
                Ok(Some(Ok(message))) => conversation.take(message, &mut is_open).await,
                // Broken, or silent for too long.
                _ => Next::Close,
            },
            happening = next_happening(&mut conversation.happenings) => match happening {
                Some(Happening::SpeechEnded) if !conversation.may_ask() => {
                    let _ = send(&mut socket, vec![(too_fast(), None)]).await;
                    Next::Close
                }
                Some(happening) => {
                    let told = ServerMessage::telling(happening, conversation.pipeline.waiting());
                    if send(&mut socket, told).await { Next::GoOn } else { Next::Close }
                }
                None => Next::Close,
            },
            // The service stops: nothing more is taken, the last answer is given.
            () = life.stopping(), if is_open => {
                is_open = false;
                conversation.input = None;
                Next::GoOn
            }
        };
        match next {
            Next::GoOn => {}
            Next::Tell(message) => {
                if !send(&mut socket, vec![(message, None)]).await {
                    break;
                }
            }
            Next::Close => break,
        }
    }
    farewell(socket, DEAF_CLIENT).await;
}

impl Conversation {
    async fn take(&mut self, message: Message, is_open: &mut bool) -> Next {
        match message {
            Message::Binary(bytes) => {
                self.ensure_begun();
                let Some(decoder) = &mut self.decoder else {
                    return Next::Tell(wrong("sound_unexpected", "Câu hỏi này không nhận tiếng nói nữa."));
                };
                match decoder.push(&bytes) {
                    Ok(block) => self.give(Input::Sound(block)).await,
                    Err(error) => self.cannot_read(broken(&error)),
                }
            }
            Message::Text(text) => match serde_json::from_str(&text) {
                Ok(message) => self.obey(message, is_open).await,
                Err(_) => self.cannot_read(wrong("message_malformed", "Thông điệp gửi lên không đúng mẫu.")),
            },
            _ => Next::GoOn,
        }
    }

    async fn obey(&mut self, message: ClientMessage, is_open: &mut bool) -> Next {
        match message {
            ClientMessage::Start(_) if self.happenings.is_some() => {
                self.cannot_read(wrong("start_too_late", "Cuộc hỏi đáp đã bắt đầu rồi."))
            }
            ClientMessage::Start(start) => match self.begin(&start) {
                Some(error) => self.cannot_read(error),
                None => Next::GoOn,
            },
            ClientMessage::Ask { text } if text.chars().nth(MAX_QUESTION_CHARACTERS).is_some() => {
                self.cannot_read(wrong("question_too_long", "Câu hỏi quá dài. Xin hỏi ngắn hơn."))
            }
            ClientMessage::Ask { .. } if !self.may_ask() => self.cannot_read(too_fast()),
            ClientMessage::Ask { text } => {
                self.ensure_begun();
                match self.give(Input::Words(text)).await {
                    Next::GoOn => Next::Tell(ServerMessage::Searching),
                    other => other,
                }
            }
            ClientMessage::HoldTurn { held } => {
                self.ensure_begun();
                self.give(Input::HoldTurn(held)).await
            }
            ClientMessage::EndTurn => self.give(Input::EndTurn).await,
            ClientMessage::ForgetTurn => self.give(Input::ForgetTurn).await,
            ClientMessage::Interrupt => self.give(Input::Interrupt).await,
            ClientMessage::End => {
                *is_open = false;
                self.input = None;
                Next::GoOn
            }
        }
    }

    /// Begins as nobody asked otherwise, if nothing has begun.
    fn ensure_begun(&mut self) {
        if self.happenings.is_none() {
            self.begin(&Start::default());
        }
    }

    /// Begins, or says why not.
    fn begin(&mut self, start: &Start) -> Option<ServerMessage> {
        let Ok(rate) = start.speaking_rate() else {
            return Some(wrong("rate_out_of_range", "Tốc độ đọc phải từ 0,5 đến 2 lần."));
        };
        let follow_up = match start.follow_up() {
            Ok(follow_up) => follow_up,
            Err(error) => return Some(wrong(error.code(), error.vietnamese())),
        };
        let decoder = match LiveDecoder::new(start.live_format()) {
            Ok(decoder) => decoder,
            Err(error) => return Some(broken(&error)),
        };
        let pipeline = Pipeline { rate: rate.or(self.pipeline.rate), ..(*self.pipeline).clone() };
        let (input, given) = mpsc::channel(UNHEARD_BLOCKS);
        self.happenings = Some(pipeline.converse(given, follow_up, today));
        self.input = Some(input);
        self.decoder = Some(decoder);
        None
    }

    /// Before anything began there is nothing to end or to break off.
    async fn give(&self, input: Input) -> Next {
        match &self.input {
            Some(sender) if sender.send(input).await.is_err() => Next::Close,
            _ => Next::GoOn,
        }
    }

    fn cannot_read(&mut self, error: ServerMessage) -> Next {
        self.unreadable += 1;
        if self.unreadable > MAX_UNREADABLE { Next::Close } else { Next::Tell(error) }
    }

    /// Counts a question; whether it may be asked.
    fn may_ask(&self) -> bool {
        self.pass.as_ref().is_none_or(Pass::may_ask)
    }
}

fn too_fast() -> ServerMessage {
    let (code, message) = TOO_MANY_QUESTIONS;
    wrong(code, message)
}

fn wrong(code: &'static str, message: &str) -> ServerMessage {
    ServerMessage::error(code, message)
}

fn broken(error: &AudioError) -> ServerMessage {
    ServerMessage::error(error.code(), error.vietnamese())
}

async fn next_happening(happenings: &mut Option<mpsc::Receiver<Happening>>) -> Option<Happening> {
    match happenings {
        Some(happenings) => happenings.recv().await,
        None => std::future::pending().await,
    }
}

/// Whether all of it could be sent in time.
async fn send(socket: &mut WebSocket, told: Vec<(ServerMessage, Option<Vec<u8>>)>) -> bool {
    for (message, sound) in told {
        let Ok(text) = serde_json::to_string(&message) else { return false };
        let messages =
            std::iter::once(Message::Text(text.into())).chain(sound.map(|s| Message::Binary(s.into())));
        for message in messages {
            if !matches!(tokio::time::timeout(DEAF_CLIENT, socket.send(message)).await, Ok(Ok(()))) {
                return false;
            }
        }
    }
    true
}
