//! Speaking: a text that is ready to be read aloud becomes sound.
//!
//! * [`sentences`] cuts it into clauses, each with the pause after it;
//! * engines stand behind [`TextToSpeech`]: [`piper`], [`espeak`] where no Vietnamese Piper voice is to be had, and, only
//!   if the settings say so, a voice elsewhere: [`openai`] or [`wyoming`];
//! * [`Voice`] is an engine whose sound is [trimmed](edges) and [equally loud](loudness), and [kept](cache) on disk;
//! * [`Mouth`] owns one voice on one thread and shares it [fairly](schedule) among all who are answered: the first clause
//!   is heard while the second is made.

pub mod cache;
pub mod edges;
pub mod espeak;
pub mod limiter;
pub mod loudness;
pub mod mouth;
pub mod openai;
pub mod piper;
pub mod rate;
pub mod schedule;
pub mod sentences;
pub mod voice;
mod wav;
pub mod wyoming;

pub use cache::VoiceCache;
pub use espeak::EspeakVoice;
pub use mouth::{Mouth, SpeakOptions};
pub use piper::PiperVoice;
pub use rate::Rate;
pub use voice::Voice;

/// Sound out: mono, 16-bit, at the voice's own rate.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Pcm {
    /// In Hz.
    pub sample_rate: u32,
    /// Mono samples.
    pub samples: Vec<i16>,
}

impl Pcm {
    /// How long it lasts.
    pub fn seconds(&self) -> f64 {
        self.samples.len() as f64 / f64::from(self.sample_rate.max(1))
    }
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
    /// The voice elsewhere did not answer as it should.
    #[error("the remote voice {0}")]
    Remote(String),
    /// The address of a voice elsewhere cannot be used.
    #[error("{0} is no address of a voice: give https://…, http://… or wyoming://HOST:PORT")]
    Address(String),
    /// The rate is out of range.
    #[error("a voice speaks at 0.5 to 2 times its normal rate, not at {0}")]
    Rate(f32),
    /// Too many answers wait to be spoken.
    #[error("too many answers are being spoken at once; try again in a moment")]
    QueueFull,
    /// The text is longer than anything that is spoken.
    #[error("only the first {0} characters of a text are spoken")]
    TooLong(usize),
    /// The listener took nothing for so long that it must be gone.
    #[error("the listener has taken nothing for too long")]
    ListenerStalled,
    /// The engine's thread is gone.
    #[error("the voice engine has stopped; restart the service")]
    Stopped,
}

/// An engine that reads aloud.
pub trait TextToSpeech: Send {
    /// The voice's name, as in the manifest.
    fn name(&self) -> &str;
    /// What tells its sound from that of every other voice, and of an earlier version of its files.
    fn identity(&self) -> String;
    /// The language that it speaks, as espeak-ng calls it (`vi`, `en-us`).
    fn language(&self) -> &str;
    /// Whether texts leave this machine to be spoken.
    fn is_remote(&self) -> bool {
        false
    }
    /// Reads one clause, already in speakable words. Text without anything speakable gives no samples.
    fn synthesise(&mut self, clause: &str, rate: Rate) -> Result<Pcm, TextToSpeechError>;
}
