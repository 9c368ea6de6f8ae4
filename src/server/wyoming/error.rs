//! What a client is told when something goes wrong; the connection is closed after it.

use serde_json::json;

use crate::audio::AudioError;
use crate::pipeline::PipelineError;
use crate::wyoming::{Event, FrameError};

/// Why a request is not answered.
#[derive(Debug, Clone, thiserror::Error)]
pub enum RequestError {
    /// What came is no event.
    #[error(transparent)]
    Frame(#[from] FrameError),
    /// An event without what belongs to it.
    #[error("the event {kind} cannot be understood: {reason}")]
    Malformed {
        /// Its type.
        kind: String,
        /// In a few words.
        reason: String,
    },
    /// Another language.
    #[error("only Vietnamese (vi) is understood and spoken here, not {0:?}")]
    Language(String),
    /// Nothing is there to speak.
    #[error("no voice is set up")]
    Mute,
    /// Something by a name that `info` does not tell.
    #[error("there is no {what} {name:?} here; the answer to describe names what there is")]
    Unknown {
        /// Model, voice, program.
        what: &'static str,
        /// As the client calls it.
        name: String,
    },
    /// Text with marks that are not understood.
    #[error("text is spoken as it stands; the format {0:?} is not understood")]
    TextFormat(String),
    /// Sound that cannot be converted.
    #[error("sound of {rate} Hz, {width} bytes a sample, {channels} channels is not understood")]
    SoundFormat {
        /// Hz.
        rate: u32,
        /// Bytes a sample.
        width: u16,
        /// Channels.
        channels: u16,
    },
    /// The middle or the end of something without its beginning.
    #[error("{0} came before {1}")]
    NotBegun(String, &'static str),
    /// A request while another is not answered yet.
    #[error("one request at a time on a connection; open another one for {0}")]
    Busy(String),
    /// Longer than is taken.
    #[error("a text of more than {0} characters is not taken")]
    TextTooLong(usize),
    /// Too many connections.
    #[error("too many connections; try again in a moment")]
    TooManyConnections,
    /// The client keeps everybody waiting.
    #[error("nothing came for too long")]
    Idle,
    /// What the pipeline failed of.
    #[error(transparent)]
    Pipeline(#[from] PipelineError),
}

impl From<AudioError> for RequestError {
    fn from(error: AudioError) -> Self {
        Self::Pipeline(error.into())
    }
}

impl RequestError {
    /// A short name for machines.
    pub fn code(&self) -> &'static str {
        match self {
            Self::Frame(FrameError::Head(_) | FrameError::Data(_)) | Self::Malformed { .. } => {
                "event_malformed"
            }
            Self::Frame(FrameError::Cut) => "event_cut",
            Self::Frame(_) => "event_too_large",
            Self::Language(_) => "language_not_supported",
            Self::Mute => "voice_not_set_up",
            Self::Unknown { .. } => "unknown_name",
            Self::TextFormat(_) => "text_format_not_supported",
            Self::SoundFormat { .. } => "audio_format_not_supported",
            Self::NotBegun(..) => "not_begun",
            Self::Busy(_) => "one_request_at_a_time",
            Self::TextTooLong(_) => "text_too_long",
            Self::TooManyConnections => "busy",
            Self::Idle => "idle",
            Self::Pipeline(error) => error.code(),
        }
    }

    /// As it is sent.
    pub fn event(&self) -> Event {
        Event::new("error", json!({ "text": self.to_string(), "code": self.code() }))
    }
}
