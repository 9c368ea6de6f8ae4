//! How well an engine hears: word and character errors over clips with transcripts, words invented on silence
//! and noise, and the time it takes.

use std::collections::BTreeMap;
use std::fmt;
use std::path::Path;
use std::time::Instant;

use serde::{Deserialize, Serialize};

use super::EvaluationError;
use super::turns::sounds::in_noise;
use super::word_error_rate::{ErrorCount, character_errors, word_errors, word_errors_as_said};
use crate::audio::{AudioLimits, SAMPLE_RATE, Utterance, decode};
use crate::speech_to_text::{SpeechToText, SpeechToTextError};
use crate::vietnamese::syllables;

/// A clip with what is said in it.
#[derive(Debug, Clone, Deserialize)]
pub struct Clip {
    /// Beside the manifest.
    pub audio: String,
    /// What is said; empty where nothing is.
    pub text: String,
}

/// The figures of one group of clips.
#[derive(Debug, Clone, Default, Serialize)]
pub struct SpeechFigures {
    /// Clips heard.
    pub clips: usize,
    /// Word errors.
    pub words: ErrorCount,
    /// Word errors with numbers as they are said.
    pub as_said: ErrorCount,
    /// Character errors.
    pub characters: ErrorCount,
    /// Clips whose text was thrown away though something was said.
    pub rejected: usize,
    /// Clips decoded a second time with the full context.
    pub decoded_again: usize,
    /// Seconds of sound.
    pub sound_seconds: f64,
    /// Seconds of hearing, clip by clip.
    #[serde(skip)]
    pub hearing_seconds: Vec<f64>,
}

/// What one engine did.
#[derive(Debug, Clone, Serialize)]
pub struct SpeechReport {
    /// The model's name.
    pub model: String,
    /// By the group of speakers, and `all`.
    pub groups: BTreeMap<String, SpeechFigures>,
    /// Words invented on silence and noise, by the name of the sound.
    pub invented: BTreeMap<String, usize>,
    /// Clip by clip: what was said, what was heard.
    pub transcripts: Vec<HeardClip>,
}

/// One clip as it was heard.
#[derive(Debug, Clone, Serialize)]
pub struct HeardClip {
    /// The clip.
    pub audio: String,
    /// What is said in it.
    pub said: String,
    /// What was heard.
    pub heard: String,
    /// Word errors.
    pub words: ErrorCount,
    /// Seconds of hearing.
    pub seconds: f64,
}

/// Which clips are heard, and in what noise.
#[derive(Debug, Clone, Copy, Default)]
pub struct SpeechOptions {
    /// The first so many.
    pub limit: Option<usize>,
    /// Those in even places of the manifest, on which weights are tuned, or those in odd ones.
    pub half: Option<Half>,
    /// In the noise of the street (`../noise` beside the clips), so many dB softer than the speech.
    pub street_db: Option<f32>,
}

/// One half of the clips.
#[derive(Debug, Clone, Copy, PartialEq, Eq, clap::ValueEnum)]
pub enum Half {
    /// The clips in even places, from 0.
    Tuned,
    /// The others.
    Held,
}

/// Lets `engine` hear the clips of the manifest (JSON lines, `audio` and `text`).
pub fn evaluate_speech(
    engine: &mut dyn SpeechToText,
    manifest: &Path,
    options: SpeechOptions,
    mut progress: impl FnMut(&HeardClip),
) -> Result<SpeechReport, EvaluationError> {
    let folder = manifest.parent().unwrap_or(Path::new("."));
    let clips: Vec<Clip> = super::read_json_lines(manifest)?;
    let mut report = SpeechReport {
        model: engine.name().to_owned(),
        groups: BTreeMap::new(),
        invented: BTreeMap::new(),
        transcripts: Vec::new(),
    };
    let street = match options.street_db {
        Some(_) => read_clip(&folder.join("../noise/street-noise.wav"))?.samples().to_vec(),
        None => vec![],
    };
    let in_half =
        |place: usize| options.half.is_none_or(|half| (half == Half::Tuned) == place.is_multiple_of(2));
    let clips = clips.iter().enumerate().filter(|(place, _)| in_half(*place)).map(|(_, clip)| clip);
    for clip in clips.take(options.limit.unwrap_or(usize::MAX)) {
        let mut utterance = read_clip(&folder.join(&clip.audio))?;
        if let Some(db) = options.street_db {
            utterance = Utterance::from_samples(in_noise(utterance.samples(), Some((&street, db)), 0.0));
        }
        let began = Instant::now();
        let transcript = engine.transcribe(&utterance, &|| true).map_err(failed)?;
        let heard = HeardClip {
            audio: clip.audio.clone(),
            said: clip.text.clone(),
            heard: transcript.text,
            words: word_errors(&clip.text, ""),
            seconds: began.elapsed().as_secs_f64(),
        };
        let heard = HeardClip { words: word_errors(&clip.text, &heard.heard), ..heard };
        progress(&heard);
        for group in [group_of(&clip.audio), "all".to_owned()] {
            let figures = report.groups.entry(group).or_default();
            figures.clips += 1;
            figures.words += heard.words;
            figures.as_said += word_errors_as_said(&heard.said, &heard.heard);
            figures.characters += character_errors(&heard.said, &heard.heard);
            figures.rejected += usize::from(heard.heard.is_empty() && !heard.said.is_empty());
            figures.decoded_again += usize::from(transcript.decoded_again);
            figures.sound_seconds += utterance.seconds();
            figures.hearing_seconds.push(heard.seconds);
        }
        report.transcripts.push(heard);
    }
    for (name, utterance) in quiet_sounds(folder)? {
        let heard = engine.transcribe(&utterance, &|| true).map_err(failed)?;
        report.invented.insert(name, syllables(&heard.text).count());
    }
    Ok(report)
}

