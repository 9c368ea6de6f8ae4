//! A law merged with its amendment in one file: both wordings of every changed article, each with its days.
//!
//! The file `luat_xay_dung_hop_nhat.json(.xz)` is a JSON array of `{no, title, text, path}`: Luật Xây dựng 50/2014/QH13
//! with the changes that 62/2020/QH14 made. The texts are a working copy that people marked by hand:
//!
//! * `~~…~~` struck out: only in the older wording; `⟦…⟧` put in: only in the newer one; the rest is in both;
//! * the older wording of an article replaced as a whole stands, struck out and with its heading (`~~Điều 62. …~~`),
//!   at the end of the article **before** it; its own entry then holds only the newer wording;
//! * two articles have an entry for each wording, under the same number;
//! * where a clause or a point was put in without striking out the one it replaces, or struck out beside one that was
//!   not marked as put in, the unmarked one of the two belongs to the other wording;
//! * quotation marks, asterisks (italics) and back quotes of the working copy are no part of the law;
//! * the last entry ends with the final article of the amending law, whence its first day in force is read.
//!
//! The newer wording is not that of the adopted law throughout: of 66 changed articles 24 have the same words as
//! 62/2020/QH14 applied to the wording of 2014, the others differ, some in substance (Điều 7, 49, 89, 163), and ten
//! articles that 62/2020/QH14 amends bear no mark at all. Where the amending law itself is at hand, `amendment` gives
//! the better newer wording, and this file is a check on it.
//!
//! [`MergedLaw::fill_older`] takes an older wording that the file does not hold from elsewhere, such as the index.
//! [`marks`] reads the marks of a line, [`wordings`] puts the two wordings of an article together.

pub mod marks;
pub mod wordings;

#[cfg(test)]
mod tests;

use std::io::Read;
use std::path::Path;
use std::sync::LazyLock;

use jiff::civil::Date;
use regex::Regex;
use serde::Deserialize;
use unicode_normalization::UnicodeNormalization;

use super::document::read_whole;
use super::{ImportError, Row, Take};
use crate::regulations::article::Article;
use crate::regulations::index::Record;
use crate::regulations::legal_text::document_heading::day;
use wordings::{Wording, Wordings};

/// The law in the file, which does not name it.
const DOCUMENT: &str = "50/2014/QH13";
/// The law that amends it.
const AMENDED_BY: &str = "62/2020/QH14";
const SOURCE: &str = "luat_xay_dung_hop_nhat";

/// One entry of the file.
#[derive(Debug, Clone, Deserialize)]
pub struct Entry {
    no: String,
    title: String,
    text: String,
    #[serde(default)]
    path: String,
}

/// Both wordings of the law.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct MergedLaw {
    /// First day of the older wording.
    pub older_from: Date,
    /// First day of the newer wording, and the first day on which the older one no longer holds.
    pub newer_from: Date,
    /// In the order of the file.
    pub articles: Vec<Versions>,
}

/// One article in its two wordings.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Versions {
    /// `83a`.
    pub number: String,
    /// Whether the amendment changed it; one that it did not change has only `older`, without an end.
    pub changed: bool,
    /// Null where the amendment put the article in, or where the file does not hold the older wording.
    pub older: Option<Article>,
    /// Null where nothing changed or the amendment struck the article out.
    pub newer: Option<Article>,
}

/// Reads the file and hands over every wording.
pub(super) fn read(path: &Path, reader: impl Read, take: &mut Take<'_>) -> Result<(), ImportError> {
    let malformed =
        |line: usize, reason: String| ImportError::Malformed { file: path.to_owned(), line, reason };
    let json = read_whole(path, reader)?;
    let entries: Vec<Entry> =
        serde_json::from_slice(&json).map_err(|e| malformed(e.line(), e.to_string()))?;
    let law = MergedLaw::from_entries(&entries).map_err(|reason| malformed(1, reason))?;
    for versions in law.articles {
        if versions.changed && versions.older.is_none() && !is_inserted(&versions.number) {
            take(Row::Skipped("the older wording of a changed article is not in the merged file"))?;
        }
        for article in versions.older.into_iter().chain(versions.newer) {
            take(Row::Record(Box::new(Record::Article(article))))?;
        }
    }
    Ok(())
}

