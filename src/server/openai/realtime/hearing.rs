//! Sound that comes into a realtime session: where its turns end, and what was heard in them.

use serde_json::{Value, json};
use tokio::sync::mpsc;
use tokio_util::task::AbortOnDropHandle;

use super::response::Cancelled;
use super::session::Turns;
use super::talk::{Happened, Heard, Pending, Talk, milliseconds};
use crate::audio::turn::TurnEvent;
use crate::audio::{SAMPLE_RATE, Utterance};
use crate::pipeline::conversation::Input;
use crate::pipeline::{Asked, Pipeline};
use crate::server::openai::error::ApiError;
use crate::server::today;

/// Blocks of sound that may wait for the turn detector; a client that sends faster is slowed down.
const UNHEARD_BLOCKS: usize = 64;
/// Less sound cannot be committed, in samples: 100 ms, as with OpenAI.
pub(super) const MIN_COMMIT: usize = SAMPLE_RATE as usize / 10;

impl Talk {
    pub(super) async fn append(&mut self, bytes: &[u8], out: &mut Vec<Value>) -> Result<(), ApiError> {
        let block = self.decoder.push(bytes)?;
        self.position += block.len() as u64;
        match self.session.config.turns {
            Turns::Answered => {
                if self.led.is_none() {
                    self.lead();
                }
                let mut waiting = Vec::new();
                if let Some((input, happenings)) = &mut self.led {
                    // What happens meanwhile is taken too: neither waits for the other.
                    let sending = input.send(Input::Sound(block));
                    tokio::pin!(sending);
                    loop {
                        tokio::select! {
                            sent = &mut sending => {
                                if sent.is_err() {
                                    return Err(ApiError::coded("session_ended", "the conversation has ended"));
                                }
                                break;
                            }
                            Some(happening) = happenings.recv() => waiting.push(happening),
                        }
                    }
                }
                for happening in waiting {
                    self.tell(Happened::Led(Some(happening)), out);
                }
            }
            Turns::Committed => {
                for event in self.detector.push(&block) {
                    match event {
                        TurnEvent::SpeechStarted { at } => self.speech_started(at, out),
                        TurnEvent::EndOfTurn(turn) | TurnEvent::TooLong(turn) => {
                            self.speech_stopped(turn.speech_end, out);
                            self.take(turn.utterance, out)?;
                        }
                        _ => {}
                    }
                }
            }
            Turns::Manual => {
                let limit = (self.pipeline.limits.max_seconds * f64::from(SAMPLE_RATE)) as usize;
                if self.buffer.len() + block.len() > limit {
                    self.buffer.clear();
                    let message =
                        format!("more than {limit} samples without a commit; the buffer is cleared");
                    return Err(ApiError::coded("input_audio_buffer_full", &message));
                }
                self.buffer.extend(block);
            }
        }
        Ok(())
    }

    pub(super) fn lead(&mut self) {
        let pipeline = self.speaking(self.session.config.is_spoken);
        let (input, given) = mpsc::channel(UNHEARD_BLOCKS);
        let happenings = pipeline.converse(given, self.follow_up.clone(), today);
        self.led = Some((input, happenings));
    }

    pub(super) fn speaking(&self, is_spoken: bool) -> Pipeline {
        let rate = self.session.config.rate.or(self.pipeline.rate);
        let mouth = self.pipeline.mouth.clone().filter(|_| is_spoken);
        Pipeline { rate, mouth, ..(*self.pipeline).clone() }
    }

    pub(super) async fn commit(&mut self, out: &mut Vec<Value>) -> Result<(), ApiError> {
        match self.session.config.turns {
            Turns::Answered => {
                if let Some((input, _)) = &self.led {
                    let _ = input.send(Input::EndTurn).await;
                }
                Ok(())
            }
            Turns::Committed | Turns::Manual => {
                let sound = match self.session.config.turns {
                    Turns::Manual => std::mem::take(&mut self.buffer),
                    _ => match self.detector.finish() {
                        Some(TurnEvent::EndOfTurn(turn)) => turn.utterance.samples().to_vec(),
                        _ => Vec::new(),
                    },
                };
                if sound.len() < MIN_COMMIT {
                    let message = "the buffer holds less than 100 ms of sound; append some before a commit";
                    return Err(ApiError::coded("input_audio_buffer_commit_empty", message));
                }
                self.turn_item = self.ids.next("item");
                self.take(Utterance::from_samples(sound), out)
            }
        }
    }

    /// A turn becomes an item and is heard.
    pub(super) fn take(&mut self, utterance: Utterance, out: &mut Vec<Value>) -> Result<(), ApiError> {
        let ears =
            self.pipeline.ears.clone().ok_or_else(|| ApiError::not_set_up("no speech model is set up"))?;
        let item_id = self.committed(out);
        let told = self.heard.0.clone();
        let hearing = tokio::spawn(async move {
            let _ = told.send(ears.hear(utterance).await).await;
        });
        self.pending = Pending::Hearing { item_id, wanted: None, _task: AbortOnDropHandle::new(hearing) };
        Ok(())
    }

    pub(super) fn committed(&mut self, out: &mut Vec<Value>) -> String {
        if self.turn_item.is_empty() {
            self.turn_item = self.ids.next("item");
        }
        let item_id = std::mem::take(&mut self.turn_item);
        out.push(json!({
            "type": "input_audio_buffer.committed", "previous_item_id": self.last_item, "item_id": item_id,
        }));
        self.add_item(&item_id, json!([{ "type": "input_audio", "transcript": null }]), out);
        item_id
    }

    pub(super) fn speech_started(&mut self, at: u64, out: &mut Vec<Value>) {
        self.turn_item = self.ids.next("item");
        out.push(json!({
            "type": "input_audio_buffer.speech_started", "audio_start_ms": milliseconds(at), "item_id": self.turn_item,
        }));
        self.cancel(Cancelled::ByTalker, out);
    }

    pub(super) fn speech_stopped(&mut self, at: u64, out: &mut Vec<Value>) {
        if self.turn_item.is_empty() {
            self.turn_item = self.ids.next("item");
        }
        out.push(json!({
            "type": "input_audio_buffer.speech_stopped", "audio_end_ms": milliseconds(at), "item_id": self.turn_item,
        }));
    }

    pub(super) fn transcribed(&self, item_id: &Value, text: &str, out: &mut Vec<Value>) {
        if self.session.config.tells_transcripts {
            out.push(json!({
                "type": "conversation.item.input_audio_transcription.completed",
                "item_id": item_id, "content_index": 0, "transcript": text,
                "usage": { "type": "duration", "seconds": 0 },
            }));
        }
    }

    pub(super) fn was_heard(&mut self, heard: Heard, out: &mut Vec<Value>) {
        let Pending::Hearing { item_id, wanted, .. } = std::mem::replace(&mut self.pending, Pending::Nothing)
        else {
            return;
        };
        match heard {
            Ok(heard) => {
                self.transcribed(&json!(item_id), &heard.text, out);
                match wanted {
                    Some(is_spoken) => self.ask(Asked::Heard(Box::new(heard)), is_spoken, out),
                    None => self.pending = Pending::Heard(Box::new(heard)),
                }
            }
            Err(error) => {
                let mut told = json!({
                    "type": "conversation.item.input_audio_transcription.failed",
                    "item_id": item_id, "content_index": 0,
                });
                told["error"] = ApiError::from(error.clone()).to_json()["error"].clone();
                out.push(told);
                if let Some(mut response) = self.response.take() {
                    response.fail(&error.into(), out);
                }
            }
        }
    }
}
