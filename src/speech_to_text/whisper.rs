//! Whisper, by whisper.cpp through whisper-rs.
//!
//! Whisper always looks at 30 s of sound (1,500 encoder frames); given fewer frames it is faster by as much,
//! but below a floor it falls into loops. So the encoder's context is fitted to the utterance, never under the
//! floor, and a text that cannot have been said is decoded once more with the whole context.
//!
//! Each utterance gets a fresh whisper state: what one citizen said can never reach the next
//! (whisper.cpp issue 3595).

use std::path::{Path, PathBuf};

use unicode_normalization::UnicodeNormalization;
use whisper_rs::{FullParams, SamplingStrategy, WhisperContext, WhisperContextParameters};

use super::plausibility::{is_loop, is_too_fast, without_hallucination};
use super::{Rejection, SpeechToText, SpeechToTextError, Transcript};
use crate::audio::{SAMPLE_RATE, Utterance, voice_activity};

/// Encoder frames a second of sound.
const FRAMES_PER_SECOND: f64 = 50.0;
/// The whole context: 30 s.
const FULL_CONTEXT: i32 = 1_500;
/// Frames beyond the end of the sound, so that the last word is not at the edge.
const SPARE_FRAMES: f64 = 64.0;
/// whisper.cpp takes nothing shorter than a second; shorter sound is padded with silence.
const MIN_SAMPLES: usize = SAMPLE_RATE as usize * 11 / 10;
/// Silence left before the first word and after the last, milliseconds.
const PAD_MS: u32 = 400;
/// From here on Whisper itself is sure that nobody speaks…
const NO_SPEECH_PROBABILITY: f32 = 0.8;
/// … if its tokens are no better than this, mean log-probability.
const DOUBTFUL_LOG_PROBABILITY: f32 = -0.9;
/// A ggml file begins with these bytes ("ggml", little-endian).
const GGML_MAGIC: [u8; 4] = *b"lmgg";
/// No Whisper is smaller than this, in bytes.
const MIN_MODEL_BYTES: u64 = 1 << 20;

/// How to run Whisper.
#[derive(Debug, Clone)]
pub struct WhisperOptions {
    /// A ggml file.
    pub model: PathBuf,
    /// Its name in the manifest.
    pub name: String,
    /// Compute threads; more than there are cores makes it many times slower.
    pub threads: usize,
    /// The floor of the encoder's context, in frames of 20 ms.
    pub minimum_context_frames: usize,
}

/// A loaded model.
pub struct WhisperEngine {
    context: WhisperContext,
    options: WhisperOptions,
}

/// One decoding.
struct Decoded {
    text: String,
    mean_log_probability: f32,
    no_speech_probability: f32,
}

impl WhisperEngine {
    /// Loads the model; takes about a second and the model's size in memory.
    pub fn load(options: WhisperOptions) -> Result<Self, SpeechToTextError> {
        // whisper.cpp would write to stderr.
        whisper_rs::install_logging_hooks();
        check_file(&options.model)?;
        let unreadable = |reason: String| SpeechToTextError::ModelUnreadable(options.model.clone(), reason);
        let path = options.model.to_str().ok_or_else(|| unreadable("its path is not UTF-8".into()))?;
        let mut parameters = WhisperContextParameters::default();
        parameters.use_gpu(false);
        let context =
            WhisperContext::new_with_params(path, parameters).map_err(|e| unreadable(e.to_string()))?;
        if !context.is_multilingual() {
            return Err(unreadable("it understands English only".into()));
        }
        Ok(Self { context, options })
    }

    fn fitted_context(&self, samples: usize) -> i32 {
        let frames = samples as f64 / f64::from(SAMPLE_RATE) * FRAMES_PER_SECOND + SPARE_FRAMES;
        let rounded = (frames / 64.0).ceil() as i32 * 64;
        rounded.max(self.options.minimum_context_frames as i32).min(FULL_CONTEXT)
    }

