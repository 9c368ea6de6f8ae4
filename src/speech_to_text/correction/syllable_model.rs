//! The language model of syllables: which follow each other, in the law and in citizens' words.
//!
//! The same n-grams as those of Whisper's tokens ([`language_model`](super::super::language_model)), but of whole
//! syllables, in one spelling and without their case. Beside the file lies the list of syllables, in the order of their
//! numbers, each with its count.

use std::collections::HashMap;
use std::path::{Path, PathBuf};

use sha2::{Digest, Sha256};

use crate::speech_to_text::language_model::build::{Counts, build};
use crate::speech_to_text::language_model::file::Context;
use crate::speech_to_text::language_model::{LanguageModel, LanguageModelError};
use crate::vietnamese::syllables;

/// What is not in the list.
pub const UNKNOWN: u16 = 0;
/// Any number.
pub const NUMBER: u16 = 1;
/// The first syllable's number.
const FIRST: u16 = 2;
/// Rarer words are unknown.
const MIN_COUNT: u32 = 3;
/// Rarer words are not put in the place of others: they may be slips of the pen.
const MIN_COUNT_TO_SAY: u32 = 10;
/// So many words at most, the most frequent ones.
const MAX_WORDS: usize = 60_000;

/// How often each word was written; the first of two walks over the texts.
#[derive(Default)]
pub struct SyllableCounts(HashMap<String, u32>);

/// The second walk: what follows what.
pub struct SyllableTexts {
    words: Vec<(String, u32)>,
    ids: HashMap<String, u16>,
    counts: Counts,
    ids_of_line: Vec<u16>,
}

impl SyllableCounts {
    /// Counts the words of a text, `times` over.
    pub fn count(&mut self, text: &str, times: usize) {
        for word in syllables(text).filter(|word| word.chars().all(char::is_alphabetic)) {
            *self.0.entry(word).or_default() += times as u32;
        }
    }

    /// All texts were counted.
    pub fn enough(self) -> SyllableTexts {
        let mut words: Vec<(String, u32)> =
            self.0.into_iter().filter(|(_, count)| *count >= MIN_COUNT).collect();
        words.sort_by(|a, b| b.1.cmp(&a.1).then_with(|| a.0.cmp(&b.0)));
        words.truncate(MAX_WORDS);
        let ids = numbered(&words);
        SyllableTexts { words, ids, counts: Counts::default(), ids_of_line: Vec::new() }
    }
}

impl SyllableTexts {
    /// Adds the lines of a text, `times` over.
    pub fn add(&mut self, text: &str, times: usize) {
        for line in text.lines() {
            self.ids_of_line.clear();
            self.ids_of_line.extend(syllables(line).map(|word| id(&self.ids, &word)));
            if !self.ids_of_line.is_empty() {
                self.counts.add(&self.ids_of_line, times);
            }
        }
    }

    /// Writes the model, and its list beside it.
    pub fn build(self, path: &Path) -> Result<(), LanguageModelError> {
        let list: String = self.words.iter().map(|(word, count)| format!("{word}\t{count}\n")).collect();
        let beside = list_beside(path);
        build(self.counts, fingerprint(&list), path)?;
        std::fs::write(&beside, list).map_err(|e| LanguageModelError::File(beside, e.to_string()))
    }
}

/// An open model.
pub struct SyllableModel {
    ngrams: LanguageModel,
    words: Vec<(String, u32)>,
    ids: HashMap<String, u16>,
}

impl SyllableModel {
    /// Reads the list and maps the n-grams; both must be of one building.
    pub fn open(path: &Path) -> Result<Self, LanguageModelError> {
        let beside = list_beside(path);
        let list = std::fs::read_to_string(&beside)
            .map_err(|e| LanguageModelError::File(beside.clone(), e.to_string()))?;
        let ngrams = LanguageModel::open(path, fingerprint(&list)).map_err(|e| match e {
            LanguageModelError::OtherVocabulary(path) => LanguageModelError::Damaged(path),
            other => other,
        })?;
        let words: Vec<(String, u32)> = list
            .lines()
            .map(|line| {
                let (word, count) = line.split_once('\t')?;
                Some((word.to_owned(), count.parse().ok()?))
            })
            .collect::<Option<_>>()
            .filter(|words: &Vec<_>| words.len() <= MAX_WORDS)
            .ok_or(LanguageModelError::Damaged(beside))?;
        let ids = numbered(&words);
        Ok(Self { ngrams, words, ids })
    }

