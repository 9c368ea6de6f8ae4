//! `GET /v1/realtime`: OpenAI's Realtime interface (GA) over a WebSocket, answered from the law.
//!
//! [`events`] is what a client may say, [`session`] how it wants its session, [`talk`] the conversation, [`hearing`] the sound that comes
//! into it, [`response`] one
//! answer in OpenAI's events. Here are the socket, its limits and its deadlines.
//!
//! What is not here: tools, images, other voices, G.711. An event that asks for it is answered with OpenAI's `error` event,
//! and the session goes on.

mod events;
mod hearing;
mod response;
mod session;
mod talk;

use std::sync::Arc;
use std::time::Duration;

use axum::Extension;
use axum::extract::ws::{Message, WebSocket, WebSocketUpgrade};
use axum::extract::{Query, State};
use axum::response::Response as HttpResponse;
use serde::Deserialize;
use serde_json::{Value, json};

use super::error::ApiError;
use super::names;
use crate::pipeline::Pipeline;
use crate::server::farewell::farewell;
use crate::server::gate::Pass;
use crate::server::life::Life;
use events::ClientEvent;
use talk::Talk;

/// Larger messages end the connection, in bytes: about 15 s of sound in base64.
const MAX_MESSAGE: usize = 1 << 20;
/// A client that sends nothing for so long is gone.
const SILENT_CLIENT: Duration = Duration::from_secs(300);
/// A client that takes nothing for so long is gone.
const DEAF_CLIENT: Duration = Duration::from_secs(20);
/// So many events in a row that cannot be understood end the connection.
const MAX_MISUNDERSTOOD: usize = 64;
/// What models are called that are asked for by habit.
const HABITS: [&str; 2] = ["gpt-realtime", "gpt-4o"];

/// What stands in the address.
#[derive(Deserialize, utoipa::IntoParams)]
#[into_params(parameter_in = Query)]
pub(super) struct Address {
    /// `gpt-realtime`, or a name of `GET /v1/models`.
    model: Option<String>,
    /// `transcription` to be heard only.
    intent: Option<String>,
}

/// A WebSocket in OpenAI's realtime protocol.
#[utoipa::path(get, path = "/v1/realtime", tag = "openai", params(Address),
    responses(
        (status = 101, description = "The socket"),
        (status = 404, description = "There is no such model", body = Object),
    ))]
pub(super) async fn connect(
    State(pipeline): State<Arc<Pipeline>>,
    Query(address): Query<Address>,
    Extension(life): Extension<Life>,
    pass: Option<Extension<Pass>>,
    upgrade: WebSocketUpgrade,
) -> Result<HttpResponse, ApiError> {
    let model = address.model.unwrap_or_else(|| HABITS[0].to_owned());
    if !HABITS.iter().any(|habit| model.starts_with(habit)) && !names(&pipeline).contains(&model) {
        return Err(ApiError::no_model(&model));
    }
    let only_hears = address.intent.as_deref() == Some("transcription");
    let mut talk = Talk::new(pipeline, &model, pass.map(|Extension(pass)| pass))?;
    if only_hears {
        talk.update(&json!({ "type": "transcription" }))?;
    }
    let upgrade = upgrade.protocols(["realtime"]).max_message_size(MAX_MESSAGE).max_frame_size(MAX_MESSAGE);
    Ok(upgrade.on_upgrade(move |socket| life.clone().socket(serve(talk, life, socket))))
}

/// Ids, each used once on a connection.
#[derive(Default)]
struct Ids(u64);

impl Ids {
    /// `item_000001`.
    fn next(&mut self, kind: &str) -> String {
        self.0 += 1;
        format!("{kind}_{:06}", self.0)
    }
}

async fn serve(mut talk: Talk, life: Life, mut socket: WebSocket) {
    let mut ids = Ids::default();
    let mut misunderstood = 0;
    let mut is_open = true;
    let mut out = vec![json!({ "type": "session.created", "session": talk.session() })];
    loop {
        if !send(&mut socket, &mut ids, std::mem::take(&mut out)).await {
            return;
        }
        if !is_open && !talk.is_answering() {
            break;
        }
        tokio::select! {
            // The service stops: nothing more is taken, the last response is given.
            () = life.stopping(), if is_open => is_open = false,
            message = tokio::time::timeout(SILENT_CLIENT, socket.recv()), if is_open => {
                let text = match message {
                    Ok(Some(Ok(Message::Text(text)))) => text,
                    Ok(Some(Ok(Message::Binary(_)))) => {
                        let error = ApiError::invalid("event", "events are text messages; sound goes into input_audio_buffer.append");
                        out.push(events::told(&error, None));
                        continue;
                    }
                    Ok(Some(Ok(Message::Ping(_) | Message::Pong(_)))) => continue,
                    _ => break,
                };
                match ClientEvent::read(text.as_str()) {
                    Ok((event, id)) => {
                        misunderstood = 0;
                        if let Err(error) = talk.obey(event, &mut out).await {
                            out.push(events::told(&error, id));
                        }
                    }
                    Err((error, id)) => {
                        misunderstood += 1;
                        if misunderstood > MAX_MISUNDERSTOOD {
                            break;
                        }
                        out.push(events::told(&error, id));
                    }
                }
            }
            happened = talk.happens() => talk.tell(happened, &mut out),
        }
    }
    farewell(socket, DEAF_CLIENT).await;
}

/// Whether all could be sent in time.
async fn send(socket: &mut WebSocket, ids: &mut Ids, out: Vec<Value>) -> bool {
    for mut event in out {
        event["event_id"] = json!(ids.next("event"));
        let sending = socket.send(Message::Text(event.to_string().into()));
        if !matches!(tokio::time::timeout(DEAF_CLIENT, sending).await, Ok(Ok(()))) {
            return false;
        }
    }
    true
}
