//! The documents that are held, by number: their kind, title, first day as the source gives it, and collections.

use std::collections::HashMap;

use jiff::civil::Date;

use super::number::{Kind, canonical_number, year_of};
use super::reference::Reference;
use super::titles::Titles;
use crate::regulations::Article;

/// One document that is held.
#[derive(Debug)]
pub(super) struct Document<'a> {
    pub number: &'a str,
    /// Of its articles; more than one where two documents share a number.
    pub kinds: Vec<Kind>,
    pub title: &'a str,
    pub articles: Vec<&'a Article>,
    /// The day of the newest codification that holds it.
    pub codified: Option<Date>,
}

impl Document<'_> {
    /// The kind, or [`Kind::Other`] where two documents share the number.
    pub fn kind(&self) -> Kind {
        match self.kinds[..] {
            [kind] => kind,
            _ => Kind::Other,
        }
    }

    /// The first day that the source gives: the one most of the articles have.
    pub fn source_day(&self) -> Option<Date> {
        let mut days: Vec<(Date, usize)> = Vec::new();
        for day in self.articles.iter().filter_map(|a| a.effective_from) {
            match days.iter_mut().find(|(known, _)| *known == day) {
                Some((_, count)) => *count += 1,
                None => days.push((day, 1)),
            }
        }
        days.into_iter().max_by_key(|(_, count)| *count).map(|(day, _)| day)
    }

    /// The year in the number, or else that of the first day.
    pub fn year(&self) -> Option<i16> {
        year_of(self.number).or_else(|| self.source_day().map(|day| day.year()))
    }
}

/// All documents that are held.
#[derive(Debug, Default)]
pub(super) struct Documents<'a> {
    pub all: Vec<Document<'a>>,
    by_number: HashMap<String, usize>,
    pub titles: Titles,
    /// The day of the newest codification of all.
    pub newest: Option<Date>,
}

impl<'a> Documents<'a> {
    /// Gathers the articles into documents.
    pub fn gather(articles: impl Iterator<Item = &'a Article>) -> Self {
        let mut documents = Self::default();
        let mut last: Option<(&str, usize)> = None;
        for article in articles {
            let at = match last {
                Some((number, at)) if number == article.document_number => at,
                _ => documents.place(article),
            };
            last = Some((&article.document_number, at));
            let document = &mut documents.all[at];
            let kind = Kind::of(&article.document_type);
            if !document.kinds.contains(&kind) {
                document.kinds.push(kind);
            }
            document.codified = document.codified.max(codification_day(&article.source));
            document.articles.push(article);
            documents.newest = documents.newest.max(document.codified);
        }
        for document in &documents.all {
            if document.kind().has_a_name()
                && let Some(year) = document.year()
            {
                documents.titles.add(
                    document.kind(),
                    document.title,
                    &canonical_number(document.number),
                    year,
                );
            }
        }
        documents
    }

    fn place(&mut self, article: &'a Article) -> usize {
        let next = self.all.len();
        let at = *self.by_number.entry(canonical_number(&article.document_number)).or_insert(next);
        if at == next {
            self.all.push(Document {
                number: &article.document_number,
                kinds: vec![],
                title: &article.document_title,
                articles: vec![],
                codified: None,
            });
        }
        at
    }

    /// The document of that canonical number.
    pub fn get(&self, canonical: &str) -> Option<&Document<'a>> {
        self.by_number.get(canonical).map(|at| &self.all[*at])
    }

    /// Whether a reference may mean a document: its kind must be the document's, and no other shares the number.
    pub fn fits(&self, canonical: &str, reference: &Reference) -> bool {
        self.get(canonical).is_none_or(|document| {
            document.kinds[..] == [reference.kind] || document.kinds[..] == [Kind::Other]
        })
    }
}

/// The month of the codification (Pháp điển) that a collection is: `phapdien-2026-01`.
pub fn codification_day(source: &str) -> Option<Date> {
    let (year, month) = source.strip_prefix("phapdien-")?.split_once('-')?;
    Date::new(year.parse().ok()?, month.parse().ok()?, 1).ok()
}
