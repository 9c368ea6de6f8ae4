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
use super::asked::Asked;
use super::index::{IndexError, Record, RegulationIndex};
use super::ranking::Ranker;
use super::ranking::beside::names_another_party;
use super::ranking::phrases::Nearness;
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

/// A term with a lower inverse document frequency, which stands in more than half of the texts, is not looked for.
const MIN_TELLING: f32 = 0.6;

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
    /// Under this name the index knows it.
    pub(super) fn name(self) -> &'static str {
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

/// Of an article that is there in several wordings, the newest alone.
fn keep_newest(candidates: &mut Vec<(Arc<Prepared>, f32)>) {
    let mut newest: HashMap<String, Option<Date>> = HashMap::new();
    for (candidate, _) in candidates.iter() {
        let begin = newest.entry(candidate.article.key()).or_default();
        *begin = (*begin).max(candidate.article.effective_from);
    }
    candidates.retain(|(candidate, _)| newest[&candidate.article.key()] == candidate.article.effective_from);
}

/// One view of the index, fit for several searches that must agree with one another.
pub struct Search<'a> {
    pub(super) index: &'a RegulationIndex,
    pub(super) searcher: Searcher,
    weights: FieldWeights,
    measured_as: Option<String>,
    /// Keys of articles whose phrasings are passed over.
    pub(super) hidden: HashSet<String>,
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
        let asked = Asked::new(question);
        let candidates = self.candidates(&asked, as_of)?;
        let known_as = self.measured_as.as_deref().unwrap_or(question.text());
        self.with_words(&asked, |words| {
            let rows = words.features(&candidates);
            let scores = Ranker::built_in().scores(known_as, &rows);
            let mut scored: Vec<(f32, &Prepared)> = candidates
                .iter()
                .zip(scores.into_iter().zip(&rows))
                .map(|((candidate, _), (score, row))| {
                    let penalty = if names_another_party(row) { OTHER_PARTY_PENALTY } else { 0.0 };
                    (score - penalty, &**candidate)
                })
                .collect();
            scored.sort_by(|a, b| b.0.total_cmp(&a.0));
            scored.truncate(limit);
            let wanted = Units::wanted_by(question.written_out());
            let hit = |(score, candidate): (f32, &Prepared)| Hit {
                record: Record::Article((*candidate.article).clone()),
                score,
                near: words.nearness(&candidate.article.key()),
                counts: wanted.held_by(candidate.counted()),
            };
            scored.into_iter().map(hit).collect()
        })
    }

    /// The articles that share most terms with a question, with their BM25 scores, best first.
    pub fn candidates(
        &self,
        asked: &Asked<'_>,
        as_of: Option<Date>,
    ) -> Result<Vec<(Arc<Prepared>, f32)>, IndexError> {
        let question = asked.question;
        let mut found = self.top(question, Kind::Article, CANDIDATES)?;
        let mut others = self.asked_like(question, PHRASINGS)?;
        if let Some(legal) = &asked.legal {
            let legal_candidates = self.top(legal, Kind::Article, LEGAL_CANDIDATES)?;
            others.extend(legal_candidates.into_iter().map(|(_, address)| address));
            others.extend(self.asked_like(legal, PHRASINGS)?);
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
        if as_of.is_none() {
            keep_newest(&mut candidates);
        }
        Ok(candidates)
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
        let fields = self.index.fields.texts(kind);
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
        let telling = self.telling(&words, spelling);
        ask(&telling, whole, self.weights.whole);
        ask(&words, title, self.weights.title);
        if question.was_heard() {
            let mut sounds = terms(question.written_out(), Spelling::Phonetic);
            sounds.retain(|sound| sound.contains('_'));
            ask(&sounds, fields.whole_phonetic, self.weights.phonetic);
        }
        // The kind is in what these fields hold already. Asked for as well, it has the scores of all articles that hold
        // a term summed document by document; without it tantivy leaps over what cannot be among the best (block-max
        // WAND), which over thirty terms takes twice as long.
        let kind = Term::from_field_text(self.index.fields.kind, kind.name());
        let kind = TermQuery::new(kind, IndexRecordOption::Basic);
        BooleanQuery::new(vec![
            (Occur::Must, Box::new(BooleanQuery::new(clauses))),
            (Occur::Must, Box::new(BoostQuery::new(Box::new(kind), 0.0))),
        ])
    }

    /// The terms without those that stand in most texts: they take the longest to add up, and tell next to nothing. All of
    /// them where there are no others.
    fn telling(&self, words: &[String], spelling: Spelling) -> Vec<String> {
        let tells = |word: &&String| self.inverse_document_frequency(word, spelling) >= MIN_TELLING;
        let telling: Vec<String> = words.iter().filter(tells).cloned().collect();
        if telling.is_empty() { words.to_vec() } else { telling }
    }

    /// How much a term tells: BM25's inverse document frequency over the texts, ln(1 + (N − n + ½)/(n + ½)).
    /// `term` is as [`terms`] gives it in that spelling.
    pub fn inverse_document_frequency(&self, term: &str, spelling: Spelling) -> f32 {
        let mut known = self.frequencies.lock().unwrap_or_else(PoisonError::into_inner);
        if let Some(frequency) = known[spelling as usize].get(term) {
            return *frequency;
        }
        let fields = self.index.fields.texts(Kind::Article);
        let field = match spelling {
            Spelling::Exact => fields.whole,
            Spelling::Folded => fields.whole_folded,
            Spelling::Phonetic => fields.whole_phonetic,
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
