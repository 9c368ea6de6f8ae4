//! The conversation behind a realtime session.
//!
//! Where the service ends turns and answers them (the default), sound goes into [`Pipeline::converse`], which hears before
//! the end is sure. Where the client asks for each answer (`turn_detection` null, or `create_response` false), turns are heard
//! when they are committed, and answered when `response.create` comes.

use std::sync::Arc;

use serde_json::{Value, json};
use tokio::sync::mpsc;
use tokio_util::task::AbortOnDropHandle;

use super::Ids;
use super::events::{ClientEvent, Message, audio, message};
use super::hearing::MIN_COMMIT;
use super::response::{Cancelled, Response};
use super::session::{Config, Session, is_spoken};
use crate::answer::FollowUp;
use crate::audio::live::{LiveDecoder, LiveFormat};
use crate::audio::turn::TurnDetector;
use crate::audio::{SAMPLE_RATE, Utterance};
use crate::pipeline::conversation::{Happening, Input};
use crate::pipeline::{Asked, Event, Pipeline};
use crate::question::MAX_QUESTION_CHARACTERS;
use crate::server::gate::Pass;
use crate::server::openai::error::ApiError;
use crate::server::today;
use crate::speech_to_text::{SpeechToTextError, Transcript};

/// What became of a committed turn.
pub(super) type Heard = Result<Transcript, SpeechToTextError>;

/// What the next `response.create` answers.
pub(super) enum Pending {
    Nothing,
    Text(String),
    /// Being heard; whether an answer is wanted already, and whether spoken.
    Hearing {
        item_id: String,
        wanted: Option<bool>,
        _task: AbortOnDropHandle<()>,
    },
    Heard(Box<Transcript>),
}

/// What happened while nobody said anything to us.
pub(super) enum Happened {
    /// In a conversation that the service leads.
    Led(Option<Happening>),
    /// In the answer that the client asked for.
    Answering(Option<Event>),
    /// A committed turn was heard.
    Heard(Heard),
}

/// One session's conversation.
pub(super) struct Talk {
    pub(super) pipeline: Arc<Pipeline>,
    /// Null where nothing is counted.
    pub(super) pass: Option<Pass>,
    pub(super) session: Session,
    pub(super) ids: Ids,
    pub(super) decoder: LiveDecoder,
    /// Samples that came, at 16 kHz.
    pub(super) position: u64,
    /// Sound since the last commit, where the client commits.
    pub(super) buffer: Vec<f32>,
    pub(super) detector: TurnDetector,
    pub(super) led: Option<(mpsc::Sender<Input>, mpsc::Receiver<Happening>)>,
    pub(super) asked: Option<mpsc::Receiver<Event>>,
    pub(super) heard: (mpsc::Sender<Heard>, mpsc::Receiver<Heard>),
    pub(super) pending: Pending,
    pub(super) response: Option<Response>,
    pub(super) follow_up: Option<FollowUp>,
    /// The item of the turn that is being spoken.
    pub(super) turn_item: String,
    pub(super) last_item: Value,
}

impl Talk {
    /// Nothing has been said yet.
    pub fn new(pipeline: Arc<Pipeline>, model: &str, pass: Option<Pass>) -> Result<Self, ApiError> {
        let mut ids = Ids::default();
        let session = Session::new(&ids.next("sess"), model, &pipeline)?;
        let detector = TurnDetector::new(pipeline.turns.clone());
        Ok(Self {
            decoder: decoder(&session.config)?,
            pipeline,
            pass,
            session,
            ids,
            position: 0,
            buffer: Vec::new(),
            detector,
            led: None,
            asked: None,
            heard: mpsc::channel(4),
            pending: Pending::Nothing,
            response: None,
            follow_up: None,
            turn_item: String::new(),
            last_item: Value::Null,
        })
    }

    /// Whether a response is being given.
    pub fn is_answering(&self) -> bool {
        self.response.is_some()
    }

    /// Counts a question.
    pub(super) fn may_ask(&self) -> Result<(), ApiError> {
        match &self.pass {
            Some(pass) if !pass.may_ask() => Err(ApiError::too_fast()),
            _ => Ok(()),
        }
    }

    /// The session as the client knows it.
    pub fn session(&self) -> &Value {
        &self.session.json
    }

    /// Changes the session; the conversation goes on.
    pub fn update(&mut self, update: &Value) -> Result<(), ApiError> {
        let mut session = self.session.clone();
        session.update(update)?;
        if session.config.input_rate != self.session.config.input_rate {
            self.decoder = decoder(&session.config)?;
        }
        if session.config != self.session.config {
            // Begun anew with the next sound, and with what the last answer gave to follow upon.
            self.led = None;
            self.buffer.clear();
            self.detector = TurnDetector::new(self.pipeline.turns.clone());
        }
        self.session = session;
        Ok(())
    }

