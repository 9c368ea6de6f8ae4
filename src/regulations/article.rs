//! What the index holds: an [`Article`] (Điều) of a legal document, with what is known of its force.

use jiff::civil::Date;
use serde::{Deserialize, Serialize};

/// One article (Điều) of one document. A source that says nothing of a field leaves its default.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct Article {
    /// `45/2019/QH14`.
    pub document_number: String,
    /// `Bộ luật`, `Nghị định`, `Thông tư`; empty where unknown.
    pub document_type: String,
    /// As the source gives it: sometimes with the type in front, sometimes without.
    pub document_title: String,
    /// `35`, `12a`.
    pub number: String,
    /// The heading; empty where the article has none.
    pub title: String,
    /// The text in full, NFC, one paragraph a line.
    pub text: String,
    /// `Chương III HỢP ĐỒNG LAO ĐỘNG > Mục 3 …`; empty where unknown.
    pub path: String,
    /// First day in force, where the source says so.
    pub effective_from: Option<Date>,
    /// First day no longer in force, where that is known.
    pub effective_to: Option<Date>,
    /// Numbers of the documents that amend it, as the source names them.
    pub amended_by: Vec<String>,
    /// The document that took its place, where that is known.
    #[serde(default)]
    pub replaced_by: Option<String>,
    /// The last day on which a source says that it is in force, where one does.
    #[serde(default)]
    pub confirmed_on: Option<Date>,
    /// Where its end, or else its force, is stated: `khoản 2 Điều 38 68/2020/QH14`.
    #[serde(default)]
    pub evidence: Option<String>,
    /// Clauses and points that were repealed while the article lives on.
    #[serde(default)]
    pub repealed_parts: Vec<RepealedPart>,
    /// Clauses and points that another document gave their wording, or the article as a whole.
    #[serde(default)]
    pub amended_parts: Vec<AmendedPart>,
    /// Its place among the articles of its document in the source, from 1; 0 where that is not known.
    #[serde(default)]
    pub position: u32,
    /// Whether no source has this wording: it was put together from the adopted text and what amends it.
    #[serde(default)]
    pub is_derived: bool,
    /// Which collection it came from.
    pub source: String,
    /// Where the agency publishes it.
    pub url: Option<String>,
}

/// A clause or a point that another document repealed.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct RepealedPart {
    /// `2`; null where the point belongs to an article without clauses.
    pub clause: Option<String>,
    /// `a`; null where the whole clause is repealed.
    pub point: Option<String>,
    /// The document that says so.
    pub by: String,
    /// First day no longer in force, where that is known.
    pub from: Option<Date>,
}

/// A clause or a point in the words that another document gave it.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct AmendedPart {
    /// `2`; null where the whole article is meant, or a point of an article without clauses.
    pub clause: Option<String>,
    /// `a`; null where the whole clause is meant.
    pub point: Option<String>,
    /// The provision that says so: `khoản 30 Điều 1 Luật 62/2020/QH14`.
    pub by: String,
    /// First day of these words.
    pub from: Date,
}

/// The kinds of documents that are laws and called by their titles, in lower case.
pub const LAW_KINDS: [&str; 4] = ["luật", "bộ luật", "hiến pháp", "pháp lệnh"];

impl Article {
    /// The key under which the index keeps it: `45/2019/QH14#35`.
    pub fn key(&self) -> String {
        article_key(&self.document_number, &self.number)
    }

    /// The document's name as a citizen would say it: `Bộ luật Lao động`, `Nghị định số 15/2021/NĐ-CP`.
    ///
    /// Laws are called by their title; decrees and circulars by their number, for their titles are sentences.
    pub fn document_name(&self) -> String {
        let kind = self.document_type.trim();
        let title = plain_title(&self.document_title);
        let is_law = LAW_KINDS.contains(&kind.to_lowercase().as_str());
        if kind.is_empty() {
            return if title.is_empty() { self.document_number.clone() } else { title.to_owned() };
        }
        if !is_law || title.is_empty() {
            return format!("{kind} số {}", self.document_number);
        }
        let lower_title = title.to_lowercase();
        if LAW_KINDS.iter().any(|word| lower_title.starts_with(word)) {
            title.to_owned()
        } else {
            let mut letters = title.chars();
            let first: String = letters.next().map(|c| c.to_uppercase().collect()).unwrap_or_default();
            format!("{kind} {first}{}", letters.as_str())
        }
    }

