//! Piper's neural voices, by piper-rs on ONNX Runtime.
//!
//! espeak-ng, which makes Piper's phonemes, drops all punctuation; the voice was trained with it and pauses by it.
//! So the sentence is cut at its punctuation, each piece is phonemised, and the marks are put back between them.

use std::path::Path;

use ort::session::Session;
use piper_rs::{ModelConfig, Piper};

use super::espeak::phonemes;
use super::{Pcm, TextToSpeech, TextToSpeechError};

/// The marks at which a sentence is cut.
const MARKS: [char; 6] = ['.', ',', ';', ':', '?', '!'];

/// A loaded voice.
pub struct PiperVoice {
    piper: Piper,
    name: String,
    language: String,
}

impl PiperVoice {
    /// Loads a voice from its two files; `threads` are those of ONNX Runtime.
    pub fn load(onnx: &Path, config: &Path, name: &str, threads: usize) -> Result<Self, TextToSpeechError> {
        let unreadable = |reason: String| TextToSpeechError::VoiceUnreadable(name.to_owned(), reason);
        let json = std::fs::read(config).map_err(|e| unreadable(e.to_string()))?;
        let config: ModelConfig = serde_json::from_slice(&json).map_err(|e| unreadable(e.to_string()))?;
        let language = config.espeak.voice.clone();
        phonemes("a", &language).map_err(|e| unreadable(e.to_string()))?;
        let session = Session::builder()
            .and_then(|builder| Ok(builder.with_intra_threads(threads.clamp(1, 64))?))
            .and_then(|mut builder| builder.commit_from_file(onnx))
            .map_err(|e| unreadable(e.to_string()))?;
        Ok(Self { piper: Piper::from_session(session, config), name: name.to_owned(), language })
    }

    fn phonemise(&self, sentence: &str) -> Result<String, TextToSpeechError> {
        let mut out = String::new();
        for piece in sentence.split_inclusive(MARKS) {
            let mark = piece.chars().last().filter(|c| MARKS.contains(c));
            let words = phonemes(piece.trim_end_matches(MARKS), &self.language)?;
            if words.is_empty() {
                continue;
            }
            if !out.is_empty() {
                out.push(' ');
            }
            out.push_str(&words);
            out.extend(mark);
        }
        Ok(out)
    }
}

impl TextToSpeech for PiperVoice {
    fn name(&self) -> &str {
        &self.name
    }

    fn synthesise(&mut self, sentence: &str) -> Result<Pcm, TextToSpeechError> {
        let phonemes = self.phonemise(sentence)?;
        let failed = |e: piper_rs::PiperError| TextToSpeechError::Engine(e.to_string());
        if phonemes.is_empty() {
            return Ok(Pcm { sample_rate: 22_050, samples: vec![] });
        }
        let (samples, sample_rate) =
            self.piper.create(&phonemes, true, None, None, None, None).map_err(failed)?;
        // A voice may overshoot; what would clip is brought down as a whole.
        let peak = samples.iter().filter(|s| s.is_finite()).fold(1.0f32, |peak, s| peak.max(s.abs()));
        let samples = samples.iter().map(|s| (s / peak * f32::from(i16::MAX)) as i16).collect();
        Ok(Pcm { sample_rate, samples })
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn broken_voices_are_refused() {
        let folder = tempfile::tempdir().unwrap();
        let (onnx, json) = (folder.path().join("v.onnx"), folder.path().join("v.onnx.json"));
        let load = || PiperVoice::load(&onnx, &json, "v", 1).map(|_| ()).unwrap_err();
        assert!(matches!(load(), TextToSpeechError::VoiceUnreadable(..)));
        std::fs::write(&json, "{}").unwrap();
        assert!(matches!(load(), TextToSpeechError::VoiceUnreadable(..)));
        let config = r#"{"audio":{"sample_rate":22050},"espeak":{"voice":"vi"},"num_speakers":1,
            "inference":{"noise_scale":0.6,"length_scale":1.0,"noise_w":0.8},
            "speaker_id_map":{},"phoneme_id_map":{}}"#;
        std::fs::write(&json, config).unwrap();
        assert!(matches!(load(), TextToSpeechError::VoiceUnreadable(..)));
        std::fs::write(&onnx, b"not an onnx file").unwrap();
        assert!(matches!(load(), TextToSpeechError::VoiceUnreadable(..)));
    }
}
