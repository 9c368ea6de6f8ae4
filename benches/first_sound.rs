//! How long a citizen waits: from the last voiced sample that they speak to the first audible sample that they hear.
//!
//! A client feeds recordings in real time, 20 ms at a time, into `/ws/ask` of a real server over a real socket; one,
//! two and four talk at once. In the same run, the same recordings go through the sequence that one would write
//! otherwise: the whole file, Whisper's whole context, the whole answer synthesised, then played. Nothing passes or
//! fails here; `cargo bench --bench first_sound` prints a table. `FIRST_SOUND_CLIPS` sets how many
//! recordings, `FIRST_SOUND_MODEL` which speech model alone.
//!
//! The last voiced sample is read off the recording's own level, not off the detector under test.

use std::path::{Path, PathBuf};
use std::sync::Arc;
use std::time::{Duration, Instant};

use futures::{SinkExt, StreamExt};
use hoidap::audio::{AudioLimits, Utterance, decode};
use hoidap::pipeline::{Asked, Event, Pipeline};
use hoidap::regulations::RegulationIndex;
use hoidap::server::Server;
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
const BASE: &str = "whisper-base-q8_0";
/// A sample is audible from here on, of full scale (−50 dB).
const AUDIBLE: i16 = 104;
/// Frames of 10 ms that lie within so many dB of the recording's loud ones are voiced.
const VOICED_DB: f32 = 30.0;
/// Nobody waits longer, in seconds.
const PATIENCE: Duration = Duration::from_secs(60);

#[tokio::main]
async fn main() {
    let settings = Settings::load().expect("the settings can be read");
    let clips = clips();
    println!("{} recordings; times in seconds after the last voiced sample", clips.len());
    println!(
        "{:<20} {:>7} {:>9} {:>6} {:>6} | {:>6} {:>6} {:>6} {:>6} | {:>8} {:>6}",
        "model", "talkers", "answered", "p50", "p95", "turn", "hear", "find", "speak", "sequence", "ratio"
    );
    for model in [(BASE, "ggml-base-q8_0.bin"), ("whisper-small-q8_0", "ggml-small-q8_0.bin")] {
        if std::env::var("FIRST_SOUND_MODEL").is_ok_and(|wanted| wanted != model.0) {
            continue;
        }
        if !settings.models_folder().join(model.0).join(model.1).exists() {
            println!("{:<20} not here; `hoidap models pull {}` brings it", model.0, model.0);
            continue;
        }
        // The sequence first, so that both have warm files.
        let sequence = median(sequence(&settings, model, &clips).await);
        let pipeline = pipeline(&settings, model, settings.speech_context_frames);
        let listener = tokio::net::TcpListener::bind("127.0.0.1:0").await.expect("a port is free");
        let address = listener.local_addr().expect("it is bound");
        let server = tokio::spawn(Server::new(pipeline, 1 << 20).serve(listener, std::future::pending()));
        for talkers in [1, 2, 4] {
            let mut waits = Vec::new();
            for group in clips.chunks(talkers).filter(|group| group.len() == talkers) {
                let talking = group.iter().enumerate().map(|(n, clip)| {
                    let url = format!("ws://{address}/ws/ask");
                    // People do not begin at the same moment.
                    talk(url, clip.clone(), Duration::from_millis(700 * n as u64))
                });
                waits.extend(futures::future::join_all(talking).await);
            }
            report(model.0, talkers, &waits, sequence);
        }
        server.abort();
    }
}

/// One recording and where its last voiced sample lies.
#[derive(Clone)]
struct Clip {
    samples: Arc<[i16]>,
    last_voiced: usize,
}

/// The owner's clear recordings, or the fixtures where those are not.
fn clips() -> Vec<Clip> {
    let wanted = std::env::var("FIRST_SOUND_CLIPS").ok().and_then(|n| n.parse().ok()).unwrap_or(8);
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

fn pipeline(settings: &Settings, (name, file): (&str, &str), context_frames: usize) -> Pipeline {
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
    }
}

/// One wait, and what the service says of its parts, in seconds.
struct Wait {
    first_sound: f64,
    turn: f64,
    hear: f64,
    find: f64,
    speak: f64,
}

/// Speaks one recording in real time, then is silent until something audible comes back; null where nothing does.
async fn talk(url: String, clip: Clip, after: Duration) -> Option<Wait> {
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
                        Some("error") => break,
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
    let first_sound = first_sound?;
    let (turn, hear, find) = (seconds("turn"), seconds("hear"), seconds("find"));
    Some(Wait { first_sound, turn, hear, find, speak: seconds("first_sound") - turn.max(hear) - find })
}

/// The recordings one after the other through what one would write otherwise: seconds from the end to the sound.
async fn sequence(settings: &Settings, model: (&str, &str), clips: &[Clip]) -> Vec<f64> {
    let pipeline = pipeline(settings, model, 1_500);
    let mut waits = Vec::new();
    for clip in clips {
        let began = Instant::now();
        let samples: Vec<f32> = clip.samples.iter().map(|s| f32::from(*s) / 32768.0).collect();
        let utterance = Utterance::from_samples(samples);
        let ears = pipeline.ears.as_ref().expect("it has ears");
        let Ok(heard) = ears.hear(utterance).await else { continue };
        let today = jiff::ZonedDateTime::now().date();
        let mut events = pipeline.ask(Asked::Text(heard.text), today);
        let mut spoke = false;
        while let Some(event) = events.recv().await {
            spoke |= matches!(event, Event::Sound(_));
        }
        if spoke {
            waits.push(began.elapsed().as_secs_f64());
        }
    }
    waits
}

fn report(model: &str, talkers: usize, waits: &[Option<Wait>], sequence: f64) {
    let answered: Vec<&Wait> = waits.iter().flatten().collect();
    let of = |part: fn(&Wait) -> f64| median(answered.iter().map(|wait| part(wait)).collect());
    let mut all: Vec<f64> = answered.iter().map(|wait| wait.first_sound).collect();
    all.sort_by(f64::total_cmp);
    let p95 = all.get((all.len() * 95).div_ceil(100).saturating_sub(1)).copied().unwrap_or(f64::NAN);
    let p50 = median(all);
    println!(
        "{model:<20} {talkers:>7} {:>9} {p50:>6.2} {p95:>6.2} | {:>6.2} {:>6.2} {:>6.2} {:>6.2} | {sequence:>8.2} {:>6.1}",
        format!("{}/{}", answered.len(), waits.len()),
        of(|wait| wait.turn),
        of(|wait| wait.hear),
        of(|wait| wait.find),
        of(|wait| wait.speak),
        sequence / p50
    );
}

fn median(mut values: Vec<f64>) -> f64 {
    values.sort_by(f64::total_cmp);
    values.get(values.len() / 2).copied().unwrap_or(f64::NAN)
}
