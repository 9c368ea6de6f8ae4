//! Whether what was found answers what was asked: how much of the question's matter the text speaks of.
//!
//! BM25 ranks, but its scores say nothing across questions. The share of the question's terms that a text holds,
//! each weighed by how rare it is, does: a question about the law is made of the law's words, and mostly of its
//! word pairs; a question about football is not.

use std::collections::{HashMap, HashSet};

use crate::question::Question;
use crate::regulations::Search;
use crate::regulations::tokenizer::{Spelling, terms};

/// The question's terms, weighed.
#[derive(Debug, Clone)]
pub struct QuestionTerms {
    spelling: Spelling,
    /// Term and inverse document frequency; every term once.
    weights: HashMap<String, f32>,
}

/// Shares of the question's weight that a text covers, 0 to 1.
#[derive(Debug, Clone, Copy, PartialEq, Default)]
pub struct Coverage {
    /// Of the syllables.
    pub syllables: f32,
    /// Of the pairs of neighbouring syllables.
    pub pairs: f32,
}

impl QuestionTerms {
    /// Weighs the terms of a question by how rare they are in the index.
    pub fn new(question: &Question, search: &Search<'_>) -> Self {
        let spelling = if question.is_folded() { Spelling::Folded } else { Spelling::Exact };
        Self::spelt(question, search, spelling)
    }

    /// The same in a spelling of the caller's choice.
    pub fn spelt(question: &Question, search: &Search<'_>, spelling: Spelling) -> Self {
        let weights = terms(question.search_text(), spelling)
            .into_iter()
            .map(|term| {
                let weight = search.inverse_document_frequency(&term, spelling);
                (term, weight)
            })
            .collect();
        Self { spelling, weights }
    }

    /// The number of different syllables that carry meaning.
    pub fn syllable_count(&self) -> usize {
        self.weights.keys().filter(|term| !term.contains('_')).count()
    }

    /// How much of the question a text covers.
    pub fn coverage(&self, text: &str) -> Coverage {
        let held: HashSet<String> = terms(text, self.spelling).into_iter().collect();
        let share = |pairs: bool| {
            let (mut covered, mut all) = (0.0, 0.0);
            for (term, weight) in self.weights.iter().filter(|(term, _)| term.contains('_') == pairs) {
                all += weight;
                if held.contains(term) {
                    covered += weight;
                }
            }
            if all > 0.0 { covered / all } else { 0.0 }
        };
        Coverage { syllables: share(false), pairs: share(true) }
    }

    /// The question's terms that a text holds, with their weights.
    pub fn held(&self, text: &str) -> HashMap<&str, f32> {
        let held: HashSet<String> = terms(text, self.spelling).into_iter().collect();
        self.weights
            .iter()
            .filter(|(term, _)| held.contains(*term))
            .map(|(term, weight)| (term.as_str(), *weight))
            .collect()
    }
}

/// What is known of the best hit when its confidence is worked out.
#[derive(Debug, Clone, Copy, Default, PartialEq)]
pub struct Evidence {
    /// By the whole article with its titles.
    pub article: Coverage,
    /// By its best clause with the titles.
    pub clause: Coverage,
    /// By the article's title alone.
    pub title: Coverage,
    /// The ranker's score.
    pub score: f32,
    /// How far the ranker's score of the second hit lies behind.
    pub margin: f32,
    /// Different syllables in the question that carry meaning.
    pub syllables: usize,
}

/// The names of [`Evidence::values`].
pub const EVIDENCE: [&str; 9] = [
    "article_syllables",
    "article_pairs",
    "clause_syllables",
    "clause_pairs",
    "title_syllables",
    "title_pairs",
    "score",
    "margin",
    "length",
];

/// The weight of each value, and what is added.
const WEIGHTS: ([f32; EVIDENCE.len()], f32) =
    ([1.48, 2.70, 1.47, 2.35, 2.09, 1.55, 2.13, -0.70, 6.94], -8.65);

impl Evidence {
    /// The evidence in numbers, each within bounds, in the order of [`EVIDENCE`].
    pub fn values(&self) -> [f32; EVIDENCE.len()] {
        [
            self.article.syllables,
            self.article.pairs,
            self.clause.syllables,
            self.clause.pairs,
            self.title.syllables,
            self.title.pairs,
            self.score.clamp(-5.0, 5.0) / 5.0,
            self.margin.clamp(0.0, 3.0) / 3.0,
            self.syllables.min(15) as f32 / 15.0,
        ]
    }

    /// How sure it is that the text speaks of the matter asked, 0 to 1.
    ///
    /// A logistic regression; how it was fitted, and what it does at each threshold, stands in `docs/confidence.md`.
    pub fn confidence(&self) -> f32 {
        let (weights, constant) = WEIGHTS;
        let z: f32 = self.values().iter().zip(weights).map(|(value, weight)| value * weight).sum();
        1.0 / (1.0 + (-z - constant).exp())
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn more_coverage_is_more_confidence() {
        let none = Evidence { syllables: 10, ..Evidence::default() };
        let full = Coverage { syllables: 1.0, pairs: 1.0 };
        let all = Evidence { article: full, clause: full, ..none };
        assert!(none.confidence() < 0.05);
        assert!(all.confidence() > 0.95);
    }
}
