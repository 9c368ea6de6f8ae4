//! Whisper, by whisper.cpp through whisper-rs.
//!
//! Whisper always looks at 30 s of sound (1,500 encoder frames); given fewer frames it is faster by as much,
//! but below a floor it falls into loops. So the encoder's context is fitted to the utterance, never under the
//! floor, and a text that cannot have been said is decoded once more with the whole context.
//!
//! Each utterance gets a fresh whisper state: what one citizen said can never reach the next
//! (whisper.cpp issue 3595). `decoding` is the way into C.

mod decoding;

use std::path::{Path, PathBuf};
use std::sync::Arc;

use unicode_normalization::UnicodeNormalization;
use whisper_rs::{WhisperContext, WhisperContextParameters, WhisperState};

use super::beams::{Beam, Bias};
use super::correction::{Corrector, HeardSyllable};
use super::language_model::tokens::fingerprint;
use super::language_model::{LanguageModel, Tokeniser};
use super::plausibility::{
    MAX_SYLLABLES_PER_SECOND, cannot_have_been_said, is_too_slow, without_hallucination, without_inventions,
};
use super::{Alternative, Rejection, SpeechToText, SpeechToTextError, Transcript};
use crate::audio::{SAMPLE_RATE, Utterance, voice_activity};
use crate::vietnamese::{syllables, words_at};
use decoding::{Decoded, Decoding, decode};

/// Encoder frames a second of sound.
const FRAMES_PER_SECOND: f64 = 50.0;
/// The whole context: 30 s.
const FULL_CONTEXT: usize = 1_500;
/// Frames beyond the end of the sound, so that the last word is not at the edge.
const SPARE_FRAMES: f64 = 64.0;
/// Longer sound is heard window by window, in seconds; one window is 30 s.
const ONE_WINDOW: f64 = 29.0;
/// whisper.cpp takes nothing shorter than a second; shorter sound is padded with silence.
const MIN_SAMPLES: usize = SAMPLE_RATE as usize * 11 / 10;
/// Silence left before the first word and after the last, milliseconds.
const PAD_MS: u32 = 400;
/// From here on Whisper itself is sure that nobody speaks…
const NO_SPEECH_PROBABILITY: f32 = 0.8;
/// … if its tokens are no better than this, mean log-probability.
const DOUBTFUL_LOG_PROBABILITY: f32 = -0.9;
/// Words that are no better than this, mean log-probability, may be of another language…
const OTHER_LANGUAGE_LOG_PROBABILITY: f32 = -0.6;
/// … and are, where Whisper thinks Vietnamese less likely than this.
const MAYBE_VIETNAMESE: f32 = 0.2;
/// Whisper's tokens to a syllable, at most in the mean of an utterance, punctuation included.
const TOKENS_PER_SYLLABLE: f64 = 2.5;
/// Whisper's own limit for one window, in tokens.
const MAX_TOKENS: f64 = 220.0;
/// So many transcripts are given beside the likeliest.
const ALTERNATIVES: usize = 4;
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
    /// Transcripts followed at a time: 1 is greedy, at most 8.
    pub beams: usize,
    /// A file that `hoidap models build-language-model` made; null to hear without.
    pub language_model: Option<PathBuf>,
    /// How much the language model has to say.
    pub bias: Bias,
    /// The syllables of the same texts, which set right what was heard; null to leave it as it is.
    pub syllable_model: Option<PathBuf>,
}

/// A loaded model.
pub struct WhisperEngine {
    context: WhisperContext,
    options: WhisperOptions,
    vocabulary: Vec<Vec<u8>>,
    language_model: Option<Arc<LanguageModel>>,
    corrector: Option<Corrector>,
}