    /// The number of a word in canonical spelling, [`UNKNOWN`] and [`NUMBER`] among them.
    pub fn id(&self, word: &str) -> u16 {
        id(&self.ids, word)
    }

    /// The word with this number.
    pub fn word(&self, id: u16) -> Option<&str> {
        self.words.get(usize::from(id.checked_sub(FIRST)?)).map(|(word, _)| word.as_str())
    }

    /// The words that may be put in the place of others.
    pub fn syllables(&self) -> impl Iterator<Item = (u16, &str)> {
        (FIRST..)
            .zip(&self.words)
            .filter(|(_, (_, count))| *count >= MIN_COUNT_TO_SAY)
            .map(|(id, (word, _))| (id, word.as_str()))
    }

    /// What is known of what follows these.
    pub fn context(&self, before: &[u16]) -> Context {
        self.ngrams.context(before)
    }

    /// The natural logarithm of the word's probability.
    pub fn log_probability(&self, context: &Context, id: u16) -> f32 {
        self.ngrams.log_probability(context, id)
    }
}

fn numbered(words: &[(String, u32)]) -> HashMap<String, u16> {
    words.iter().zip(FIRST..).map(|((word, _), id)| (word.clone(), id)).collect()
}

fn id(ids: &HashMap<String, u16>, word: &str) -> u16 {
    if word.chars().all(|c| c.is_ascii_digit()) {
        return NUMBER;
    }
    ids.get(word).copied().unwrap_or(UNKNOWN)
}

fn list_beside(path: &Path) -> PathBuf {
    path.with_extension("tsv")
}

fn fingerprint(list: &str) -> u64 {
    let digest = Sha256::digest(list.as_bytes());
    digest[..8].iter().fold(0, |sum, &byte| sum << 8 | u64::from(byte))
}

#[cfg(test)]
mod tests {
    use super::*;

    fn build_at(path: &Path) {
        let text = "Hồ sơ gồm 2 bản, hồ sơ gửi 3 nơi";
        let mut counts = SyllableCounts::default();
        counts.count(text, 20);
        let mut texts = counts.enough();
        texts.add(text, 20);
        texts.build(path).unwrap();
    }

    #[test]
    fn what_follows_often_is_likely() {
        let folder = tempfile::tempdir().unwrap();
        let path = folder.path().join("syllables.bin");
        build_at(&path);
        let model = SyllableModel::open(&path).unwrap();
        let ids: Vec<u16> = ["hồ", "sơ"].iter().map(|word| model.id(word)).collect();
        assert_eq!(model.word(ids[0]), Some("hồ"));
        assert_eq!((model.word(UNKNOWN), model.word(NUMBER), model.id("kế")), (None, None, UNKNOWN));
        let after = model.context(&ids[..1]);
        assert!(model.log_probability(&after, ids[1]) > -0.5);
        assert!(model.log_probability(&after, ids[0]) < -3.0);
        let amount = model.context(&[model.id("gồm")]);
        assert!(model.log_probability(&amount, NUMBER) > -0.5);
    }

    #[test]
    fn a_list_of_another_building_is_noticed() {
        let folder = tempfile::tempdir().unwrap();
        let path = folder.path().join("syllables.bin");
        assert!(matches!(SyllableModel::open(&path), Err(LanguageModelError::File(..))));
        build_at(&path);
        std::fs::write(list_beside(&path), "khác\t3\n").unwrap();
        assert!(matches!(SyllableModel::open(&path), Err(LanguageModelError::Damaged(_))));
        std::fs::write(&path, "HDNGRAM").unwrap();
        assert!(matches!(SyllableModel::open(&path), Err(LanguageModelError::Damaged(_))));
    }
}
