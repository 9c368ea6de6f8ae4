//! Builds the engines that the settings choose. Another engine is another arm here, behind the same trait.

use std::path::Path;
use std::sync::Arc;

use super::CliError;
use crate::audio::AudioLimits;
use crate::models::{Manifest, ModelStore, Role, State};
use crate::pipeline::Pipeline;
use crate::receipts::ReceiptStore;
use crate::regulations::RegulationIndex;
use crate::settings::Settings;
use crate::speech_to_text::beams::Bias;
use crate::speech_to_text::language_model::Tokeniser;
use crate::speech_to_text::{Ears, WhisperEngine, WhisperOptions};
use crate::text_to_speech::{EspeakVoice, Mouth, PiperVoice, TextToSpeech, TextToSpeechError};

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
    Ok(WhisperEngine::load(WhisperOptions { language_model: None, ..options })?.tokeniser())
}

/// The ears that the settings choose.
pub fn ears(settings: &Settings) -> Result<Ears, CliError> {
    let options = speech_model_file(settings, &settings.speech_model)?;
    Ok(Ears::start(move || Ok(Box::new(WhisperEngine::load(options)?)))?)
}

/// The voice that the settings choose: with `auto`, a Vietnamese Piper voice if one is here, else espeak-ng.
pub fn mouth(settings: &Settings) -> Result<Mouth, CliError> {
    let store = model_store(settings)?;
    let vietnamese = || {
        let voices = store.manifest().models.iter().filter(|m| m.role == Role::Voice && m.language == "vi");
        voices.map(|m| m.name.clone()).find(|name| matches!(store.state(name), Ok(State::Ready)))
    };
    let chosen = match settings.voice.as_str() {
        "espeak-ng" => None,
        "auto" => vietnamese(),
        name => Some(name.to_owned()),
    };
    let Some(name) = chosen else {
        if settings.voice == "auto" {
            tracing::warn!(
                "no Vietnamese Piper voice is here, so espeak-ng speaks; `hoidap models pull` brings one \
                 where the model hub can be reached"
            );
        }
        let espeak = || -> Result<Box<dyn TextToSpeech>, TextToSpeechError> {
            Ok(Box::new(EspeakVoice::new("vi", ESPEAK_WORDS_PER_MINUTE)?))
        };
        return Ok(Mouth::start(espeak)?);
    };
    let files = store.files(&name)?;
    let [onnx, config] = files.as_slice() else {
        return Err(CliError::Usage(format!("{name} is no voice")));
    };
    let (onnx, config, threads) = (onnx.clone(), config.clone(), settings.voice_threads);
    Ok(Mouth::start(move || Ok(Box::new(PiperVoice::load(&onnx, &config, &name, threads)?)))?)
}

/// The whole pipeline; what cannot hear or speak is left out only where the caller allows it.
pub fn pipeline(settings: &Settings, hears: bool, speaks: bool) -> Result<Pipeline, CliError> {
    let index = Arc::new(RegulationIndex::open(&settings.index_folder())?);
    Ok(Pipeline {
        ears: if hears { Some(ears(settings)?) } else { None },
        index,
        mouth: if speaks { Some(mouth(settings)?) } else { None },
        limits: limits(settings),
        receipts: receipts(settings),
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
    Ok(Pipeline { ears, index, mouth, limits, receipts })
}

/// Where answers are kept, unless the settings say that they are not.
pub fn receipts(settings: &Settings) -> Option<ReceiptStore> {
    settings.keep_receipts.then(|| ReceiptStore::new(settings.receipts_folder()))
}

fn limits(settings: &Settings) -> AudioLimits {
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