impl WhisperEngine {
    /// Loads the model; takes about a second and the model's size in memory. A language model that was built for
    /// another vocabulary, or is damaged, is an error; one that is not there is told in the log.
    pub fn load(options: WhisperOptions) -> Result<Self, SpeechToTextError> {
        // whisper.cpp would write to stderr.
        whisper_rs::install_logging_hooks();
        check_file(&options.model)?;
        let unreadable = |reason: String| SpeechToTextError::ModelUnreadable(options.model.clone(), reason);
        let path = options.model.to_str().ok_or_else(|| unreadable("its path is not UTF-8".into()))?;
        let mut parameters = WhisperContextParameters::default();
        parameters.use_gpu(false);
        // On a processor it is slower, by half.
        parameters.flash_attn(false);
        let context =
            WhisperContext::new_with_params(path, parameters).map_err(|e| unreadable(e.to_string()))?;
        if !context.is_multilingual() {
            return Err(unreadable("it understands English only".into()));
        }
        let vocabulary: Vec<Vec<u8>> = (0..context.token_eot())
            .map(|id| context.token_to_bytes(id).map(<[u8]>::to_vec).unwrap_or_default())
            .collect();
        let language_model = match there(options.language_model.as_deref()) {
            Some(path) => Some(Arc::new(LanguageModel::open(path, fingerprint(&vocabulary))?)),
            None => None,
        };
        let corrector = there(options.syllable_model.as_deref()).map(Corrector::open).transpose()?;
        Ok(Self { context, options, vocabulary, language_model, corrector })
    }

    /// Cuts text as this model does.
    pub fn tokeniser(&self) -> Tokeniser {
        Tokeniser::new(&self.vocabulary)
    }

    fn fitted_context(&self, samples: usize) -> usize {
        let frames = samples as f64 / f64::from(SAMPLE_RATE) * FRAMES_PER_SECOND + SPARE_FRAMES;
        let rounded = (frames / 64.0).ceil() as usize * 64;
        rounded.max(self.options.minimum_context_frames).min(FULL_CONTEXT)
    }

    fn decode(
        &self,
        samples: &[f32],
        context_frames: usize,
        beams: usize,
        wanted: &(dyn Fn() -> bool + Sync),
    ) -> Result<Heard, SpeechToTextError> {
        let mut state = self.context.create_state().map_err(|e| SpeechToTextError::Engine(e.to_string()))?;
        let seconds = samples.len() as f64 / f64::from(SAMPLE_RATE);
        let one_window = seconds < ONE_WINDOW;
        let how = Decoding {
            threads: self.options.threads,
            language: "vi",
            beams,
            language_model: self.language_model.clone(),
            bias: self.options.bias,
            context_frames: if one_window { context_frames } else { FULL_CONTEXT },
            max_tokens: (seconds * MAX_SYLLABLES_PER_SECOND * TOKENS_PER_SYLLABLE).min(MAX_TOKENS) as usize,
            one_window,
        };
        let decoded = decode(&self.context, &mut state, &how, samples, wanted)?;
        let mut heard = self.likeliest(decoded);
        if heard.best.mean_log_probability < OTHER_LANGUAGE_LOG_PROBABILITY
            && let Some(language) = self.other_language(&mut state)
        {
            let how = Decoding { language, language_model: None, beams: 1, ..how };
            heard = self.likeliest(decode(&self.context, &mut state, &how, samples, wanted)?);
            heard.others.clear();
        }
        Ok(heard)
    }

    /// The language that is spoken, where that is certainly not Vietnamese. Looks at the sound once more.
    fn other_language(&self, state: &mut WhisperState) -> Option<&'static str> {
        let (likeliest, probabilities) = state.lang_detect(0, self.options.threads.clamp(1, 64)).ok()?;
        let vietnamese = whisper_rs::get_lang_id("vi").and_then(|id| probabilities.get(id as usize).copied());
        match vietnamese {
            Some(vietnamese) if vietnamese < MAYBE_VIETNAMESE => whisper_rs::get_lang_str(likeliest),
            _ => None,
        }
    }

    /// The likeliest transcript, and those that differ from it in their words.
    fn likeliest(&self, decoded: Decoded) -> Heard {
        let mut transcripts: Vec<Alternative> = Vec::new();
        let mut known: Vec<Vec<String>> = Vec::new();
        for beam in &decoded.beams {
            let text = self.text(beam);
            let words: Vec<String> = syllables(&text).collect();
            if words.is_empty() || known.contains(&words) {
                continue;
            }
            known.push(words);
            transcripts.push(Alternative { text, mean_log_probability: beam.mean_log_probability() });
            if transcripts.len() > ALTERNATIVES {
                break;
            }
        }
        if transcripts.is_empty() {
            let text = clean(&decoded.text);
            transcripts.push(Alternative { text, mean_log_probability: decoded.mean_log_probability });
        }
        let mut best = transcripts.remove(0);
        if let Some(text) = decoded.beams.first().and_then(|beam| self.corrected(beam)) {
            // What was heard is searched for too.
            let heard = std::mem::replace(&mut best.text, text);
            transcripts.insert(0, Alternative { text: heard, ..best.clone() });
            transcripts.truncate(ALTERNATIVES);
        }
        Heard { best, others: transcripts, no_speech_probability: decoded.no_speech_probability }
    }

    fn text(&self, beam: &Beam) -> String {
        let bytes: Vec<u8> = beam.tokens.iter().flat_map(|&token| self.bytes(token)).copied().collect();
        clean(&String::from_utf8_lossy(&bytes))
    }

    fn bytes(&self, token: u16) -> &[u8] {
        self.vocabulary.get(usize::from(token)).map_or(&[], Vec::as_slice)
    }

    /// The text of a beam set right; null where nothing is to be set right.
    fn corrected(&self, beam: &Beam) -> Option<String> {
        let corrector = self.corrector.as_ref()?;
        let (mut bytes, mut token_of) = (Vec::new(), Vec::new());
        for (n, &token) in beam.tokens.iter().enumerate() {
            bytes.extend_from_slice(self.bytes(token));
            token_of.resize(bytes.len(), n);
        }
        let text = String::from_utf8(bytes).ok()?;
        let syllables: Vec<HeardSyllable> = words_at(&text)
            .map(|(word, start)| {
                let place = start..start + word.len();
                let tokens = token_of[place.start]..=token_of[place.end - 1];
                let log_probability = beam.steps.get(tokens).map_or(0.0, |steps| steps.iter().sum());
                HeardSyllable { place, log_probability }
            })
            .collect();
        corrector.correct(&text, &syllables).map(|text| clean(&text))
    }
}

