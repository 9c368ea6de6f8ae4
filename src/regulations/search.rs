//! Finding: a question's terms against the headings and the texts of the index.
//!
//! BM25 (Robertson and Zaragoza, 2009; tantivy's k1 = 1.2, b = 0.75), summed over the fields, each with a weight, brings
//! the candidates; [`super::ranking`] puts the articles among them in order. A question typed without diacritics is
//! asked of the folded fields, any other of the exact ones, and one that was heard also of the sounds, for its words
//! may be others than those said.

use std::collections::HashMap;

use jiff::civil::Date;
use tantivy::collector::TopDocs;
use tantivy::query::{BooleanQuery, BoostQuery, Occur, Query, TermQuery};
use tantivy::schema::{Field, IndexRecordOption};
use tantivy::{Searcher, Term};

use super::article::Article;
use super::index::{IndexError, Record, RegulationIndex};
use super::ranking::Ranker;
use super::ranking::features::{QuestionWords, names_another_party};
use super::tokenizer::{Spelling, terms};
use crate::question::Question;

/// So many of the articles that BM25 brings are looked at by the ranker.
pub const RANKED: usize = 60;

/// What an article loses, in the ranker's scores, when its title names another party than the question. The trees learn
/// this too seldom: 29 of the 1,424 development questions have such an article. Neutral for the others
/// (`docs/ranking.md`).
const OTHER_PARTY_PENALTY: f32 = 0.5;

/// Which records are looked for.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Kind {
    /// Articles of the law.
    Article,
    /// Guides to procedures.
    Procedure,
}

impl Kind {
    fn name(self) -> &'static str {
        match self {
            Kind::Article => "article",
            Kind::Procedure => "procedure",
        }
    }
}

/// What a search found.
#[derive(Debug, Clone, PartialEq)]
pub struct Hit {
    /// The record, whole.
    pub record: Record,
    /// The ranker's or BM25's, comparable within one question only.
    pub score: f32,
}

impl Hit {
    /// The article; null where a guide was found.
    pub fn article(&self) -> Option<&Article> {
        match &self.record {
            Record::Article(article) => Some(article),
            Record::Procedure(_) => None,
        }
    }
}

/// The weights of the fields.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct FieldWeights {
    /// Document title, article title and text in one field.
    pub whole: f32,
    /// The article's title once more; of a guide, its names.
    pub title: f32,
    /// A pair of syllables against a single one.
    pub pair: f32,
    /// Pairs of sound classes, asked of heard questions beside the spelling.
    pub phonetic: f32,
}

impl Default for FieldWeights {
    /// Chosen by `hoidap eval retrieval` on the development questions; the README has the figures.
    fn default() -> Self {
        Self { whole: 1.0, title: 0.2, pair: 0.85, phonetic: 0.4 }
    }
}

/// One view of the index, fit for several searches that must agree with one another.
pub struct Search<'a> {
    pub(super) index: &'a RegulationIndex,
    pub(super) searcher: Searcher,
    weights: FieldWeights,
}

impl RegulationIndex {
    /// Takes a view of the last commit.
    pub fn search(&self) -> Search<'_> {
        Search { index: self, searcher: self.searcher(), weights: FieldWeights::default() }
    }
}

