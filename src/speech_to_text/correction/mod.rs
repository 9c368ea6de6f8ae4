//! What was heard, set right by what is likely to have been said.
//!
//! Whisper writes what it hears, and syllables that sound alike are one to it: `di trúc` for `di chúc`, `cơm cộng` for
//! `công cộng`. So each syllable may have been another that is often taken for it ([`confusions`]), and a language
//! model of syllables ([`syllable_model`]) knows which of them go together: the noisy channel of Kernighan, Church and
//! Gale (1990), over a whole utterance. What Whisper was sure of stays, unless nothing like it was ever written.
//!
//! The score of a syllable *c* in the place of the heard *h* is
//!
//! * for *c* = *h*: ln p, the engine's own probability of *h*;
//! * else: ln(1 − p) + ln P(*h* is heard | *c* was said, and misheard);
//! * for both: + `LANGUAGE` × ln P(*c* | the syllables before it).

pub mod confusions;
pub mod syllable_model;

use std::collections::HashMap;
use std::ops::Range;
use std::path::Path;

use self::confusions::Misheard;
use self::syllable_model::{NUMBER, SyllableModel, UNKNOWN};
use super::language_model::LanguageModelError;
use crate::vietnamese::canonical;
use crate::vietnamese::syllable::Syllable;

/// How much the language model has to say, beside the engine. Tuned, as the two below, on every other clip of the
/// owner's (`hoidap eval speech --half tuned`).
const LANGUAGE: f32 = 0.6;
/// The language model holds nothing for less likely than this (natural logarithm).
const LEAST: f32 = -14.0;
/// No engine is surer of a syllable than this.
const LEAST_DOUBT: f32 = 0.002;
/// ln of the number of syllables that one is typically taken for: what a share of all mishearings is worth as a guess
/// at this one.
const ALTERNATIVES: f32 = 2.0;
/// Corrected texts followed at a time.
const FOLLOWED: usize = 24;
/// Texts that agree in their last syllables are one, the likeliest.
const REMEMBERED: usize = 3;
/// More syllables than anybody says in 30 s are not looked at.
const MAX_SYLLABLES: usize = 400;

/// One syllable of a transcript.
#[derive(Debug, Clone, PartialEq)]
pub struct HeardSyllable {
    /// Where it stands, in bytes.
    pub place: Range<usize>,
    /// The engine's own, natural logarithm.
    pub log_probability: f32,
}

/// Sets transcripts right.
pub struct Corrector {
    model: SyllableModel,
    misheard: Misheard,
}

/// A text so far.
#[derive(Clone)]
struct Followed {
    score: f32,
    ids: Vec<u16>,
}

impl Corrector {
    /// Opens what `hoidap models build-language-model` made.
    pub fn open(model: &Path) -> Result<Self, LanguageModelError> {
        let model = SyllableModel::open(model)?;
        let misheard = Misheard::new(model.syllables());
        Ok(Self { model, misheard })
    }

    /// The likeliest text; null where what was heard is that.
    pub fn correct(&self, text: &str, heard: &[HeardSyllable]) -> Option<String> {
        if heard.is_empty() || heard.len() > MAX_SYLLABLES {
            return None;
        }
        let words: Vec<String> = heard
            .iter()
            .map(|syllable| text.get(syllable.place.clone()).map(canonical))
            .collect::<Option<_>>()?;
        let said = self.likeliest(&words, heard);
        let mut out = String::with_capacity(text.len());
        let mut from = 0;
        let mut changed = false;
        for ((syllable, word), id) in heard.iter().zip(&words).zip(said) {
            out.push_str(text.get(from..syllable.place.start)?);
            let written = &text[syllable.place.clone()];
            match self.model.word(id) {
                Some(other) if other != word => {
                    changed = true;
                    out.push_str(&in_the_case_of(written, other));
                }
                _ => out.push_str(written),
            }
            from = syllable.place.end;
        }
        out.push_str(&text[from..]);
        changed.then_some(out)
    }

