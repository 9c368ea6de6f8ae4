//! How well the kiosk hears while it speaks: how much of its own voice is taken out of what it hears, whether what is
//! left is taken for somebody, and how soon somebody who speaks over it is heard.
//!
//! Halls, loudspeakers and clocks are made from seeds, voices come from files; the same files give the same figures.
//!
//! * [`room`]: what happens to a sound between loudspeaker and microphone;
//! * [`mod@scenes`]: the halls measured;
//! * [`report`]: the figures, as they are printed.

pub mod report;
pub mod room;
pub mod scenes;

use std::time::Instant;

use crate::audio::echo::{BargeInGate, Bypass, EchoCanceller, EchoStream, WebRtcCanceller};
use crate::audio::turn::{TurnDetector, TurnEvent, TurnSettings};
use crate::audio::voice_activity::detect;
use crate::audio::{SAMPLE_RATE, Utterance};
use crate::evaluation::turns::sounds::level;
pub use report::{BargeIn, EchoReport, SceneFigures};
pub use scenes::{Scene, Voices, scenes};

/// Samples of a millisecond.
const MS: usize = SAMPLE_RATE as usize / 1000;
/// How devices bring and take their sound: blocks of 20 ms.
const BLOCK: usize = 20 * MS;
/// The kiosk speaks so long with nobody near.
const ALONE: usize = 20_000 * MS;
/// It is spoken to after these times, and goes on.
const BARGE_IN_AT: [usize; 2] = [6_000 * MS, 11_500 * MS];
/// The figures of a canceller that knows the room begin here.
const SETTLED: usize = 2_000 * MS;
/// A canceller has learnt the room when for the first time a second of echo is taken out as well as from the third second
/// on, but for so much, in dB.
const LEARNT_WITHIN_DB: f32 = 3.0;

/// What came out of one stream.
struct Heard {
    cleaned: Vec<f32>,
    /// Where the microphone was when a turn was told to begin.
    started: Vec<usize>,
    /// Time of computing, in seconds.
    seconds: f64,
}

/// Measures WebRTC's canceller and the gate in every scene.
pub fn measure(voices: &Voices, scenes: &[Scene], turns: &TurnSettings) -> EchoReport {
    let scenes: Vec<SceneFigures> = scenes.iter().map(|scene| measure_scene(voices, scene, turns)).collect();
    let total = |of: fn(&SceneFigures) -> f64| scenes.iter().map(of).sum::<f64>();
    let real_time = total(|s| s.computing_seconds) / total(|s| s.sound_seconds).max(f64::MIN_POSITIVE);
    EchoReport { scenes, real_time }
}

