//! Finding: a question's terms against the headings and the texts of the index.
//!
//! BM25 (Robertson and Zaragoza, 2009; tantivy's k1 = 1.2, b = 0.75), summed over the fields, each with a weight, brings
//! the candidates; [`super::ranking`] puts the articles among them in order. A question typed without diacritics is
//! asked of the folded fields, any other of the exact ones, and one that was heard also of the sounds, for its words
//! may be others than those said.

use std::collections::{HashMap, HashSet};
use std::sync::{Arc, Mutex, PoisonError};

use jiff::civil::Date;
use tantivy::collector::{DocSetCollector, TopDocs};
use tantivy::query::{BooleanQuery, BoostQuery, EnableScoring, Occur, Query, TermQuery};
use tantivy::schema::{Field, IndexRecordOption};
use tantivy::{DocAddress, DocSet, Searcher, Term};

use super::article::Article;
use super::index::{IndexError, Record, RegulationIndex};
use super::ranking::Ranker;
use super::ranking::features::{QuestionWords, Row, features, names_another_party};
use super::ranking::phrases::{Nearness, PreparedPhrasings};
use super::ranking::prepared::Prepared;
use super::ranking::units::Units;
use super::tokenizer::{Spelling, terms};
use crate::question::Question;

/// So many of the articles that BM25 brings are looked at by the ranker.
const CANDIDATES: usize = 100;

/// And so many of those that it brings for the same question in the law's words, where it was asked in others.
const LEGAL_CANDIDATES: usize = 50;

/// And the articles of so many of the nearest phrasings.
const PHRASINGS: usize = 30;

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
    /// How citizens ask for articles.
    Phrasing,
}

impl Kind {
    fn name(self) -> &'static str {
        match self {
            Kind::Article => "article",
            Kind::Procedure => "procedure",
            Kind::Phrasing => "phrasing",
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
    /// How near the phrases come in which citizens are known to ask for it.
    pub near: Nearness,
    /// Whether it counts what the question wants counted: 1, or −1; 0 where nothing is to be counted.
    pub counts: f32,
}

impl Hit {
    /// The article; null where a guide was found.
    pub fn article(&self) -> Option<&Article> {
        match &self.record {
            Record::Article(article) => Some(article),
            Record::Procedure(_) | Record::Phrasing(_) => None,
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

/// How the words of a question are compared with those of the law.
fn spelling(question: &Question) -> Spelling {
    match (question.was_heard(), question.is_folded()) {
        (true, _) => Spelling::Phonetic,
        (_, true) => Spelling::Folded,
        _ => Spelling::Exact,
    }
}

/// One view of the index, fit for several searches that must agree with one another.
pub struct Search<'a> {
    pub(super) index: &'a RegulationIndex,
    pub(super) searcher: Searcher,
    weights: FieldWeights,
    measured_as: Option<String>,
    /// Keys of articles whose phrasings are passed over.
    hidden: HashSet<String>,
    /// Inverse document frequencies that were asked for, by the spelling's number: a question asks for the same again.
    frequencies: Mutex<[HashMap<String, f32>; 3]>,
}

impl RegulationIndex {
    /// Takes a view of the last commit.
    pub fn search(&self) -> Search<'_> {
        Search {
            index: self,
            searcher: self.searcher(),
            weights: FieldWeights::default(),
            measured_as: None,
            hidden: HashSet::new(),
            frequencies: Mutex::default(),
        }
    }
}

impl Search<'_> {
    /// For measuring: the questions asked are variants of this one, so the ranker may not use what it learnt from it.
    pub fn measured_as(self, question: &str) -> Self {
        Self { measured_as: Some(question.to_owned()), ..self }
    }

    /// For learning: as if nobody had written down how citizens ask for these articles, so that the ranker does not come
    /// to rely on it.
    pub fn without_phrasings_of(self, article_keys: impl IntoIterator<Item = String>) -> Self {
        Self { hidden: article_keys.into_iter().collect(), ..self }
    }

    /// The best records for a question, best first. With `as_of`, articles that begin later are left out.
    /// Articles are put in order by the learnt [`Ranker`]; guides by BM25.
    pub fn find(
        &self,
        question: &Question,
        kind: Kind,
        limit: usize,
        as_of: Option<Date>,
    ) -> Result<Vec<Hit>, IndexError> {
        match kind {
            Kind::Article => self.articles(question, limit, as_of),
            Kind::Procedure | Kind::Phrasing => self.by_terms(question, kind, limit),
        }
    }

