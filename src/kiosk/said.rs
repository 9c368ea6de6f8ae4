//! A short utterance, read as nothing but phrases of a few kinds: so that `kết thúc` is told from a question in which
//! these words stand.
//!
//! Phrases of two syllables and more are known by their sounds too, for the words were heard.

use crate::question::words::Words;
use crate::vietnamese::phonetic::phonetic_key;
use crate::vietnamese::{canonical, fold};

/// Who says more words than these says something else.
const MAX_WORDS: usize = 16;

/// An utterance, cut into words.
pub(super) struct Said {
    words: Vec<String>,
    sounds: Vec<String>,
    is_folded: bool,
}

/// Kinds of phrases, one bit each.
pub(super) type Kinds = u16;

/// Phrases, ready to be compared.
pub(super) struct Phrases(Vec<Phrase>);

struct Phrase {
    kind: Kinds,
    words: Vec<String>,
    folded: Vec<String>,
    sounds: Vec<String>,
}

impl Phrases {
    /// Phrases of several kinds, their syllables one space apart.
    pub(super) fn new(of_kinds: &[(Kinds, &[&str])]) -> Self {
        let split = |text: &str| text.split(' ').map(str::to_owned).collect::<Vec<_>>();
        let phrase = |kind: Kinds, text: &str| {
            let words = split(&canonical(text));
            let sounds = words.iter().map(|word| phonetic_key(word)).collect();
            Phrase { kind, folded: split(&fold(text)), words, sounds }
        };
        let all = of_kinds.iter().flat_map(|&(kind, texts)| texts.iter().map(move |text| phrase(kind, text)));
        Self(all.collect())
    }
}

impl Said {
    /// Null where nothing was said, or too much.
    pub(super) fn of(text: &str) -> Option<Self> {
        // Cut before anything is compared: a hostile text may be endless.
        let short: String = text.chars().take(MAX_WORDS * 12).collect();
        let words = Words::of(&short);
        let is_folded = words.is_folded();
        let words = words.as_slice().to_vec();
        let fits = (1..=MAX_WORDS).contains(&words.len()) && short.len() == text.len();
        let sounds = words.iter().map(|word| phonetic_key(word)).collect();
        fits.then_some(Self { words, sounds, is_folded })
    }

    /// Whether a phrase stands at a word.
    fn holds_at(&self, at: usize, phrase: &Phrase) -> bool {
        let end = at + phrase.words.len();
        let wanted = if self.is_folded { &phrase.folded } else { &phrase.words };
        // A single sound is too common to be taken for another one.
        self.words.get(at..end).is_some_and(|said| said == wanted)
            || phrase.words.len() > 1 && self.sounds.get(at..end).is_some_and(|said| said == phrase.sounds)
    }

    /// Every set of kinds as which the utterance can be read from its first word to its last; empty where something in it
    /// is none of the phrases.
    pub(super) fn readings(&self, phrases: &Phrases) -> Vec<Kinds> {
        let mut reached: Vec<Vec<Kinds>> = vec![vec![]; self.words.len() + 1];
        reached[0].push(0);
        for at in 0..self.words.len() {
            if reached[at].is_empty() {
                continue;
            }
            for phrase in phrases.0.iter().filter(|phrase| self.holds_at(at, phrase)) {
                for before in reached[at].clone() {
                    let there = &mut reached[at + phrase.words.len()];
                    if !there.contains(&(before | phrase.kind)) {
                        there.push(before | phrase.kind);
                    }
                }
            }
        }
        reached.pop().unwrap_or_default()
    }
}

/// Words of politeness and address, which may stand anywhere and say nothing.
pub(super) const FILLERS: &[&str] = &[
    "dạ",
    "vâng",
    "ừ",
    "ờ",
    "ạ",
    "à",
    "nhé",
    "nha",
    "nhá",
    "nhen",
    "nghen",
    "hén",
    "đi",
    "nào",
    "rồi",
    "thì",
    "thưa",
    "làm ơn",
    "vui lòng",
    "xin",
    "cho",
    "giùm",
    "giúp",
    "hộ",
    "với",
    "tôi",
    "tui",
    "em",
    "con",
    "cháu",
    "mình",
    "bác",
    "chú",
    "cô",
    "anh",
    "chị",
    "ông",
    "bà",
    "bạn",
    "máy",
    "ơi",
    "này",
    "đây",
];

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn an_utterance_is_read_whole_or_not_at_all() {
        let phrases = Phrases::new(&[(1, &["kết thúc"]), (2, FILLERS)]);
        let read = |text: &str| Said::of(text).map(|said| said.readings(&phrases)).unwrap_or_default();
        assert_eq!(read("Dạ, kết thúc ạ."), [3]);
        assert_eq!(read("ket thuc"), [1]);
        assert_eq!(read("Kết thức."), [1], "misheard");
        assert_eq!(read("kết thúc hợp đồng"), Vec::<Kinds>::new());
        assert_eq!(read(""), Vec::<Kinds>::new());
        assert_eq!(read(&"dạ ".repeat(100_000)), Vec::<Kinds>::new());
    }
}
