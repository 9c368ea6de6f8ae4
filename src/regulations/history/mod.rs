//! History: what the index held before, and when that changed. Nothing that was once in it is lost.
//!
//! `history.jsonl` beside the index is only ever added to: a line for each change, a line for each record that was
//! replaced or removed. How much of it counts stands in the payload of tantivy's commit, so one commit covers both: the
//! lines of a change that never came to its commit are not read, and the next change writes over them. The lines are
//! not records of the index itself because BM25 and the ranker count those: the past would change today's order.

pub(super) mod log;

use jiff::civil::Date;
use jiff::tz::TimeZone;
use jiff::{Timestamp, ZonedDateTime};
use serde::{Deserialize, Serialize};

use super::article::Article;
use super::index::{IndexError, Record, RegulationIndex};
use super::search::Search;
use super::versions::{order, version_on};
use log::{HISTORY_FILE, Line, LineKind};

/// What happened to an article, or to a document as a whole.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct ChangeEntry {
    /// When the service learnt it.
    pub time: Timestamp,
    /// The document's number, or `procedure#ID` for a guide.
    pub document: String,
    /// Null where all articles of the document came or went together, and for a guide.
    pub article: Option<String>,
    /// How many articles: 1, or those of the document; of a guide 0.
    pub articles: usize,
    /// What happened.
    pub change: ChangeKind,
    /// The article's heading; the document's or the guide's title.
    pub title: String,
}

/// The kinds of change.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum ChangeKind {
    /// Not there before.
    Added,
    /// Another wording, another day of force, or another wording beside the one that was there.
    Changed,
    /// No longer there.
    Removed,
}

/// A record that the index no longer holds in these words.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct Former {
    /// See [`Record::document_key`].
    pub document: String,
    /// Since when it was held; null where the index is older than its history.
    pub recorded_from: Option<Timestamp>,
    /// When it was replaced or removed.
    pub recorded_to: Timestamp,
    /// Whole.
    pub record: Record,
}

/// An article with the time in which the service held it in these words.
#[derive(Debug, Clone, PartialEq)]
pub struct RecordedArticle {
    /// Whole.
    pub article: Article,
    /// Null where the index is older than its history.
    pub recorded_from: Option<Timestamp>,
    /// Null while it is held.
    pub recorded_to: Option<Timestamp>,
}

impl RegulationIndex {
    /// How much of the history counts now.
    pub(super) fn history_bytes(&self) -> Result<u64, IndexError> {
        let metas = self
            .index
            .load_metas()
            .map_err(|e| IndexError::Damaged(self.folder().to_owned(), e.to_string()))?;
        Ok(log::history_bytes(metas.payload.as_deref()))
    }
}