fn failed(error: SpeechToTextError) -> EvaluationError {
    EvaluationError::Engine(error.to_string())
}

/// Decodes a clip.
pub(super) fn read_clip(path: &Path) -> Result<Utterance, EvaluationError> {
    let unreadable = |e: String| EvaluationError::Unreadable(path.to_owned(), e);
    let bytes = std::fs::read(path).map_err(|e| unreadable(e.to_string()))?;
    decode(&bytes, &AudioLimits::default()).map_err(|e| unreadable(e.to_string()))
}

/// `vivos01-03.flac` → `vivos`, `du-lich-out3.flac` → `du-lich`: the name up to its first digit.
fn group_of(audio: &str) -> String {
    let stem = audio.split('.').next().unwrap_or(audio);
    let group = stem.split(|c: char| c.is_ascii_digit()).next().unwrap_or(stem);
    let group = group.trim_end_matches("out").trim_end_matches(['-', '_']);
    if stem.contains(|c: char| c.is_ascii_digit()) || stem.starts_with("topic") {
        group.split("-").next().filter(|g| *g == "topic").unwrap_or(group).to_owned()
    } else {
        "single".to_owned()
    }
}

/// Sound in which nobody speaks: silence, white noise at −30 dB, and the recordings of `../noise`.
fn quiet_sounds(folder: &Path) -> Result<Vec<(String, Utterance)>, EvaluationError> {
    let ten_seconds = SAMPLE_RATE as usize * 10;
    let mut seed = 0x2545_f491_4f6c_dd1du64;
    let mut noise = || {
        seed ^= seed << 13;
        seed ^= seed >> 7;
        seed ^= seed << 17;
        (seed >> 40) as f32 / (1u64 << 24) as f32 * 2.0 - 1.0
    };
    let white: Vec<f32> = (0..ten_seconds).map(|_| noise() * 0.055).collect();
    let mut sounds = vec![
        ("digital silence".to_owned(), Utterance::from_samples(vec![0.0; ten_seconds])),
        ("white noise".to_owned(), Utterance::from_samples(white)),
    ];
    let Ok(entries) = std::fs::read_dir(folder.join("../noise")) else { return Ok(sounds) };
    for path in entries.flatten().map(|e| e.path()) {
        let name = path.file_stem().unwrap_or_default().to_string_lossy().into_owned();
        if path.extension().is_some_and(|e| e == "wav") && name.contains("noise") {
            sounds.push((name, read_clip(&path)?));
        }
    }
    Ok(sounds)
}

impl fmt::Display for SpeechReport {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        writeln!(
            f,
            "{:<10}{:>6}{:>8}{:>8}{:>8}{:>6}{:>6}{:>6}{:>9}{:>7}{:>7}{:>8}{:>8}",
            self.model,
            "clips",
            "WER",
            "said",
            "CER",
            "sub",
            "ins",
            "del",
            "rejected",
            "again",
            "RTF",
            "p50 s",
            "p95 s"
        )?;
        for (group, x) in &self.groups {
            let mut times = x.hearing_seconds.clone();
            times.sort_by(f64::total_cmp);
            let at = |share: f64| times[((times.len() - 1) as f64 * share).round() as usize];
            writeln!(
                f,
                "{group:<10}{:>6}{:>8.3}{:>8.3}{:>8.3}{:>6}{:>6}{:>6}{:>9}{:>7}{:>7.2}{:>8.2}{:>8.2}",
                x.clips,
                x.words.rate(),
                x.as_said.rate(),
                x.characters.rate(),
                x.words.substitutions,
                x.words.insertions,
                x.words.deletions,
                x.rejected,
                x.decoded_again,
                times.iter().sum::<f64>() / x.sound_seconds.max(1e-9),
                at(0.5),
                at(0.95)
            )?;
        }
        for (sound, words) in &self.invented {
            writeln!(f, "words invented on {sound}: {words}")?;
        }
        Ok(())
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn speakers_are_grouped_by_name() {
        for (audio, group) in [
            ("vivos01-03.flac", "vivos"),
            ("du-lich-out3.flac", "du-lich"),
            ("quiz-19.flac", "quiz"),
            ("topic-cccd.flac", "topic"),
            ("binh-nam-mien-bac.flac", "single"),
        ] {
            assert_eq!(group_of(audio), group);
        }
    }
}
