//! What may come after what on one connection, and the work that it begins.

use std::collections::VecDeque;

use serde::Deserialize;
use serde::de::DeserializeOwned;
use serde_json::{Value, json};
use tokio::sync::mpsc;
use tokio_util::task::AbortOnDropHandle;

use super::error::RequestError;
use super::sound::{IncomingSound, SoundFormat};
use super::speaking::IncomingText;
use super::{asking, info, speaking};
use crate::pipeline::{Pipeline, PipelineError};
use crate::question::MAX_QUESTION_CHARACTERS;
use crate::text_to_speech::Mouth;
use crate::text_to_speech::mouth::MAX_CHARACTERS;
use crate::wyoming::Event;

/// The one language.
pub const LANGUAGE: &str = "vi";
/// The name of the programs.
pub const PROGRAM: &str = "hoidap";
/// Events that may lie unsent before the work waits for the client.
const UNSENT: usize = 8;

/// Where the work's events go.
pub struct Replies(mpsc::Sender<Result<Event, RequestError>>);

impl Replies {
    /// Waits until the client takes what came before. A client that is gone takes the work with it.
    pub async fn send(&self, event: Event) {
        let _ = self.0.send(Ok(event)).await;
    }
}

#[derive(Deserialize)]
struct Named {
    name: Option<String>,
    language: Option<String>,
}

#[derive(Deserialize)]
struct Spoken {
    text: Option<String>,
    voice: Option<Named>,
    text_format: Option<String>,
}

#[derive(Deserialize)]
struct Question {
    text: String,
    language: Option<String>,
    context: Option<Value>,
}

#[derive(Deserialize)]
struct Text {
    text: String,
}

/// What the client has begun and not ended.
enum Input {
    Nothing,
    Sound(Box<IncomingSound>),
    Text(IncomingText),
}

/// Work that goes on; dropping it ends it.
struct Work {
    replies: mpsc::Receiver<Result<Event, RequestError>>,
    /// What may be sent last. It waits until it is known whether the work is over, for the client may go on at once.
    last: &'static [&'static str],
    /// What waits to be sent.
    held: VecDeque<Result<Event, RequestError>>,
    is_over: bool,
    _task: AbortOnDropHandle<()>,
}

impl Work {
    /// Whether something waits that may be sent: it is not the last, or something comes after it.
    fn may_send(&self) -> bool {
        match self.held.front() {
            Some(Ok(event)) => self.held.len() > 1 || !self.last.contains(&event.kind.as_str()),
            Some(Err(_)) => true,
            None => false,
        }
    }
}

/// One connection.
pub struct Session {
    pipeline: Pipeline,
    input: Input,
    work: Option<Work>,
}

impl Session {
    /// In which nothing has happened.
    pub fn new(pipeline: Pipeline) -> Self {
        Self { pipeline, input: Input::Nothing, work: None }
    }

    /// Whether a request has begun that is not answered.
    pub fn is_busy(&self) -> bool {
        self.work.is_some() || !matches!(self.input, Input::Nothing)
    }

    /// Whether nothing need come from the client for now.
    pub fn is_working(&self) -> bool {
        self.work.is_some() && matches!(self.input, Input::Nothing)
    }

    /// Takes an event; gives what is answered at once.
    ///
    /// # Errors
    /// Where it cannot be understood, does not belong here, or asks for what is not to be had.
    pub fn take(&mut self, event: &Event) -> Result<Option<Event>, RequestError> {
        match event.kind.as_str() {
            "describe" => return Ok(Some(info::info(&self.pipeline))),
            "ping" => {
                let text = event.data.get("text").cloned().unwrap_or_default();
                return Ok(Some(Event::new("pong", json!({ "text": text }))));
            }
            "select-program" => {
                let asked: Named = data(event)?;
                is_called(asked.name, PROGRAM, "program")?;
            }
            "transcribe" => {
                self.must_be_free(event)?;
                let asked: Named = data(event)?;
                is_vietnamese(asked.language.as_deref())?;
                let ears = self.pipeline.ears.as_ref().ok_or(PipelineError::Deaf)?;
                is_called(asked.name, ears.model(), "model")?;
            }
            "audio-start" => {
                self.must_be_free(event)?;
                self.pipeline.ears.as_ref().ok_or(PipelineError::Deaf)?;
                let sound = IncomingSound::new(data(event)?, self.pipeline.limits.clone())?;
                self.input = Input::Sound(Box::new(sound));
            }
            "audio-chunk" => match &mut self.input {
                Input::Sound(sound) => sound.push(&event.payload, data::<SoundFormat>(event).ok())?,
                _ => return Err(not_begun(event, "audio-start")),
            },
            "audio-stop" => match std::mem::replace(&mut self.input, Input::Nothing) {
                Input::Sound(sound) => self.hear(*sound)?,
                _ => return Err(not_begun(event, "audio-start")),
            },
            // Clients that stream send the whole text as well, for servers that cannot take a stream.
            "synthesize" if matches!(self.input, Input::Text(_)) => {}
            "synthesize" => {
                self.must_be_free(event)?;
                let asked: Spoken = data(event)?;
                let mouth = self.mouth_for(&asked)?;
                let text = asked.text.ok_or_else(|| malformed(event, "there is no text"))?;
                is_no_longer_than(MAX_CHARACTERS, &text)?;
                let say = |replies| async move { speaking::say(&mouth, text, &replies).await };
                self.work = Some(begin(&["audio-stop"], say));
            }
            "synthesize-start" => {
                self.must_be_free(event)?;
                let mouth = self.mouth_for(&data(event)?)?;
                let (text, sentences) = IncomingText::new();
                self.input = Input::Text(text);
                let say = |replies| async move { speaking::say_each(&mouth, sentences, &replies).await };
                self.work = Some(begin(&["synthesize-stopped"], say));
            }
            "synthesize-chunk" => match &mut self.input {
                Input::Text(text) => text.push(&data::<Text>(event)?.text)?,
                _ => return Err(not_begun(event, "synthesize-start")),
            },
            "synthesize-stop" => match std::mem::replace(&mut self.input, Input::Nothing) {
                Input::Text(text) => text.finish(),
                _ => return Err(not_begun(event, "synthesize-start")),
            },
            "transcript" => {
                self.must_be_free(event)?;
                let Question { text, language, context } = data(event)?;
                is_vietnamese(language.as_deref())?;
                is_no_longer_than(MAX_QUESTION_CHARACTERS, &text)?;
                let (pipeline, before) = (self.pipeline.clone(), asking::follow_up(context)?);
                let answer = |replies| async move { asking::answer(&pipeline, text, before, &replies).await };
                self.work = Some(begin(&["handled", "not-handled"], answer));
            }
            _ => tracing::debug!("a Wyoming event of another type was passed over"),
        }
        Ok(None)
    }