impl Search<'_> {
    /// Every wording of an article that the service holds or has held, in the order in which it learnt them.
    pub fn article_history(
        &self,
        document_number: &str,
        article: &str,
    ) -> Result<Vec<RecordedArticle>, IndexError> {
        let bytes = self.index.history_bytes()?;
        let lines = self
            .index
            .history
            .of_document(bytes, document_number, LineKind::Former)
            .map_err(|e| self.unreadable(&e))?;
        let former = lines.into_iter().filter_map(|line| match line {
            Line::Former(former) => match former.record {
                Record::Article(article) => Some(RecordedArticle {
                    article,
                    recorded_from: former.recorded_from,
                    recorded_to: Some(former.recorded_to),
                }),
                Record::Procedure(_) | Record::Phrasing(_) => None,
            },
            Line::Change(_) => None,
        });
        let field = self.index.fields.document_number;
        let held = self.index.stored_under(&self.searcher, field, document_number)?;
        let held = held.into_iter().filter_map(|stored| match stored.record {
            Record::Article(article) => {
                Some(RecordedArticle { article, recorded_from: stored.recorded_from, recorded_to: None })
            }
            Record::Procedure(_) | Record::Phrasing(_) => None,
        });
        let mut all: Vec<_> = former.chain(held).filter(|row| row.article.number == article).collect();
        all.sort_by(|a, b| (a.recorded_from, order(&a.article)).cmp(&(b.recorded_from, order(&b.article))));
        Ok(all)
    }

    /// What the service held of an article at that moment: its wordings, the earliest in force first.
    pub fn article_versions_as_recorded(
        &self,
        document_number: &str,
        article: &str,
        moment: Timestamp,
    ) -> Result<Vec<Article>, IndexError> {
        let mut versions: Vec<Article> = self
            .article_history(document_number, article)?
            .into_iter()
            .filter(|row| row.recorded_from.is_none_or(|from| from <= moment))
            .filter(|row| row.recorded_to.is_none_or(|to| moment < to))
            .map(|row| row.article)
            .collect();
        versions.sort_by(|a, b| order(a).cmp(&order(b)));
        Ok(versions)
    }

    /// What the service would have shown at the end of `day_known` as the wording of that day; none where it did not
    /// hold the article then.
    pub fn article_as_recorded(
        &self,
        document_number: &str,
        article: &str,
        day_known: Date,
    ) -> Result<Option<Article>, IndexError> {
        let versions = self.article_versions_as_recorded(document_number, article, end_of_day(day_known))?;
        Ok(version_on(&versions, day_known).or(versions.first()).cloned())
    }

    /// The wording of an article on `day`: as the index has it, or, where all that it has begins later, the one that
    /// the service held before. None where there was none.
    pub fn wording_on(
        &self,
        document_number: &str,
        article: &str,
        day: Date,
    ) -> Result<Option<RecordedArticle>, IndexError> {
        let history = self.article_history(document_number, article)?;
        let (held, former): (Vec<_>, Vec<_>) = history.into_iter().partition(|row| row.recorded_to.is_none());
        let mut held: Vec<Article> = held.into_iter().map(|row| row.article).collect();
        held.sort_by(|a, b| order(a).cmp(&order(b)));
        if let Some(article) = version_on(&held, day) {
            let article = article.clone();
            return Ok(Some(RecordedArticle { article, recorded_from: None, recorded_to: None }));
        }
        let begun = |row: &RecordedArticle| row.article.effective_from.is_none_or(|from| from <= day);
        Ok(former.into_iter().filter(begun).max_by_key(|row| (row.article.effective_from, row.recorded_to)))
    }

    /// What happened to a document, or to one article of it, the latest first.
    pub fn document_changes(
        &self,
        document: &str,
        article: Option<&str>,
    ) -> Result<Vec<ChangeEntry>, IndexError> {
        let bytes = self.index.history_bytes()?;
        let lines = self
            .index
            .history
            .of_document(bytes, document, LineKind::Change)
            .map_err(|e| self.unreadable(&e))?;
        let mut changes = entries(lines);
        changes.retain(|entry| {
            let of_all = entry.article.is_none();
            article.is_none_or(|number| of_all || entry.article.as_deref() == Some(number))
        });
        changes.reverse();
        Ok(changes)
    }

    /// What happened since then to any document, the latest first, no more than `limit`.
    pub fn changes(&self, since: Option<Timestamp>, limit: usize) -> Result<Vec<ChangeEntry>, IndexError> {
        let bytes = self.index.history_bytes()?;
        let lines = self.index.history.latest(bytes, since, limit).map_err(|e| self.unreadable(&e))?;
        Ok(entries(lines))
    }

    fn unreadable(&self, error: &std::io::Error) -> IndexError {
        IndexError::Damaged(self.index.folder().to_owned(), format!("{HISTORY_FILE}: {error}"))
    }
}

fn entries(lines: Vec<Line>) -> Vec<ChangeEntry> {
    lines
        .into_iter()
        .filter_map(|line| match line {
            Line::Change(entry) => Some(entry),
            Line::Former(_) => None,
        })
        .collect()
}

/// The last moment of a day, where this machine stands.
fn end_of_day(day: Date) -> Timestamp {
    day.to_zoned_datetime(TimeZone::system())
        .and_then(|start: ZonedDateTime| start.end_of_day())
        .map_or(Timestamp::MAX, |end| end.timestamp())
}
