//! Hearing: an [`Utterance`] becomes a [`Transcript`].
//!
//! Engines stand behind [`SpeechToText`]; [`whisper`] is ours, its scores joined in [`beams`] with those of a
//! [`language_model`] of the law, its words set right by a [`correction`]. [`Ears`] owns one engine on one thread and decides whose turn it is.
//! [`plausibility`] throws away what an engine invents.

pub mod beams;
pub mod correction;
pub mod ears;
pub mod language_model;
pub mod plausibility;
pub mod remote;
pub mod whisper;

use std::path::PathBuf;

use crate::audio::Utterance;
pub use ears::{Ears, Talker, Wholeness};
pub use whisper::{WhisperEngine, WhisperOptions};

/// What was heard.
#[derive(Debug, Clone, PartialEq, Default)]
pub struct Transcript {
    /// The words, NFC; empty where nothing was said or what was decoded cannot be trusted.
    pub text: String,
    /// Why the text is empty, where it is.
    pub rejected: Option<Rejection>,
    /// Mean log-probability of the tokens; null where nothing was decoded.
    pub mean_log_probability: Option<f32>,
    /// What else may have been said, likeliest first; empty where the engine gives one transcript only.
    pub alternatives: Vec<Alternative>,
    /// Whether a loop made the engine decode a second time with its full context.
    pub decoded_again: bool,
}

impl Transcript {
    /// Nothing heard, for this reason.
    pub fn rejected(reason: Rejection) -> Self {
        Self { rejected: Some(reason), ..Self::default() }
    }
}

/// Another transcript of the same utterance.
#[derive(Debug, Clone, PartialEq)]
pub struct Alternative {
    /// The words, NFC.
    pub text: String,
    /// Mean log-probability of the tokens.
    pub mean_log_probability: f32,
}

/// Why a decoded text was thrown away.
#[derive(Debug, Clone, Copy, PartialEq, Eq, serde::Serialize, utoipa::ToSchema)]
#[serde(rename_all = "snake_case")]
pub enum Rejection {
    /// No voice in the sound.
    NoVoice,
    /// The engine itself says that this is not speech.
    NoSpeech,
    /// The text repeats itself, or has more syllables than a mouth can say in the time.
    Loop,
    /// A sentence that Whisper is known to invent.
    KnownHallucination,
}

/// Why hearing failed.
#[derive(Debug, Clone, thiserror::Error)]
pub enum SpeechToTextError {
    /// The model file is missing.
    #[error("the speech model {0} is not there; run `hoidap models pull`")]
    ModelMissing(PathBuf),
    /// The model file is there, and not a model.
    #[error("the speech model {0} cannot be loaded ({1}); run `hoidap models verify`")]
    ModelUnreadable(PathBuf, String),
    /// The language model of the law cannot be used.
    #[error(transparent)]
    LanguageModel(#[from] language_model::LanguageModelError),
    /// The engine failed on this utterance.
    #[error("the speech engine failed: {0}")]
    Engine(String),
    /// Too many utterances wait already.
    #[error("too many people are speaking at once; try again in a moment")]
    QueueFull,
    /// The engine's thread is gone.
    #[error("the speech engine has stopped; restart the service")]
    Stopped,
}

/// An engine that hears Vietnamese.
pub trait SpeechToText: Send {
    /// The name of the model, as in the manifest.
    fn name(&self) -> &str;
    /// Hears one utterance; nothing of it stays behind for the next. `wanted` is asked now and then whether somebody
    /// still waits; where nobody does, an error comes early.
    fn transcribe(
        &mut self,
        utterance: &Utterance,
        wanted: &(dyn Fn() -> bool + Sync),
    ) -> Result<Transcript, SpeechToTextError>;
}
