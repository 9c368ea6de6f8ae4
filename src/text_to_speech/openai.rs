//! A voice elsewhere, by OpenAI's interface (`POST /v1/audio/speech`), which many servers of voices speak.
//!
//! Only if the settings name one: every text then leaves this machine. A server that hangs, sends rubbish or sends too
//! much costs one answer its sound, no more.

use std::time::Duration;

use serde_json::json;

use super::{Pcm, Rate, TextToSpeech, TextToSpeechError, wav};
use crate::fetch::service::Service;

/// One clause is spoken and has come within this time, or not at all.
const WHOLE: Duration = Duration::from_secs(20);
/// No clause is larger than this, in bytes: three minutes of sound at 48 kHz.
const MAX_BYTES: u64 = 16 << 20;

/// Which voice, and where.
#[derive(Clone, PartialEq, Eq)]
pub struct OpenAiOptions {
    /// `https://host`, with or without `/v1`.
    pub url: String,
    /// The model, as the server calls it.
    pub model: String,
    /// The voice, as the server calls it.
    pub voice: String,
    /// Sent as a bearer token; never told.
    pub key: Option<String>,
    /// The language of the voice, for the record.
    pub language: String,
}

/// A voice behind HTTP.
pub struct OpenAiVoice {
    service: Service,
    model: String,
    voice: String,
    language: String,
    name: String,
}

impl OpenAiVoice {
    /// Nothing is sent yet.
    pub fn new(options: OpenAiOptions) -> Result<Self, TextToSpeechError> {
        Self::within(options, WHOLE)
    }

    fn within(options: OpenAiOptions, whole: Duration) -> Result<Self, TextToSpeechError> {
        let OpenAiOptions { url, model, voice, key, language } = options;
        let service = Service::new(&url, key, whole).ok_or(TextToSpeechError::Address(url))?;
        let name = format!("{voice} at {}", service.base());
        Ok(Self { service, model, voice, language, name })
    }

    fn failed(&self, reason: impl std::fmt::Display) -> TextToSpeechError {
        TextToSpeechError::Remote(format!("{} failed: {reason}", self.name))
    }
}

impl TextToSpeech for OpenAiVoice {
    fn name(&self) -> &str {
        &self.name
    }

    fn identity(&self) -> String {
        format!("{} with {}", self.name, self.model)
    }

    fn language(&self) -> &str {
        &self.language
    }

    fn is_remote(&self) -> bool {
        true
    }

    fn synthesise(&mut self, clause: &str, rate: Rate) -> Result<Pcm, TextToSpeechError> {
        let text: String = clause.chars().map(|c| if c.is_control() { ' ' } else { c }).collect();
        if !text.contains(char::is_alphanumeric) {
            return Ok(Pcm { sample_rate: 24_000, samples: vec![] });
        }
        let body = json!({
            "model": self.model,
            "input": text,
            "voice": self.voice,
            "response_format": "wav",
            "speed": rate.times(),
        });
        let bytes = self
            .service
            .post("/v1/audio/speech", "application/json", body.to_string().as_bytes(), MAX_BYTES)
            .map_err(|reason| self.failed(reason))?;
        let pcm =
            wav::read(bytes).map_err(|reason| self.failed(format_args!("it sent no WAV ({reason})")))?;
        if pcm.samples.is_empty() {
            return Err(self.failed("it sent no sound"));
        }
        Ok(pcm)
    }
}

#[cfg(test)]
mod tests;
