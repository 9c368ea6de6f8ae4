//! What is said with the server on its `/ws/ask`, as far as a kiosk needs it; the server's own `docs/ws-ask.schema.json` has
//! all of it. What is not known is passed over: a server may be newer.

use serde::{Deserialize, Serialize};

use crate::answer::{AnswerText, Citation, FollowUp, Status};
use crate::kiosk::brain::{Begin, Spoken};
use crate::kiosk::visit::{Failure, Given};

/// What a kiosk says.
#[derive(Debug, Serialize)]
#[serde(tag = "type", rename_all = "snake_case")]
pub(super) enum ToServer<'a> {
    Start {
        format: &'static str,
        sample_rate: u32,
        #[serde(skip_serializing_if = "Option::is_none")]
        rate: Option<f32>,
        #[serde(skip_serializing_if = "Option::is_none")]
        previous: Option<&'a str>,
        previous_heard: bool,
        part: u16,
    },
    Ask {
        text: &'a str,
    },
    HoldTurn {
        held: bool,
    },
    EndTurn,
    ForgetTurn,
    Interrupt,
    End,
}

impl<'a> ToServer<'a> {
    pub(super) fn start(begin: &'a Begin) -> Self {
        let before = begin.follow_up.as_ref();
        Self::Start {
            format: "pcm_s16le",
            sample_rate: crate::audio::SAMPLE_RATE,
            rate: begin.rate,
            previous: before.map(FollowUp::previous),
            previous_heard: before.is_some_and(FollowUp::previous_heard),
            part: before.map_or(0, FollowUp::part),
        }
    }
}

/// What the server says.
#[derive(Debug, Deserialize)]
#[serde(tag = "type", rename_all = "snake_case")]
pub(super) enum FromServer {
    SpeechStarted,
    Partial {
        text: String,
    },
    SpeechEnded,
    Interrupted,
    Transcript {
        text: String,
    },
    Answer(Box<Report>),
    NeedsDetail(Box<Report>),
    Audio {
        sample_rate: u32,
    },
    AudioEnd,
    Error {
        code: String,
        message: String,
    },
    #[serde(other)]
    Unknown,
}

#[derive(Debug, Deserialize)]
pub(super) struct Report {
    #[serde(default)]
    intent: String,
    status: Status,
    answer: AnswerText,
    #[serde(default)]
    citations: Vec<Citation>,
    #[serde(default)]
    options: Vec<String>,
    follow_up: Option<FollowUp>,
    receipt: Option<Receipt>,
}

#[derive(Debug, Deserialize)]
struct Receipt {
    id: String,
}

/// What becomes of a message.
pub(super) enum Told {
    Spoken(Spoken),
    /// The next binary message is sound at this rate, in Hz.
    SoundFollows(u32),
    Nothing,
}

impl FromServer {
    /// What it tells the kiosk; `receipts_at` is what the address of a receipt begins with.
    pub(super) fn told(self, receipts_at: Option<&str>) -> Told {
        Told::Spoken(match self {
            Self::SpeechStarted => Spoken::SpeechStarted,
            Self::Partial { text } => Spoken::Partial(text),
            Self::SpeechEnded => Spoken::SpeechEnded,
            Self::Interrupted => Spoken::Interrupted,
            Self::Transcript { text } => Spoken::Transcript(text),
            Self::Answer(report) | Self::NeedsDetail(report) => {
                Spoken::Answer(Box::new(report.given(receipts_at)))
            }
            Self::Audio { sample_rate } => return Told::SoundFollows(sample_rate),
            Self::AudioEnd => Spoken::Done,
            Self::Error { code, message } => Spoken::Failed(Failure::named(&code, &message)),
            Self::Unknown => return Told::Nothing,
        })
    }
}

impl Report {
    fn given(self, receipts_at: Option<&str>) -> Given {
        // The number of a receipt goes into an address and a QR code: nothing else may.
        let is_number = |id: &String| !id.is_empty() && id.bytes().all(|byte| byte.is_ascii_hexdigit());
        let receipt = self.receipt.map(|receipt| receipt.id).filter(is_number);
        Given {
            text: self.answer.text,
            spoken: self.answer.spoken,
            citations: self.citations,
            options: self.options,
            asks_back: self.status == Status::NeedsDetail,
            is_dossier: self.intent == "dossier",
            follow_up: self.follow_up,
            receipt: receipt.zip(receipts_at).map(|(id, at)| format!("{at}{id}")),
        }
    }
}
