//! How citizens ask for articles: one article or clause a line, as JSON
//! (`{"doc_number":"45/2019/QH14","article_no":"35","clause":"1","asked":["nghỉ việc phải báo trước bao lâu"]}`).

use std::io::BufRead;
use std::path::Path;

use super::json_lines::each_line;
use super::{ImportError, Row, Take};
use crate::regulations::{Phrasing, Record};

/// Reads every line; the first malformed one ends the import.
pub(super) fn read(path: &Path, lines: impl BufRead, take: &mut Take<'_>) -> Result<(), ImportError> {
    let parse = |line: &[u8]| Ok(vec![Row::Record(Box::new(Record::Phrasing(Phrasing::from_json(line)?)))]);
    each_line(path, lines, parse, take)
}