    /// Does what the client says.
    pub async fn obey(&mut self, event: ClientEvent, out: &mut Vec<Value>) -> Result<(), ApiError> {
        match event {
            ClientEvent::SessionUpdate { session } => {
                self.update(&session)?;
                out.push(json!({ "type": "session.updated", "session": self.session.json }));
            }
            ClientEvent::Append { audio: text } => self.append(&audio(&text)?, out).await?,
            ClientEvent::Commit => self.commit(out).await?,
            ClientEvent::Clear => {
                self.buffer.clear();
                self.detector = TurnDetector::new(self.pipeline.turns.clone());
                self.led = None;
                out.push(json!({ "type": "input_audio_buffer.cleared" }));
            }
            ClientEvent::CreateItem { item } => self.create_item(&item, out)?,
            ClientEvent::TruncateItem { item_id, audio_end_ms } => out.push(json!({
                "type": "conversation.item.truncated",
                "item_id": item_id, "content_index": 0, "audio_end_ms": audio_end_ms,
            })),
            ClientEvent::DeleteItem { item_id } => {
                if matches!(&self.pending, Pending::Hearing { item_id: id, .. } if *id == item_id)
                    || self.last_item == json!(item_id)
                {
                    self.pending = Pending::Nothing;
                }
                out.push(json!({ "type": "conversation.item.deleted", "item_id": item_id }));
            }
            ClientEvent::CreateResponse { response } => self.create_response(&response, out)?,
            ClientEvent::CancelResponse => {
                if self.response.is_none() {
                    return Err(ApiError::coded(
                        "response_cancel_not_active",
                        "there is no response to cancel",
                    ));
                }
                self.cancel(Cancelled::ByClient, out);
                if let Some((input, _)) = &self.led {
                    let _ = input.send(Input::Interrupt).await;
                }
            }
        }
        Ok(())
    }

    pub(super) fn add_item(&mut self, item_id: &str, content: Value, out: &mut Vec<Value>) {
        let item = json!({
            "id": item_id, "object": "realtime.item", "type": "message", "status": "completed", "role": "user",
            "content": content,
        });
        for kind in ["conversation.item.added", "conversation.item.done"] {
            out.push(json!({ "type": kind, "previous_item_id": self.last_item, "item": item }));
        }
        self.last_item = json!(item_id);
    }

    fn create_item(&mut self, item: &Value, out: &mut Vec<Value>) -> Result<(), ApiError> {
        let id = match item["id"].as_str() {
            Some(id) if (1..=64).contains(&id.len()) => id.to_owned(),
            Some(_) => return Err(ApiError::invalid("item.id", "an id has 1 to 64 bytes")),
            None => self.ids.next("item"),
        };
        match message(item)? {
            None => {
                for kind in ["conversation.item.added", "conversation.item.done"] {
                    let mut told = item.clone();
                    told["id"] = json!(id);
                    out.push(json!({ "type": kind, "previous_item_id": self.last_item, "item": told }));
                }
                self.last_item = json!(id);
            }
            Some(Message::Text(text)) => {
                if text.chars().nth(MAX_QUESTION_CHARACTERS).is_some() {
                    let message = format!("a question has at most {MAX_QUESTION_CHARACTERS} characters");
                    return Err(ApiError::invalid("item.content", message));
                }
                self.add_item(&id, json!([{ "type": "input_text", "text": text }]), out);
                self.pending = Pending::Text(text);
            }
            Some(Message::Sound(text)) => {
                let sound = decoder(&self.session.config)?.push(&audio(&text)?)?;
                if sound.len() < MIN_COMMIT {
                    return Err(ApiError::invalid("item.content", "there is less than 100 ms of sound"));
                }
                self.turn_item = id;
                self.take(Utterance::from_samples(sound), out)?;
            }
        }
        Ok(())
    }

    fn create_response(&mut self, options: &Value, out: &mut Vec<Value>) -> Result<(), ApiError> {
        if self.session.config.only_hears {
            return Err(ApiError::coded("not_in_transcription", "a transcription session answers nothing"));
        }
        if self.response.is_some() {
            let message = "a response is being given; cancel it, or wait for response.done";
            return Err(ApiError::coded("conversation_already_has_active_response", message));
        }
        self.may_ask()?;
        let is_spoken = match &options["output_modalities"] {
            Value::Null => self.session.config.is_spoken,
            modalities => is_spoken(modalities, "response.output_modalities")?,
        };
        match std::mem::replace(&mut self.pending, Pending::Nothing) {
            Pending::Nothing => {
                let message = "there is nothing to answer: add a message of the user, or commit sound, first";
                return Err(ApiError::coded("no_user_message", message));
            }
            Pending::Text(text) => self.ask(Asked::Text(text), is_spoken, out),
            Pending::Heard(heard) => self.ask(Asked::Heard(heard), is_spoken, out),
            Pending::Hearing { item_id, _task, .. } => {
                self.response = Some(Response::begin(&mut self.ids, is_spoken, out));
                self.pending = Pending::Hearing { item_id, wanted: Some(is_spoken), _task };
            }
        }
        Ok(())
    }

