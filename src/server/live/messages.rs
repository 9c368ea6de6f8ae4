//! What is said on `/ws/ask`, both ways. `docs/ws-ask.schema.json` is made of these types.

use serde::{Deserialize, Serialize};
use serde_json::{Value, json};
use utoipa::{PartialSchema, ToSchema};

use crate::answer::{FollowUp, FollowUpError, Status};
use crate::audio::live::LiveFormat;
use crate::audio::wav::pcm_bytes;
use crate::pipeline::conversation::Happening;
use crate::pipeline::{Event, PipelineError, Report, Timings};
use crate::speech_to_text::Rejection;
use crate::text_to_speech::{Rate, TextToSpeechError};

/// What a client says in text messages; its binary messages are sound.
#[derive(Debug, Deserialize, ToSchema)]
#[serde(tag = "type", rename_all = "snake_case")]
pub enum ClientMessage {
    /// How it goes on: before the first sound, if at all.
    Start(Start),
    /// A question in words, typed or corrected; ends an answer that is being given.
    Ask {
        /// The words, at most 2,000 characters.
        text: String,
    },
    /// A button is held: until `end_turn`, or the same with `held` false, no silence ends the turn.
    HoldTurn {
        /// False takes it back.
        #[serde(default = "held")]
        held: bool,
    },
    /// The turn that is being spoken ends here: a button was let go.
    EndTurn,
    /// What is being said is no question: it is thrown away.
    ForgetTurn,
    /// The answer that is being given is wanted no longer.
    Interrupt,
    /// Nothing more comes; the last answer is given, then the socket closes.
    End,
}

fn held() -> bool {
    true
}

/// What the binary messages hold.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default, Deserialize, ToSchema)]
#[serde(rename_all = "snake_case")]
pub enum SoundFormat {
    /// 16-bit little-endian samples, mono.
    #[default]
    PcmS16le,
    /// One Opus packet a message, mono.
    Opus,
}

/// How a conversation goes on. Every key may be left out.
#[derive(Debug, Default, Deserialize, ToSchema)]
pub struct Start {
    /// What the binary messages hold.
    #[serde(default)]
    pub format: SoundFormat,
    /// Of bare samples, in Hz; 16,000 if left out.
    pub sample_rate: Option<u32>,
    /// How fast answers are spoken, 0.5 to 2 times.
    pub rate: Option<f32>,
    /// With the other keys of `follow_up`: what the last answer gave to be brought back.
    pub previous: Option<String>,
    /// See `previous`.
    #[serde(default)]
    pub previous_heard: bool,
    /// See `previous`.
    #[serde(default)]
    pub part: u16,
}

impl Start {
    /// What the binary messages hold.
    pub fn live_format(&self) -> LiveFormat {
        match self.format {
            SoundFormat::Opus => LiveFormat::Opus,
            SoundFormat::PcmS16le => {
                LiveFormat::Pcm16 { sample_rate: self.sample_rate.unwrap_or(crate::audio::SAMPLE_RATE) }
            }
        }
    }

    /// The speaking rate, if one is wanted.
    ///
    /// # Errors
    /// Where it is out of range.
    pub fn speaking_rate(&self) -> Result<Option<Rate>, TextToSpeechError> {
        self.rate.map(Rate::new).transpose()
    }

    /// What the first utterance may follow upon.
    ///
    /// # Errors
    /// Where the question before is longer than any.
    pub fn follow_up(&self) -> Result<Option<FollowUp>, FollowUpError> {
        let before = |previous: &String| FollowUp::new(previous, self.previous_heard, self.part);
        self.previous.as_ref().map(before).transpose()
    }
}