    fn articles(
        &self,
        question: &Question,
        limit: usize,
        as_of: Option<Date>,
    ) -> Result<Vec<Hit>, IndexError> {
        let candidates = self.candidates(question, as_of)?;
        let rows = self.features(question, &candidates)?;
        let known_as = self.measured_as.as_deref().unwrap_or(question.text());
        let scores = Ranker::built_in().scores(known_as, &rows);
        let mut hits: Vec<(f32, &Prepared)> = candidates
            .iter()
            .zip(scores.into_iter().zip(&rows))
            .map(|((candidate, _), (score, row))| {
                let penalty = if names_another_party(row) { OTHER_PARTY_PENALTY } else { 0.0 };
                (score - penalty, &**candidate)
            })
            .collect();
        hits.sort_by(|a, b| b.0.total_cmp(&a.0));
        hits.truncate(limit);
        let wanted = Units::wanted_by(question.written_out());
        let near = self.nearness(question, hits.iter().map(|(_, candidate)| *candidate))?;
        let hit = |((score, candidate), near): ((f32, &Prepared), Nearness)| Hit {
            record: Record::Article((*candidate.article).clone()),
            score,
            near,
            counts: wanted.held_by(candidate.counted()),
        };
        Ok(hits.into_iter().zip(near).map(hit).collect())
    }

    /// The articles that share most terms with a question, with their BM25 scores, best first.
    pub fn candidates(
        &self,
        question: &Question,
        as_of: Option<Date>,
    ) -> Result<Vec<(Arc<Prepared>, f32)>, IndexError> {
        let mut found = self.top(question, Kind::Article, CANDIDATES)?;
        let mut others = self.asked_like(question, PHRASINGS)?;
        if let Some(legal) = question.in_legal_terms() {
            let legal_candidates = self.top(&legal, Kind::Article, LEGAL_CANDIDATES)?;
            others.extend(legal_candidates.into_iter().map(|(_, address)| address));
            others.extend(self.asked_like(&legal, PHRASINGS)?);
        }
        let known: HashSet<DocAddress> = found.iter().map(|(_, address)| *address).collect();
        others.retain(|address| !known.contains(address));
        found.extend(self.scores(question, others)?);
        found.sort_by(|a, b| b.0.total_cmp(&a.0).then(a.1.cmp(&b.1)));
        let mut candidates = Vec::with_capacity(found.len());
        for (score, address) in found {
            let Some(article) = self.index.prepared(&self.searcher, address)? else { continue };
            if as_of.is_none_or(|day| article.article.in_force(day) != Some(false)) {
                candidates.push((article, score));
            }
        }
        Ok(candidates)
    }

    fn phrasings(&self) -> Result<Arc<PreparedPhrasings>, IndexError> {
        let all = self.index.phrasings(&self.searcher)?;
        Ok(if self.hidden.is_empty() { all } else { Arc::new(all.without(&self.hidden)) })
    }

    /// How the ranker looks at these articles, a row each.
    pub fn features(
        &self,
        question: &Question,
        candidates: &[(Arc<Prepared>, f32)],
    ) -> Result<Vec<Row>, IndexError> {
        let phrasings = self.phrasings()?;
        let spelling = spelling(question);
        let vocabulary = self.index.vocabulary();
        let weight = |term: &str| self.inverse_document_frequency(term, spelling);
        let words = |question: &Question| {
            QuestionWords::new(question.written_out(), spelling, &vocabulary, &phrasings, weight)
        };
        let legal = question.in_legal_terms();
        let candidates: Vec<(&Prepared, f32)> = candidates.iter().map(|(c, score)| (&**c, *score)).collect();
        Ok(features(&words(question), legal.as_ref().map(words).as_ref(), &candidates))
    }

    /// Where the articles lie that citizens ask for in phrases like this question, the nearest phrases first.
    fn asked_like(&self, question: &Question, limit: usize) -> Result<Vec<DocAddress>, IndexError> {
        let mut keys: Vec<(Occur, Box<dyn Query>)> = Vec::new();
        for (_, address) in self.top(question, Kind::Phrasing, limit)? {
            if let Record::Phrasing(phrasing) = self.index.record(&self.searcher, address)?
                && !self.hidden.contains(&phrasing.article_key())
            {
                let key = Term::from_field_text(self.index.fields.key, &phrasing.article_key());
                keys.push((Occur::Should, Box::new(TermQuery::new(key, IndexRecordOption::Basic))));
            }
        }
        if keys.is_empty() {
            return Ok(vec![]);
        }
        let found = self.searcher.search(&BooleanQuery::new(keys), &DocSetCollector);
        Ok(found.map_err(|e| IndexError::Search(e.to_string()))?.into_iter().collect())
    }

