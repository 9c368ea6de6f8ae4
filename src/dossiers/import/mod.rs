//! Import of dossiers from the files of a one-stop system, row by row.
//!
//! | file | read |
//! |---|---|
//! | `*.csv`, `*.txt`, `*.tsv` | a table with a header; encoding and separator are found |
//! | `*.json`, `*.jsonl` | an array of objects, or one after the other |
//! | `*.xlsx` | the first sheet whose header is understood; up to [`MAX_SHEET_ROWS`] rows |
//!
//! [`DossierFile`] is an iterator. A row that is wrong is an item with its line, column and reason; a file that turns out to
//! be unreadable ends it with a [`FileError`]. Whoever stores the rows does so in one transaction and rolls back on that
//! error (and, if nothing is to be taken by halves, when a row was wrong). Of the rows only the codes are held, as numbers.
//!
//! What a cell means is said by the [`Mapping`].

mod check;
mod csv_rows;
mod csv_text;
pub mod encoding;
mod error;
mod json_rows;
mod mapping;
mod row;
mod seen;
mod source;
mod table;
#[cfg(test)]
mod tests;
mod values;
mod xlsx_rows;

use std::fs::File;
use std::io::{Read, Seek};
use std::path::{Path, PathBuf};

use jiff::civil::Date;

pub use self::csv_text::MAX_ROW_BYTES;
pub use self::encoding::Encoding;
pub use self::error::{FileError, Problem, RowError, RowErrors};
pub use self::mapping::{Columns, Ends, Mapping};
pub use self::seen::MAX_ROWS;
pub use self::xlsx_rows::{MAX_SHEET_ROWS, MAX_UNPACKED_BYTES};

use self::encoding::EncodingError;
use self::error::FileError as E;
use self::mapping::{Field, Names};
use self::seen::{Seen, Sighting};
use self::source::{Content, RawRow};
use super::dossier::{Dossier, Secrets};

/// A row of a file.
#[derive(Debug, Clone, PartialEq)]
pub struct Row {
    /// Where it begins, counted from 1; in a workbook the row of the sheet.
    pub line: u64,
    /// What it says, or why it is not taken.
    pub result: Result<(Dossier, Secrets), RowError>,
}

/// How a file is understood, for the report.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Format {
    /// Null for a workbook.
    pub encoding: Option<Encoding>,
    /// Between the columns of a CSV.
    pub delimiter: Option<char>,
    /// Columns that nothing is taken from.
    pub unknown_columns: Vec<String>,
}

/// What a whole file holds.
#[derive(Debug, Clone, PartialEq)]
pub struct Checked {
    /// How it is understood.
    pub format: Format,
    /// Rows that can be taken.
    pub good: u64,
    /// Rows that say the same as one before, and count once.
    pub repeated: u64,
    /// Rows that cannot be taken.
    pub errors: RowErrors,
}

/// An open file of dossiers.
pub struct DossierFile {
    path: PathBuf,
    source: Source,
    mapping: Mapping,
    names: Names,
    today: Date,
    size: u64,
    seen: Seen,
    repeated: u64,
    is_ended: bool,
}

enum Source {
    Csv(Box<csv_rows::CsvRows>),
    Json(Box<json_rows::JsonRows>),
    Xlsx(xlsx_rows::XlsxRows),
}

/// Whether a file has a name that some reader takes.
pub fn is_importable(path: &Path) -> bool {
    Kind::of(path).is_some()
}

/// Reads a file to its end, and keeps nothing of it but the first so many errors.
///
/// # Errors
/// Where the file cannot be read to its end.
pub fn check(path: &Path, mapping: &Mapping, today: Date, errors_kept: usize) -> Result<Checked, FileError> {
    let mut file = DossierFile::open(path, mapping, today)?;
    let (mut good, mut errors) = (0, RowErrors::keeping(errors_kept));
    for row in &mut file {
        match row?.result {
            Ok(_) => good += 1,
            Err(error) => errors.push(error),
        }
    }
    Ok(Checked { format: file.format(), good, repeated: file.repeated(), errors })
}

/// Cleans and checks one dossier that came in our own form by another way, like a row of a file.
///
/// # Errors
/// What is wrong with it, with the name of the field; the line is 1.
pub fn checked(dossier: Dossier, secrets: Secrets, today: Date) -> Result<(Dossier, Secrets), RowError> {
    row::own(dossier, secrets, today).map_err(|wrong| row::at_line(1, wrong))
}

impl DossierFile {
    /// Finds out how a file is to be read, and stands before its first row. A text is read once to its end for that, to
    /// know its encoding; a workbook is read whole. Nothing that happened after `today` is believed.
    ///
    /// # Errors
    /// Where the file cannot be opened, its kind or its encoding is none that is read, or its header lacks a column.
    pub fn open(path: &Path, mapping: &Mapping, today: Date) -> Result<Self, FileError> {
        let unreadable = |e: std::io::Error| E::Unreadable(path.to_owned(), e.to_string());
        let kind = Kind::of(path).ok_or_else(|| E::UnknownKind(path.to_owned()))?;
        let metadata = std::fs::metadata(path).map_err(unreadable)?;
        if !metadata.is_file() {
            return Err(E::Unreadable(path.to_owned(), "it is no file".to_owned()));
        }
        let names = Names::of(mapping);
        let source = match kind {
            Kind::Csv => {
                let encoding = encoding_of(path, mapping)?;
                Source::Csv(Box::new(csv_rows::CsvRows::open(path, encoding, mapping, &names)?))
            }
            Kind::Json => {
                Source::Json(Box::new(json_rows::JsonRows::open(path, encoding_of(path, mapping)?)?))
            }
            Kind::Xlsx => Source::Xlsx(xlsx_rows::XlsxRows::open(path, mapping, &names)?),
        };
        Ok(Self {
            path: path.to_owned(),
            source,
            mapping: mapping.clone(),
            names,
            today,
            size: metadata.len(),
            seen: Seen::default(),
            repeated: 0,
            is_ended: false,
        })
    }

