//! What differs between the records of a document that the index holds and those that take their place.

use std::collections::{BTreeMap, HashMap};

use jiff::Timestamp;

use super::history::log::Line;
use super::history::{ChangeEntry, ChangeKind, Former};
use super::index::{Record, Stored};
use super::versions::close_versions;

/// Where an article has several wordings, each ends when the next begins.
pub(super) fn closed(records: Vec<Record>) -> Vec<Record> {
    let mut numbers: HashMap<&str, usize> = HashMap::new();
    for record in &records {
        if let Record::Article(article) = record {
            *numbers.entry(&article.number).or_default() += 1;
        }
    }
    if numbers.values().all(|&versions| versions == 1) {
        return records;
    }
    let (mut articles, mut others) = (Vec::new(), Vec::new());
    for record in records {
        match record {
            Record::Article(article) => articles.push(article),
            guide => others.push(guide),
        }
    }
    close_versions(&mut articles);
    articles.into_iter().map(Record::Article).chain(others).collect()
}

/// Whether nothing differs, not even what is no part of the law.
pub(super) fn same_records(old: &[Stored], new: &[Record]) -> bool {
    let by_key: HashMap<String, &Record> =
        old.iter().map(|stored| (stored.record.version_key(), &stored.record)).collect();
    old.len() == new.len() && new.iter().all(|record| by_key.get(&record.version_key()) == Some(&record))
}

/// Whether two records say the same law: where it was found, and until when it was confirmed, is no part of that.
fn same_law(a: &Record, b: &Record) -> bool {
    match (a, b) {
        (Record::Article(a), Record::Article(b)) => {
            a.title == b.title
                && a.text == b.text
                && (a.effective_from, a.effective_to) == (b.effective_from, b.effective_to)
                && a.replaced_by == b.replaced_by
                && a.repealed_parts == b.repealed_parts
        }
        (a, b) => a == b,
    }
}

/// What becomes of one document.
pub(super) struct Rows {
    pub new: Vec<Stored>,
    /// What goes into the history.
    pub history: Vec<Line>,
    /// Articles and guides added, changed, removed.
    pub counts: [usize; 3],
}

/// Sets the records of a document beside those that were there.
pub(super) fn compare(key: &str, old: &[Stored], new: Vec<Record>, now: Timestamp) -> Rows {
    let by_key: HashMap<String, &Stored> =
        old.iter().map(|stored| (stored.record.version_key(), stored)).collect();
    let new: Vec<Stored> = new
        .into_iter()
        .map(|record| match by_key.get(&record.version_key()) {
            Some(before) if same_law(&before.record, &record) => {
                Stored { record, recorded_from: before.recorded_from }
            }
            _ => Stored { record, recorded_from: Some(now) },
        })
        .collect();
    let kept: HashMap<String, &Record> =
        new.iter().map(|stored| (stored.record.version_key(), &stored.record)).collect();
    let is_kept = |stored: &&Stored| {
        kept.get(&stored.record.version_key()).is_some_and(|record| same_law(record, &stored.record))
    };
    let former = old.iter().filter(|stored| !is_kept(stored)).map(|stored| {
        Line::Former(Box::new(Former {
            document: key.to_owned(),
            recorded_from: stored.recorded_from,
            recorded_to: now,
            record: stored.record.clone(),
        }))
    });
    let mut history: Vec<Line> = former.collect();

    // By article: what was there, and what is there now.
    let mut articles: BTreeMap<&str, [Vec<&Stored>; 2]> = BTreeMap::new();
    for (side, rows) in [old, &new].into_iter().enumerate() {
        for stored in rows {
            articles.entry(number_of(&stored.record)).or_default()[side].push(stored);
        }
    }
    let mut counts = [0; 3];
    let mut entries = Vec::new();
    for (number, [before, after]) in &articles {
        let change = match (before.first(), after.first()) {
            (None, _) => ChangeKind::Added,
            (_, None) => ChangeKind::Removed,
            _ if before.len() == after.len() && before.iter().all(is_kept) => continue,
            _ => ChangeKind::Changed,
        };
        counts[change as usize] += 1;
        let Some(shown) = after.last().or(before.last()) else { continue };
        entries.push(ChangeEntry {
            time: now,
            document: key.to_owned(),
            article: (!number.is_empty()).then(|| (*number).to_owned()),
            articles: usize::from(!number.is_empty()),
            change,
            title: heading(&shown.record),
        });
    }
    // A document that came or went as a whole is one entry.
    let whole = match (old.first(), new.first()) {
        (None, Some(stored)) | (Some(stored), None) => Some(stored),
        _ => None,
    };
    if let (Some(Stored { record: Record::Article(article), .. }), Some(entry)) = (whole, entries.first()) {
        let title = match article.document_title.trim() {
            "" => article.document_name(),
            title => title.to_owned(),
        };
        entries = vec![ChangeEntry { article: None, articles: articles.len(), title, ..entry.clone() }];
    }
    history.extend(entries.into_iter().map(Line::Change));
    Rows { new, history, counts }
}