    /// The BM25 scores of articles that other ways than BM25 have brought; 0 where it finds nothing in them.
    fn scores(
        &self,
        question: &Question,
        mut addresses: Vec<DocAddress>,
    ) -> Result<Vec<(f32, DocAddress)>, IndexError> {
        let failed = |e: tantivy::TantivyError| IndexError::Search(e.to_string());
        addresses.sort_unstable();
        addresses.dedup();
        let scoring = EnableScoring::enabled_from_searcher(&self.searcher);
        let weight = self.query(question, Kind::Article).weight(scoring).map_err(failed)?;
        let mut scored = Vec::with_capacity(addresses.len());
        for of_segment in addresses.chunk_by(|a, b| a.segment_ord == b.segment_ord) {
            let segment = self.searcher.segment_reader(of_segment[0].segment_ord);
            let mut scorer = weight.scorer(segment, 1.0).map_err(failed)?;
            for &address in of_segment {
                let at =
                    if scorer.doc() < address.doc_id { scorer.seek(address.doc_id) } else { scorer.doc() };
                scored.push((if at == address.doc_id { scorer.score() } else { 0.0 }, address));
            }
        }
        Ok(scored)
    }

    /// How near the phrases for these articles come to the question as it was asked, or in the law's words if nearer.
    fn nearness<'p>(
        &self,
        question: &Question,
        articles: impl Iterator<Item = &'p Prepared> + Clone,
    ) -> Result<Vec<Nearness>, IndexError> {
        let phrasings = self.phrasings()?;
        let spelling = spelling(question);
        let vocabulary = self.index.vocabulary();
        let weight = |term: &str| self.inverse_document_frequency(term, spelling);
        let of = |question: &Question| -> Vec<Nearness> {
            let words = QuestionWords::new(question.written_out(), spelling, &vocabulary, &phrasings, weight);
            articles.clone().map(|candidate| words.nearness(&candidate.article.key())).collect()
        };
        let mut near = of(question);
        if let Some(legal) = question.in_legal_terms() {
            for (asked, legal) in near.iter_mut().zip(of(&legal)) {
                if legal.word_share + legal.pair_share > asked.word_share + asked.pair_share {
                    *asked = legal;
                }
            }
        }
        Ok(near)
    }

    fn by_terms(&self, question: &Question, kind: Kind, limit: usize) -> Result<Vec<Hit>, IndexError> {
        let found = self.top(question, kind, limit.max(1))?;
        found
            .into_iter()
            .map(|(score, address)| {
                let record = self.index.record(&self.searcher, address)?;
                Ok(Hit { record, score, near: Nearness::default(), counts: 0.0 })
            })
            .collect()
    }

    fn top(
        &self,
        question: &Question,
        kind: Kind,
        limit: usize,
    ) -> Result<Vec<(f32, DocAddress)>, IndexError> {
        self.searcher
            .search(&self.query(question, kind), &TopDocs::with_limit(limit).order_by_score())
            .map_err(|e| IndexError::Search(e.to_string()))
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
        let words = terms(question.written_out(), spelling);
        ask(&words, whole, self.weights.whole);
        ask(&words, title, self.weights.title);
        if question.was_heard() {
            let mut sounds = terms(question.written_out(), Spelling::Phonetic);
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
        let mut known = self.frequencies.lock().unwrap_or_else(PoisonError::into_inner);
        if let Some(frequency) = known[spelling as usize].get(term) {
            return *frequency;
        }
        let field = match spelling {
            Spelling::Exact => self.index.fields.whole,
            Spelling::Folded => self.index.fields.whole_folded,
            Spelling::Phonetic => self.index.fields.whole_phonetic,
        };
        let total = self.searcher.num_docs() as f32;
        let with_term = self.searcher.doc_freq(&Term::from_field_text(field, term)).unwrap_or(0) as f32;
        let frequency = (1.0 + (total - with_term + 0.5).max(0.0) / (with_term + 0.5)).ln();
        known[spelling as usize].insert(term.to_owned(), frequency);
        frequency
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
