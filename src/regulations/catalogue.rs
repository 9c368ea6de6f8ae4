//! The documents of the index, counted once for each state of it.

use std::collections::BTreeMap;
use std::sync::{Arc, Mutex};

use jiff::civil::Date;
use serde::Serialize;
use tantivy::index::SegmentId;

use super::article::Article;
use super::index::{IndexError, Record, RegulationIndex};
use super::search::Search;
use super::versions::{order, version_on};

/// Every document and guide, by its number or name.
#[derive(Debug, Default)]
pub struct Catalogue {
    /// By number.
    pub documents: Vec<DocumentSummary>,
    /// By id.
    pub guides: Vec<GuideSummary>,
}

/// A document in a line.
#[derive(Debug, Clone)]
pub struct DocumentSummary {
    /// `45/2019/QH14`.
    pub number: String,
    /// `Bộ luật`; empty where unknown.
    pub kind: String,
    /// As the source gives it.
    pub title: String,
    /// As a citizen would say it.
    pub name: String,
    /// How many articles, each counted once.
    pub articles: usize,
    /// The first day in force of its first article, where that is known.
    pub effective_from: Option<Date>,
    /// The documents that took the place of articles of it, and of how many; the key is the number.
    pub replaced_by: BTreeMap<String, usize>,
    /// The days of force of its articles' wordings, and how many articles have the same.
    forces: Vec<(Vec<Article>, usize)>,
}

/// A guide in a line.
#[derive(Debug, Clone)]
pub struct GuideSummary {
    /// The name of its file.
    pub id: String,
    /// The procedure's official name.
    pub title: String,
}

/// What is known of a document's force on a day.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize)]
#[serde(rename_all = "snake_case")]
pub enum DocumentStatus {
    /// Every article is in force.
    InForce,
    /// Some articles are not.
    PartlyInForce,
    /// It begins later.
    NotYetInForce,
    /// It has ended.
    NoLongerInForce,
    /// The source does not say.
    Unknown,
}

impl DocumentStatus {
    /// In words, for a list.
    pub fn words(self) -> &'static str {
        match self {
            Self::InForce => "in force",
            Self::PartlyInForce => "partly in force",
            Self::NotYetInForce => "not yet in force",
            Self::NoLongerInForce => "no longer in force",
            Self::Unknown => "not known",
        }
    }
}

impl DocumentSummary {
    /// What is known of its force on `day`. An article of which nothing is known makes the whole unknown, unless some
    /// are known not to be in force.
    pub fn status(&self, day: Date) -> DocumentStatus {
        let (mut known, mut ended, mut later, mut unknown) = (0, 0, 0, 0);
        for (versions, articles) in &self.forces {
            match version_on(versions, day).map(|version| version.in_force(day)) {
                Some(Some(true)) => known += articles,
                Some(Some(false)) => ended += articles,
                Some(None) => unknown += articles,
                None => later += articles,
            }
        }
        match (known + unknown, ended, later) {
            (0, 0, _) => DocumentStatus::NotYetInForce,
            (0, ..) => DocumentStatus::NoLongerInForce,
            (_, 0, 0) if unknown == 0 => DocumentStatus::InForce,
            (_, 0, 0) => DocumentStatus::Unknown,
            _ => DocumentStatus::PartlyInForce,
        }
    }
}

/// What the segments of an index are, and how much is deleted in each: the same for the same content.
type Generation = BTreeMap<SegmentId, Option<u64>>;

/// The last catalogue that was made.
#[derive(Default)]
pub(super) struct CatalogueCache(Mutex<Option<(Generation, Arc<Catalogue>)>>);

impl RegulationIndex {
    /// The documents of the last commit; see [`Search::catalogue`].
    pub fn catalogue(&self) -> Result<Arc<Catalogue>, IndexError> {
        self.search().catalogue()
    }
}

impl Search<'_> {
    /// The documents of this view. The first call after a commit reads every record (about a second for a hundred
    /// thousand), the others none.
    pub fn catalogue(&self) -> Result<Arc<Catalogue>, IndexError> {
        let mut last = self.index.catalogue.0.lock().unwrap_or_else(|poisoned| poisoned.into_inner());
        let generation = self.searcher.generation().segments().clone();
        if let Some((of, catalogue)) = &*last
            && *of == generation
        {
            return Ok(catalogue.clone());
        }
        let mut documents: BTreeMap<String, Vec<Article>> = BTreeMap::new();
        let mut catalogue = Catalogue::default();
        for record in self.all() {
            match record? {
                Record::Article(article) => {
                    let light = Article { text: String::new(), title: String::new(), ..article };
                    documents.entry(light.document_number.clone()).or_default().push(light);
                }
                Record::Procedure(guide) => {
                    catalogue.guides.push(GuideSummary { id: guide.id, title: guide.title });
                }
                Record::Phrasing(_) => {}
            }
        }
        catalogue.guides.sort_by(|a, b| a.id.cmp(&b.id));
        catalogue.documents = documents.into_values().filter_map(summary).collect();
        let catalogue = Arc::new(catalogue);
        *last = Some((generation, catalogue.clone()));
        Ok(catalogue)
    }
}

fn summary(mut articles: Vec<Article>) -> Option<DocumentSummary> {
    articles.sort_by(|a, b| order(a).cmp(&order(b)));
    let mut forces: Vec<(Vec<Article>, usize)> = Vec::new();
    let mut count = 0;
    let mut replaced_by = BTreeMap::new();
    for versions in articles.chunk_by(|a, b| a.number == b.number) {
        count += 1;
        if let Some(by) = versions.iter().rev().find_map(|article| article.replaced_by.as_ref()) {
            *replaced_by.entry(by.clone()).or_default() += 1;
        }
        let days = |article: &Article| (article.effective_from, article.effective_to, article.confirmed_on);
        match forces.iter_mut().find(|(known, _)| known.iter().map(days).eq(versions.iter().map(days))) {
            Some((_, articles)) => *articles += 1,
            None => forces.push((versions.to_vec(), 1)),
        }
    }
    let first = articles.first()?;
    Some(DocumentSummary {
        number: first.document_number.clone(),
        kind: first.document_type.clone(),
        title: first.document_title.clone(),
        name: first.document_name(),
        articles: count,
        effective_from: articles.iter().filter_map(|article| article.effective_from).min(),
        replaced_by,
        forces,
    })
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::regulations::article::tests::sample;

    #[test]
    fn the_force_of_a_document_is_that_of_its_articles() {
        let day = Date::constant;
        let article = |number: &str, to: Option<Date>, confirmed: Option<Date>| Article {
            effective_to: to,
            confirmed_on: confirmed,
            ..sample(number, "", "")
        };
        let status = |articles: &[Article], on| summary(articles.to_vec()).unwrap().status(on);
        let unknown = [article("1", None, None)];
        assert_eq!(status(&unknown, day(2020, 1, 1)), DocumentStatus::NotYetInForce);
        assert_eq!(status(&unknown, day(2024, 1, 1)), DocumentStatus::Unknown);
        let confirmed =
            [article("1", None, Some(day(2026, 1, 1))), article("2", None, Some(day(2026, 1, 1)))];
        assert_eq!(status(&confirmed, day(2024, 1, 1)), DocumentStatus::InForce);
        let partly = [article("1", Some(day(2025, 1, 1)), None), article("2", None, None)];
        assert_eq!(status(&partly, day(2025, 1, 1)), DocumentStatus::PartlyInForce);
        assert_eq!(status(&partly[..1], day(2025, 1, 1)), DocumentStatus::NoLongerInForce);
    }
}
