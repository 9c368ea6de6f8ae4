//! Rows of a CSV, one at a time: encoding, separator and header are found before.

use std::fs::File;
use std::io::Read;
use std::path::{Path, PathBuf};

use csv::{Reader, ReaderBuilder, StringRecord};

use super::csv_text::{CsvText, MAX_ROW_BYTES, RowTooLong};
use super::encoding::{DecodedReader, Encoding, tcvn3};
use super::error::{FileError, Problem, RowError};
use super::mapping::{Mapping, Names};
use super::source::{Content, RawRow};
use super::table::{HEADER_WITHIN, Header};

/// As much of the beginning is read to find the header, in bytes.
const SAMPLE: u64 = 256 << 10;
/// A header has no more columns.
const MAX_COLUMNS: usize = 1000;

type Text = CsvText<DecodedReader<File>>;

/// An open CSV, behind its header.
pub(super) struct CsvRows {
    path: PathBuf,
    rows: Reader<Text>,
    record: StringRecord,
    encoding: Encoding,
    separator: char,
    header: Header,
}

impl CsvRows {
    /// Finds the separator and the header, and stands behind it.
    pub(super) fn open(
        path: &Path,
        encoding: Encoding,
        mapping: &Mapping,
        names: &Names,
    ) -> Result<Self, FileError> {
        let (separator, row, header) = find_header(path, encoding, mapping, names)?;
        if let Some(missing) = header.missing(mapping) {
            let found = header.columns.iter().map(ToString::to_string).collect();
            return Err(FileError::MissingColumn { file: path.to_owned(), missing, found });
        }
        let text = CsvText::new(DecodedReader::new(open(path)?, encoding));
        let rows = builder(separator).from_reader(text);
        let record = StringRecord::new();
        let mut csv = Self { path: path.to_owned(), rows, record, encoding, separator, header };
        for _ in 0..=row {
            csv.advance()?;
        }
        Ok(csv)
    }

    /// How it is encoded.
    pub(super) fn encoding(&self) -> Encoding {
        self.encoding
    }

    /// What stands between its columns.
    pub(super) fn separator(&self) -> char {
        self.separator
    }

    /// Its columns.
    pub(super) fn header(&self) -> &Header {
        &self.header
    }

    /// The file, to ask how far it is read.
    pub(super) fn file(&self) -> &File {
        self.rows.get_ref().inner().get_ref()
    }

    /// The next row that is not empty; null at the end.
    pub(super) fn next(&mut self) -> Result<Option<RawRow>, FileError> {
        while self.advance()? {
            let line = self.first_line();
            if self.record.iter().all(|text| text.trim().is_empty()) {
                continue;
            }
            let expected = self.header.columns.len();
            let is_too_wide = self.record.iter().skip(expected).any(|text| !text.trim().is_empty());
            let content = if self.record.len() < expected || is_too_wide {
                let is_open = self.record.iter().next_back().is_some_and(|text| text.contains('\n'));
                let problem = Problem::Width { found: self.record.len(), expected, is_open };
                Err(RowError { line, column: None, problem })
            } else if self.encoding == Encoding::Tcvn3 {
                Ok(Content::Cells(Box::new(
                    self.header.cells(self.record.iter().map(tcvn3::restore_capitals)),
                )))
            } else {
                Ok(Content::Cells(Box::new(self.header.cells(self.record.iter()))))
            };
            return Ok(Some(RawRow { line, content }));
        }
        Ok(None)
    }

    /// Where the row begins that was read last. Its place as the reader tells it is before the blank lines above it.
    fn first_line(&self) -> u64 {
        let end = self.rows.position().line();
        let breaks = self.record.iter().flat_map(str::bytes).filter(|&byte| byte == b'\n').count() as u64;
        let has_line_end = !self.rows.get_ref().is_at_end();
        end.saturating_sub(breaks + u64::from(has_line_end))
    }

    fn advance(&mut self) -> Result<bool, FileError> {
        self.rows.get_mut().next_row();
        let line = self.rows.position().line();
        self.rows.read_record(&mut self.record).map_err(|e| file_error(&self.path, line, e))
    }
}

fn open(path: &Path) -> Result<File, FileError> {
    File::open(path).map_err(|e| FileError::Unreadable(path.to_owned(), e.to_string()))
}

fn builder(separator: char) -> ReaderBuilder {
    let mut builder = ReaderBuilder::new();
    builder
        .has_headers(false)
        .flexible(true)
        .delimiter(u8::try_from(separator).unwrap_or(b','))
        .buffer_capacity(1 << 16);
    builder
}

/// The separator with which most columns are known, the row of the header, and the header.
fn find_header(
    path: &Path,
    encoding: Encoding,
    mapping: &Mapping,
    names: &Names,
) -> Result<(char, usize, Header), FileError> {
    let separators = match mapping.delimiter {
        Some(given) if given.is_ascii() && !"\"\r\n".contains(given) => vec![given],
        Some(given) => {
            let reason = format!("{given:?} cannot stand between columns; give an ASCII character");
            return Err(FileError::Malformed { file: path.to_owned(), line: 1, reason });
        }
        None => vec![',', ';', '\t'],
    };
    let mut sample = Vec::new();
    DecodedReader::new(open(path)?, encoding)
        .take(SAMPLE)
        .read_to_end(&mut sample)
        .map_err(|e| FileError::Unreadable(path.to_owned(), e.to_string()))?;
    let mut best: Option<(char, usize, Header)> = None;
    let mut first_row: Vec<String> = vec![];
    for separator in separators {
        let records = builder(separator).from_reader(sample.as_slice()).into_byte_records();
        let text = |bytes: &[u8]| String::from_utf8_lossy(bytes).into_owned();
        let rows: Vec<Vec<String>> = records
            .map_while(Result::ok)
            .take(HEADER_WITHIN)
            .map(|record| record.iter().take(MAX_COLUMNS).map(text).collect())
            .collect();
        if let Some(row) = rows.first().filter(|row| row.len() > first_row.len()) {
            first_row = row.iter().take(20).map(|text| super::values::shown(text)).collect();
        }
        if let Some((row, header)) = Header::find(&rows, names)
            && best.as_ref().is_none_or(|(_, _, other)| header.known() > other.known())
        {
            best = Some((separator, row, header));
        }
    }
    best.ok_or_else(|| FileError::NoHeader {
        file: path.to_owned(),
        known: mapping.columns.code.clone(),
        first_row,
    })
}

/// An error of the reader as one of the file.
fn file_error(path: &Path, line: u64, error: csv::Error) -> FileError {
    let file = path.to_owned();
    match error.kind() {
        csv::ErrorKind::Io(e) if e.get_ref().is_some_and(|inner| inner.is::<RowTooLong>()) => {
            FileError::RowTooLong { file, line, at_most: MAX_ROW_BYTES }
        }
        csv::ErrorKind::Utf8 { err, .. } => {
            FileError::Malformed { file, line, reason: format!("the text is not UTF-8: {err}") }
        }
        _ => FileError::Unreadable(file, error.to_string()),
    }
}
