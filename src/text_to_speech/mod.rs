//! Speaking: a sentence that is ready to be read aloud becomes sound.
//!
//! Engines stand behind [`TextToSpeech`]: [`piper`], and [`espeak`] where no Vietnamese Piper voice is to be had.
//! [`Mouth`] owns one engine on one thread and speaks sentence by sentence, so that the first is heard
//! while the second is made; [`sentences`] cuts a text for it.

pub mod espeak;
pub mod mouth;
pub mod piper;
pub mod sentences;

pub use espeak::EspeakVoice;
pub use mouth::Mouth;
pub use piper::PiperVoice;

/// Sound out: mono, 16-bit, at the voice's own rate.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Pcm {
    /// In Hz.
    pub sample_rate: u32,
    /// Mono samples.
    pub samples: Vec<i16>,
}

/// Why speaking failed.
#[derive(Debug, Clone, thiserror::Error)]
pub enum TextToSpeechError {
    /// The voice's files are missing or broken.
    #[error("the voice {0} cannot be loaded ({1}); run `hoidap models pull`")]
    VoiceUnreadable(String, String),
    /// The engine failed on this text.
    #[error("the voice engine failed: {0}")]
    Engine(String),
    /// Too many answers wait to be spoken.
    #[error("too many answers are being spoken at once; try again in a moment")]
    QueueFull,
    /// The engine's thread is gone.
    #[error("the voice engine has stopped; restart the service")]
    Stopped,
}

/// An engine that reads aloud.
pub trait TextToSpeech: Send {
    /// The voice's name, as in the manifest.
    fn name(&self) -> &str;
    /// Reads one sentence, already in speakable words. Text without anything speakable gives no samples.
    fn synthesise(&mut self, sentence: &str) -> Result<Pcm, TextToSpeechError>;
}
