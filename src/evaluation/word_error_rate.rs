//! How many words were heard wrong: the edit distance between what was said and what was heard.

use crate::answer::spoken::numbers::number;
use crate::vietnamese::phonetic::phonetic_key;
use crate::vietnamese::{fold, syllables};

/// Edits that turn the reference into what was heard, and the length of the reference.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq, serde::Serialize)]
pub struct ErrorCount {
    /// One unit for another.
    pub substitutions: usize,
    /// Units heard that were not said.
    pub insertions: usize,
    /// Units said that were not heard.
    pub deletions: usize,
    /// Units said.
    pub reference: usize,
}

impl ErrorCount {
    /// All edits.
    pub fn errors(&self) -> usize {
        self.substitutions + self.insertions + self.deletions
    }

    /// Edits over the units said; where nothing was said, the count of the units invented.
    pub fn rate(&self) -> f64 {
        self.errors() as f64 / self.reference.max(1) as f64
    }
}

impl std::ops::AddAssign for ErrorCount {
    fn add_assign(&mut self, other: Self) {
        self.substitutions += other.substitutions;
        self.insertions += other.insertions;
        self.deletions += other.deletions;
        self.reference += other.reference;
    }
}

/// Word errors; a word is a syllable or a number as written, case, punctuation and tone placement aside.
pub fn word_errors(reference: &str, heard: &str) -> ErrorCount {
    let words = |text: &str| syllables(text).collect::<Vec<_>>();
    edits(&words(reference), &words(heard))
}

/// Word errors with numbers as they are said, for both: `1` and `một` are one word, `25` is two.
pub fn word_errors_as_said(reference: &str, heard: &str) -> ErrorCount {
    let words = |text: &str| {
        let words: Vec<String> = syllables(text)
            .map(|word| match word.chars().all(|c| c.is_ascii_digit()) {
                true => number(&word),
                false => word,
            })
            .collect();
        words.join(" ").split_whitespace().map(str::to_owned).collect::<Vec<_>>()
    };
    edits(&words(reference), &words(heard))
}

/// Character errors over the same words, spaces aside.
pub fn character_errors(reference: &str, heard: &str) -> ErrorCount {
    let characters =
        |text: &str| syllables(text).flat_map(|w| w.chars().collect::<Vec<_>>()).collect::<Vec<_>>();
    edits(&characters(reference), &characters(heard))
}

/// One step of an alignment.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Edit<'a> {
    /// Heard as said.
    Same,
    /// Said, not heard.
    Lost(&'a str),
    /// Heard, not said.
    Added(&'a str),
    /// One taken for the other.
    Taken(&'a str, &'a str),
}

/// What an alignment pays for a syllable that is lost or added…
const GAP: usize = 3;
/// … for one that is taken for another that sounds like it…
const ALIKE: usize = 2;
/// … and for any other.
const UNLIKE: usize = 4;

fn change(said: &str, heard: &str) -> usize {
    match said == heard {
        true => 0,
        false if fold(said) == fold(heard) || phonetic_key(said) == phonetic_key(heard) => ALIKE,
        false => UNLIKE,
    }
}

/// The likeliest way from what was said to what was heard, step by step: syllables are set beside those that they sound
/// like, where that costs no more.
pub fn aligned<'a>(said: &'a [String], heard: &'a [String]) -> Vec<Edit<'a>> {
    let width = heard.len() + 1;
    let mut cost = vec![0usize; (said.len() + 1) * width];
    for (n, cell) in cost.iter_mut().enumerate() {
        let (i, j) = (n / width, n % width);
        if i == 0 || j == 0 {
            *cell = (i + j) * GAP;
        }
    }
    for i in 1..=said.len() {
        for j in 1..width {
            let diagonal = cost[(i - 1) * width + j - 1] + change(&said[i - 1], &heard[j - 1]);
            let gap = cost[(i - 1) * width + j].min(cost[i * width + j - 1]) + GAP;
            cost[i * width + j] = diagonal.min(gap);
        }
    }
    let (mut i, mut j, mut steps) = (said.len(), heard.len(), Vec::new());
    while i > 0 || j > 0 {
        let here = cost[i * width + j];
        if i > 0 && j > 0 {
            let (from, to) = (said[i - 1].as_str(), heard[j - 1].as_str());
            if here == cost[(i - 1) * width + j - 1] + change(from, to) {
                steps.push(if from == to { Edit::Same } else { Edit::Taken(from, to) });
                (i, j) = (i - 1, j - 1);
                continue;
            }
        }
        if i > 0 && here == cost[(i - 1) * width + j] + GAP {
            i -= 1;
            steps.push(Edit::Lost(&said[i]));
        } else {
            j -= 1;
            steps.push(Edit::Added(&heard[j]));
        }
    }
    steps.reverse();
    steps
}

/// Levenshtein's distance with its three kinds of edits told apart.
fn edits<T: PartialEq>(reference: &[T], heard: &[T]) -> ErrorCount {
    let cost = |c: &ErrorCount| c.errors();
    let mut row: Vec<ErrorCount> =
        (0..=heard.len()).map(|n| ErrorCount { insertions: n, ..ErrorCount::default() }).collect();
    for (i, said) in reference.iter().enumerate() {
        let mut diagonal = row[0];
        row[0].deletions = i + 1;
        for (j, got) in heard.iter().enumerate() {
            let above = row[j + 1];
            let mut best = diagonal;
            best.substitutions += usize::from(said != got);
            let deleted = ErrorCount { deletions: above.deletions + 1, ..above };
            let inserted = ErrorCount { insertions: row[j].insertions + 1, ..row[j] };
            for other in [deleted, inserted] {
                if cost(&other) < cost(&best) {
                    best = other;
                }
            }
            (diagonal, row[j + 1]) = (above, best);
        }
    }
    ErrorCount { reference: reference.len(), ..row[heard.len()] }
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    #[test]
    fn numbers_are_one_however_written() {
        assert_eq!(word_errors_as_said("Một: 5 quả", "1. năm quả").errors(), 0);
        assert_eq!(word_errors("Một: 5 quả", "1. năm quả").errors(), 2);
        assert_eq!(word_errors_as_said("Điều 25", "điều hai lăm").errors(), 1);
        assert_eq!(word_errors_as_said("năm 2024", "năm 2024").reference, 8);
    }

    #[test]
    fn counted_by_hand() {
        let count = word_errors("Hoà giải viên lao động.", "hòa giải lao động nhé");
        assert_eq!((count.substitutions, count.insertions, count.deletions, count.reference), (0, 1, 1, 5));
        assert_eq!(word_errors("một hai ba", "một bốn ba").substitutions, 1);
        assert_eq!(word_errors("", "bịa ra").insertions, 2);
        assert!((character_errors("abc", "abd").rate() - 1.0 / 3.0).abs() < 1e-9);
    }

    proptest! {
        #[test]
        fn a_distance_is_a_distance(a in "[abc ]{0,12}", b in "[abc ]{0,12}") {
            let forth = word_errors(&a, &b);
            let back = word_errors(&b, &a);
            prop_assert_eq!(forth.errors(), back.errors());
            prop_assert_eq!(forth.errors() == 0, syllables(&a).eq(syllables(&b)));
            prop_assert!(forth.substitutions + forth.deletions <= forth.reference);
        }
    }
}
