//! How well turns are found in a stream: whether everybody who speaks is heard from the first word to the last, how often
//! one is taken for two, and what is taken for a turn where nobody speaks.
//!
//! * [`sounds`]: sound in which nobody speaks, made from seeds, and speech made harder;
//! * [`report`]: the figures, as they are printed.

pub mod report;
pub mod sounds;

use std::ops::Range;
use std::path::Path;
use std::time::Instant;

use super::EvaluationError;
use super::speech::{Clip, read_clip};
use crate::audio::SAMPLE_RATE;
use crate::audio::Utterance;
use crate::audio::turn::{TurnDetector, TurnEvent, TurnSettings};
use crate::audio::voice_activity::detect;
use report::{ClipFigures, FalseTurns, SplitFigures, TurnsReport};
use sounds::{Timbre, at_level, fan, gain, in_noise, looped, music, telephone, thuds, typing, white_noise};

/// How a browser or a microphone brings its sound: blocks of 20 ms.
const BLOCK: usize = SAMPLE_RATE as usize / 50;
/// Noise before and after each clip, in seconds.
const AROUND: f32 = 2.0;
/// The silences that the table of splits is made for, in milliseconds.
const SILENCES: [u32; 11] = [300, 350, 400, 450, 500, 600, 700, 800, 1_000, 1_300, 1_600];

/// What came out of one stream.
#[derive(Debug, Clone, Default)]
pub struct Streamed {
    /// The turns, as places in the stream.
    pub turns: Vec<Range<u64>>,
    /// Where the last voice of each ended.
    pub speech_ends: Vec<u64>,
    /// How many were cut because they were too long.
    pub cut: usize,
    /// How often a turn was told to begin.
    pub started: usize,
    /// What was no turn.
    pub false_starts: usize,
    /// Times at which a pause was told.
    pub pauses: usize,
}

/// Puts a whole sound through a detector, block by block, with nothing known of the words.
pub fn stream(sound: &[f32], settings: &TurnSettings) -> Streamed {
    let mut turns = TurnDetector::new(settings.clone());
    let mut out = Streamed::default();
    let mut take = |event: TurnEvent| match event {
        TurnEvent::SpeechStarted { .. } => out.started += 1,
        TurnEvent::Pause { .. } => out.pauses += 1,
        TurnEvent::Resumed { .. } => {}
        TurnEvent::FalseStart { .. } => out.false_starts += 1,
        TurnEvent::EndOfTurn(turn) => {
            out.turns.push(turn.start..turn.end);
            out.speech_ends.push(turn.speech_end);
        }
        TurnEvent::TooLong(turn) => {
            out.turns.push(turn.start..turn.end);
            out.speech_ends.push(turn.speech_end);
            out.cut += 1;
        }
    };
    for block in sound.chunks(BLOCK) {
        turns.push(block).into_iter().for_each(&mut take);
    }
    turns.finish().into_iter().for_each(&mut take);
    out
}

/// Sounds of `seconds` in which nobody speaks, by name. The street is looped at several levels.
pub fn quiet_sounds(seconds: usize, street: Option<&[f32]>) -> Vec<(String, Vec<f32>)> {
    let mut sounds = vec![
        ("digital silence".to_owned(), vec![0.0; seconds * SAMPLE_RATE as usize]),
        ("white noise at -60 dB".to_owned(), at_level(white_noise(seconds, 1), -60.0)),
        ("white noise at -30 dB".to_owned(), at_level(white_noise(seconds, 2), -30.0)),
        ("a fan at -40 dB".to_owned(), at_level(fan(seconds, 3), -40.0)),
        ("a fan at -20 dB".to_owned(), at_level(fan(seconds, 4), -20.0)),
        ("typing".to_owned(), typing(seconds, 5)),
        ("typing, soft".to_owned(), at_level(typing(seconds, 6), -50.0)),
        ("thuds".to_owned(), thuds(seconds, 7)),
    ];
    for (name, timbre) in Timbre::ALL {
        for dbfs in [-20.0, -40.0] {
            let name = format!("music, {name} at {dbfs} dB");
            sounds.push((name, at_level(music(seconds, timbre, 8), dbfs)));
        }
    }
    for dbfs in [-50.0, -35.0, -20.0, -12.0] {
        if let Some(street) = street {
            sounds.push((format!("the street at {dbfs} dB"), at_level(looped(street, seconds), dbfs)));
        }
    }
    sounds
}

