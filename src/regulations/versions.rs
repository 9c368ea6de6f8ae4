//! Versions: an article that was amended stands in the index once for each of its wordings, and a question about a
//! day is a question about one of them.

use jiff::civil::Date;
use tantivy::Term;
use tantivy::collector::{Count, DocSetCollector};
use tantivy::query::TermQuery;
use tantivy::schema::{Field, IndexRecordOption};
use tantivy::{DocAddress, Searcher};

use super::article::{Article, article_key};
use super::index::{IndexError, Record, RegulationIndex, Stored};
use super::search::Search;

impl RegulationIndex {
    /// Every record with this value in one of the fields that are kept as they are, in the order of the index.
    pub(super) fn stored_under(
        &self,
        searcher: &Searcher,
        field: Field,
        value: &str,
    ) -> Result<Vec<Stored>, IndexError> {
        let query = TermQuery::new(Term::from_field_text(field, value), IndexRecordOption::Basic);
        let found =
            searcher.search(&query, &DocSetCollector).map_err(|e| IndexError::Search(e.to_string()))?;
        let mut addresses: Vec<DocAddress> = found.into_iter().collect();
        addresses.sort_unstable();
        addresses.into_iter().map(|address| self.stored(searcher, address)).collect()
    }
}

impl Search<'_> {
    /// Whether the index holds any article of this document.
    pub fn holds(&self, document_number: &str) -> Result<bool, IndexError> {
        let term = Term::from_field_text(self.index.fields.document_number, document_number);
        let found = self.searcher.search(&TermQuery::new(term, IndexRecordOption::Basic), &Count);
        Ok(found.map_err(|e| IndexError::Search(e.to_string()))? > 0)
    }

    /// One article by its document and number, as it stands today.
    pub fn article(&self, document_number: &str, article: &str) -> Result<Option<Article>, IndexError> {
        self.article_as_of(document_number, article, jiff::ZonedDateTime::now().date())
    }

    /// The wording of an article that is in force on `day`; else the latest that began before it; else the earliest.
    pub fn article_as_of(
        &self,
        document_number: &str,
        article: &str,
        day: Date,
    ) -> Result<Option<Article>, IndexError> {
        let versions = self.article_versions(document_number, article)?;
        Ok(version_on(&versions, day).or(versions.first()).cloned())
    }

    /// Every wording of an article that the index holds, the earliest first; what has no first day stands in front.
    pub fn article_versions(&self, document_number: &str, article: &str) -> Result<Vec<Article>, IndexError> {
        let key = article_key(document_number, article);
        let found = self.index.stored_under(&self.searcher, self.index.fields.key, &key)?;
        Ok(in_order(found))
    }

    /// Every wording of every article of a document: by number, then the earliest first.
    pub fn document(&self, document_number: &str) -> Result<Vec<Article>, IndexError> {
        let field = self.index.fields.document_number;
        Ok(in_order(self.index.stored_under(&self.searcher, field, document_number)?))
    }

    /// The articles of a document as they stand on `day`, by number. An article that begins later is among them only
    /// where `also_later` asks for it.
    pub fn document_as_of(
        &self,
        document_number: &str,
        day: Date,
        also_later: bool,
    ) -> Result<Vec<Article>, IndexError> {
        let versions = self.document(document_number)?;
        Ok(versions
            .chunk_by(|a, b| a.number == b.number)
            .filter_map(|versions| {
                version_on(versions, day).or(versions.first().filter(|_| also_later)).cloned()
            })
            .collect())
    }
}

/// Of the wordings of one article, in order, the one in force on `day`, else the latest that began before it; none
/// where all begin later.
pub fn version_on(versions: &[Article], day: Date) -> Option<&Article> {
    let begun = |article: &&Article| article.effective_from.is_none_or(|from| from <= day);
    versions
        .iter()
        .rev()
        .find(|article| begun(article) && article.in_force(day) != Some(false))
        .or_else(|| versions.iter().rev().find(begun))
}

/// Where one wording follows another, it ends when the other begins, unless its end is known.
pub(super) fn close_versions(versions: &mut [Article]) {
    versions.sort_by(|a, b| order(a).cmp(&order(b)));
    for next in 1..versions.len() {
        let (before, after) = versions.split_at_mut(next);
        if let (Some(earlier), Some(later)) = (before.last_mut(), after.first())
            && earlier.number == later.number
            && earlier.effective_to.is_none()
        {
            earlier.effective_to = later.effective_from;
        }
    }
}

fn in_order(found: Vec<Stored>) -> Vec<Article> {
    let mut articles: Vec<Article> = found
        .into_iter()
        .filter_map(|stored| match stored.record {
            Record::Article(article) => Some(article),
            Record::Procedure(_) | Record::Phrasing(_) => None,
        })
        .collect();
    articles.sort_by(|a, b| order(a).cmp(&order(b)));
    articles
}

/// By number (`2`, `2a`, `10`), then by the first day in force.
pub(super) fn order(article: &Article) -> (u32, &str, Option<Date>) {
    let number = &article.number;
    let value = number.trim_end_matches(|c: char| !c.is_ascii_digit()).parse().unwrap_or(u32::MAX);
    (value, number, article.effective_from)
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::regulations::article::tests::sample;

    fn version(number: &str, from: Option<Date>, text: &str) -> Article {
        Article { effective_from: from, ..sample(number, "", text) }
    }

    #[test]
    fn a_day_has_one_wording() {
        let day = Date::constant;
        let mut versions = vec![
            version("1", Some(day(2025, 7, 1)), "mới"),
            version("1", Some(day(2021, 1, 1)), "cũ"),
            version("2", Some(day(2021, 1, 1)), "khác"),
        ];
        close_versions(&mut versions);
        assert_eq!(versions[0].effective_to, Some(day(2025, 7, 1)));
        assert_eq!((versions[1].effective_to, versions[2].effective_to), (None, None));
        let text = |on| version_on(&versions[..2], on).map(|article| article.text.as_str());
        assert_eq!(text(day(2020, 1, 1)), None);
        assert_eq!(text(day(2025, 6, 30)), Some("cũ"));
        assert_eq!(text(day(2025, 7, 1)), Some("mới"));
        // A wording that has ended without another is still the last that there was.
        versions[1].effective_to = Some(day(2026, 1, 1));
        assert_eq!(version_on(&versions[..2], day(2026, 5, 1)).unwrap().text, "mới");
    }

    #[test]
    fn articles_stand_in_the_order_of_their_numbers() {
        let mut articles: Vec<Article> =
            ["10", "2a", "2", "1"].iter().map(|number| version(number, None, "")).collect();
        articles.sort_by(|a, b| order(a).cmp(&order(b)));
        let numbers: Vec<&str> = articles.iter().map(|article| article.number.as_str()).collect();
        assert_eq!(numbers, ["1", "2", "2a", "10"]);
    }
}