    fn decode(&self, samples: &[f32], context_frames: i32) -> Result<Decoded, SpeechToTextError> {
        let failed = |e: whisper_rs::WhisperError| SpeechToTextError::Engine(e.to_string());
        let mut state = self.context.create_state().map_err(failed)?;
        let fits_one_window = samples.len() < 29 * SAMPLE_RATE as usize;
        let mut parameters = FullParams::new(SamplingStrategy::Greedy { best_of: 1 });
        parameters.set_n_threads(self.options.threads.clamp(1, 64) as i32);
        parameters.set_language(Some("vi"));
        parameters.set_translate(false);
        parameters.set_no_context(true);
        parameters.set_single_segment(fits_one_window);
        parameters.set_no_timestamps(fits_one_window);
        parameters.set_audio_ctx(if fits_one_window { context_frames } else { FULL_CONTEXT });
        parameters.set_suppress_blank(true);
        parameters.set_suppress_nst(true);
        parameters.set_temperature(0.0);
        // whisper.cpp's own fallback can cost 20 s on bad sound; ours is one retry.
        parameters.set_temperature_inc(0.0);
        parameters.set_print_special(false);
        parameters.set_print_progress(false);
        parameters.set_print_realtime(false);
        parameters.set_print_timestamps(false);
        state.full(parameters, samples).map_err(failed)?;
        let (mut text, mut log_sum, mut tokens, mut no_speech) = (String::new(), 0.0f32, 0usize, 0.0f32);
        for segment in state.as_iter() {
            text.push_str(&segment.to_str_lossy().map_err(failed)?);
            no_speech = no_speech.max(segment.no_speech_probability());
            for n in 0..segment.n_tokens() {
                if let Some(token) = segment.get_token(n) {
                    log_sum += token.token_probability().max(1e-6).ln();
                    tokens += 1;
                }
            }
        }
        Ok(Decoded {
            text: text.nfc().collect::<String>().trim().to_owned(),
            mean_log_probability: if tokens == 0 { 0.0 } else { log_sum / tokens as f32 },
            no_speech_probability: no_speech,
        })
    }
}

impl SpeechToText for WhisperEngine {
    fn name(&self) -> &str {
        &self.options.name
    }

    fn transcribe(&mut self, utterance: &Utterance) -> Result<Transcript, SpeechToTextError> {
        let activity = voice_activity::detect(utterance);
        if !activity.has_speech() {
            return Ok(Transcript::rejected(Rejection::NoVoice));
        }
        let trimmed = voice_activity::trim(utterance, &activity, PAD_MS);
        let seconds = trimmed.seconds();
        let mut samples = trimmed.samples().to_vec();
        samples.resize(samples.len().max(MIN_SAMPLES), 0.0);

        let implausible = |decoded: &Decoded| is_loop(&decoded.text) || is_too_fast(&decoded.text, seconds);
        let context = self.fitted_context(samples.len());
        let mut decoded = self.decode(&samples, context)?;
        let decoded_again = implausible(&decoded) && context < FULL_CONTEXT;
        if decoded_again {
            decoded = self.decode(&samples, FULL_CONTEXT)?;
        }
        let reject = |reason| Transcript { decoded_again, ..Transcript::rejected(reason) };
        if implausible(&decoded) {
            return Ok(reject(Rejection::Loop));
        }
        if decoded.no_speech_probability > NO_SPEECH_PROBABILITY
            && decoded.mean_log_probability < DOUBTFUL_LOG_PROBABILITY
        {
            return Ok(reject(Rejection::NoSpeech));
        }
        let text = match without_hallucination(&decoded.text) {
            Some(rest) if rest.is_empty() => return Ok(reject(Rejection::KnownHallucination)),
            Some(rest) => rest,
            None => decoded.text,
        };
        if !text.chars().any(char::is_alphanumeric) {
            return Ok(reject(Rejection::NoSpeech));
        }
        Ok(Transcript {
            text,
            rejected: None,
            mean_log_probability: Some(decoded.mean_log_probability),
            alternatives: vec![],
            decoded_again,
        })
    }
}

/// whisper.cpp aborts the process on some broken files; the obvious ones never reach it.
fn check_file(path: &Path) -> Result<(), SpeechToTextError> {
    let unreadable = |reason: &str| SpeechToTextError::ModelUnreadable(path.to_owned(), reason.to_owned());
    let mut file = match std::fs::File::open(path) {
        Ok(file) => file,
        Err(e) if e.kind() == std::io::ErrorKind::NotFound => {
            return Err(SpeechToTextError::ModelMissing(path.to_owned()));
        }
        Err(e) => return Err(unreadable(&e.to_string())),
    };
    let mut magic = [0; 4];
    std::io::Read::read_exact(&mut file, &mut magic).map_err(|_| unreadable("it is too short"))?;
    if magic != GGML_MAGIC {
        return Err(unreadable("it is no ggml file"));
    }
    if file.metadata().map_or(0, |m| m.len()) < MIN_MODEL_BYTES {
        return Err(unreadable("it is too short"));
    }
    Ok(())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_is_no_model_is_refused_before_whisper_sees_it() {
        let folder = tempfile::tempdir().unwrap();
        let path = folder.path().join("model.bin");
        let load = || {
            let options = WhisperOptions {
                model: path.clone(),
                name: "x".into(),
                threads: 1,
                minimum_context_frames: 768,
            };
            WhisperEngine::load(options).map(|_| ()).unwrap_err()
        };
        assert!(matches!(load(), SpeechToTextError::ModelMissing(_)));
        for content in [&b""[..], b"lmgg", b"no model at all, but long enough for its magic"] {
            std::fs::write(&path, content).unwrap();
            assert!(matches!(load(), SpeechToTextError::ModelUnreadable(..)), "{content:?}");
        }
    }
}
