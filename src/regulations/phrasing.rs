//! How citizens ask for an article: phrases in their own words, kept beside the law and looked for like it.
//!
//! The law says "đơn phương chấm dứt hợp đồng lao động", a citizen "bị đuổi việc", and no counting of words brings the
//! two together. So somebody who knows both writes it down once (`knowledge/phrasings/`, or the agency's own file), and
//! a question that sounds like one of the phrases finds the article. A phrase is never quoted: it only leads to the text.

use serde::{Deserialize, Serialize};
use unicode_normalization::UnicodeNormalization;

use super::article::article_key;
use super::index::{IndexError, Record};
use super::search::Search;

/// No phrase is longer than this, in characters.
pub const MAX_PHRASE_CHARACTERS: usize = 300;
/// No clause has more phrases than this.
pub const MAX_PHRASES: usize = 100;

/// The ways in which citizens ask for what one article, or one clause of it, answers.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Phrasing {
    /// `45/2019/QH14`.
    #[serde(rename = "doc_number")]
    pub document_number: String,
    /// `35`.
    #[serde(rename = "article_no")]
    pub article: String,
    /// The clause that answers; null where the whole article does.
    #[serde(default)]
    pub clause: Option<String>,
    /// The phrases, NFC.
    #[serde(rename = "asked")]
    pub phrases: Vec<String>,
}

impl Phrasing {
    /// Reads one line of a file of phrases; the error says what is wrong with it.
    pub fn from_json(line: &[u8]) -> Result<Self, String> {
        let mut phrasing: Self = serde_json::from_slice(line).map_err(|e| e.to_string())?;
        let clean = |text: &str| -> String { text.trim().nfc().collect() };
        phrasing.document_number = clean(&phrasing.document_number);
        phrasing.article = clean(&phrasing.article);
        phrasing.clause = phrasing.clause.map(|clause| clean(&clause)).filter(|clause| !clause.is_empty());
        if phrasing.document_number.is_empty() || phrasing.article.is_empty() {
            return Err("doc_number and article_no must not be empty".to_owned());
        }
        if phrasing.phrases.is_empty() || phrasing.phrases.len() > MAX_PHRASES {
            return Err(format!("asked must hold 1 to {MAX_PHRASES} phrases"));
        }
        for phrase in &mut phrasing.phrases {
            *phrase = clean(phrase);
            if !phrase.chars().any(char::is_alphanumeric) || phrase.chars().count() > MAX_PHRASE_CHARACTERS {
                return Err(format!(
                    "a phrase must have words, and at most {MAX_PHRASE_CHARACTERS} characters"
                ));
            }
        }
        Ok(phrasing)
    }

    /// The key of the article that it leads to.
    pub fn article_key(&self) -> String {
        article_key(&self.document_number, &self.article)
    }

    /// What it is replaced with: all phrases of an article, `phrasing#45/2019/QH14#35`.
    pub fn key(&self) -> String {
        format!("phrasing#{}", self.article_key())
    }
}

impl Search<'_> {
    /// How citizens are known to ask for an article: one entry for each clause that answers.
    ///
    /// # Errors
    /// Where the index cannot be read.
    pub fn phrasings_of(&self, document_number: &str, article: &str) -> Result<Vec<Phrasing>, IndexError> {
        let key = format!("phrasing#{}", article_key(document_number, article));
        let found = self.index.stored_under(&self.searcher, self.index.fields.document_number, &key)?;
        let phrasing = |record| match record {
            Record::Phrasing(phrasing) => Some(phrasing),
            Record::Article(_) | Record::Procedure(_) => None,
        };
        Ok(found.into_iter().filter_map(|stored| phrasing(stored.record)).collect())
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_line_is_read_and_cleaned() {
        let line = r#"{"doc_number":" 45/2019/QH14","article_no":"35","clause":"","asked":["nghỉ ngang "]}"#;
        let phrasing = Phrasing::from_json(line.as_bytes()).unwrap();
        assert_eq!((phrasing.key().as_str(), &phrasing.clause), ("phrasing#45/2019/QH14#35", &None));
        assert_eq!(phrasing.phrases, ["nghỉ ngang"]);
    }

    #[test]
    fn what_is_malformed_is_refused() {
        let long = format!(r#"{{"doc_number":"1","article_no":"1","asked":["{}"]}}"#, "a ".repeat(200));
        for bad in [
            "",
            "[]",
            r#"{"doc_number":"1","article_no":"1","asked":[]}"#,
            r#"{"doc_number":"","article_no":"1","asked":["a"]}"#,
            r#"{"doc_number":"1","article_no":"1","asked":["?!"]}"#,
            r#"{"doc_number":"1","article_no":"1","asked":["a"],"more":1}"#,
            &long,
        ] {
            assert!(Phrasing::from_json(bad.as_bytes()).is_err(), "{bad}");
        }
    }
}
