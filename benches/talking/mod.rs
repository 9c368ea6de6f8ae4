//! What the benches of the wait share: recordings, the house, and a client that speaks in real time.

#![allow(dead_code, reason = "each bench uses a part of it")]

use std::path::{Path, PathBuf};
use std::sync::Arc;
use std::time::{Duration, Instant};

use futures::{SinkExt, StreamExt};
use hoidap::audio::{AudioLimits, decode};
use hoidap::pipeline::Pipeline;
use hoidap::regulations::RegulationIndex;
use hoidap::settings::Settings;
use hoidap::speech_to_text::beams::Bias;
use hoidap::speech_to_text::{Ears, WhisperEngine, WhisperOptions};
use hoidap::text_to_speech::{EspeakVoice, Mouth, Rate, Voice};
use serde_json::Value;
use tokio_tungstenite::tungstenite::Message;

/// Samples in 20 ms.
const FRAME: usize = 320;
const FRAME_TIME: Duration = Duration::from_millis(20);
/// The smaller model.
pub const BASE: &str = "whisper-base-q8_0";
/// A sample is audible from here on, of full scale (−50 dB).
const AUDIBLE: i16 = 104;
/// Frames of 10 ms that lie within so many dB of the recording's loud ones are voiced.
const VOICED_DB: f32 = 30.0;
/// Nobody waits longer, in seconds.
const PATIENCE: Duration = Duration::from_secs(60);

/// One recording and where its last voiced sample lies.
#[derive(Clone)]
pub struct Clip {
    /// Mono, 16 kHz.
    pub samples: Arc<[i16]>,
    /// The place of that sample.
    pub last_voiced: usize,
}

/// The owner's clear recordings, or the fixtures where those are not.
pub fn clips(wanted: usize) -> Vec<Clip> {
    let shared = Path::new("../shared/speech");
    let mut files: Vec<PathBuf> = std::fs::read_dir(shared)
        .into_iter()
        .flatten()
        .flatten()
        .map(|entry| entry.path())
        .filter(|path| {
            let name = path.file_name().unwrap_or_default().to_string_lossy().into_owned();
            name.starts_with("topic-") || name.starts_with("vivos01")
        })
        .collect();
    files.sort();
    if files.is_empty() {
        files = ["vi-khai-sinh-16k.wav", "vi-giay-phep-central.wav", "vi-nghi-viec-south.wav"]
            .map(|file| Path::new("audio-fixtures").join(file))
            .to_vec();
    }
    // The topics, which are about the law, and as many others.
    files.reverse();
    files.truncate(wanted);
    files.iter().map(|file| clip(&std::fs::read(file).expect("it can be read"))).collect()
}

fn clip(bytes: &[u8]) -> Clip {
    let utterance = decode(bytes, &AudioLimits::default()).expect("it is sound");
    let levels: Vec<f32> = utterance
        .samples()
        .chunks(160)
        .map(|frame| 10.0 * (frame.iter().map(|s| s * s).sum::<f32>() / frame.len() as f32 + 1e-10).log10())
        .collect();
    let mut sorted = levels.clone();
    sorted.sort_by(f32::total_cmp);
    let loud = sorted[sorted.len() * 95 / 100];
    let last = levels.iter().rposition(|level| *level > loud - VOICED_DB).unwrap_or(levels.len() - 1);
    Clip {
        samples: utterance.samples().iter().map(|s| (s * f32::from(i16::MAX)) as i16).collect(),
        last_voiced: ((last + 1) * 160).min(utterance.samples().len()),
    }
}

/// The whole house with this speech model, by name and file, and espeak-ng.
pub fn pipeline(settings: &Settings, (name, file): (&str, &str), context_frames: usize) -> Pipeline {
    let options = WhisperOptions {
        model: settings.models_folder().join(name).join(file),
        name: name.to_owned(),
        threads: settings.speech_threads,
        minimum_context_frames: context_frames,
        // Base gains nothing by a second beam.
        beams: if name == BASE { 1 } else { settings.speech_beams },
        language_model: Some(settings.language_model_file()),
        syllable_model: Some(settings.syllable_model_file()),
        bias: Bias { weight: settings.language_model_weight, threshold: settings.language_model_threshold },
    };
    let ears = Ears::start(move || Ok(Box::new(WhisperEngine::load(options)?))).expect("it hears");
    let mouth = Mouth::start(Rate::NORMAL, || Ok(Voice::new(Box::new(EspeakVoice::new("vi", 150)?), None)))
        .expect("it speaks");
    let index = RegulationIndex::open(&settings.index_folder()).expect("regulations are imported");
    Pipeline {
        ears: Some(ears),
        index: Arc::new(index),
        mouth: Some(mouth),
        limits: AudioLimits::default(),
        turns: settings.turns.clone(),
        receipts: None,
        rate: None,
        agency: None,
    }
}

