//! One article a line, as JSON: the format in which the owner provides the codification.

use std::io::BufRead;
use std::path::Path;

use jiff::civil::Date;
use serde::Deserialize;
use unicode_normalization::UnicodeNormalization;

use super::swallowed::apart;
use super::{ImportError, Row, Take};
use crate::regulations::article::Article;
use crate::regulations::index::Record;

/// No line is longer than this, in bytes.
const MAX_LINE_BYTES: usize = 8 << 20;

#[derive(Deserialize)]
struct Line {
    doc_number: String,
    #[serde(default)]
    doc_type: Option<String>,
    #[serde(default)]
    doc_title: Option<String>,
    article_no: String,
    #[serde(default)]
    article_title: Option<String>,
    text: String,
    #[serde(default)]
    path: Option<String>,
    #[serde(default)]
    effective: Option<String>,
    #[serde(default)]
    amended_by: Vec<String>,
    #[serde(default)]
    src: Option<String>,
    #[serde(default)]
    url: Option<String>,
}

/// Reads every line as an article; the first malformed one ends the import.
pub(super) fn read(path: &Path, lines: impl BufRead, take: &mut Take<'_>) -> Result<(), ImportError> {
    each_line(
        path,
        lines,
        |line| {
            let line: Line = serde_json::from_slice(line).map_err(|e| e.to_string())?;
            Ok(match line.into_article()? {
                Some(article) => apart(article).into_iter().map(record).collect(),
                None => vec![Row::Skipped("the article has no text")],
            })
        },
        take,
    )
}

/// Reads every line that is not blank with `parse`, which may find several rows in one; the first line that it refuses
/// ends the import.
pub(super) fn each_line(
    path: &Path,
    mut lines: impl BufRead,
    parse: impl Fn(&[u8]) -> Result<Vec<Row>, String>,
    take: &mut Take<'_>,
) -> Result<(), ImportError> {
    let mut line = Vec::new();
    for number in 1.. {
        let malformed =
            |reason: String| ImportError::Malformed { file: path.to_owned(), line: number, reason };
        line.clear();
        let read = std::io::Read::take(&mut lines, MAX_LINE_BYTES as u64 + 1)
            .read_until(b'\n', &mut line)
            .map_err(|e| ImportError::Unreadable(path.to_owned(), e.to_string()))?;
        if read == 0 {
            break;
        }
        if line.len() > MAX_LINE_BYTES {
            return Err(malformed(format!("the line is longer than {MAX_LINE_BYTES} bytes")));
        }
        if line.iter().all(u8::is_ascii_whitespace) {
            continue;
        }
        for row in parse(&line).map_err(malformed)? {
            take(row)?;
        }
    }
    Ok(())
}

fn record(article: Article) -> Row {
    Row::Record(Box::new(Record::Article(article)))
}

impl Line {
    /// The article; null where it has no text.
    fn into_article(self) -> Result<Option<Article>, String> {
        let clean = |text: &str| -> String { text.trim().nfc().collect() };
        let optional = |text: Option<String>| text.map(|t| clean(&t)).unwrap_or_default();
        if self.text.trim().is_empty() {
            return Ok(None);
        }
        if self.doc_number.trim().is_empty() || self.article_no.trim().is_empty() {
            return Err("doc_number and article_no must not be empty".to_owned());
        }
        let effective_from = match self.effective.as_deref().map(str::trim) {
            None | Some("") => None,
            Some(date) => Some(
                parse_date(date)
                    .ok_or_else(|| format!("effective is {date:?}, not a date (DD/MM/YYYY or YYYY-MM-DD)"))?,
            ),
        };
        Ok(Some(Article {
            document_number: clean(&self.doc_number),
            document_type: optional(self.doc_type),
            document_title: optional(self.doc_title),
            number: clean(&self.article_no),
            title: optional(self.article_title),
            text: clean(&self.text),
            path: optional(self.path),
            effective_from,
            amended_by: self.amended_by,
            source: optional(self.src),
            url: self.url.filter(|url| !url.trim().is_empty()),
            ..Article::default()
        }))
    }
}

/// `31/12/2020` or `2020-12-31`.
pub(super) fn parse_date(text: &str) -> Option<Date> {
    text.parse().ok().or_else(|| {
        let mut parts = text.split('/');
        let (day, month, year) = (parts.next()?, parts.next()?, parts.next()?);
        if parts.next().is_some() {
            return None;
        }
        Date::new(year.parse().ok()?, month.parse().ok()?, day.parse().ok()?).ok()
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    fn rows(text: &str) -> Result<(usize, usize), ImportError> {
        let (mut records, mut skipped) = (0, 0);
        read(Path::new("laws.jsonl"), text.as_bytes(), &mut |row| {
            match row {
                Row::Record(_) => records += 1,
                Row::Skipped(_) => skipped += 1,
            }
            Ok(())
        })?;
        Ok((records, skipped))
    }

    #[test]
    fn articles_are_read_and_empty_ones_left_out() {
        let text = concat!(
            r#"{"doc_number":"1/2020/QH14","article_no":"1","text":"Một.","effective":"01/01/2021"}"#,
            "\n\n",
            r#"{"doc_number":"1/2020/QH14","article_no":"2","text":"  ","unknown":true}"#
        );
        assert_eq!(rows(text).unwrap(), (1, 1));
    }

    #[test]
    fn a_malformed_line_is_named() {
        for bad in [
            "{",
            r#"{"doc_number":"1"}"#,
            r#"{"doc_number":"","article_no":"1","text":"x"}"#,
            r#"{"doc_number":"1","article_no":"1","text":"x","effective":"31/02/2020"}"#,
        ] {
            let text = format!("{}\n{bad}\n", r#"{"doc_number":"1","article_no":"1","text":"x"}"#);
            match rows(&text) {
                Err(ImportError::Malformed { line, .. }) => assert_eq!(line, 2, "{bad}"),
                other => panic!("{bad}: {other:?}"),
            }
        }
    }
}