/// What the service says in text messages.
#[derive(Debug, Serialize, ToSchema)]
#[serde(tag = "type", rename_all = "snake_case")]
pub enum ServerMessage {
    /// Somebody begins to speak.
    SpeechStarted,
    /// What was heard at a pause; more may follow.
    Partial {
        /// The words.
        text: String,
    },
    /// The turn is over; what follows is about it.
    SpeechEnded,
    /// The answer that was being given is broken off.
    Interrupted,
    /// What was heard in the turn.
    Transcript {
        /// The words; empty where nothing was said, or nothing that is believed.
        text: String,
        /// Why there are none.
        #[serde(skip_serializing_if = "Option::is_none")]
        rejected: Option<Rejection>,
    },
    /// The words are being looked up.
    Searching,
    /// The answer, or why there is none: what `hoidap ask --json` prints.
    Answer(Box<Report>),
    /// The same where the answer is a question back: `options` are the replies that it offers.
    NeedsDetail(Box<Report>),
    /// The next binary message is the sound of this sentence.
    Audio {
        /// In Hz.
        sample_rate: u32,
        /// Always `pcm_s16le`: 16-bit little-endian samples, mono.
        format: &'static str,
        /// What is said.
        text: String,
    },
    /// The answer is over.
    AudioEnd {
        /// How long each stage took.
        timings_ms: Timings,
    },
    /// This question failed, or a message could not be read; the next may be asked.
    Error {
        /// For machines.
        code: &'static str,
        /// One sentence for the citizen, in Vietnamese.
        message: String,
        /// How many wait before this one, where the code is `busy`.
        #[serde(skip_serializing_if = "Option::is_none")]
        waiting: Option<usize>,
    },
}

impl ServerMessage {
    /// An error with its sentence for the citizen.
    pub fn error(code: &'static str, message: &str) -> Self {
        Self::Error { code, message: message.to_owned(), waiting: None }
    }

    /// A question that failed, while so many others wait.
    pub fn failed(error: &PipelineError, waiting: usize) -> Self {
        match error.code() {
            "busy" => Self::Error {
                code: "busy",
                message: format!(
                    "Đang có nhiều người hỏi, xin chờ, còn {waiting} người. Xin hỏi lại sau ít phút."
                ),
                waiting: Some(waiting),
            },
            code => Self::error(code, error.vietnamese()),
        }
    }

    /// What a happening is told as, and the sound that goes with it; `waiting` wait in the queues.
    pub fn telling(happening: Happening, waiting: usize) -> Vec<(Self, Option<Vec<u8>>)> {
        let alone = |message| vec![(message, None)];
        match happening {
            Happening::SpeechStarted => alone(Self::SpeechStarted),
            Happening::SpeechEnded => alone(Self::SpeechEnded),
            Happening::Interrupted => alone(Self::Interrupted),
            Happening::Partial(text) => alone(Self::Partial { text }),
            Happening::Answering(Event::Transcript { text, rejected }) => {
                let is_searched = !text.is_empty();
                let mut told = alone(Self::Transcript { text, rejected });
                if is_searched {
                    told.push((Self::Searching, None));
                }
                told
            }
            Happening::Answering(Event::Answer(report)) => alone(match report.status {
                Status::NeedsDetail => Self::NeedsDetail(report),
                _ => Self::Answer(report),
            }),
            Happening::Answering(Event::Sound(sentence)) => {
                let sound = pcm_bytes(&sentence.pcm.samples);
                let sample_rate = sentence.pcm.sample_rate;
                let message = Self::Audio { sample_rate, format: "pcm_s16le", text: sentence.text };
                vec![(message, Some(sound))]
            }
            Happening::Answering(Event::Done(timings_ms)) => alone(Self::AudioEnd { timings_ms }),
            Happening::Answering(Event::Failed(error)) => {
                tracing::warn!("a question failed: {error}");
                alone(Self::failed(&error, waiting))
            }
        }
    }
}

/// The JSON schema (2020-12) of both directions: `#/$defs/ClientMessage` and `#/$defs/ServerMessage`.
pub fn schema() -> Value {
    let mut parts = vec![
        ("ClientMessage".to_owned(), ClientMessage::schema()),
        ("ServerMessage".to_owned(), ServerMessage::schema()),
    ];
    ClientMessage::schemas(&mut parts);
    ServerMessage::schemas(&mut parts);
    let parts: serde_json::Map<String, Value> =
        parts.into_iter().map(|(name, schema)| (name, json!(schema))).collect();
    let text = json!({
        "$schema": "https://json-schema.org/draft/2020-12/schema",
        "title": "Messages of /ws/ask",
        "oneOf": [{ "$ref": "#/$defs/ClientMessage" }, { "$ref": "#/$defs/ServerMessage" }],
        "$defs": parts,
    })
    .to_string();
    serde_json::from_str(&text.replace("#/components/schemas/", "#/$defs/")).unwrap_or_default()
}

#[cfg(test)]
mod tests {
    use super::*;

    fn read(text: &str) -> Result<ClientMessage, serde_json::Error> {
        serde_json::from_str(text)
    }

