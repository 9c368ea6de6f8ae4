//! `.txt`: a whole document as plain text.

use std::io::Read;
use std::path::Path;

use super::document::{decode, read_whole, take_document};
use super::{ImportError, Take};

/// Reads one document.
pub(super) fn read(path: &Path, reader: impl Read, take: &mut Take<'_>) -> Result<(), ImportError> {
    let bytes = read_whole(path, reader)?;
    take_document(path, &decode(path, &bytes)?, take)
}

#[cfg(test)]
mod tests {
    use super::super::document::tests::collect;
    use super::*;

    #[test]
    fn a_document_gives_its_articles() {
        let text =
            "Số: 1/2020/NĐ-CP\nNGHỊ ĐỊNH\nVề việc thử\nĐiều 1. Tên\nMột.\nĐiều 2.\n\nĐiều 1. Lại\nHai.\n";
        let (articles, skipped) = collect(|take| read(Path::new("thử.txt"), text.as_bytes(), take)).unwrap();
        assert_eq!(articles.len(), 1);
        assert_eq!(articles[0].key(), "1/2020/NĐ-CP#1");
        assert_eq!(articles[0].source, "thử.txt");
        assert_eq!(skipped.len(), 2);
    }

    #[test]
    fn what_is_no_document_is_refused() {
        for (bad, at) in [("Thư ngỏ\nKính gửi", 1), ("NGHỊ ĐỊNH\nThử\nĐiều 1. Tên\nMột.", 2), ("a\n\u{0}", 1)]
        {
            match collect(|take| read(Path::new("a.txt"), bad.as_bytes(), take)) {
                Err(ImportError::Malformed { line, .. }) => assert_eq!(line, at, "{bad}"),
                other => panic!("{bad}: {other:?}"),
            }
        }
    }
}
