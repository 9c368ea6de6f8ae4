//! What a text has in common with a question: words, pairs and triples of words, runs, and pairs that something has
//! come between.
//!
//! Words are the numbers of the question's words here; whatever else a text holds is [`OTHER`].

use std::collections::HashMap;

/// Ends of sentences among the word numbers.
pub const BREAK: u16 = u16::MAX;
/// A word that the question does not have.
pub const OTHER: u16 = u16::MAX - 1;
/// Of longer questions the words past this one count as [`OTHER`].
pub const MOST_WORDS: usize = 400;
/// Words that may stand between the two of a parted pair.
const MOST_BETWEEN: usize = 3;

/// The question's groups of words of one length, numbered; with how often they stand in it and how much they tell.
pub struct Grams<K> {
    numbers: HashMap<K, usize>,
    /// How often the question has each.
    pub counts: Vec<f32>,
    /// What each tells.
    pub weights: Vec<f32>,
}

impl<K: std::hash::Hash + Eq + Copy> Grams<K> {
    /// Numbers the groups in the order of their coming.
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

    /// The number of a group that the question has.
    pub fn number(&self, gram: K) -> Option<usize> {
        self.numbers.get(&gram).copied()
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

/// The question's words and their groups.
pub struct QuestionGrams {
    /// The question as numbers of its words.
    pub sequence: Vec<u16>,
    /// Where each word stands in the question.
    places: Vec<Vec<usize>>,
    /// Single words.
    pub words: Grams<u16>,
    /// Neighbours.
    pub pairs: Grams<(u16, u16)>,
    /// Three on end.
    pub triples: Grams<(u16, u16, u16)>,
}

impl QuestionGrams {
    /// Groups the words of a question; the weights are those of a word and of a pair.
    pub fn new(
        sequence: Vec<u16>,
        word_weight: impl FnMut(u16) -> f32,
        pair_weight: impl FnMut((u16, u16)) -> f32,
    ) -> Self {
        let words = Grams::new(sequence.iter().copied().filter(|&n| n < OTHER), word_weight);
        let pair = Grams::new(pairs(&sequence), pair_weight);
        // The index has no triples: one tells at least as much as the rarer of its pairs.
        let of = |key| pair.number(key).map_or(0.0, |n| pair.weights[n]);
        let triple = Grams::new(triples(&sequence), |(a, b, c)| of((a, b)).max(of((b, c))));
        let highest = sequence.iter().copied().filter(|&n| n < OTHER).max().map_or(0, |n| usize::from(n) + 1);
        let mut places = vec![Vec::new(); highest];
        for (place, &word) in sequence.iter().enumerate().filter(|(_, word)| **word < OTHER) {
            places[usize::from(word)].push(place);
        }
        Self { sequence, places, words, pairs: pair, triples: triple }
    }
}

/// One part of an article, as the question sees it. Parts of the whole are joined by [`Part::with`].
#[derive(Debug, Clone, Default)]
pub struct Part {
    /// In words.
    pub length: f32,
    /// How often each word of the question stands in it.
    pub words: Vec<f32>,
    /// Of each pair.
    pub pairs: Vec<f32>,
    /// Of each triple.
    pub triples: Vec<f32>,
    /// Words of it that the question has.
    pub held: f32,
    /// Pairs of it that the question has.
    pub held_pairs: f32,
    /// For each place of the question, the longest run of words that ends there and stands in the part.
    ending: Vec<u16>,
    /// For each pair, whether its words stand in the part with something between.
    parted: Vec<bool>,
}

impl Part {
    /// Reads a sequence of word numbers.
    pub fn read(sequence: impl Iterator<Item = u16>, question: &QuestionGrams) -> Self {
        let mut part = Self {
            words: vec![0.0; question.words.counts.len()],
            pairs: vec![0.0; question.pairs.counts.len()],
            triples: vec![0.0; question.triples.counts.len()],
            ending: vec![0; question.sequence.len()],
            parted: vec![false; question.pairs.counts.len()],
            ..Self::default()
        };
        // Runs that end at the last word, by their place in the question; the last words, nearest first.
        let mut running: Vec<(usize, u16)> = Vec::new();
        let mut next: Vec<(usize, u16)> = Vec::new();
        let mut last = [BREAK; MOST_BETWEEN + 1];
        for word in sequence {
            part.length += if word == BREAK { 0.0 } else { 1.0 };
            if word < OTHER {
                part.see(word, &last, question);
                next.clear();
                for &place in question.places.get(usize::from(word)).into_iter().flatten() {
                    let before = running.iter().find(|(at, _)| at + 1 == place).map_or(0, |(_, run)| *run);
                    part.ending[place] = part.ending[place].max(before + 1);
                    next.push((place, before + 1));
                }
                std::mem::swap(&mut running, &mut next);
            } else {
                running.clear();
            }
            if word == BREAK {
                last = [BREAK; MOST_BETWEEN + 1];
            } else {
                last.rotate_right(1);
                last[0] = word;
            }
        }
        part
    }

    fn see(&mut self, word: u16, last: &[u16], question: &QuestionGrams) {
        self.held += 1.0;
        if let Some(n) = question.words.number(word) {
            self.words[n] += 1.0;
        }
        if last[0] < OTHER {
            if let Some(n) = question.pairs.number((last[0], word)) {
                self.pairs[n] += 1.0;
                self.held_pairs += 1.0;
            }
            if last[1] < OTHER
                && let Some(n) = question.triples.number((last[1], last[0], word))
            {
                self.triples[n] += 1.0;
            }
        }
        for &first in last[1..].iter().filter(|&&first| first < OTHER) {
            if let Some(n) = question.pairs.number((first, word)) {
                self.parted[n] = true;
            }
        }
    }

    /// This part and others as one text.
    pub fn with<'a>(&self, others: impl IntoIterator<Item = &'a Part>) -> Self {
        let mut whole = self.clone();
        for other in others {
            whole.length += other.length;
            whole.held += other.held;
            whole.held_pairs += other.held_pairs;
            for (mine, theirs) in [
                (&mut whole.words, &other.words),
                (&mut whole.pairs, &other.pairs),
                (&mut whole.triples, &other.triples),
            ] {
                mine.iter_mut().zip(theirs).for_each(|(mine, theirs)| *mine += theirs);
            }
            whole
                .ending
                .iter_mut()
                .zip(&other.ending)
                .for_each(|(mine, theirs)| *mine = (*mine).max(*theirs));
            whole.parted.iter_mut().zip(&other.parted).for_each(|(mine, theirs)| *mine |= *theirs);
        }
        whole
    }

    /// The longest run of the question's words that stands in the part, in words.
    pub fn longest_run(&self) -> f32 {
        f32::from(self.ending.iter().copied().max().unwrap_or(0))
    }

    /// How long the run is in which a word of the question stands, on the mean over its words, as a share of all.
    pub fn run_cover(&self, question: &[u16]) -> f32 {
        let mut covering = self.ending.clone();
        for (end, &length) in self.ending.iter().enumerate() {
            for word in &mut covering[(end + 1 - usize::from(length)).min(end)..=end] {
                *word = (*word).max(length);
            }
        }
        let words = question.iter().filter(|&&word| word != BREAK).count().max(1) as f32;
        covering.iter().map(|&run| f32::from(run)).sum::<f32>() / words / words
    }

    /// The share of the question's pairs that stand in the part only with one to three words between:
    /// "người lao động" in "người sử dụng lao động". Such a text speaks of somebody or something else.
    pub fn parted_share(&self, question: &QuestionGrams) -> f32 {
        let weights = &question.pairs.weights;
        let all: f32 = weights.iter().sum();
        let is_parted = |n: &usize| self.parted[*n] && self.pairs[*n] == 0.0;
        let parted: f32 = (0..weights.len()).filter(is_parted).map(|n| weights[n]).sum();
        if all > 0.0 { parted / all } else { 0.0 }
    }
}

/// Runs of a short text's words that stand in the question: the longest, in words, and how long the run is in which a
/// word of the text stands, on the mean, as a share of all.
pub fn runs_of_text(text: &[u16], question: &QuestionGrams) -> (f32, f32) {
    let mut covering = vec![0u16; text.len()];
    let mut running: Vec<(usize, u16)> = Vec::new();
    for (n, &word) in text.iter().enumerate() {
        let places = if word < OTHER { question.places.get(usize::from(word)) } else { None };
        let run = |&place: &usize| {
            let before = running.iter().find(|(at, _)| at + 1 == place).map_or(0, |(_, run)| *run);
            (place, before + 1)
        };
        running = places.into_iter().flatten().map(run).collect();
        let longest = running.iter().map(|(_, run)| *run).max().unwrap_or(0);
        for word in &mut covering[(n + 1 - usize::from(longest)).min(n)..=n] {
            *word = (*word).max(longest);
        }
    }
    let words = text.iter().filter(|&&word| word != BREAK).count().max(1) as f32;
    let longest = covering.iter().copied().max().unwrap_or(0);
    (f32::from(longest), covering.iter().map(|&run| f32::from(run)).sum::<f32>() / words / words)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn read(question: &[u16], text: &[u16]) -> (QuestionGrams, Part) {
        let question = QuestionGrams::new(question.to_vec(), |_| 1.0, |_| 1.0);
        let part = Part::read(text.iter().copied(), &question);
        (question, part)
    }

    #[test]
    fn words_pairs_triples_and_runs_are_counted() {
        let (question, part) = read(&[0, 1, 2, 0, 3], &[0, 1, 2, OTHER, 0, 3, BREAK, 1]);
        assert_eq!(part.words, [2.0, 2.0, 1.0, 1.0]);
        assert_eq!(part.pairs, [1.0, 1.0, 0.0, 1.0]);
        assert_eq!(part.triples, [1.0, 0.0, 0.0]);
        assert_eq!((part.length, part.longest_run()), (7.0, 3.0));
        assert_eq!(part.run_cover(&question.sequence), (3.0 * 3.0 + 2.0 * 2.0) / 25.0);
        let twice = part.with([&part]);
        assert_eq!((twice.length, twice.words[0], twice.longest_run()), (14.0, 4.0, 3.0));
    }

    #[test]
    fn a_title_is_covered_by_runs_of_the_question() {
        let question = QuestionGrams::new(vec![0, 1, 2, 0, 3], |_| 1.0, |_| 1.0);
        assert_eq!(runs_of_text(&[1, 2, OTHER, 3], &question), (2.0, 5.0 / 16.0));
        assert_eq!(runs_of_text(&[], &question), (0.0, 0.0));
    }

    #[test]
    fn a_pair_is_parted_by_what_stands_between() {
        let (question, part) = read(&[0, 1, 2], &[0, OTHER, OTHER, 1, 2]);
        assert_eq!(part.parted_share(&question), 0.5);
        let (question, part) = read(&[0, 1], &[0, OTHER, 1, BREAK, 0, 1]);
        assert_eq!(part.parted_share(&question), 0.0);
        let (question, part) = read(&[0, 1], &[0, BREAK, 1]);
        assert_eq!(part.parted_share(&question), 0.0);
    }
}
