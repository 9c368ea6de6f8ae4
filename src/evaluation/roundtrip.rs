//! Whether voices are understood: what is spoken is heard back by the service's own ears.
//!
//! Three kinds of sentences, for numbers and citations go wrong where plain words do not. What is said is compared with
//! what was heard, both in words: Whisper writes digits, and the spoken form writes them out. The errors are those of the
//! voice and of the ears together; the figures of `hoidap eval speech` tell the share of the ears.

use std::collections::BTreeMap;
use std::fmt;
use std::time::Instant;

use serde::Serialize;

use super::EvaluationError;
use super::word_error_rate::{ErrorCount, character_errors, word_errors};
use crate::answer::spoken::speakable;
use crate::audio::wav::wav_bytes;
use crate::audio::{AudioLimits, decode};
use crate::speech_to_text::SpeechToText;
use crate::text_to_speech::loudness::integrated;
use crate::text_to_speech::sentences::pieces;
use crate::text_to_speech::{Pcm, Rate, Voice};

/// Category and sentence, a line each.
const SENTENCES: &str = include_str!("roundtrip.tsv");
/// Sound is looked at in windows of so many milliseconds…
const WINDOW_MS: usize = 10;
/// … of which those below this are silent, dB of full scale.
const SILENT_DB: f64 = -50.0;

/// The figures of one category, or of all.
#[derive(Debug, Clone, Default, Serialize)]
pub struct RoundtripFigures {
    /// Sentences spoken.
    pub sentences: usize,
    /// Of which nothing was heard.
    pub unheard: usize,
    /// Word errors.
    pub words: ErrorCount,
    /// Character errors.
    pub characters: ErrorCount,
    /// Seconds of sound.
    pub sound_seconds: f64,
    /// Seconds in which it was made.
    pub making_seconds: f64,
    /// Seconds of silence in it.
    pub silent_seconds: f64,
    /// Loudness of each sentence, LUFS.
    pub lufs: Vec<f64>,
}

/// One sentence there and back.
#[derive(Debug, Clone, Serialize)]
pub struct HeardBack {
    /// Its category.
    pub category: String,
    /// What was said.
    pub said: String,
    /// What was heard, in words.
    pub heard: String,
}

/// What became of one voice.
#[derive(Debug, Clone, Serialize)]
pub struct RoundtripReport {
    /// The voice's name.
    pub voice: String,
    /// The language that it speaks.
    pub language: String,
    /// The ears' model.
    pub ears: String,
    /// By category, and `all`.
    pub categories: BTreeMap<String, RoundtripFigures>,
    /// Sentence by sentence.
    pub sentences: Vec<HeardBack>,
}

/// Category and sentence, as written.
fn sentences() -> impl Iterator<Item = (&'static str, &'static str)> {
    SENTENCES.lines().filter(|line| !line.starts_with('#')).filter_map(|line| line.split_once('\t'))
}

/// Lets `voice` say every sentence, the first `limit` of each category, and `ears` hear it.
pub fn evaluate_roundtrip(
    voice: &mut Voice,
    ears: &mut dyn SpeechToText,
    limit: Option<usize>,
    mut progress: impl FnMut(&HeardBack),
) -> Result<RoundtripReport, EvaluationError> {
    let failed = |e: &dyn fmt::Display| EvaluationError::Engine(e.to_string());
    let mut report = RoundtripReport {
        voice: voice.name().to_owned(),
        language: voice.language().to_owned(),
        ears: ears.name().to_owned(),
        categories: BTreeMap::new(),
        sentences: Vec::new(),
    };
    for (category, written) in sentences() {
        let done = report.categories.get(category).map_or(0, |figures| figures.sentences);
        if done >= limit.unwrap_or(usize::MAX) {
            continue;
        }
        let said = speakable(written);
        let began = Instant::now();
        let pcm = spoken(voice, &said).map_err(|e| failed(&e))?;
        let making_seconds = began.elapsed().as_secs_f64();
        let wav = wav_bytes(pcm.sample_rate, &pcm.samples).map_err(|e| failed(&e))?;
        let utterance = decode(&wav, &AudioLimits::default()).map_err(|e| failed(&e))?;
        let heard = speakable(&ears.transcribe(&utterance, &|| true).map_err(|e| failed(&e))?.text);
        let full_scale: Vec<f32> = pcm.samples.iter().map(|sample| f32::from(*sample) / 32_768.0).collect();
        for group in [category, "all"] {
            let figures = report.categories.entry(group.to_owned()).or_default();
            figures.sentences += 1;
            figures.unheard += usize::from(heard.is_empty());
            figures.words += word_errors(&said, &heard);
            figures.characters += character_errors(&said, &heard);
            figures.sound_seconds += pcm.seconds();
            figures.making_seconds += making_seconds;
            figures.silent_seconds += silent_seconds(&full_scale, pcm.sample_rate);
            figures.lufs.extend(integrated(&full_scale, pcm.sample_rate));
        }
        let heard = HeardBack { category: category.to_owned(), said, heard };
        progress(&heard);
        report.sentences.push(heard);
    }
    Ok(report)
}

