//! Whether what was found answers what was asked: how much of the question's matter the text speaks of.
//!
//! BM25 ranks, but its scores say nothing across questions. The share of the question's terms that a text holds,
//! each weighed by how rare it is, does: a question about the law is made of the law's words, and mostly of its
//! word pairs; a question about football is not.

use std::collections::{HashMap, HashSet};

use crate::question::Question;
use crate::regulations::Search;
use crate::regulations::ranking::phrases::Nearness;
use crate::regulations::tokenizer::{Spelling, terms};

/// The question's terms, weighed.
#[derive(Debug, Clone)]
pub struct QuestionTerms {
    spelling: Spelling,
    /// Term and inverse document frequency; every term once.
    weights: HashMap<String, f32>,
    /// The same question in the law's words, where it was asked in others.
    legal: Option<Box<QuestionTerms>>,
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
        let legal = question.in_legal_terms().map(|legal| Box::new(Self::spelt(&legal, search, spelling)));
        Self { legal, ..Self::spelt(question, search, spelling) }
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
        Self { spelling, weights, legal: None }
    }

    /// The question's terms in the law's words; its own where it was asked in these.
    pub fn legal(&self) -> &Self {
        self.legal.as_deref().unwrap_or(self)
    }

    /// The weight of all syllables, or of all pairs.
    pub fn weight(&self, pairs: bool) -> f32 {
        self.weights.iter().filter(|(term, _)| term.contains('_') == pairs).map(|(_, weight)| weight).sum()
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
#[derive(Debug, Clone, Default, PartialEq)]
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
    /// How near the phrases come in which citizens ask for the article.
    pub near: Nearness,
    /// The same of the second hit.
    pub second_near: Nearness,
    /// Whether the article counts what the question wants counted: 1, or −1; 0 where nothing is to be counted.
    pub counts: f32,
}

/// The names of [`Evidence::values`].
pub const EVIDENCE: [&str; 16] = [
    "article_syllables",
    "article_pairs",
    "clause_syllables",
    "clause_pairs",
    "title_syllables",
    "title_pairs",
    "score",
    "margin",
    "length",
    "near_words",
    "near_pairs",
    "near_phrase",
    "near_phrase_pairs",
    "near_runs",
    "nearer_than_second",
    "counts",
];

/// A weight for each value, and what is added.
type Weights = ([f32; EVIDENCE.len()], f32);

/// Tells what the law answers from other matters.
const MATTER: Weights = (
    [1.34, 1.69, 1.04, 1.37, 1.10, 1.49, 3.46, -1.26, 6.01, 0.20, 0.50, 1.37, 0.31, 1.20, -0.25, -0.34],
    -5.64,
);

/// Tells right articles from wrong ones.
const ARTICLE: Weights = (
    [0.47, 0.06, 0.86, 0.22, 0.96, 0.30, 1.63, 2.27, 2.17, -0.15, -0.44, 0.51, 0.05, 0.01, 0.14, 0.44],
    -4.64,
);

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
            self.near.word_share,
            self.near.pair_share,
            self.near.in_question,
            self.near.pairs_in_question,
            self.near.run_cover,
            self.near.word_share - self.second_near.word_share,
            self.counts,
        ]
    }

    /// How sure it is that the law answers such a question at all, 0 to 1.
    ///
    /// This and [`Evidence::confidence`] are logistic regressions; how they were fitted, and what they do at each
    /// threshold, stands in `docs/confidence.md`.
    pub fn matter(&self) -> f32 {
        self.regression(&MATTER)
    }

    /// How sure it is that this article answers, 0 to 1.
    pub fn confidence(&self) -> f32 {
        self.regression(&ARTICLE)
    }

    fn regression(&self, (weights, constant): &Weights) -> f32 {
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
        let all = Evidence { article: full, clause: full, score: 3.0, margin: 2.0, ..none.clone() };
        assert!(none.confidence() < 0.1 && none.matter() < 0.5);
        assert!(all.confidence() > 0.5 && all.matter() > 0.9);
    }
}
