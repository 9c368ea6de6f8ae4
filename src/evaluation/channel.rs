//! The mis-hearing channel: what hearing does to a question, done to a typed one, so that finding can be measured on
//! many questions of which no recording exists.
//!
//! Nothing in it is invented: how often a syllable is lost, doubled or taken for another, which of its parts change, and
//! into what, was counted on real transcripts of Whisper beside what was really said ([`Confusions::count`], from the
//! report of `hoidap eval speech --json`). `channel.json` holds the counts.

use std::path::{Path, PathBuf};
use std::sync::LazyLock;

use serde::Deserialize;
use sha2::{Digest, Sha256};

use super::EvaluationError;
use super::word_error_rate::{Edit, aligned};
use crate::vietnamese::canonical;
use crate::vietnamese::confusions::{Confusions, Table, tone_name, tone_named};
use crate::vietnamese::syllable::{Syllable, Tone};
use crate::vietnamese::syllables;

static BUILT_IN: LazyLock<Confusions> =
    LazyLock::new(|| serde_json::from_str(include_str!("channel.json")).unwrap_or_default());

/// The counts that the program carries.
pub fn built_in() -> &'static Confusions {
    &BUILT_IN
}

impl Confusions {
    /// Counts what one transcript did to what was said.
    pub fn count(&mut self, said: &str, heard: &str) {
        let said: Vec<String> = syllables(said).collect();
        let heard: Vec<String> = syllables(heard).collect();
        self.said += said.len() as u32;
        for edit in aligned(&said, &heard) {
            match edit {
                Edit::Same => {}
                Edit::Lost(_) => self.lost += 1,
                Edit::Added(_) => self.added += 1,
                Edit::Taken(from, to) => self.take(from, to),
            }
        }
    }

    fn take(&mut self, from: &str, to: &str) {
        let (Some(from), Some(to)) = (Syllable::parse(from), Syllable::parse(to)) else { return };
        self.taken += 1;
        let mut parts = String::new();
        let mut note = |part: char, table: &mut Table, from: &str, to: &str| {
            if from != to {
                parts.push(part);
                *table.entry(from.to_owned()).or_default().entry(to.to_owned()).or_default() += 1;
            }
        };
        note('i', &mut self.initials, &from.initial, &to.initial);
        note('r', &mut self.rhymes, &from.rhyme, &to.rhyme);
        note('t', &mut self.tones, tone_name(from.tone), tone_name(to.tone));
        *self.parts.entry(parts).or_default() += 1;
    }

    /// The text with about `rate` (0 to 1) of its syllables misheard; the same text is always misheard alike.
    pub fn mishear(&self, text: &str, rate: f64) -> String {
        self.mishear_again(text, rate, 0)
    }

    /// The same for the time `turn`: every time misheard otherwise, 0 is [`Confusions::mishear`].
    pub fn mishear_again(&self, text: &str, rate: f64, turn: usize) -> String {
        let mut chance = match turn {
            0 => Chance::of(text),
            _ => Chance::of(&format!("{turn} {text}")),
        };
        let mut out: Vec<String> = Vec::new();
        for word in canonical(text).split_whitespace() {
            let bare = word.trim_matches(|c: char| !c.is_alphanumeric());
            if chance.share() >= rate {
                out.push(word.to_owned());
                continue;
            }
            let kinds = [self.taken, self.lost, self.added];
            match chance.pick(kinds.iter().copied()) {
                Some(1) => {}
                Some(2) => {
                    // What is added is mostly one of the neighbours again, heard otherwise.
                    out.extend([word.to_owned(), self.other(bare, &mut chance)]);
                }
                _ => out.push(self.other(bare, &mut chance)),
            }
        }
        out.join(" ")
    }

    /// Another syllable in the place of this one; numbers and signs stay.
    fn other(&self, word: &str, chance: &mut Chance) -> String {
        let Some(mut syllable) = Syllable::parse(word) else { return word.to_owned() };
        let Some(n) = chance.pick(self.parts.values().copied()) else { return word.to_owned() };
        let parts = self.parts.keys().nth(n).cloned().unwrap_or_default();
        if parts.contains('i') {
            syllable.initial = into(&self.initials, &syllable.initial, chance);
        }
        if parts.contains('r') {
            syllable.rhyme = into(&self.rhymes, &syllable.rhyme, chance);
        }
        if parts.contains('t') {
            let name = into(&self.tones, tone_name(syllable.tone), chance);
            syllable.tone = tone_named(&name).unwrap_or(Tone::Level);
        }
        syllable.to_string()
    }
}