    /// The ids of the likeliest syllables; [`UNKNOWN`] and [`NUMBER`] stand for what stays as it is.
    fn likeliest(&self, words: &[String], heard: &[HeardSyllable]) -> Vec<u16> {
        let mut followed = vec![Followed { score: 0.0, ids: Vec::new() }];
        for (word, syllable) in words.iter().zip(heard) {
            let may_be = self.may_be(word, syllable.log_probability);
            let mut next: HashMap<Vec<u16>, Followed> = HashMap::new();
            for text in &followed {
                let context = self.model.context(&text.ids);
                for &(id, sound) in &may_be {
                    let language = match id {
                        UNKNOWN => LEAST,
                        id => self.model.log_probability(&context, id).max(LEAST),
                    };
                    let score = text.score + sound + LANGUAGE * language;
                    let kept = text.ids.len().saturating_sub(REMEMBERED - 1);
                    let last: Vec<u16> = text.ids[kept..].iter().copied().chain([id]).collect();
                    if next.get(&last).is_none_or(|other| other.score < score) {
                        let ids = text.ids.iter().copied().chain([id]).collect();
                        next.insert(last, Followed { score, ids });
                    }
                }
            }
            followed = next.into_values().collect();
            // Equal scores in the order of their ids, so that the same sound is always read alike.
            followed.sort_by(|a, b| b.score.total_cmp(&a.score).then_with(|| a.ids.cmp(&b.ids)));
            followed.truncate(FOLLOWED);
        }
        followed.into_iter().next().map(|text| text.ids).unwrap_or_default()
    }

    /// What may have been said, with the score of its sound.
    fn may_be(&self, word: &str, log_probability: f32) -> Vec<(u16, f32)> {
        let sure = log_probability.min(0.0);
        let own = self.model.id(word);
        let mut may_be = vec![(own, sure)];
        if own == NUMBER {
            return may_be;
        }
        let Some(sound) = Syllable::parse(word) else { return may_be };
        let doubt = (1.0 - sure.exp()).max(LEAST_DOUBT).ln();
        let others = self.misheard.may_be(&sound).filter(|(id, _)| *id != own);
        may_be.extend(others.map(|(id, log)| (id, doubt + log + ALTERNATIVES)));
        may_be
    }
}

/// `other` with a capital where `written` has one.
fn in_the_case_of(written: &str, other: &str) -> String {
    let mut letters = other.chars();
    match letters.next() {
        Some(first) if written.chars().next().is_some_and(char::is_uppercase) => {
            first.to_uppercase().chain(letters).collect()
        }
        _ => other.to_owned(),
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::speech_to_text::correction::syllable_model::SyllableCounts;

    /// Every syllable of the text, all as sure as this.
    fn heard(text: &str, log_probability: f32) -> Vec<HeardSyllable> {
        let mut at = 0;
        text.split_inclusive(' ')
            .map(|word| {
                let end = at + word.trim_end_matches(|c: char| !c.is_alphanumeric()).len();
                let place = at..end;
                at += word.len();
                HeardSyllable { place, log_probability }
            })
            .collect()
    }

    fn corrector(texts: &[&str]) -> Corrector {
        let folder = tempfile::tempdir().unwrap();
        let path = folder.path().join("syllables.bin");
        let mut counts = SyllableCounts::default();
        texts.iter().for_each(|text| counts.count(text, 40));
        let mut counts = counts.enough();
        texts.iter().for_each(|text| counts.add(text, 40));
        counts.build(&path).unwrap();
        Corrector::open(&path).unwrap()
    }

    #[test]
    fn what_is_never_written_becomes_what_sounds_like_it() {
        let law =
            corrector(&["di chúc hợp pháp", "cây trúc", "thủ tục thừa kế", "người thừa kế theo di chúc"]);
        let text = "Di Trúc hợp pháp, thừa kế.";
        assert_eq!(law.correct(text, &heard(text, -0.5)).as_deref(), Some("Di Chúc hợp pháp, thừa kế."));
        let text = "Cây trúc";
        assert_eq!(law.correct(text, &heard(text, -0.5)), None);
    }

    #[test]
    fn what_was_heard_for_sure_stays() {
        let law = corrector(&["di chúc hợp pháp", "cây trúc", "thủ tục"]);
        let text = "thủ trúc";
        assert_eq!(law.correct(text, &heard(text, 0.0)), None);
    }

    #[test]
    fn numbers_names_and_nothing_are_left_alone() {
        let law = corrector(&["di chúc hợp pháp", "năm 2024 có hiệu lực"]);
        for text in ["2024", "Netflix", "brr 15/2021", "Wolfgang 7", ""] {
            assert_eq!(law.correct(text, &heard(text, -3.0)), None, "{text}");
        }
        assert_eq!(law.correct("di trúc", &[HeardSyllable { place: 3..99, log_probability: -1.0 }]), None);
        assert_eq!(law.correct("đi", &[HeardSyllable { place: 1..2, log_probability: f32::NAN }]), None);
    }
}
