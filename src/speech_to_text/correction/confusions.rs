//! Which syllables are taken for which, and how often.
//!
//! Counted on the half of the owner's recordings that weights are tuned on (`confusions.json`, made by
//! `hoidap eval channel`); what was not seen there is guessed from how near two initials or two rhymes are, in the
//! regions of the country and in the mouth. All is worked out once for the syllables of a model.

use std::collections::BTreeMap;
use std::sync::LazyLock;

use crate::vietnamese::confusions::{Confusions, TONES, Table, tone_name};
use crate::vietnamese::fold;
use crate::vietnamese::syllable::Syllable;

static COUNTED: LazyLock<Confusions> =
    LazyLock::new(|| serde_json::from_str(include_str!("confusions.json")).unwrap_or_default());

/// Less likely syllables (natural logarithm) are not considered.
const CONSIDERED: f32 = -11.5;
/// A guess is worth so many counts.
const GUESS: f32 = 4.0;

/// Initials that are one in some region, or near in the mouth.
const NEAR: [&[&str]; 15] = [
    &["ch", "tr"],
    &["s", "x"],
    &["d", "gi", "r", "v", "g"],
    &["l", "n", "đ"],
    &["c", "k", "qu", "g", "gh", "kh", "h"],
    &["ng", "ngh", "nh", "n"],
    &["ph", "v", "b", "h"],
    &["t", "th", "đ"],
    &["p", "ph", "b"],
    &["m", "b", "n"],
    &["c", "k"],
    &["g", "gh"],
    &["ng", "ngh"],
    &["x", "ch"],
    &["gi", "ch"],
];

/// What the syllables of a vocabulary are misheard as.
pub struct Misheard {
    initials: Part,
    rhymes: Part,
    tones: Part,
    /// By which parts differ: initial 1, rhyme 2, tone 4.
    patterns: [f32; 8],
    /// Each syllable's id and the places of its parts.
    syllables: Vec<(u16, [u16; 3])>,
}

/// One part: what it may be, and ln P(heard | said) for each two of them.
struct Part {
    places: BTreeMap<String, usize>,
    log: Vec<f32>,
}

impl Part {
    fn new(names: impl Iterator<Item = String>, counted: &Table, guess: impl Fn(&str, &str) -> f32) -> Self {
        let mut places: BTreeMap<String, usize> = names.map(|name| (name, 0)).collect();
        places.values_mut().enumerate().for_each(|(n, place)| *place = n);
        let mut log = vec![0.0; places.len() * places.len()];
        for (said, row) in &places {
            let seen = counted.get(said);
            let all: u32 = seen.map_or(0, |others| others.values().sum());
            for (heard, column) in places.iter().filter(|(heard, _)| *heard != said) {
                let count = seen.and_then(|others| others.get(heard)).copied().unwrap_or(0);
                let share = (count as f32 + GUESS * guess(said, heard)) / (all as f32 + GUESS);
                log[row * places.len() + column] = share.ln();
            }
        }
        Self { places, log }
    }

    fn place(&self, name: &str) -> Option<u16> {
        self.places.get(name).map(|&place| place as u16)
    }

    fn log(&self, said: u16, heard: u16) -> f32 {
        self.log[usize::from(said) * self.places.len() + usize::from(heard)]
    }
}

