//! Ears elsewhere, by OpenAI's interface (`POST /v1/audio/transcriptions`), which many servers of Whisper speak.
//!
//! Only if the settings name one: what citizens say then leaves this machine. Sound in which nobody speaks is not sent, and
//! what comes back is doubted like what our own engine hears. A server that hangs, sends rubbish or too much costs one
//! utterance, no more.

use std::time::Duration;

use serde::Deserialize;
use unicode_normalization::UnicodeNormalization;

use super::plausibility::{cannot_have_been_said, without_inventions};
use super::{Rejection, SpeechToText, SpeechToTextError, Transcript};
use crate::audio::wav::wav_bytes;
use crate::audio::{SAMPLE_RATE, Utterance, voice_activity};
use crate::fetch::service::Service;

/// An utterance has been heard within this time, or not at all.
const WHOLE: Duration = Duration::from_secs(60);
/// No transcript is larger than this, in bytes.
const MAX_BYTES: u64 = 1 << 20;
/// Silence left before the first word and after the last, milliseconds.
const PAD_MS: u32 = 400;

/// Which ears, and where.
#[derive(Clone, PartialEq, Eq)]
pub struct RemoteOptions {
    /// `https://host`, with or without `/v1`.
    pub url: String,
    /// The model, as the server calls it.
    pub model: String,
    /// Sent as a bearer token; never told.
    pub key: Option<String>,
}

/// Ears behind HTTP.
pub struct RemoteEngine {
    service: Service,
    model: String,
    name: String,
}

#[derive(Deserialize)]
struct Answer {
    text: String,
}

impl RemoteEngine {
    /// Nothing is sent yet.
    pub fn new(options: RemoteOptions) -> Result<Self, SpeechToTextError> {
        Self::within(options, WHOLE)
    }

    fn within(options: RemoteOptions, whole: Duration) -> Result<Self, SpeechToTextError> {
        let RemoteOptions { url, model, key } = options;
        let service = Service::new(&url, key, whole).ok_or_else(|| {
            let reason = format!("{url:?} is no address of ears: give https://… or http://…");
            SpeechToTextError::Engine(reason)
        })?;
        let name = format!("{model} at {}", service.base());
        Ok(Self { service, model, name })
    }

    fn failed(&self, reason: impl std::fmt::Display) -> SpeechToTextError {
        SpeechToTextError::Engine(format!("{} failed: {reason}", self.name))
    }

    /// The form that is sent, and the words between its parts.
    fn form(&self, wav: &[u8]) -> Result<(Vec<u8>, String), SpeechToTextError> {
        let mut random = [0; 16];
        getrandom::fill(&mut random).map_err(|e| self.failed(e))?;
        let boundary: String = random.iter().map(|byte| format!("{byte:02x}")).collect();
        let mut form = Vec::with_capacity(wav.len() + 1_000);
        for (name, value) in [("model", self.model.as_str()), ("language", "vi"), ("response_format", "json")]
        {
            let head =
                format!("--{boundary}\r\ncontent-disposition: form-data; name=\"{name}\"\r\n\r\n{value}\r\n");
            form.extend(head.as_bytes());
        }
        let head = format!(
            "--{boundary}\r\ncontent-disposition: form-data; name=\"file\"; filename=\"question.wav\"\r\n\
             content-type: audio/wav\r\n\r\n"
        );
        form.extend(head.as_bytes());
        form.extend(wav);
        form.extend(format!("\r\n--{boundary}--\r\n").as_bytes());
        Ok((form, boundary))
    }

    fn hear(&self, utterance: &Utterance) -> Result<String, SpeechToTextError> {
        let samples: Vec<i16> = utterance.samples().iter().map(|s| (s * 32_767.0) as i16).collect();
        let wav = wav_bytes(SAMPLE_RATE, &samples).map_err(|e| self.failed(e))?;
        let (form, boundary) = self.form(&wav)?;
        let kind = format!("multipart/form-data; boundary={boundary}");
        let bytes = self
            .service
            .post("/v1/audio/transcriptions", &kind, &form, MAX_BYTES)
            .map_err(|reason| self.failed(reason))?;
        let answer: Answer = serde_json::from_slice(&bytes)
            .map_err(|e| self.failed(format_args!("it sent no transcript ({e})")))?;
        Ok(answer.text.nfc().filter(|c| !c.is_control()).collect::<String>().trim().to_owned())
    }
}

impl SpeechToText for RemoteEngine {
    fn name(&self) -> &str {
        &self.name
    }

    fn transcribe(
        &mut self,
        utterance: &Utterance,
        _: &(dyn Fn() -> bool + Sync),
    ) -> Result<Transcript, SpeechToTextError> {
        let activity = voice_activity::detect(utterance);
        if !activity.has_speech() {
            return Ok(Transcript::rejected(Rejection::NoVoice));
        }
        let trimmed = voice_activity::trim(utterance, &activity, PAD_MS);
        let text = self.hear(&trimmed)?;
        if cannot_have_been_said(&text, trimmed.seconds()) {
            return Ok(Transcript::rejected(Rejection::Loop));
        }
        Ok(match without_inventions(text) {
            Ok(text) => Transcript { text, ..Transcript::default() },
            Err(reason) => Transcript::rejected(reason),
        })
    }
}

#[cfg(test)]
mod tests;