fn measure_scene(voices: &Voices, scene: &Scene, turns: &TurnSettings) -> SceneFigures {
    let number = scene.seed as usize;
    let sounds = scene.sounds(voices.speech(ALONE, number));
    let microphone = sum(&sounds.echo, &sounds.noise);
    let listen =
        |stream: EchoStream, microphone: &[f32]| listen(scene, stream, &sounds.played, microphone, turns);

    let uncancelled = listen(EchoStream::with(Box::new(Bypass), None), &microphone);
    let ungated = listen(EchoStream::with(canceller(), None), &microphone);
    let gated = listen(EchoStream::with(canceller(), Some(BargeInGate::new())), &microphone);
    let cleaned = &ungated.cleaned;
    let decibels = |from: usize, to: usize| {
        let part = |sound: &[f32]| level(sound.get(from..to.min(sound.len())).unwrap_or_default());
        20.0 * (part(&microphone) / part(cleaned).max(1e-6)).log10()
    };
    let erle_db = decibels(SETTLED, cleaned.len());
    let learnt = (0..cleaned.len().saturating_sub(1_000 * MS))
        .step_by(100 * MS)
        .find(|from| decibels(*from, from + 1_000 * MS) >= erle_db - LEARNT_WITHIN_DB)
        .map(|from| (from / MS + 1_000) as u32);

    let mut figures = SceneFigures {
        scene: *scene,
        erle_db,
        most_db: 20.0 * (level(&microphone) / level(&sounds.noise).max(f32::MIN_POSITIVE)).log10(),
        erle_first_db: decibels(0, SETTLED),
        learnt_ms: learnt,
        false_uncancelled: uncancelled.started.len(),
        false_ungated: ungated.started.len(),
        false_gated: gated.started.len(),
        barge_ins: Vec::new(),
        sound_seconds: gated.cleaned.len() as f64 / f64::from(SAMPLE_RATE),
        computing_seconds: gated.seconds,
    };
    for (n, at) in BARGE_IN_AT.into_iter().enumerate() {
        let talker = voices.talker(number + n);
        let voice = detect(&Utterance::from_samples(talker.to_vec()));
        let onset = at + voice.segments.first().map_or(0, |segment| segment.start);
        let end = (at + talker.len() + 500 * MS).min(microphone.len());
        let mut talk = vec![0.0; at];
        talk.extend_from_slice(talker);
        talk.resize(end, 0.0);
        let both = sum(microphone.get(..end).unwrap_or_default(), &talk);
        let alone = sum(sounds.noise.get(..end).unwrap_or_default(), &talk);
        let after = |heard: &Heard| {
            let started = heard.started.iter().find(|place| **place > onset);
            started.map(|place| ((place - onset) / MS) as u32)
        };
        let gated = listen(EchoStream::with(canceller(), Some(BargeInGate::new())), &both);
        let ungated = listen(EchoStream::with(canceller(), None), &both);
        let (change_db, worst_change_db) = change_of_talker(&talk, &ungated.cleaned);
        figures.barge_ins.push(BargeIn {
            after_ms: after(&gated),
            ungated_ms: after(&ungated),
            uncancelled_ms: after(&listen(EchoStream::with(Box::new(Bypass), None), &both)),
            alone_ms: after(&listen(EchoStream::with(Box::new(Bypass), None), &alone)),
            change_db,
            worst_change_db,
        });
    }
    figures
}

fn canceller() -> Box<dyn EchoCanceller> {
    Box::new(WebRtcCanceller::new())
}

/// Plays and hears, block by block, each device by its own clock.
fn listen(
    scene: &Scene,
    mut stream: EchoStream,
    played: &[f32],
    microphone: &[f32],
    settings: &TurnSettings,
) -> Heard {
    let mut turns = TurnDetector::new(settings.clone());
    let (mut cleaned, mut started) = (Vec::with_capacity(microphone.len()), Vec::new());
    let (mut heard, mut taken) = (0, 0);
    let (began, mut seconds) = (Instant::now(), 0.0);
    for block in microphone.chunks(BLOCK) {
        heard += block.len();
        let until = scene.played_by(heard).min(played.len());
        stream.play(played.get(taken..until).unwrap_or_default());
        taken = until;
        let before = began.elapsed();
        let out = stream.hear(block);
        seconds += (began.elapsed() - before).as_secs_f64();
        let events = turns.push(&out);
        let begins = |event: &&TurnEvent| matches!(event, TurnEvent::SpeechStarted { .. });
        started.extend(events.iter().filter(begins).map(|_| heard));
        cleaned.extend(out);
    }
    Heard { cleaned, started, seconds }
}

fn sum(a: &[f32], b: &[f32]) -> Vec<f32> {
    a.iter().zip(b).map(|(a, b)| (a + b).clamp(-1.0, 1.0)).collect()
}

/// How much louder the frames in which the talker speaks have become, in dB: the middle one, and the one than which a tenth
/// are softer. What is left of echo and noise only makes them louder.
fn change_of_talker(talk: &[f32], cleaned: &[f32]) -> (f32, f32) {
    let frames = || talk.chunks(BLOCK).map(level);
    let loudest = frames().fold(0.0f32, f32::max);
    let spoken = frames().zip(cleaned.chunks(BLOCK)).filter(|(before, _)| *before >= loudest * 0.1);
    let mut changes: Vec<f32> =
        spoken.map(|(before, after)| 20.0 * (level(after) / before).max(1e-4).log10()).collect();
    changes.sort_by(f32::total_cmp);
    let at = |tenths: usize| changes.get(changes.len() * tenths / 10).copied().unwrap_or_default();
    (at(5), at(1))
}

#[cfg(test)]
mod tests;