fn clean(text: &str) -> String {
    text.nfc().collect::<String>().trim().to_owned()
}

/// What one decoding heard.
struct Heard {
    best: Alternative,
    others: Vec<Alternative>,
    no_speech_probability: f32,
}

impl SpeechToText for WhisperEngine {
    fn name(&self) -> &str {
        &self.options.name
    }

    fn transcribe(
        &mut self,
        utterance: &Utterance,
        wanted: &(dyn Fn() -> bool + Sync),
    ) -> Result<Transcript, SpeechToTextError> {
        let activity = voice_activity::detect(utterance);
        if !activity.has_speech() {
            return Ok(Transcript::rejected(Rejection::NoVoice));
        }
        let trimmed = voice_activity::trim(utterance, &activity, PAD_MS);
        let seconds = trimmed.seconds();
        let mut samples = trimmed.samples().to_vec();
        samples.resize(samples.len().max(MIN_SAMPLES), 0.0);

        let implausible = |text: &str| cannot_have_been_said(text, seconds);
        let context = self.fitted_context(samples.len());
        let mut heard = self.decode(&samples, context, self.options.beams, wanted)?;
        let decoded_again = implausible(&heard.best.text) && context < FULL_CONTEXT;
        if decoded_again {
            // What loops is hard to hear in any case; it may not take the time of several others.
            heard = self.decode(&samples, FULL_CONTEXT, 1, wanted)?;
        }
        let reject = |reason| Transcript { decoded_again, ..Transcript::rejected(reason) };
        if implausible(&heard.best.text) {
            return Ok(reject(Rejection::Loop));
        }
        let is_no_speech = heard.no_speech_probability > NO_SPEECH_PROBABILITY
            && heard.best.mean_log_probability < DOUBTFUL_LOG_PROBABILITY;
        let spoken_seconds = f64::from(activity.voiced_ms) / 1_000.0;
        if is_no_speech || is_too_slow(&heard.best.text, spoken_seconds) {
            return Ok(reject(Rejection::NoSpeech));
        }
        let text = match without_inventions(heard.best.text) {
            Ok(text) => text,
            Err(reason) => return Ok(reject(reason)),
        };
        heard
            .others
            .retain(|other| !implausible(&other.text) && without_hallucination(&other.text).is_none());
        Ok(Transcript {
            text,
            rejected: None,
            mean_log_probability: Some(heard.best.mean_log_probability),
            alternatives: heard.others,
            decoded_again,
        })
    }
}

/// The file, if it is there; where it is wanted and is not, the log says so.
fn there(path: Option<&Path>) -> Option<&Path> {
    let path = path?;
    if !path.exists() {
        tracing::warn!(
            "{} is not there, so Whisper hears without it; `hoidap models build-language-model` makes it",
            path.display()
        );
        return None;
    }
    Some(path)
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
                minimum_context_frames: 512,
                beams: 1,
                language_model: None,
                bias: Bias::NONE,
                syllable_model: None,
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
