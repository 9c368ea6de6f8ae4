//! From the plain text of one document to rows: what the readers of `.txt`, `.docx` and `.html` have in common.

use std::collections::HashSet;
use std::io::Read;
use std::path::Path;

use super::{ImportError, Row, Take};
use crate::regulations::index::Record;
use crate::regulations::legal_text;

/// No single document is larger than this, packed or unpacked, in bytes.
pub(super) const MAX_DOCUMENT_BYTES: u64 = 64 << 20;

/// Reads a file to its end, within [`MAX_DOCUMENT_BYTES`].
pub(super) fn read_whole(path: &Path, reader: impl Read) -> Result<Vec<u8>, ImportError> {
    let unreadable = |reason: String| ImportError::Unreadable(path.to_owned(), reason);
    let mut bytes = Vec::new();
    reader.take(MAX_DOCUMENT_BYTES + 1).read_to_end(&mut bytes).map_err(|e| unreadable(e.to_string()))?;
    if bytes.len() as u64 > MAX_DOCUMENT_BYTES {
        return Err(unreadable(format!("it is larger than {MAX_DOCUMENT_BYTES} bytes")));
    }
    Ok(bytes)
}

/// UTF-8, or UTF-16 with its mark; anything else is an error on the line of the first wrong byte.
pub(super) fn decode(path: &Path, bytes: &[u8]) -> Result<String, ImportError> {
    let malformed = |line: usize, reason: &str| ImportError::Malformed {
        file: path.to_owned(),
        line,
        reason: reason.to_owned(),
    };
    let wide = match bytes {
        [0xff, 0xfe, rest @ ..] => Some((rest, u16::from_le_bytes as fn([u8; 2]) -> u16)),
        [0xfe, 0xff, rest @ ..] => Some((rest, u16::from_be_bytes as fn([u8; 2]) -> u16)),
        _ => None,
    };
    if let Some((rest, unit)) = wide {
        let units = rest.chunks(2).map(|pair| unit([pair[0], pair.get(1).copied().unwrap_or(0)]));
        let mut text = String::new();
        for character in char::decode_utf16(units) {
            let Ok(character) = character else {
                return Err(malformed(text.matches('\n').count() + 1, "the text is not UTF-16"));
            };
            text.push(character);
        }
        return Ok(text);
    }
    let bytes = bytes.strip_prefix(&[0xef, 0xbb, 0xbf]).unwrap_or(bytes);
    match std::str::from_utf8(bytes) {
        Ok(text) => Ok(text.to_owned()),
        Err(e) => {
            let line = bytes[..e.valid_up_to()].iter().filter(|&&b| b == b'\n').count() + 1;
            Err(malformed(
                line,
                "the text is not UTF-8; documents in old Vietnamese encodings must be converted",
            ))
        }
    }
}

/// Takes the text apart and hands over its articles.
pub(super) fn take_document(path: &Path, text: &str, take: &mut Take<'_>) -> Result<(), ImportError> {
    let malformed = |line: usize, reason: &str| ImportError::Malformed {
        file: path.to_owned(),
        line,
        reason: reason.to_owned(),
    };
    let document = legal_text::parse(text);
    let source = path.file_name().map(|name| name.to_string_lossy().into_owned()).unwrap_or_default();
    let articles = document.articles(&source);
    if articles.is_empty() {
        return Err(malformed(1, "the document has no article (no line begins with “Điều 1.”)"));
    }
    if document.heading.number.is_none() {
        let first = document.preamble.lines().count().max(1);
        return Err(malformed(first, "the lines up to here do not give the document's number (“Số: …/…”)"));
    }
    let mut seen = HashSet::new();
    for article in articles {
        take(if article.text.is_empty() {
            Row::Skipped("the article has no text")
        } else if !seen.insert(article.number.clone()) {
            Row::Skipped("an article whose number the document has used before")
        } else {
            Row::Record(Box::new(Record::Article(article)))
        })?;
    }
    Ok(())
}

#[cfg(test)]
pub(super) mod tests {
    use super::*;
    use crate::regulations::article::Article;

    /// What a reader hands over.
    pub(in crate::regulations::import) fn collect(
        read: impl FnOnce(&mut Take<'_>) -> Result<(), ImportError>,
    ) -> Result<(Vec<Article>, Vec<&'static str>), ImportError> {
        let (mut articles, mut skipped) = (Vec::new(), Vec::new());
        read(&mut |row| {
            match row {
                Row::Record(record) => {
                    let Record::Article(article) = *record else { panic!("no article") };
                    articles.push(article);
                }
                Row::Skipped(reason) => skipped.push(reason),
            }
            Ok(())
        })?;
        Ok((articles, skipped))
    }

    #[test]
    fn utf_16_is_read_and_a_wrong_byte_named_by_its_line() {
        let path = Path::new("a.txt");
        let wide: Vec<u8> =
            [0xff, 0xfe].into_iter().chain("Điều".encode_utf16().flat_map(u16::to_le_bytes)).collect();
        assert_eq!(decode(path, &wide).unwrap(), "Điều");
        assert_eq!(decode(path, "\u{feff}Điều".as_bytes()).unwrap(), "Điều");
        match decode(path, b"a\nb\n\xb5c") {
            Err(ImportError::Malformed { line, .. }) => assert_eq!(line, 3),
            other => panic!("{other:?}"),
        }
    }
}