/// One wait, and what the service says of its parts, in seconds.
#[derive(Debug, Clone, Copy)]
pub struct Wait {
    /// From the last voiced sample to the first audible one.
    pub first_sound: f64,
    /// Until the turn's end was sure.
    pub turn: f64,
    /// Hearing, beside that.
    pub hear: f64,
    /// Finding.
    pub find: f64,
    /// From the answer's words to the first of its sound.
    pub speak: f64,
}

/// What became of one who spoke.
#[derive(Debug, Clone, Copy)]
pub enum Outcome {
    /// An answer was heard.
    Answered(Wait),
    /// The service said that too many ask at once.
    Busy,
    /// Nothing audible came.
    Nothing,
}

/// Speaks one recording in real time, then is silent until something audible comes back.
pub async fn talk(url: String, clip: Clip, after: Duration) -> Outcome {
    tokio::time::sleep(after).await;
    let (socket, _) = tokio_tungstenite::connect_async(url).await.expect("the server answers");
    let (mut up, mut down) = socket.split();
    let last_voiced = clip.last_voiced;
    let began = Instant::now();
    let speaking = tokio::spawn(async move {
        let mut ticks = tokio::time::interval(FRAME_TIME);
        let silence = vec![0i16; FRAME];
        let mut frames = clip.samples.chunks(FRAME);
        loop {
            ticks.tick().await;
            let frame = frames.next().unwrap_or(&silence);
            let bytes: Vec<u8> = frame.iter().flat_map(|s| s.to_le_bytes()).collect();
            if up.send(Message::Binary(bytes.into())).await.is_err() {
                break;
            }
        }
    });
    // A frame is sent when its last sample has been spoken.
    let last_voice_sent = began + FRAME_TIME * (last_voiced / FRAME) as u32;
    let mut timings = Value::Null;
    let mut first_sound = None;
    let mut is_busy = false;
    let listening = async {
        while let Some(Ok(message)) = down.next().await {
            match message {
                Message::Binary(sound) if first_sound.is_none() => {
                    let audible = sound
                        .chunks_exact(2)
                        .position(|s| i16::from_le_bytes([s[0], s[1]]).unsigned_abs() > AUDIBLE as u16);
                    if audible.is_some() {
                        first_sound = Some(last_voice_sent.elapsed().as_secs_f64());
                    }
                }
                Message::Text(text) => {
                    let told: Value = serde_json::from_str(&text).unwrap_or_default();
                    match told["type"].as_str() {
                        Some("audio_end") => {
                            timings = told["timings_ms"].clone();
                            // A pause within the recording may have ended a turn of its own.
                            if last_voice_sent < Instant::now() {
                                break;
                            }
                            first_sound = None;
                        }
                        Some("interrupted") => first_sound = None,
                        Some("error") => {
                            is_busy = told["code"] == "busy";
                            break;
                        }
                        _ => {}
                    }
                }
                _ => {}
            }
        }
    };
    let _ = tokio::time::timeout(PATIENCE, listening).await;
    speaking.abort();
    let seconds = |stage: &str| timings[stage].as_f64().unwrap_or(0.0) / 1e3;
    let Some(first_sound) = first_sound else {
        return if is_busy { Outcome::Busy } else { Outcome::Nothing };
    };
    let (turn, hear, find) = (seconds("turn"), seconds("hear"), seconds("find"));
    Outcome::Answered(Wait {
        first_sound,
        turn,
        hear,
        find,
        speak: seconds("first_sound") - turn.max(hear) - find,
    })
}

/// The middle one; not a number where there are none.
pub fn median(mut values: Vec<f64>) -> f64 {
    values.sort_by(f64::total_cmp);
    values.get(values.len() / 2).copied().unwrap_or(f64::NAN)
}

/// The 95th of a hundred; not a number where there are none.
pub fn p95(mut values: Vec<f64>) -> f64 {
    values.sort_by(f64::total_cmp);
    values.get((values.len() * 95).div_ceil(100).saturating_sub(1)).copied().unwrap_or(f64::NAN)
}
