//! Builds the engines that the settings choose. Another engine is another arm here, behind the same trait.

use std::path::Path;
use std::sync::Arc;

use super::CliError;
use crate::audio::AudioLimits;
use crate::models::{Manifest, ModelStore, Role, State};
use crate::pipeline::Pipeline;
use crate::receipts::ReceiptStore;
use crate::regulations::RegulationIndex;
use crate::settings::{Secret, Settings};
use crate::speech_to_text::beams::Bias;
use crate::speech_to_text::language_model::Tokeniser;
use crate::speech_to_text::remote::{RemoteEngine, RemoteOptions};
use crate::speech_to_text::{Ears, WhisperEngine, WhisperOptions};
use crate::text_to_speech::openai::{OpenAiOptions, OpenAiVoice};
use crate::text_to_speech::wyoming::WyomingVoice;
use crate::text_to_speech::{EspeakVoice, Mouth, PiperVoice, Rate, TextToSpeech, Voice, VoiceCache};

/// espeak-ng's speed for the law, words a minute.
const ESPEAK_WORDS_PER_MINUTE: i32 = 150;
/// The variable that espeak-rs reads.
const ESPEAK_DATA: &str = "PIPER_ESPEAKNG_DATA_DIRECTORY";

/// The models that the settings name.
pub fn model_store(settings: &Settings) -> Result<ModelStore, CliError> {
    let manifest = Manifest::load(settings.models_manifest.as_deref())?;
    Ok(ModelStore::new(settings.models_folder(), manifest))
}

/// The one file of a speech model.
fn speech_model_file(settings: &Settings, name: &str) -> Result<WhisperOptions, CliError> {
    let store = model_store(settings)?;
    let model = store.files(name)?.into_iter().next();
    let model = model.ok_or_else(|| CliError::Usage(format!("{name} has no files")))?;
    Ok(WhisperOptions {
        model,
        name: name.to_owned(),
        threads: settings.speech_threads,
        minimum_context_frames: settings.speech_context_frames,
        beams: settings.speech_beams,
        language_model: Some(settings.language_model_file()),
        syllable_model: settings.speech_correction.then(|| settings.syllable_model_file()),
        bias: Bias { weight: settings.language_model_weight, threshold: settings.language_model_threshold },
    })
}

/// The hearing engine by name, for measuring it.
pub fn whisper(settings: &Settings, name: &str) -> Result<WhisperEngine, CliError> {
    Ok(WhisperEngine::load(speech_model_file(settings, name)?)?)
}

/// Cuts text into the tokens of the speech model that the settings choose.
pub fn tokeniser(settings: &Settings) -> Result<Tokeniser, CliError> {
    let options = speech_model_file(settings, &settings.speech_model)?;
    Ok(WhisperEngine::load(WhisperOptions { language_model: None, syllable_model: None, ..options })?
        .tokeniser())
}

/// The ears that the settings choose.
pub fn ears(settings: &Settings) -> Result<Ears, CliError> {
    if let Some(url) = &settings.speech_url {
        tracing::warn!("what citizens say is sent to {url} to be heard (setting speech_url)");
        let options = RemoteOptions {
            url: url.clone(),
            model: settings.speech_remote_model.clone(),
            key: settings.speech_key.as_ref().map(|key| key.reveal().to_owned()),
        };
        return Ok(Ears::start(move || Ok(Box::new(RemoteEngine::new(options)?)))?);
    }
    let options = speech_model_file(settings, &settings.speech_model)?;
    Ok(Ears::start(move || Ok(Box::new(WhisperEngine::load(options)?)))?)
}

/// espeak-ng's Vietnamese voice, by the name that the setting `voice` has for it.
pub const ESPEAK: &str = "espeak-ng";

/// The voices of the manifest that speak Vietnamese and are here.
pub fn vietnamese_voices(settings: &Settings) -> Result<Vec<String>, CliError> {
    voices(settings, |language| language == "vi")
}

/// The voices of the manifest that speak another language and are here.
pub fn voices_of_other_languages(settings: &Settings) -> Result<Vec<String>, CliError> {
    voices(settings, |language| language != "vi")
}

fn voices(settings: &Settings, speaks: impl Fn(&str) -> bool) -> Result<Vec<String>, CliError> {
    let store = model_store(settings)?;
    let voices = store.manifest().models.iter().filter(|m| m.role == Role::Voice && speaks(&m.language));
    Ok(voices
        .map(|voice| voice.name.clone())
        .filter(|name| matches!(store.state(name), Ok(State::Ready)))
        .collect())
}

/// A voice of this machine by its name, for measuring it: it keeps nothing.
pub fn voice_by_name(settings: &Settings, name: &str) -> Result<Voice, CliError> {
    Ok(Voice::new(local_engine(settings, name)?, None))
}