/// Counts the confusions of speech reports (`hoidap eval speech --json`) and writes them, as JSON, to `out`.
pub fn write_channel(reports: &[PathBuf], out: &Path) -> Result<(), EvaluationError> {
    /// What is read of a report.
    #[derive(Deserialize)]
    struct Report {
        transcripts: Vec<Transcript>,
    }
    #[derive(Deserialize)]
    struct Transcript {
        said: String,
        heard: String,
    }
    let mut confusions = Confusions::default();
    for path in reports {
        let unreadable = |e: String| EvaluationError::Unreadable(path.clone(), e);
        let json = std::fs::read_to_string(path).map_err(|e| unreadable(e.to_string()))?;
        let reports: Vec<Report> = serde_json::from_str(&json).map_err(|e| unreadable(e.to_string()))?;
        for transcript in reports.into_iter().flat_map(|report| report.transcripts) {
            // What was thrown away as a whole says nothing of syllables.
            if !transcript.heard.is_empty() {
                confusions.count(&transcript.said, &transcript.heard);
            }
        }
    }
    let unwritable = |e: String| EvaluationError::Unreadable(out.to_owned(), e);
    let json = serde_json::to_string_pretty(&confusions).map_err(|e| unwritable(e.to_string()))?;
    std::fs::write(out, json + "\n").map_err(|e| unwritable(e.to_string()))
}

/// What a part becomes: as it did in the transcripts or, where it was never misheard there, as any other did.
fn into(table: &Table, part: &str, chance: &mut Chance) -> String {
    let own = table.get(part);
    let all = || table.values().flatten().filter(|(to, _)| *to != part);
    let n = match own {
        Some(row) => chance.pick(row.values().copied()),
        None => chance.pick(all().map(|(_, count)| *count)),
    };
    let to = n.and_then(|n| match own {
        Some(row) => row.keys().nth(n),
        None => all().nth(n).map(|(to, _)| to),
    });
    to.map_or_else(|| part.to_owned(), Clone::clone)
}

/// Chance that a text brings with it (splitmix64, seeded by the text's hash).
struct Chance(u64);

impl Chance {
    fn of(text: &str) -> Self {
        let digest = Sha256::digest(canonical(text).as_bytes());
        Self(digest[..8].iter().fold(0, |seed, &byte| seed << 8 | u64::from(byte)))
    }

    fn next(&mut self) -> u64 {
        self.0 = self.0.wrapping_add(0x9e37_79b9_7f4a_7c15);
        let mut z = self.0;
        z = (z ^ (z >> 30)).wrapping_mul(0xbf58_476d_1ce4_e5b9);
        z = (z ^ (z >> 27)).wrapping_mul(0x94d0_49bb_1331_11eb);
        z ^ (z >> 31)
    }

    /// From 0 to 1.
    fn share(&mut self) -> f64 {
        (self.next() >> 11) as f64 / (1u64 << 53) as f64
    }

    /// One of these, as often as its count; null where all counts are 0.
    fn pick(&mut self, counts: impl Iterator<Item = u32> + Clone) -> Option<usize> {
        let all: u64 = counts.clone().map(u64::from).sum();
        if all == 0 {
            return None;
        }
        let mut left = self.next() % all;
        for (n, count) in counts.enumerate() {
            if left < u64::from(count) {
                return Some(n);
            }
            left -= u64::from(count);
        }
        None
    }
}

#[cfg(test)]
mod tests {
    use std::collections::BTreeMap;

    use super::*;

    #[test]
    fn what_was_counted_comes_out_again() {
        let mut confusions = Confusions::default();
        confusions.count("di chúc hợp pháp", "di trúc hợp pháp");
        confusions.count("người lao động", "người lao đông ạ");
        confusions.count("thủ tục", "thủ");
        assert_eq!((confusions.taken, confusions.lost, confusions.added), (2, 1, 1));
        assert_eq!(confusions.initials["ch"]["tr"], 1);
        assert_eq!(confusions.tones["heavy"]["level"], 1);
        assert_eq!(confusions.parts["i"], 1);
        let only_initials =
            Confusions { taken: 1, parts: BTreeMap::from([("i".to_owned(), 1)]), ..Default::default() };
        let swap = Confusions { initials: confusions.initials, ..only_initials };
        assert_eq!(swap.mishear("chúc", 1.0), "trúc");
        assert_eq!(swap.mishear("chúc mừng 2024?", 0.0), "chúc mừng 2024?");
    }

    #[test]
    fn the_built_in_channel_spoils_the_share_that_is_asked() {
        let channel = built_in();
        assert!(channel.taken > 300, "{}", channel.taken);
        let text =
            "người lao động đơn phương chấm dứt hợp đồng lao động phải báo trước bao nhiêu ngày ".repeat(30);
        let spoilt = channel.mishear(&text, 0.3);
        assert_eq!(spoilt, channel.mishear(&text, 0.3));
        let said: Vec<String> = syllables(&text).collect();
        let heard: Vec<String> = syllables(&spoilt).collect();
        let errors = aligned(&said, &heard).into_iter().filter(|edit| *edit != Edit::Same).count();
        let rate = errors as f64 / said.len() as f64;
        assert!((0.2..0.4).contains(&rate), "{rate}");
        assert_eq!(channel.mishear("", 0.3), "");
    }
}