    /// Whether it is in force on `day`: `Some(false)` before its first day or after its last, `Some(true)` only when
    /// an end is known and lies ahead or a source confirms it for that day, and null (unknown) otherwise.
    /// A source that does not speak of repeal proves nothing.
    pub fn in_force(&self, day: Date) -> Option<bool> {
        if self.effective_from.is_some_and(|from| day < from) {
            return Some(false);
        }
        match self.effective_to {
            Some(to) if day >= to => Some(false),
            Some(_) if self.effective_from.is_some() => Some(true),
            _ if self.confirmed_on.is_some_and(|confirmed| day <= confirmed) => Some(true),
            _ => None,
        }
    }
}

/// `Luật Xây dựng 2014 số 50/2014/QH13` → `Luật Xây dựng`: some sources add the year and the number to the title.
fn plain_title(title: &str) -> &str {
    let title = title.split(" số ").next().unwrap_or(title).trim();
    let year = title.rsplit(' ').next().unwrap_or_default();
    let is_year = year.len() == 4 && year.bytes().all(|b| b.is_ascii_digit());
    if !is_year {
        return title;
    }
    let title = title[..title.len() - 4].trim_end();
    title.strip_suffix(" năm").unwrap_or(title)
}

/// The key of an article in the index.
pub fn article_key(document_number: &str, article: &str) -> String {
    format!("{document_number}#{article}")
}

#[cfg(test)]
pub(crate) mod tests {
    use super::*;
    use crate::regulations::{Record, RegulationIndex};

    /// An article for tests of other modules: only its words matter there.
    pub(crate) fn sample(number: &str, title: &str, text: &str) -> Article {
        Article {
            document_number: "45/2019/QH14".into(),
            document_type: "Bộ luật".into(),
            document_title: "Bộ luật Lao động".into(),
            number: number.into(),
            title: title.into(),
            text: text.into(),
            path: String::new(),
            effective_from: Some(Date::constant(2021, 1, 1)),
            effective_to: None,
            amended_by: vec![],
            replaced_by: None,
            confirmed_on: None,
            evidence: None,
            repealed_parts: vec![],
            amended_parts: vec![],
            position: 0,
            is_derived: false,
            source: "test".into(),
            url: None,
        }
    }

    /// An index that holds these articles, and the folder that it lives in.
    pub(crate) fn index_of(articles: &[Article]) -> (tempfile::TempDir, RegulationIndex) {
        let folder = tempfile::tempdir().unwrap();
        let index = RegulationIndex::open_or_create(folder.path()).unwrap();
        let mut change = index.change().unwrap();
        for article in articles {
            change.add(&Record::Article(article.clone())).unwrap();
        }
        change.commit().unwrap();
        (folder, index)
    }

    #[test]
    fn a_document_is_called_as_people_call_it() {
        let mut article = sample("1", "", "");
        assert_eq!(article.document_name(), "Bộ luật Lao động");
        article.document_title = "Luật Xây dựng 2014 số 50/2014/QH13".into();
        assert_eq!(article.document_name(), "Luật Xây dựng");
        article.document_title = "Hiến pháp nước Cộng hòa xã hội chủ nghĩa Việt Nam năm 2013".into();
        assert_eq!(article.document_name(), "Hiến pháp nước Cộng hòa xã hội chủ nghĩa Việt Nam");
        article.document_title = "dân sự".into();
        assert_eq!(article.document_name(), "Bộ luật Dân sự");
        article.document_type = "Nghị định".into();
        article.document_title = "Quy định về đối thoại".into();
        assert_eq!(article.document_name(), "Nghị định số 45/2019/QH14");
    }

    #[test]
    fn force_is_never_assumed() {
        let mut article = sample("1", "", "");
        assert_eq!(article.in_force(Date::constant(2020, 12, 31)), Some(false));
        assert_eq!(article.in_force(Date::constant(2024, 1, 1)), None);
        article.confirmed_on = Some(Date::constant(2026, 1, 31));
        assert_eq!(article.in_force(Date::constant(2024, 1, 1)), Some(true));
        assert_eq!(article.in_force(Date::constant(2026, 2, 1)), None);
        article.effective_to = Some(Date::constant(2025, 7, 1));
        assert_eq!(article.in_force(Date::constant(2025, 6, 30)), Some(true));
        assert_eq!(article.in_force(Date::constant(2025, 7, 1)), Some(false));
    }
}