/// `83a`: an article that the amendment put in.
fn is_inserted(number: &str) -> bool {
    number.ends_with(|c: char| c.is_alphabetic())
}

static OWN_DAY: LazyLock<Regex> = LazyLock::new(|| {
    Regex::new(r"Luật này có hiệu lực thi hành (?:kể )?từ (ngày \d{1,2} tháng \d{1,2} năm \d{4})")
        .expect("a constant pattern")
});

impl MergedLaw {
    /// Puts the wordings together; an error says what the file lacks.
    pub fn from_entries(entries: &[Entry]) -> Result<Self, String> {
        let wordings = Wordings::of(entries.iter().map(|entry| wordings::Source {
            number: entry.no.trim(),
            title: entry.title.trim(),
            text: &entry.text,
            path: entry.path.trim(),
        }));
        let day_in = |text: &str| OWN_DAY.captures(text).and_then(|found| day(&found[1]));
        let older_from = wordings
            .articles
            .iter()
            .filter(|article| article.title.starts_with("Hiệu lực"))
            .find_map(|article| article.older.as_ref().and_then(|older| day_in(&older.text)))
            .ok_or("no article says from which day the law is in force")?;
        let newer_from = day_in(&wordings.closing)
            .ok_or("the end of the file does not say from which day the amendment is in force")?;
        if newer_from <= older_from {
            return Err(format!("the amendment would be in force from {newer_from}, before the law itself"));
        }
        let articles = wordings
            .articles
            .iter()
            .map(|article| {
                let version = |wording: &Wording, from: Date, to: Option<Date>| Article {
                    effective_from: Some(from),
                    effective_to: to,
                    ..shared(&article.number, wording, &article.path, article.changed)
                };
                let end = article.changed.then_some(newer_from);
                Versions {
                    number: article.number.clone(),
                    changed: article.changed,
                    older: article.older.as_ref().map(|wording| version(wording, older_from, end)),
                    newer: article
                        .newer
                        .as_ref()
                        .filter(|_| article.changed)
                        .map(|wording| version(wording, newer_from, None)),
                }
            })
            .collect();
        Ok(Self { older_from, newer_from, articles })
    }

    /// Takes the older wordings that the file does not hold from elsewhere, by the number of the article, and gives
    /// the numbers for which one was found.
    pub fn fill_older(&mut self, find: impl Fn(&str) -> Option<Article>) -> Vec<String> {
        let mut filled = Vec::new();
        for versions in self.articles.iter_mut().filter(|v| v.changed && v.older.is_none()) {
            if is_inserted(&versions.number) {
                continue;
            }
            let Some(found) = find(&versions.number) else {
                continue;
            };
            versions.older = Some(Article {
                effective_from: Some(self.older_from),
                effective_to: Some(self.newer_from),
                amended_by: vec![AMENDED_BY.to_owned()],
                ..found
            });
            filled.push(versions.number.clone());
        }
        filled
    }
}

fn shared(number: &str, wording: &Wording, path: &str, changed: bool) -> Article {
    let clean = |text: &str| -> String { text.nfc().collect() };
    Article {
        document_number: DOCUMENT.to_owned(),
        document_type: "Luật".to_owned(),
        document_title: "Luật Xây dựng".to_owned(),
        number: number.to_owned(),
        title: clean(&wording.title),
        text: clean(&wording.text),
        path: clean(path),
        amended_by: if changed { vec![AMENDED_BY.to_owned()] } else { vec![] },
        source: SOURCE.to_owned(),
        ..Article::default()
    }
}
