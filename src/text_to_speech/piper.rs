//! Piper's neural voices, by piper-rs on ONNX Runtime.
//!
//! espeak-ng, which makes Piper's phonemes, drops all punctuation; the voice was trained with it and pauses by it.
//! So the sentence is cut at its punctuation, each piece is phonemised, and the marks are put back between them.

use std::io::Read;
use std::path::Path;

use ort::session::Session;
use piper_rs::{ModelConfig, Piper};
use sha2::{Digest, Sha256};

use super::espeak::phonemes;
use super::{Pcm, Rate, TextToSpeech, TextToSpeechError};

/// The marks at which a sentence is cut.
const MARKS: [char; 6] = ['.', ',', ';', ':', '?', '!'];
/// Longer texts are cut here, in characters: the engine's memory grows with the square of their length.
const MAX_CHARACTERS: usize = 1_000;
/// Rates of sound that a voice may have, in Hz.
const SAMPLE_RATES: std::ops::RangeInclusive<u32> = 8_000..=48_000;

/// A loaded voice.
pub struct PiperVoice {
    piper: Piper,
    name: String,
    language: String,
    /// How long a phoneme lasts at the normal rate, as the voice's makers set it.
    length_scale: f32,
    sample_rate: u32,
    /// SHA-256 of both files.
    digest: String,
}

impl PiperVoice {
    /// Loads a voice from its two files; `threads` are those of ONNX Runtime.
    pub fn load(onnx: &Path, config: &Path, name: &str, threads: usize) -> Result<Self, TextToSpeechError> {
        let unreadable = |reason: String| TextToSpeechError::VoiceUnreadable(name.to_owned(), reason);
        let json = std::fs::read(config).map_err(|e| unreadable(e.to_string()))?;
        let config: ModelConfig = serde_json::from_slice(&json).map_err(|e| unreadable(e.to_string()))?;
        if !SAMPLE_RATES.contains(&config.audio.sample_rate) {
            return Err(unreadable(format!("its sample rate is {} Hz", config.audio.sample_rate)));
        }
        let language = config.espeak.voice.clone();
        let (length_scale, sample_rate) = (config.inference.length_scale, config.audio.sample_rate);
        let digest = digest(onnx, &json).map_err(|e| unreadable(e.to_string()))?;
        phonemes("a", &language).map_err(|e| unreadable(e.to_string()))?;
        let session = Session::builder()
            .and_then(|builder| Ok(builder.with_intra_threads(threads.clamp(1, 64))?))
            .and_then(|mut builder| builder.commit_from_file(onnx))
            .map_err(|e| unreadable(e.to_string()))?;
        let piper = Piper::from_session(session, config);
        Ok(Self { piper, name: name.to_owned(), language, length_scale, sample_rate, digest })
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

/// SHA-256 of a file and of what was read of another.
fn digest(onnx: &Path, json: &[u8]) -> std::io::Result<String> {
    let mut hash = Sha256::new();
    hash.update(json);
    let mut file = std::fs::File::open(onnx)?;
    let mut chunk = vec![0; 1 << 16];
    loop {
        match file.read(&mut chunk)? {
            0 => break,
            read => hash.update(&chunk[..read]),
        }
    }
    Ok(hash.finalize().iter().map(|byte| format!("{byte:02x}")).collect())
}

impl TextToSpeech for PiperVoice {
    fn name(&self) -> &str {
        &self.name
    }

    fn identity(&self) -> String {
        format!("{} {}", self.name, self.digest)
    }

    fn language(&self) -> &str {
        &self.language
    }

    fn synthesise(&mut self, clause: &str, rate: Rate) -> Result<Pcm, TextToSpeechError> {
        let end = clause.char_indices().nth(MAX_CHARACTERS).map_or(clause.len(), |(at, _)| at);
        let phonemes = self.phonemise(&clause[..end])?;
        let failed = |e: piper_rs::PiperError| TextToSpeechError::Engine(e.to_string());
        if phonemes.is_empty() {
            return Ok(Pcm { sample_rate: self.sample_rate, samples: vec![] });
        }
        let length = self.length_scale / rate.times();
        let (samples, sample_rate) =
            self.piper.create(&phonemes, true, None, Some(length), None, None).map_err(failed)?;
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