    /// How the file is understood.
    pub fn format(&self) -> Format {
        match &self.source {
            Source::Csv(csv) => Format {
                encoding: Some(csv.encoding()),
                delimiter: Some(csv.separator()),
                unknown_columns: csv.header().unknown(),
            },
            Source::Json(json) => Format { encoding: Some(json.encoding()), ..Format::default() },
            Source::Xlsx(xlsx) => Format { unknown_columns: xlsx.header().unknown(), ..Format::default() },
        }
    }

    /// Rows so far that say the same as one before; they are no items.
    pub fn repeated(&self) -> u64 {
        self.repeated
    }

    /// The size of the file, in bytes.
    pub fn size(&self) -> u64 {
        self.size
    }

    /// As much of it is read, in bytes.
    pub fn bytes_read(&self) -> u64 {
        let position = |mut file: &File| file.stream_position().unwrap_or(self.size);
        match &self.source {
            Source::Csv(csv) => position(csv.file()),
            Source::Json(json) => position(json.file()),
            Source::Xlsx(_) => self.size,
        }
    }

    fn advance(&mut self) -> Result<Option<Row>, FileError> {
        loop {
            let raw = match &mut self.source {
                Source::Csv(csv) => csv.next()?,
                Source::Json(json) => json.next(&self.names)?,
                Source::Xlsx(xlsx) => xlsx.next(),
            };
            let Some(raw) = raw else { return Ok(None) };
            if let Some(row) = self.understand(raw)? {
                return Ok(Some(row));
            }
        }
    }

    /// Null for a row that was there before.
    fn understand(&mut self, RawRow { line, content }: RawRow) -> Result<Option<Row>, FileError> {
        let (read, fingerprint) = match content {
            Err(error) => return Ok(Some(Row { line, result: Err(error) })),
            Ok(Content::Cells(cells)) => {
                let read = row::dossier(&cells, &self.mapping, &self.names, self.today);
                (read, cells.fingerprint(self.seen.state()))
            }
            Ok(Content::Own(own)) => {
                let (dossier, secrets) = *own;
                let fingerprint = self.seen.fingerprint(&dossier, &secrets);
                (row::own(dossier, secrets, self.today), fingerprint)
            }
        };
        let (dossier, secrets) = match read {
            Ok(read) => read,
            Err(wrong) => return Ok(Some(Row { line, result: Err(row::at_line(line, wrong)) })),
        };
        match self.seen.take(&dossier.code, fingerprint, line) {
            Sighting::First => Ok(Some(Row { line, result: Ok((dossier, secrets)) })),
            Sighting::Same => {
                self.repeated += 1;
                Ok(None)
            }
            Sighting::Other { first_line } => {
                let problem = Problem::Duplicate { code: dossier.code, first_line };
                let column = Some(self.code_column());
                Ok(Some(Row { line, result: Err(RowError { line, column, problem }) }))
            }
            Sighting::TooMany => {
                Err(E::TooLarge { file: self.path.clone(), what: "too many dossiers", at_most: MAX_ROWS })
            }
        }
    }

    fn code_column(&self) -> String {
        let header = match &self.source {
            Source::Csv(csv) => csv.header(),
            Source::Xlsx(xlsx) => xlsx.header(),
            Source::Json(_) => return Field::Code.name().to_owned(),
        };
        header.column(Field::Code)
    }
}

impl Iterator for DossierFile {
    type Item = Result<Row, FileError>;

    fn next(&mut self) -> Option<Self::Item> {
        if self.is_ended {
            return None;
        }
        let row = self.advance();
        self.is_ended = !matches!(row, Ok(Some(_)));
        row.transpose()
    }
}

/// The encoding that the mapping names, or that the bytes show. A named UTF-8 is checked like a found one.
fn encoding_of(path: &Path, mapping: &Mapping) -> Result<Encoding, FileError> {
    if let Some(named) = mapping.encoding.filter(|named| *named != Encoding::Utf8) {
        return Ok(named);
    }
    let unreadable = |e: std::io::Error| E::Unreadable(path.to_owned(), e.to_string());
    let file = File::open(path).map_err(unreadable)?;
    match encoding::detect(Read::by_ref(&mut &file)) {
        Ok(found) => Ok(found),
        Err(EncodingError::Io(e)) => Err(unreadable(e)),
        Err(e) => Err(E::Encoding(path.to_owned(), e)),
    }
}

#[derive(Clone, Copy)]
enum Kind {
    Csv,
    Json,
    Xlsx,
}

impl Kind {
    fn of(path: &Path) -> Option<Self> {
        match path.extension()?.to_str()?.to_ascii_lowercase().as_str() {
            "csv" | "tsv" | "txt" => Some(Self::Csv),
            "json" | "jsonl" => Some(Self::Json),
            "xlsx" => Some(Self::Xlsx),
            _ => None,
        }
    }
}