    pub(super) fn ask(&mut self, asked: Asked, is_spoken: bool, out: &mut Vec<Value>) {
        if self.response.is_none() {
            self.response = Some(Response::begin(&mut self.ids, is_spoken, out));
        }
        self.asked = Some(self.speaking(is_spoken).ask_after(asked, self.follow_up.clone(), today()));
    }

    pub(super) fn cancel(&mut self, why: Cancelled, out: &mut Vec<Value>) {
        self.asked = None;
        if let Pending::Hearing { wanted, .. } = &mut self.pending {
            *wanted = None;
        }
        if let Some(mut response) = self.response.take() {
            response.cancel(why, out);
        }
    }

    /// What happens next; never, where nothing can.
    pub async fn happens(&mut self) -> Happened {
        tokio::select! {
            happening = next(self.led.as_mut().map(|led| &mut led.1)) => Happened::Led(happening),
            event = next(self.asked.as_mut()) => Happened::Answering(event),
            Some(heard) = self.heard.1.recv() => Happened::Heard(heard),
        }
    }

    /// Tells it.
    pub fn tell(&mut self, happened: Happened, out: &mut Vec<Value>) {
        match happened {
            Happened::Led(None) => self.led = None,
            Happened::Led(Some(Happening::SpeechStarted)) => self.speech_started(self.position, out),
            Happened::Led(Some(Happening::SpeechEnded)) => {
                if let Err(error) = self.may_ask() {
                    self.led = None;
                    out.push(super::events::told(&error, None));
                    return;
                }
                self.speech_stopped(self.position, out);
                self.committed(out);
            }
            Happened::Led(Some(Happening::Interrupted)) => self.cancel(Cancelled::ByTalker, out),
            Happened::Led(Some(Happening::Partial(_))) => {}
            Happened::Led(Some(Happening::Answering(event))) => self.led_answer(event, out),
            Happened::Answering(Some(event)) => self.answer_event(event, out),
            Happened::Answering(None) => self.asked = None,
            Happened::Heard(heard) => self.was_heard(heard, out),
        }
    }

    /// An event of an answer that nobody asked for but by speaking: it becomes a response when there is an answer.
    fn led_answer(&mut self, event: Event, out: &mut Vec<Value>) {
        match &event {
            Event::Transcript { text, .. } => {
                let item_id = self.last_item.clone();
                self.transcribed(&item_id, text, out);
                return;
            }
            Event::Answer(_) if self.response.is_none() => {
                let is_spoken = self.session.config.is_spoken;
                self.response = Some(Response::begin(&mut self.ids, is_spoken, out));
            }
            Event::Failed(error) if self.response.is_none() => {
                let mut told = json!({
                    "type": "conversation.item.input_audio_transcription.failed",
                    "item_id": self.last_item, "content_index": 0,
                });
                told["error"] =
                    json!({ "type": "server_error", "code": error.code(), "message": error.to_string() });
                out.push(told);
                return;
            }
            _ => {}
        }
        self.answer_event(event, out);
    }

    fn answer_event(&mut self, event: Event, out: &mut Vec<Value>) {
        if let Event::Answer(report) = &event {
            self.follow_up = report.follow_up.clone();
            if let (Some(_), Some((input, _))) = (&self.asked, &self.led) {
                // The one who leads has not heard of this answer.
                let _ = input.try_send(Input::FollowUp(self.follow_up.clone()));
            }
        }
        if let Some(response) = &mut self.response
            && response.event(event, out)
        {
            self.last_item = json!(response.item_id());
            self.response = None;
        }
    }
}

fn decoder(config: &Config) -> Result<LiveDecoder, ApiError> {
    Ok(LiveDecoder::new(LiveFormat::Pcm16 { sample_rate: config.input_rate })?)
}

pub(super) fn milliseconds(samples: u64) -> u64 {
    samples * 1000 / u64::from(SAMPLE_RATE)
}

async fn next<T>(receiver: Option<&mut mpsc::Receiver<T>>) -> Option<T> {
    match receiver {
        Some(receiver) => receiver.recv().await,
        None => std::future::pending().await,
    }
}