/// Empty for what is no article.
fn number_of(record: &Record) -> &str {
    match record {
        Record::Article(article) => &article.number,
        Record::Procedure(_) | Record::Phrasing(_) => "",
    }
}

fn heading(record: &Record) -> String {
    match record {
        Record::Article(article) => article.title.clone(),
        Record::Procedure(guide) => guide.title.clone(),
        Record::Phrasing(phrasing) => phrasing.article_key(),
    }
}

#[cfg(test)]
mod tests {
    use jiff::civil::Date;

    use super::*;
    use crate::regulations::article::Article;
    use crate::regulations::article::tests::sample;

    fn record(number: &str, from: Date, text: &str) -> Record {
        Record::Article(Article { effective_from: Some(from), ..sample(number, "Tên", text) })
    }

    fn stored(record: Record) -> Stored {
        Stored { record, recorded_from: Some(Timestamp::UNIX_EPOCH) }
    }

    #[test]
    fn what_differs_is_told_by_article_and_what_was_there_is_kept() {
        let (then, later) = (Date::constant(2021, 1, 1), Date::constant(2025, 7, 1));
        let old: Vec<Stored> =
            [record("1", then, "Một."), record("2", then, "Hai."), record("3", then, "Ba.")]
                .map(stored)
                .into();
        let new = closed(vec![
            record("1", then, "Một."),
            record("2", then, "Hai."),
            record("2", later, "Hai, sửa."),
            record("4", then, "Bốn."),
        ]);
        let now = Timestamp::now();
        let rows = compare("45/2019/QH14", &old, new, now);
        assert_eq!(rows.counts, [1, 1, 1]);
        let (mut entries, mut former) = (Vec::new(), Vec::new());
        for line in rows.history {
            match line {
                Line::Change(entry) => entries.push((entry.article.unwrap(), entry.change)),
                Line::Former(row) => former.push(row.record),
            }
        }
        let entry = |number: &str, change| (number.to_owned(), change);
        assert_eq!(
            entries,
            [entry("2", ChangeKind::Changed), entry("3", ChangeKind::Removed), entry("4", ChangeKind::Added)]
        );
        // The first wording of Điều 2 now has an end, so it is not what was held before.
        assert_eq!(former, [record("2", then, "Hai."), record("3", then, "Ba.")]);
        let first: Vec<Option<Timestamp>> = rows.new.iter().map(|stored| stored.recorded_from).collect();
        assert_eq!(first[0], Some(Timestamp::UNIX_EPOCH));
        assert_eq!(first[1..], [Some(now); 3]);
    }

    #[test]
    fn a_document_that_comes_as_a_whole_is_one_entry_and_a_later_confirmation_is_none() {
        let day = Date::constant(2021, 1, 1);
        let new = vec![record("1", day, "Một."), record("2", day, "Hai.")];
        let rows = compare("45/2019/QH14", &[], new.clone(), Timestamp::now());
        assert_eq!((rows.counts, rows.history.len()), ([2, 0, 0], 1));
        let old: Vec<Stored> = new.iter().cloned().map(stored).collect();
        let confirmed: Vec<Record> = new
            .into_iter()
            .map(|record| match record {
                Record::Article(article) => Record::Article(Article { confirmed_on: Some(day), ..article }),
                guide => guide,
            })
            .collect();
        assert!(!same_records(&old, &confirmed));
        let rows = compare("45/2019/QH14", &old, confirmed, Timestamp::now());
        assert_eq!((rows.counts, rows.history.len()), ([0; 3], 0));
    }
}