/// As a listener would hear it, pauses included.
fn spoken(voice: &mut Voice, text: &str) -> Result<Pcm, crate::text_to_speech::TextToSpeechError> {
    let mut whole = Pcm { sample_rate: 0, samples: vec![] };
    for piece in pieces(text) {
        let pcm = voice.say(&piece.text, Rate::NORMAL, false)?;
        whole.sample_rate = pcm.sample_rate;
        whole.samples.extend(pcm.samples);
        let pause = u64::from(pcm.sample_rate) * u64::from(piece.pause_ms) / 1_000;
        whole.samples.resize(whole.samples.len() + pause as usize, 0);
    }
    Ok(whole)
}

fn silent_seconds(samples: &[f32], sample_rate: u32) -> f64 {
    let window = (sample_rate as usize * WINDOW_MS / 1_000).max(1);
    let is_silent = |chunk: &&[f32]| {
        let power = chunk.iter().map(|s| f64::from(*s).powi(2)).sum::<f64>() / chunk.len() as f64;
        10.0 * power.max(1e-12).log10() < SILENT_DB
    };
    samples.chunks(window).filter(is_silent).map(<[f32]>::len).sum::<usize>() as f64 / f64::from(sample_rate)
}

impl fmt::Display for RoundtripReport {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        writeln!(f, "{} ({}), heard by {}", self.voice, self.language, self.ears)?;
        writeln!(
            f,
            "{:<10}{:>10}{:>8}{:>8}{:>6}{:>6}{:>6}{:>9}{:>8}{:>22}{:>9}",
            "",
            "sentences",
            "WER",
            "CER",
            "sub",
            "ins",
            "del",
            "unheard",
            "RTF",
            "LUFS (least, most)",
            "silence"
        )?;
        for (category, x) in &self.categories {
            let mean = x.lufs.iter().sum::<f64>() / x.lufs.len().max(1) as f64;
            let least = x.lufs.iter().copied().fold(f64::INFINITY, f64::min);
            let most = x.lufs.iter().copied().fold(f64::NEG_INFINITY, f64::max);
            writeln!(
                f,
                "{category:<10}{:>10}{:>8.3}{:>8.3}{:>6}{:>6}{:>6}{:>9}{:>8.3}{:>22}{:>8.1}%",
                x.sentences,
                x.words.rate(),
                x.characters.rate(),
                x.words.substitutions,
                x.words.insertions,
                x.words.deletions,
                x.unheard,
                x.making_seconds / x.sound_seconds.max(1e-9),
                format!("{mean:.1} ({least:.1}, {most:.1})"),
                100.0 * x.silent_seconds / x.sound_seconds.max(1e-9),
            )?;
        }
        Ok(())
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_category_has_its_sentences_and_what_is_said_holds_no_digit() {
        let mut counts: BTreeMap<&str, usize> = BTreeMap::new();
        for (category, written) in sentences() {
            *counts.entry(category).or_default() += 1;
            let said = speakable(written);
            assert!(!said.contains(|c: char| c.is_numeric()), "{said}");
            assert!(!pieces(&said).is_empty());
            assert_eq!(word_errors(&said, &speakable(written)).errors(), 0);
        }
        assert_eq!(
            counts.into_iter().collect::<Vec<_>>(),
            [("citations", 12), ("numbers", 12), ("plain", 12)]
        );
    }

    #[test]
    fn silence_is_counted() {
        let samples: Vec<f32> =
            std::iter::repeat_n(0.1, 8_000).chain(std::iter::repeat_n(0.0, 4_000)).collect();
        assert!((silent_seconds(&samples, 8_000) - 0.5).abs() < 0.02);
        assert_eq!(silent_seconds(&[], 8_000), 0.0);
    }
}