    #[test]
    fn clients_say_what_they_want_in_words_of_the_schema() {
        assert!(matches!(read(r#"{"type":"end"}"#), Ok(ClientMessage::End)));
        assert!(matches!(read(r#"{"type":"hold_turn"}"#), Ok(ClientMessage::HoldTurn { held: true })));
        assert!(matches!(read(r#"{"type":"interrupt"}"#), Ok(ClientMessage::Interrupt)));
        let Ok(ClientMessage::Start(start)) =
            read(r#"{"type":"start","format":"opus","rate":0.8,"previous":"Xin giấy phép cần gì?"}"#)
        else {
            panic!("a start")
        };
        assert_eq!(start.live_format(), LiveFormat::Opus);
        assert_eq!(start.speaking_rate().unwrap().unwrap().times(), 0.8);
        assert!(start.follow_up().unwrap().is_some());
        for wrong in [
            "",
            "{",
            "[]",
            "null",
            r#"{"type":"begin"}"#,
            r#"{"type":"ask"}"#,
            r#"{"type":{}}"#,
            r#"{"type":"start","format":"mp3"}"#,
            r#"{"type":"start","sample_rate":-1}"#,
        ] {
            assert!(read(wrong).is_err(), "{wrong}");
        }
    }

    #[test]
    fn the_schema_in_the_documentation_is_that_of_the_types() {
        let path = concat!(env!("CARGO_MANIFEST_DIR"), "/docs/ws-ask.schema.json");
        let now = serde_json::to_string_pretty(&schema()).unwrap() + "\n";
        if std::env::var_os("HOIDAP_TEST_WRITE_SCHEMAS").is_some() {
            std::fs::write(path, &now).unwrap();
        }
        let written = std::fs::read_to_string(path).unwrap_or_default();
        assert!(
            written == now,
            "write it anew: HOIDAP_TEST_WRITE_SCHEMAS=1 cargo nextest run --release schema"
        );
    }

    #[test]
    fn what_is_said_follows_the_schema() {
        let mut wanted = schema();
        wanted.as_object_mut().unwrap().remove("oneOf");
        wanted["$ref"] = json!("#/$defs/ServerMessage");
        let validator = jsonschema::validator_for(&wanted).unwrap();
        let report = Report {
            question: Some("Đăng ký khai sinh ở đâu?".to_owned()),
            transcript: None,
            intent: crate::question::Intent::Procedure,
            status: Status::NeedsDetail,
            answer: crate::answer::AnswerText { text: "a".to_owned(), spoken: "a".to_owned(), more: None },
            citations: vec![],
            options: vec!["a".to_owned()],
            follow_up: FollowUp::new("a", true, 0).ok(),
            confidence: Some(0.5),
            receipt: None,
            timings_ms: Timings::default(),
        };
        let happenings = [
            Happening::SpeechStarted,
            Happening::Partial("đăng ký".to_owned()),
            Happening::SpeechEnded,
            Happening::Interrupted,
            Happening::Answering(Event::Transcript {
                text: String::new(),
                rejected: Some(Rejection::NoVoice),
            }),
            Happening::Answering(Event::Transcript { text: "a".to_owned(), rejected: None }),
            Happening::Answering(Event::Answer(Box::new(report.clone()))),
            Happening::Answering(Event::Answer(Box::new(Report { status: Status::NotFound, ..report }))),
            Happening::Answering(Event::Done(Timings::default())),
            Happening::Answering(Event::Failed(PipelineError::Deaf)),
            Happening::Answering(Event::Failed(crate::speech_to_text::SpeechToTextError::QueueFull.into())),
        ];
        let mut types = Vec::new();
        for (message, _) in happenings.into_iter().flat_map(|happening| ServerMessage::telling(happening, 3))
        {
            let json = json!(message);
            let errors: Vec<String> = validator.iter_errors(&json).map(|error| error.to_string()).collect();
            assert!(errors.is_empty(), "{json}: {errors:?}");
            types.push(json["type"].as_str().unwrap_or_default().to_owned());
        }
        assert!(!validator.is_valid(&json!({ "type": "nonsense" })));
        assert!(!validator.is_valid(&json!({ "type": "audio_end" })));
        for kind in ["transcript", "searching", "needs_detail", "answer", "audio_end", "error"] {
            assert!(types.iter().any(|told| told == kind), "{kind} in {types:?}");
        }
    }
}
