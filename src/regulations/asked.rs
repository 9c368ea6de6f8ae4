//! A question taken apart once, for all that a search does with its words: the ranker's features, how near the phrases
//! come, which clause they name.

use std::sync::Arc;

use super::index::IndexError;
use super::ranking::beside::features;
use super::ranking::features::QuestionWords;
use super::ranking::phrases::{ClauseNearness, Nearness};
use super::ranking::prepared::Prepared;
use super::ranking::row::Row;
use super::search::Search;
use super::tokenizer::Spelling;
use crate::question::Question;

/// How the words of a question are compared with those of the law.
fn spelling(question: &Question) -> Spelling {
    match (question.was_heard(), question.is_folded()) {
        (true, _) => Spelling::Phonetic,
        (_, true) => Spelling::Folded,
        _ => Spelling::Exact,
    }
}

/// A question to be searched for: as it was asked, and in the law's words where it was asked in others.
pub struct Asked<'q> {
    pub(super) question: &'q Question,
    pub(super) legal: Option<Question>,
}

impl<'q> Asked<'q> {
    /// Works out the law's words.
    pub fn new(question: &'q Question) -> Self {
        Self { question, legal: question.in_legal_terms() }
    }
}

type Words<'a> = QuestionWords<'a, &'a dyn Fn(&str) -> f32>;

/// The words of a question, ready to be held against articles.
pub(super) struct AskedWords<'a> {
    asked: Words<'a>,
    legal: Option<Words<'a>>,
}

impl AskedWords<'_> {
    pub(super) fn features(&self, candidates: &[(Arc<Prepared>, f32)]) -> Vec<Row> {
        let candidates: Vec<(&Prepared, f32)> = candidates.iter().map(|(c, score)| (&**c, *score)).collect();
        features(&self.asked, self.legal.as_ref(), &candidates)
    }

    /// How near the phrases for an article come to the question as it was asked, or in the law's words if nearer.
    pub(super) fn nearness(&self, article_key: &str) -> Nearness {
        let asked = self.asked.nearness(article_key);
        match &self.legal {
            Some(legal) => asked.or_nearer(legal.nearness(article_key)),
            None => asked,
        }
    }

    /// The same for each of its clauses that has phrases; `except` is a phrase that does not count.
    fn nearness_by_clause(&self, article_key: &str, except: Option<&[u32]>) -> Vec<ClauseNearness> {
        let mut near = self.asked.nearness_by_clause(article_key, except);
        if let Some(legal) = &self.legal {
            for (asked, legal) in near.iter_mut().zip(legal.nearness_by_clause(article_key, except)) {
                asked.near = std::mem::take(&mut asked.near).or_nearer(legal.near);
            }
        }
        near
    }
}

impl Search<'_> {
    /// How the ranker looks at these articles, a row each.
    pub fn features(
        &self,
        asked: &Asked<'_>,
        candidates: &[(Arc<Prepared>, f32)],
    ) -> Result<Vec<Row>, IndexError> {
        self.with_words(asked, |words| words.features(candidates))
    }

    /// How near the phrases for each clause of an article come to a question. For learning, `except` is a phrase that is
    /// taken as not written down.
    pub fn clause_nearness(
        &self,
        question: &Question,
        article_key: &str,
        except: Option<&str>,
    ) -> Result<Vec<ClauseNearness>, IndexError> {
        let except = except.map(|phrase| self.index.vocabulary().known_sequence(phrase));
        self.with_words(&Asked::new(question), |words| {
            words.nearness_by_clause(article_key, except.as_deref())
        })
    }

    /// Takes a question apart once for all that is done with its words. The candidates must be prepared by then.
    pub(super) fn with_words<T>(
        &self,
        asked: &Asked<'_>,
        work: impl FnOnce(&AskedWords<'_>) -> T,
    ) -> Result<T, IndexError> {
        let all = self.index.phrasings(&self.searcher)?;
        let phrasings = if self.hidden.is_empty() { all } else { Arc::new(all.without(&self.hidden)) };
        let spelling = spelling(asked.question);
        let vocabulary = self.index.vocabulary();
        let weight: &dyn Fn(&str) -> f32 = &|term| self.inverse_document_frequency(term, spelling);
        let words = |question: &Question| {
            QuestionWords::new(question.written_out(), spelling, &vocabulary, &phrasings, weight)
        };
        let (asked, legal) = (words(asked.question), asked.legal.as_ref().map(words));
        Ok(work(&AskedWords { asked, legal }))
    }
}
