//! One response while it is given: what happens in the pipeline, told in OpenAI's events.
//!
//! A response has one item, a message of the assistant with one part: sound with its transcript, or text. The citation is
//! in the words; `metadata` of the response has the status and the receipt.

use base64::Engine;
use base64::engine::general_purpose::STANDARD;
use serde_json::{Value, json};

use crate::pipeline::{Event, PipelineError, Report};
use crate::server::openai::encoding::{Encoder, Format};
use crate::text_to_speech::mouth::SpokenSentence;

/// Why a response ended before its time.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Cancelled {
    /// Somebody spoke.
    ByTalker,
    /// The client did not want it any longer.
    ByClient,
}

/// The response that is being given.
pub(super) struct Response {
    id: String,
    item_id: String,
    is_spoken: bool,
    /// Whether the item has been told of.
    is_begun: bool,
    /// What has been said, or shown.
    words: String,
    metadata: Value,
}

impl Response {
    /// Begins, and tells so.
    pub fn begin(ids: &mut super::Ids, is_spoken: bool, out: &mut Vec<Value>) -> Self {
        let response = Self {
            id: ids.next("resp"),
            item_id: ids.next("item"),
            is_spoken,
            is_begun: false,
            words: String::new(),
            metadata: json!({}),
        };
        out.push(
            json!({ "type": "response.created", "response": response.told("in_progress", Value::Null) }),
        );
        response
    }

    /// The id of its item.
    pub fn item_id(&self) -> &str {
        &self.item_id
    }

    /// What follows from an event; whether it was the last.
    pub fn event(&mut self, event: Event, out: &mut Vec<Value>) -> bool {
        match event {
            Event::Transcript { .. } => false,
            Event::Answer(report) => {
                self.answer(&report, out);
                false
            }
            Event::Sound(sentence) => {
                self.sound(&sentence, out);
                false
            }
            Event::Done(_) => {
                self.end("completed", Value::Null, out);
                true
            }
            Event::Failed(error) => {
                self.fail(&error, out);
                true
            }
        }
    }

    /// Ends it before its time.
    pub fn cancel(&mut self, why: Cancelled, out: &mut Vec<Value>) {
        let reason = match why {
            Cancelled::ByTalker => "turn_detected",
            Cancelled::ByClient => "client_cancelled",
        };
        self.end("cancelled", json!({ "type": "cancelled", "reason": reason }), out);
    }

    /// Ends it with an error.
    pub fn fail(&mut self, error: &PipelineError, out: &mut Vec<Value>) {
        tracing::warn!("a response failed: {error}");
        let details = json!({ "type": "failed", "error": { "type": "server_error", "code": error.code() } });
        self.end("failed", details, out);
    }

    fn answer(&mut self, report: &Report, out: &mut Vec<Value>) {
        let receipt = report.receipt.as_ref().map(|receipt| receipt.id.to_string());
        let citation = report.citations.first().map(|citation| citation.full_place());
        // Keys with nothing in them are left out; values are 512 characters at most.
        let pairs = [
            ("status", json!(report.status).as_str().map(str::to_owned)),
            ("receipt", receipt),
            ("citation", citation),
        ];
        self.metadata = pairs
            .into_iter()
            .filter_map(|(key, value)| {
                Some((key.to_owned(), json!(value?.chars().take(512).collect::<String>())))
            })
            .collect();
        self.begin_item(out);
        if !self.is_spoken {
            self.words = report.answer.text.clone();
            out.push(self.part("response.output_text.delta", "delta", json!(self.words)));
        }
    }

    fn begin_item(&mut self, out: &mut Vec<Value>) {
        if std::mem::replace(&mut self.is_begun, true) {
            return;
        }
        let item = self.item("in_progress", false);
        out.push(json!({
            "type": "response.output_item.added", "response_id": self.id, "output_index": 0, "item": item,
        }));
        out.push(json!({ "type": "conversation.item.added", "previous_item_id": null, "item": item }));
        let part = match self.is_spoken {
            true => json!({ "type": "audio", "transcript": "" }),
            false => json!({ "type": "text", "text": "" }),
        };
        out.push(self.part("response.content_part.added", "part", part));
    }

    fn sound(&mut self, sentence: &SpokenSentence, out: &mut Vec<Value>) {
        self.begin_item(out);
        let text = match self.words.is_empty() {
            true => sentence.text.clone(),
            false => format!(" {}", sentence.text),
        };
        self.words.push_str(&text);
        out.push(self.part("response.output_audio_transcript.delta", "delta", json!(text)));
        let encoder = Encoder::new(Format::Pcm, sentence.pcm.sample_rate);
        match encoder.and_then(|mut encoder| encoder.push(&sentence.pcm.samples)) {
            Ok(bytes) => {
                out.push(self.part("response.output_audio.delta", "delta", json!(STANDARD.encode(bytes))));
            }
            Err(error) => tracing::warn!("a sentence could not be resampled: {error}"),
        }
    }

    fn end(&mut self, status: &str, details: Value, out: &mut Vec<Value>) {
        if self.is_begun {
            if self.is_spoken {
                out.push(self.part("response.output_audio.done", "", Value::Null));
                out.push(self.part("response.output_audio_transcript.done", "transcript", json!(self.words)));
            } else {
                out.push(self.part("response.output_text.done", "text", json!(self.words)));
            }
            out.push(self.part("response.content_part.done", "part", self.content()));
            let item = self.item(if status == "completed" { "completed" } else { "incomplete" }, true);
            out.push(json!({
                "type": "response.output_item.done", "response_id": self.id, "output_index": 0, "item": item,
            }));
            out.push(json!({ "type": "conversation.item.done", "previous_item_id": null, "item": item }));
        }
        out.push(json!({ "type": "response.done", "response": self.told(status, details) }));
    }

    fn content(&self) -> Value {
        match self.is_spoken {
            true => json!({ "type": "audio", "transcript": self.words }),
            false => json!({ "type": "text", "text": self.words }),
        }
    }

    fn item(&self, status: &str, has_content: bool) -> Value {
        let mut content = self.content();
        content["type"] = json!(if self.is_spoken { "output_audio" } else { "output_text" });
        json!({
            "id": self.item_id,
            "object": "realtime.item",
            "type": "message",
            "role": "assistant",
            "status": status,
            "content": if has_content { json!([content]) } else { json!([]) },
        })
    }

    fn told(&self, status: &str, details: Value) -> Value {
        let is_over = status != "in_progress";
        let item = self.item(if status == "completed" { "completed" } else { "incomplete" }, true);
        json!({
            "id": self.id,
            "object": "realtime.response",
            "status": status,
            "status_details": details,
            "output": if is_over && self.is_begun { json!([item]) } else { json!([]) },
            "output_modalities": [if self.is_spoken { "audio" } else { "text" }],
            "metadata": self.metadata,
            "usage": if is_over { json!({ "total_tokens": 0, "input_tokens": 0, "output_tokens": 0 }) } else { Value::Null },
        })
    }

    /// An event about the one part of the one item.
    fn part(&self, kind: &str, key: &str, value: Value) -> Value {
        let mut event = json!({
            "type": kind, "response_id": self.id, "item_id": self.item_id, "output_index": 0, "content_index": 0,
        });
        if !key.is_empty() {
            event[key] = value;
        }
        event
    }
}