impl Misheard {
    /// For the syllables with these ids.
    pub fn new<'a>(vocabulary: impl Iterator<Item = (u16, &'a str)>) -> Self {
        let counted = &*COUNTED;
        // What does not come out as it went in is spelt as no Vietnamese syllable is.
        let syllables: Vec<(u16, Syllable)> = vocabulary
            .filter_map(|(id, word)| Some((id, Syllable::parse(word).filter(|s| s.to_string() == word)?)))
            .collect();
        let names = |part: fn(&Syllable) -> &str| syllables.iter().map(move |(_, s)| part(s).to_owned());
        let initials = Part::new(names(|s| &s.initial), &counted.initials, near_initials);
        let rhymes = Part::new(names(|s| &s.rhyme), &counted.rhymes, near_rhymes);
        let tones = Part::new(TONES.iter().map(|(_, name)| (*name).to_owned()), &counted.tones, |_, _| 0.2);
        let mut patterns = [0.0; 8];
        let heard = counted.said.saturating_sub(counted.lost) as f32;
        for (bits, pattern) in patterns.iter_mut().enumerate() {
            let name: String = ['i', 'r', 't']
                .iter()
                .enumerate()
                .filter(|(n, _)| bits >> n & 1 == 1)
                .map(|(_, c)| c)
                .collect();
            let count = counted.parts.get(&name).copied().unwrap_or(0) as f32;
            *pattern = ((count + 0.5) / (heard + 4.0)).ln();
        }
        let mut misheard = Self { initials, rhymes, tones, patterns, syllables: Vec::new() };
        misheard.syllables = syllables
            .iter()
            .filter_map(|(id, syllable)| {
                let [initial, rhyme, tone] = misheard.places(syllable);
                Some((*id, [initial?, rhyme?, tone?]))
            })
            .collect();
        misheard
    }

    fn places(&self, syllable: &Syllable) -> [Option<u16>; 3] {
        [
            self.initials.place(&syllable.initial),
            self.rhymes.place(&syllable.rhyme),
            self.tones.place(tone_name(syllable.tone)),
        ]
    }

    /// What may have been said where `heard` was heard, itself left out, with ln P(heard | said). Nothing where a part of
    /// it is in no syllable of the vocabulary: a foreign name is not misheard Vietnamese.
    pub fn may_be(&self, heard: &Syllable) -> impl Iterator<Item = (u16, f32)> {
        let heard = match self.places(heard) {
            [Some(initial), Some(rhyme), Some(tone)] => Some([initial, rhyme, tone]),
            _ => None,
        };
        self.syllables.iter().filter_map(move |(id, said)| {
            let heard = heard?;
            let mut pattern = 0;
            let mut log = 0.0;
            for (n, part) in [&self.initials, &self.rhymes, &self.tones].into_iter().enumerate() {
                if heard[n] != said[n] {
                    pattern |= 1 << n;
                    log += part.log(said[n], heard[n]);
                }
            }
            let log = log + self.patterns[pattern];
            (pattern != 0 && log > CONSIDERED).then_some((*id, log))
        })
    }
}

/// The share of mishearings of `said` that `heard` is guessed to be.
fn near_initials(said: &str, heard: &str) -> f32 {
    let near = NEAR.iter().any(|group| group.contains(&said) && group.contains(&heard));
    if near { 0.15 } else { 0.004 }
}

/// The same for rhymes: falls with what has to be changed to make one of the other.
fn near_rhymes(said: &str, heard: &str) -> f32 {
    const LETTER: f32 = 1.3;
    let said: Vec<char> = said.chars().collect();
    let heard: Vec<char> = heard.chars().collect();
    let mut row: Vec<f32> = (0..=heard.len()).map(|n| n as f32 * LETTER).collect();
    for (n, &from) in said.iter().enumerate() {
        let mut diagonal = row[0];
        row[0] = (n + 1) as f32 * LETTER;
        for (m, &to) in heard.iter().enumerate() {
            let cost = (diagonal + letters_apart(from, to)).min(row[m] + LETTER).min(row[m + 1] + LETTER);
            diagonal = std::mem::replace(&mut row[m + 1], cost);
        }
    }
    0.12 * (1.0 - row[heard.len()]).exp()
}

fn letters_apart(from: char, to: char) -> f32 {
    let plain = |c: char| fold(c.encode_utf8(&mut [0; 4])).chars().next().unwrap_or(c);
    let (a, b) = (plain(from), plain(to));
    let both = |among: &str| among.contains(a) && among.contains(b);
    if from == to {
        0.0
    } else if a == b {
        1.0
    } else if both("aeiouy") {
        1.5
    } else if both("nm") || both("cpt") {
        1.2
    } else {
        3.0
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_sounds_alike_is_nearer() {
        let words = ["chúc", "trúc", "bàn", "chục", "lan"];
        let misheard = Misheard::new(words.iter().enumerate().map(|(n, word)| (n as u16, *word)));
        let heard = Syllable::parse("trúc").unwrap();
        let may_be: BTreeMap<u16, f32> = misheard.may_be(&heard).collect();
        assert!(!may_be.contains_key(&1), "{may_be:?}");
        let chuc = may_be[&0];
        assert!(chuc > may_be[&3], "{may_be:?}");
        assert!(may_be.get(&2).is_none_or(|far| *far < chuc), "{may_be:?}");
        assert!(may_be.values().all(|log| log.is_finite() && *log < 0.0));
    }

    #[test]
    fn what_is_no_vietnamese_is_left_alone() {
        let misheard = Misheard::new([(0, "phút"), (1, "ca")].into_iter());
        let heard = Syllable::parse("phuket").unwrap();
        assert!(misheard.may_be(&heard).next().is_none());
        assert!(Misheard::new(std::iter::empty()).may_be(&heard).next().is_none());
    }

    #[test]
    fn the_counts_are_there() {
        assert!(COUNTED.taken > 100 && COUNTED.said > 1_000, "{}", COUNTED.said);
    }
}
