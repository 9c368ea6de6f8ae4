//! Speaking: a sentence that is ready to be read aloud becomes sound.
//!
//! Engines stand behind [`TextToSpeech`]: Piper, and espeak-ng where no Vietnamese Piper voice is to be had.

/// Sound out: mono, 16-bit, at the voice's own rate.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Pcm {
    /// In Hz.
    pub sample_rate: u32,
    /// Mono samples.
    pub samples: Vec<i16>,
}

/// Why speaking failed.
#[derive(Debug, thiserror::Error)]
pub enum TextToSpeechError {
    /// The voice's files are missing or broken.
    #[error("the voice {0} cannot be loaded ({1}); run `hoidap models pull`")]
    VoiceUnreadable(String, String),
    /// The engine failed on this text.
    #[error("the voice engine failed: {0}")]
    Engine(String),
    /// The engine's thread is gone.
    #[error("the voice engine has stopped")]
    Stopped,
}

/// An engine that reads aloud.
pub trait TextToSpeech: Send {
    /// The voice's name, as in the manifest.
    fn name(&self) -> &str;
    /// In Hz.
    fn sample_rate(&self) -> u32;
    /// Reads one sentence, already in speakable words. Empty or unspeakable text gives no samples.
    fn synthesise(&mut self, sentence: &str) -> Result<Pcm, TextToSpeechError>;
}
