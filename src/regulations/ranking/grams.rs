//! Words as numbers, and what two texts have in common: words, pairs and triples of words, runs, and pairs that
//! something has come between.
//!
//! The numbers are those of the question's words; whatever else a text holds is [`OTHER`].

use std::collections::{HashMap, HashSet};

/// Ends of sentences among the word numbers.
pub const BREAK: u16 = u16::MAX;
/// A word that the question does not have.
pub const OTHER: u16 = u16::MAX - 1;

/// Word groups of the question, numbered; with how often they stand in it and how much they tell.
pub struct Grams<K> {
    /// By the group.
    pub numbers: HashMap<K, usize>,
    /// How often the question has each.
    pub counts: Vec<f32>,
    /// What each tells.
    pub weights: Vec<f32>,
}

impl<K: std::hash::Hash + Eq + Copy> Grams<K> {
    /// Numbers the groups in order of their coming.
    pub fn new(all: impl Iterator<Item = K>, mut weight: impl FnMut(K) -> f32) -> Self {
        let mut grams = Self { numbers: HashMap::new(), counts: vec![], weights: vec![] };
        for gram in all {
            match grams.numbers.get(&gram) {
                Some(&n) => grams.counts[n] += 1.0,
                None => {
                    grams.numbers.insert(gram, grams.counts.len());
                    grams.counts.push(1.0);
                    grams.weights.push(weight(gram));
                }
            }
        }
        grams
    }

    /// How often a text has each.
    pub fn frequencies(&self, all: impl Iterator<Item = K>) -> Vec<f32> {
        let mut frequencies = vec![0.0; self.counts.len()];
        for gram in all {
            if let Some(&n) = self.numbers.get(&gram) {
                frequencies[n] += 1.0;
            }
        }
        frequencies
    }

    /// BM25 of a text of this length, as a multiple of the average.
    pub fn bm25(&self, frequencies: &[f32], length: f32, k1: f32, b: f32) -> f32 {
        let k = k1 * (1.0 - b + b * length);
        let terms = frequencies.iter().zip(&self.counts).zip(&self.weights);
        terms.map(|((f, count), weight)| count * weight * f * (k1 + 1.0) / (f + k)).sum()
    }

    /// The share of the weight that is there at all.
    pub fn share(&self, frequencies: &[f32]) -> f32 {
        let all: f32 = self.weights.iter().sum();
        let held: f32 =
            frequencies.iter().zip(&self.weights).filter(|(f, _)| **f > 0.0).map(|(_, w)| w).sum();
        if all > 0.0 { held / all } else { 0.0 }
    }
}

/// Neighbouring words of the question, where both stand side by side.
pub fn pairs(sequence: &[u16]) -> impl Iterator<Item = (u16, u16)> {
    sequence.windows(2).filter(|w| w.iter().all(|&n| n < OTHER)).map(|w| (w[0], w[1]))
}

/// Three on end.
pub fn triples(sequence: &[u16]) -> impl Iterator<Item = (u16, u16, u16)> {
    sequence.windows(3).filter(|w| w.iter().all(|&n| n < OTHER)).map(|w| (w[0], w[1], w[2]))
}

/// Runs of words that stand in both: the longest, in words, and how long the run is in which a word of `asked` stands,
/// on the mean over its words, as a share of all.
pub fn runs(asked: &[u16], text: &[u16]) -> (f32, f32) {
    let mut before = vec![0u32; text.len() + 1];
    let mut here = before.clone();
    // The longest run that ends at each word of what is asked.
    let mut ending = vec![0u32; asked.len()];
    for (at, &word) in asked.iter().enumerate() {
        for (n, &other) in text.iter().enumerate() {
            here[n + 1] = if word == other && word < OTHER { before[n] + 1 } else { 0 };
            ending[at] = ending[at].max(here[n + 1]);
        }
        std::mem::swap(&mut before, &mut here);
    }
    let mut covering = ending.clone();
    for (end, &length) in ending.iter().enumerate() {
        for word in &mut covering[(end + 1 - length as usize).min(end)..=end] {
            *word = (*word).max(length);
        }
    }
    let words = asked.iter().filter(|&&word| word != BREAK).count().max(1) as f32;
    let mean = covering.iter().sum::<u32>() as f32 / words;
    (ending.into_iter().max().unwrap_or(0) as f32, mean / words)
}

/// The share, by `weight`, of the question's pairs that stand in `text` only with one to three words between:
/// "người lao động" in "người sử dụng lao động". Such a text speaks of somebody or something else.
pub fn parted(pair_numbers: &HashMap<(u16, u16), usize>, weights: &[f32], text: &[u16]) -> f32 {
    const MOST_BETWEEN: usize = 3;
    let (mut joined, mut apart) = (HashSet::new(), HashSet::new());
    for (at, &first) in text.iter().enumerate().filter(|(_, word)| **word < OTHER) {
        for (between, &second) in text[at + 1..].iter().take(MOST_BETWEEN + 1).enumerate() {
            if second == BREAK {
                break;
            }
            if let Some(&pair) = pair_numbers.get(&(first, second)) {
                if between == 0 {
                    joined.insert(pair)
                } else {
                    apart.insert(pair)
                };
            }
        }
    }
    let all: f32 = weights.iter().sum();
    let parted: f32 = apart.difference(&joined).map(|&pair| weights[pair]).sum();
    if all > 0.0 { parted / all } else { 0.0 }
}