    /// What the work has to send next; null when it has ended. Waits for ever where there is none. Dropping the future loses
    /// nothing.
    pub async fn next(&mut self) -> Option<Result<Event, RequestError>> {
        let Some(work) = &mut self.work else { return std::future::pending().await };
        while !work.may_send() && !work.is_over {
            match work.replies.recv().await {
                Some(reply) => work.held.push_back(reply),
                None => work.is_over = true,
            }
        }
        let reply = work.held.pop_front();
        if work.is_over && work.held.is_empty() {
            self.work = None;
        }
        reply
    }

    fn must_be_free(&self, event: &Event) -> Result<(), RequestError> {
        if self.is_busy() { Err(RequestError::Busy(event.kind.clone())) } else { Ok(()) }
    }

    fn hear(&mut self, sound: IncomingSound) -> Result<(), RequestError> {
        let utterance = sound.finish()?;
        let ears = self.pipeline.ears.clone().ok_or(PipelineError::Deaf)?;
        let coming = self.pipeline.mouth.as_ref().map(Mouth::answer_is_coming);
        self.work = Some(begin(&["transcript"], |replies| async move {
            let _coming = coming;
            let heard = ears.hear(utterance).await.map_err(PipelineError::from)?;
            let told = json!({ "text": heard.text, "language": LANGUAGE });
            replies.send(Event::new("transcript", told)).await;
            Ok(())
        }));
        Ok(())
    }

    fn mouth_for(&self, asked: &Spoken) -> Result<Mouth, RequestError> {
        let mouth = self.pipeline.mouth.clone().ok_or(RequestError::Mute)?;
        if let Some(voice) = &asked.voice {
            is_vietnamese(voice.language.as_deref())?;
            is_called(voice.name.clone(), mouth.voice(), "voice")?;
        }
        match &asked.text_format {
            Some(format) if format != "text" => Err(RequestError::TextFormat(format.clone())),
            _ => Ok(mouth),
        }
    }
}

fn begin<F>(last: &'static [&'static str], work: impl FnOnce(Replies) -> F) -> Work
where
    F: Future<Output = Result<(), RequestError>> + Send + 'static,
{
    let (sender, replies) = mpsc::channel(UNSENT);
    let failed = sender.clone();
    let work = work(Replies(sender));
    let task = tokio::spawn(async move {
        if let Err(error) = work.await {
            let _ = failed.send(Err(error)).await;
        }
    });
    Work { replies, last, held: VecDeque::new(), is_over: false, _task: AbortOnDropHandle::new(task) }
}

fn data<T: DeserializeOwned>(event: &Event) -> Result<T, RequestError> {
    serde_json::from_value(Value::Object(event.data.clone())).map_err(|e| malformed(event, &e.to_string()))
}

fn malformed(event: &Event, reason: &str) -> RequestError {
    RequestError::Malformed { kind: event.kind.clone(), reason: reason.to_owned() }
}

fn not_begun(event: &Event, what: &'static str) -> RequestError {
    RequestError::NotBegun(event.kind.clone(), what)
}

/// `vi`, `vi-VN`, or none.
fn is_vietnamese(language: Option<&str>) -> Result<(), RequestError> {
    let Some(language) = language else { return Ok(()) };
    let tongue = language.split(['-', '_']).next().unwrap_or_default();
    if tongue.eq_ignore_ascii_case(LANGUAGE) {
        Ok(())
    } else {
        Err(RequestError::Language(language.to_owned()))
    }
}

fn is_called(asked: Option<String>, name: &str, what: &'static str) -> Result<(), RequestError> {
    match asked {
        Some(asked) if asked != name => Err(RequestError::Unknown { what, name: asked }),
        _ => Ok(()),
    }
}

fn is_no_longer_than(limit: usize, text: &str) -> Result<(), RequestError> {
    if text.chars().nth(limit).is_some() { Err(RequestError::TextTooLong(limit)) } else { Ok(()) }
}