impl Search<'_> {
    /// The best records for a question, best first. With `as_of`, articles that begin later are left out.
    /// Articles are put in order by the learnt [`Ranker`]; guides by BM25.
    pub fn find(
        &self,
        question: &Question,
        kind: Kind,
        limit: usize,
        as_of: Option<Date>,
    ) -> Result<Vec<Hit>, IndexError> {
        if kind == Kind::Procedure {
            return self.candidates(question, kind, limit, as_of);
        }
        let mut hits = self.candidates(question, kind, limit.max(RANKED), as_of)?;
        let features = self.features(question, &hits);
        let scores = Ranker::built_in().scores(question.text(), &features);
        for ((hit, score), row) in hits.iter_mut().zip(scores).zip(&features) {
            hit.score = score - if names_another_party(row) { OTHER_PARTY_PENALTY } else { 0.0 };
        }
        hits.sort_by(|a, b| b.score.total_cmp(&a.score));
        hits.truncate(limit);
        Ok(hits)
    }

    /// How the ranker looks at these articles, a row each.
    pub fn features(&self, question: &Question, hits: &[Hit]) -> Vec<Vec<f32>> {
        let spelling = match (question.was_heard(), question.is_folded()) {
            (true, _) => Spelling::Phonetic,
            (_, true) => Spelling::Folded,
            _ => Spelling::Exact,
        };
        let words = QuestionWords::new(question.text(), spelling, |term| {
            self.inverse_document_frequency(term, spelling)
        });
        let articles: Vec<(&Article, f32)> =
            hits.iter().filter_map(|hit| Some((hit.article()?, hit.score))).collect();
        words.features(&articles)
    }

    /// What shares most terms with a question, by BM25, best first.
    pub fn candidates(
        &self,
        question: &Question,
        kind: Kind,
        limit: usize,
        as_of: Option<Date>,
    ) -> Result<Vec<Hit>, IndexError> {
        let query = self.query(question, kind);
        // Articles of a later day are dropped after the search: ask for some more than are wanted.
        let wanted = TopDocs::with_limit(limit.max(1) * 2 + 8).order_by_score();
        let found = self.searcher.search(&query, &wanted).map_err(|e| IndexError::Search(e.to_string()))?;
        let mut hits = Vec::with_capacity(limit);
        for (score, address) in found {
            let record = self.index.record(&self.searcher, address)?;
            let too_early = |day| match &record {
                Record::Article(article) => article.in_force(day) == Some(false),
                Record::Procedure(_) => false,
            };
            if as_of.is_some_and(too_early) {
                continue;
            }
            hits.push(Hit { record, score });
            if hits.len() == limit {
                break;
            }
        }
        Ok(hits)
    }

    fn query(&self, question: &Question, kind: Kind) -> BooleanQuery {
        let fields = &self.index.fields;
        let mut clauses: Vec<(Occur, Box<dyn Query>)> = Vec::new();
        let mut ask = |words: &[String], field: Field, weight: f32| {
            let mut counts: HashMap<&str, f32> = HashMap::new();
            for word in words {
                *counts.entry(word).or_default() += if word.contains('_') { self.weights.pair } else { 1.0 };
            }
            for (word, count) in counts {
                let term = TermQuery::new(Term::from_field_text(field, word), IndexRecordOption::WithFreqs);
                clauses.push((Occur::Should, Box::new(BoostQuery::new(Box::new(term), weight * count))));
            }
        };
        let (spelling, whole, title) = if question.is_folded() {
            (Spelling::Folded, fields.whole_folded, fields.title_folded)
        } else {
            (Spelling::Exact, fields.whole, fields.title)
        };
        let words = terms(question.text(), spelling);
        ask(&words, whole, self.weights.whole);
        ask(&words, title, self.weights.title);
        if question.was_heard() {
            let mut sounds = terms(question.text(), Spelling::Phonetic);
            sounds.retain(|sound| sound.contains('_'));
            ask(&sounds, fields.whole_phonetic, self.weights.phonetic);
        }
        let kind = TermQuery::new(Term::from_field_text(fields.kind, kind.name()), IndexRecordOption::Basic);
        let any = BooleanQuery::new(clauses);
        BooleanQuery::new(vec![
            (Occur::Must, Box::new(any)),
            (Occur::Must, Box::new(BoostQuery::new(Box::new(kind), 0.0))),
        ])
    }

    /// How much a term tells: BM25's inverse document frequency over the texts, ln(1 + (N − n + ½)/(n + ½)).
    /// `term` is as [`terms`] gives it in that spelling.
    pub fn inverse_document_frequency(&self, term: &str, spelling: Spelling) -> f32 {
        let field = match spelling {
            Spelling::Exact => self.index.fields.whole,
            Spelling::Folded => self.index.fields.whole_folded,
            Spelling::Phonetic => self.index.fields.whole_phonetic,
        };
        let total = self.searcher.num_docs() as f32;
        let with_term = self.searcher.doc_freq(&Term::from_field_text(field, term)).unwrap_or(0) as f32;
        (1.0 + (total - with_term + 0.5).max(0.0) / (with_term + 0.5)).ln()
    }

    /// Every record, in no order, one after the other.
    pub fn all(&self) -> impl Iterator<Item = Result<Record, IndexError>> {
        self.searcher.segment_readers().iter().enumerate().flat_map(move |(segment, reader)| {
            reader
                .doc_ids_alive()
                .map(move |doc| {
                    let address = tantivy::DocAddress::new(segment as u32, doc);
                    self.index.record(&self.searcher, address)
                })
                .collect::<Vec<_>>()
        })
    }
}
