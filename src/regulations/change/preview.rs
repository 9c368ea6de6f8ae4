//! What a change would do, told before it is made: the counts, and both wordings of the articles that would differ.

use super::super::compare::{compare, same_records};
use super::super::index::{IndexError, Record, Stored};
use super::{Change, ChangeReport};
use crate::regulations::Article;
use jiff::Timestamp;

/// An article that would have another wording, come or go.
#[derive(Debug, Clone, PartialEq)]
pub struct Difference {
    /// As the index holds it; null for one that would be new.
    pub former: Option<Article>,
    /// As it would be; null for one that would go.
    pub latter: Option<Article>,
}

impl Change {
    /// What the commit would do, and no more than `limit` articles that would differ, those with another wording before
    /// those that come or go. Nothing is changed.
    ///
    /// # Errors
    /// Where the index cannot be read.
    pub fn preview(mut self, limit: usize) -> Result<(ChangeReport, Vec<Difference>), IndexError> {
        use std::io::Write;
        let failed = |e: std::io::Error| IndexError::Write(e.to_string());
        self.gathered.flush().map_err(failed)?;
        let now = Timestamp::now();
        let mut report = ChangeReport::default();
        let (mut changed, mut others) = (Vec::new(), Vec::new());
        for key in std::mem::take(&mut self.order) {
            let new = self.gathered_records(&key)?;
            let field = self.index.fields.document_number;
            let old = self.index.stored_under(&self.before, field, &key)?;
            if same_records(&old, &new) {
                report.same += 1;
                continue;
            }
            let rows = compare(&key, &old, new, now);
            report.tell(&key, rows.counts);
            for difference in differences(&old, &rows.new) {
                let is_change = difference.former.is_some() && difference.latter.is_some();
                let list = if is_change { &mut changed } else { &mut others };
                if list.len() < limit {
                    list.push(difference);
                }
            }
        }
        changed.extend(others);
        changed.truncate(limit);
        Ok((report, changed))
    }
}

/// Each article of a document that differs, by the last of its wordings that does.
fn differences(old: &[Stored], new: &[Stored]) -> Vec<Difference> {
    let (old, new) = (articles(old), articles(new));
    let mut numbers: Vec<&str> = Vec::new();
    for article in new.iter().chain(&old) {
        if !numbers.contains(&article.number.as_str()) {
            numbers.push(&article.number);
        }
    }
    let last_but = |side: &[&Article], number: &str, other: &[&Article]| {
        let of_number: Vec<&Article> =
            side.iter().copied().filter(|article| article.number == number).collect();
        let differs = |article: &&&Article| !other.iter().any(|held| is_same(held, article));
        of_number.iter().rev().find(differs).or(of_number.last()).map(|article| (*article).clone())
    };
    let difference = |number: &str| {
        let (former, latter) = (last_but(&old, number, &new), last_but(&new, number, &old));
        match (&former, &latter) {
            (Some(a), Some(b)) if is_same(a, b) => None,
            _ => Some(Difference { former, latter }),
        }
    };
    numbers.into_iter().filter_map(difference).collect()
}

fn articles<'a>(stored: &'a [Stored]) -> Vec<&'a Article> {
    let article = |stored: &'a Stored| match &stored.record {
        Record::Article(article) => Some(article),
        Record::Procedure(_) | Record::Phrasing(_) => None,
    };
    let mut articles: Vec<&Article> = stored.iter().filter_map(article).collect();
    articles.sort_by_key(|article| (article.position, article.effective_from));
    articles
}

/// Whether two wordings say the same and hold on the same days.
fn is_same(a: &Article, b: &Article) -> bool {
    a.number == b.number
        && a.title == b.title
        && a.text == b.text
        && (a.effective_from, a.effective_to) == (b.effective_from, b.effective_to)
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::regulations::article::tests::{index_of, sample};

    #[test]
    fn a_preview_tells_what_would_change_and_changes_nothing() {
        let (_folder, index) = index_of(&[sample("1", "Một", "Cũ."), sample("2", "Hai", "Như cũ.")]);
        let mut change = index.change().unwrap();
        for article in [sample("1", "Một", "Mới."), sample("2", "Hai", "Như cũ."), sample("3", "Ba", "Thêm.")]
        {
            change.add(&Record::Article(article)).unwrap();
        }
        let (report, differences) = change.preview(10).unwrap();
        assert_eq!((report.added, report.changed, report.removed), (1, 1, 0));
        let texts: Vec<_> = differences
            .iter()
            .map(|d| (d.former.as_ref().map(|a| a.text.as_str()), d.latter.as_ref().map(|a| a.text.as_str())))
            .collect();
        assert_eq!(texts, [(Some("Cũ."), Some("Mới.")), (None, Some("Thêm."))]);
        let number = &differences[0].latter.as_ref().unwrap().document_number;
        assert_eq!(index.search().article(number, "1").unwrap().unwrap().text, "Cũ.");
        // The lock is free again.
        drop(index.change().unwrap());
    }
}