/// Streams the clips of a manifest (JSON lines, `audio` and `text`) in silence and in the noise of `../noise`, and
/// `minutes` of each sound in which nobody speaks.
pub fn evaluate_turns(
    manifests: &[impl AsRef<Path>],
    minutes: usize,
    settings: &TurnSettings,
) -> Result<TurnsReport, EvaluationError> {
    let mut clips = Vec::new();
    let mut street = None;
    for manifest in manifests {
        let manifest = manifest.as_ref();
        let folder = manifest.parent().unwrap_or(Path::new("."));
        for clip in super::read_json_lines::<Clip>(manifest)? {
            clips.push((clip.audio.clone(), read_clip(&folder.join(&clip.audio))?));
        }
        let noise = folder.join("../noise/street-noise.wav");
        if noise.exists() {
            street = Some(read_clip(&noise)?);
        }
    }
    let street = street.as_ref().map(Utterance::samples);
    let began = Instant::now();
    let mut streamed_seconds = 0.0;
    let mut quiet = Vec::new();
    let mut busy = 0.0;
    for (name, sound) in quiet_sounds(minutes * 60, street) {
        let began = Instant::now();
        let found = stream(&sound, settings);
        busy += began.elapsed().as_secs_f64();
        streamed_seconds += sound.len() as f64 / f64::from(SAMPLE_RATE);
        quiet.push(FalseTurns::of(name, &found));
    }
    tracing::debug!(seconds = began.elapsed().as_secs_f64(), "the sounds in which nobody speaks");
    let mut conditions = Vec::new();
    for (name, harder) in conditions_of(street) {
        let mut figures = ClipFigures::new(name);
        for (audio, clip) in &clips {
            figures.add(audio, &follow(clip, &harder, settings));
        }
        conditions.push(figures);
    }
    let mut splits = Vec::new();
    for silence_ms in SILENCES {
        let settings = TurnSettings { unknown_ms: silence_ms, ..settings.clone() };
        let in_street = |clip: &[f32]| in_noise(clip, street.map(|street| (street, 20.0)), AROUND);
        let count = |sound: &dyn Fn(&[f32]) -> Vec<f32>| {
            clips.iter().filter(|(_, clip)| stream(&sound(clip.samples()), &settings).turns.len() > 1).count()
        };
        splits.push(SplitFigures {
            silence_ms,
            clips: clips.len(),
            split: count(&|clip| in_noise(clip, None, AROUND)),
            split_in_street: count(&in_street),
        });
    }
    Ok(TurnsReport { quiet, minutes, conditions, splits, real_time: busy / f64::max(streamed_seconds, 1e-9) })
}

/// What is done to a clip.
type Harder<'a> = Box<dyn Fn(&[f32]) -> Vec<f32> + 'a>;