fn local_engine(settings: &Settings, name: &str) -> Result<Box<dyn TextToSpeech>, CliError> {
    if name == ESPEAK {
        return Ok(Box::new(EspeakVoice::new("vi", ESPEAK_WORDS_PER_MINUTE)?));
    }
    let files = model_store(settings)?.files(name)?;
    let [onnx, config] = files.as_slice() else {
        return Err(CliError::Usage(format!("{name} is no voice")));
    };
    Ok(Box::new(PiperVoice::load(onnx, config, name, settings.voice_threads)?))
}

fn remote_engine(settings: &Settings, url: &str) -> Result<Box<dyn TextToSpeech>, CliError> {
    tracing::warn!("every answer is sent to {url} to be spoken (setting voice_url)");
    let voice = settings.voice_remote_name.clone();
    if url.starts_with("wyoming://") {
        return Ok(Box::new(WyomingVoice::new(url, &voice, "vi")?));
    }
    Ok(Box::new(OpenAiVoice::new(OpenAiOptions {
        url: url.to_owned(),
        model: settings.voice_remote_model.clone(),
        voice,
        key: settings.voice_key.as_ref().map(|key: &Secret| key.reveal().to_owned()),
        language: "vi".to_owned(),
    })?))
}

/// The voice that the settings choose: with `auto`, a Vietnamese Piper voice if one is here, else espeak-ng.
pub fn voice(settings: &Settings) -> Result<Voice, CliError> {
    let engine = match (&settings.voice_url, settings.voice.as_str()) {
        (Some(url), _) => remote_engine(settings, url)?,
        (None, "auto") => match vietnamese_voices(settings)?.first() {
            Some(name) => local_engine(settings, name)?,
            None => {
                tracing::warn!(
                    "no Vietnamese Piper voice is here, so espeak-ng speaks; `hoidap models pull` brings one \
                     where the model hub can be reached"
                );
                local_engine(settings, ESPEAK)?
            }
        },
        (None, name) => local_engine(settings, name)?,
    };
    Ok(Voice::new(engine, VoiceCache::open(&settings.voice_cache_folder(), settings.voice_cache_bytes)))
}

/// How fast the voice speaks.
pub fn voice_rate(settings: &Settings) -> Result<Rate, CliError> {
    Ok(Rate::new(settings.voice_rate)?)
}

/// That voice, at work.
pub fn mouth(settings: &Settings) -> Result<Mouth, CliError> {
    let (rate, voice) = (voice_rate(settings)?, voice(settings)?);
    Ok(Mouth::start(rate, move || Ok(voice))?)
}

/// The whole pipeline; what cannot hear or speak is left out only where the caller allows it.
pub fn pipeline(settings: &Settings, hears: bool, speaks: bool) -> Result<Pipeline, CliError> {
    let index = Arc::new(RegulationIndex::open(&settings.index_folder())?);
    Ok(Pipeline {
        ears: if hears { Some(ears(settings)?) } else { None },
        index,
        mouth: if speaks { Some(mouth(settings)?) } else { None },
        limits: limits(settings),
        turns: settings.turns.clone(),
        receipts: receipts(settings),
        rate: None,
        agency: None,
    })
}

/// Like [`pipeline`], for a service: what is missing is told and the rest serves.
pub fn service_pipeline(settings: &Settings) -> Result<Pipeline, CliError> {
    let index = Arc::new(RegulationIndex::open(&settings.index_folder())?);
    let ears = match ears(settings) {
        Ok(ears) => Some(ears),
        Err(CliError::NotSetUp(reason)) => {
            tracing::warn!("{reason}; until then only typed questions are answered");
            None
        }
        Err(error) => return Err(error),
    };
    let (mouth, limits, receipts) = (Some(mouth(settings)?), limits(settings), receipts(settings));
    Ok(Pipeline {
        ears,
        index,
        mouth,
        limits,
        turns: settings.turns.clone(),
        receipts,
        rate: None,
        agency: None,
    })
}

/// Where answers are kept, unless the settings say that they are not.
pub fn receipts(settings: &Settings) -> Option<ReceiptStore> {
    settings.keep_receipts.then(|| ReceiptStore::new(settings.receipts_folder()))
}

/// How much sound is accepted.
pub fn limits(settings: &Settings) -> AudioLimits {
    AudioLimits {
        max_bytes: settings.max_audio_bytes,
        max_seconds: settings.max_audio_seconds,
        ..AudioLimits::default()
    }
}

/// Tells espeak-ng where its data lies, if it is not where it was built: in the settings' folder or the data folder.
pub fn point_to_espeak_data(settings: &Settings) {
    let holds_data = |folder: &Path| folder.join("espeak-ng-data").is_dir();
    let candidates = [settings.espeak_data.as_deref(), Some(settings.data.as_path())];
    let found = candidates.into_iter().flatten().find(|folder| holds_data(folder));
    if let Some(folder) = found
        && std::env::var_os(ESPEAK_DATA).is_none()
    {
        // SAFETY: called at the start of `main`, before any other thread exists.
        unsafe { std::env::set_var(ESPEAK_DATA, folder) };
    }
}