/// Ways to make speech harder, by name. Each keeps the clip's place: 2 s after the beginning.
pub fn conditions_of<'a>(street: Option<&'a [f32]>) -> Vec<(String, Harder<'a>)> {
    let seconds = 40;
    let hiss = white_noise(seconds, 11);
    let cooler = fan(seconds, 12);
    let radio = music(seconds, Timbre::Piano, 13);
    let mut all: Vec<(String, Harder<'a>)> = vec![
        ("clean".to_owned(), Box::new(|clip: &[f32]| in_noise(clip, None, AROUND))),
        (
            "soft, -55 dB".to_owned(),
            Box::new(|clip: &[f32]| in_noise(&at_level(clip.to_vec(), -55.0), None, AROUND)),
        ),
        (
            "clipped".to_owned(),
            Box::new(|clip: &[f32]| {
                in_noise(
                    &clip.iter().map(|s| (s * gain(24.0)).clamp(-1.0, 1.0)).collect::<Vec<_>>(),
                    None,
                    AROUND,
                )
            }),
        ),
        (
            "zero line at 0.3".to_owned(),
            Box::new(|clip: &[f32]| {
                in_noise(clip, None, AROUND).iter().map(|s| (s + 0.3).clamp(-1.0, 1.0)).collect()
            }),
        ),
        ("telephone".to_owned(), Box::new(|clip: &[f32]| in_noise(&telephone(clip), None, AROUND))),
        ("hiss, 20 dB".to_owned(), noisy(hiss, 20.0)),
        ("fan, 10 dB".to_owned(), noisy(cooler, 10.0)),
        ("piano, 15 dB".to_owned(), noisy(radio, 15.0)),
    ];
    if let Some(street) = street {
        for snr in [20.0, 10.0, 5.0] {
            all.push((format!("street, {snr} dB"), noisy(street.to_vec(), snr)));
        }
    }
    all
}

fn noisy<'a>(noise: Vec<f32>, snr_db: f32) -> Harder<'a> {
    Box::new(move |clip: &[f32]| in_noise(clip, Some((&noise, snr_db)), AROUND))
}

/// One clip, streamed: how what was found lies to what is there.
#[derive(Debug, Clone)]
pub struct Followed {
    /// How many turns it came out as.
    pub turns: usize,
    /// How much later the first turn begins than the first voice, in ms; negative where it begins before it.
    pub start_ms: f64,
    /// How much later the last turn ends than the last voice, in ms.
    pub end_ms: f64,
    /// Voice that lies in no turn, in ms.
    pub lost_ms: f64,
}

/// Streams a clip and compares it with what the whole-file detection finds in the clean clip.
pub fn follow(
    clip: &Utterance,
    harder: &dyn Fn(&[f32]) -> Vec<f32>,
    settings: &TurnSettings,
) -> Option<Followed> {
    let found = stream(&harder(clip.samples()), settings);
    let before = (AROUND * SAMPLE_RATE as f32) as u64;
    let truth: Vec<Range<u64>> = voices(clip).iter().map(|s| s.start + before..s.end + before).collect();
    let (first, last) = (truth.first()?, truth.last()?);
    let ms = |samples: i64| samples as f64 * 1000.0 / f64::from(SAMPLE_RATE);
    let lost: u64 = truth.iter().map(|voice| outside(voice, &found.turns)).sum();
    Some(Followed {
        turns: found.turns.len(),
        start_ms: ms(found.turns.first()?.start as i64 - first.start as i64),
        end_ms: ms(found.turns.last()?.end as i64 - last.end as i64),
        lost_ms: ms(lost as i64),
    })
}

/// How many samples of `voice` lie in none of the turns.
fn outside(voice: &Range<u64>, turns: &[Range<u64>]) -> u64 {
    let inside: u64 =
        turns.iter().map(|turn| turn.end.min(voice.end).saturating_sub(turn.start.max(voice.start))).sum();
    (voice.end - voice.start).saturating_sub(inside)
}

/// Where somebody certainly speaks in a clean clip: the segments of the whole-file detection, without those of breath and
/// noise, in which no frame scores as a voice certainly does.
fn voices(clip: &Utterance) -> Vec<Range<u64>> {
    const SURE_MS: u32 = 48;
    let is_sure = |segment: &Range<usize>| {
        detect(&Utterance::from_samples(clip.samples()[segment.clone()].to_vec())).voiced_ms >= SURE_MS
    };
    let segments = detect(clip).segments;
    segments.into_iter().filter(is_sure).map(|s| s.start as u64..s.end as u64).collect()
}
