//! Rows of a workbook (`.xlsx`). Its format has to be read as a whole, so its size is bounded.
//!
//! A workbook is a ZIP archive, and may be made to unpack to anything. It is unpacked once to nowhere, counting, before the
//! reader sees it; and the reader's promise of memory for as many strings as the file claims is checked as well.

use std::fs::File;
use std::io::{BufReader, Read};
use std::panic::{AssertUnwindSafe, catch_unwind};
use std::path::Path;

use calamine::{DataRef, ExcelDateTime, Reader, Xlsx};
use zip::ZipArchive;

use super::error::FileError;
use super::mapping::{Mapping, Names};
use super::source::{Content, RawRow};
use super::table::{HEADER_WITHIN, Header};

/// A workbook unpacks to no more, in bytes.
pub const MAX_UNPACKED_BYTES: u64 = 256 << 20;
/// A workbook has no more files in its archive.
const MAX_ENTRIES: usize = 2000;
/// A workbook claims no more different texts.
const MAX_STRINGS: u64 = 4_000_000;
/// These texts take no more, in bytes.
const MAX_STRINGS_BYTES: u64 = 64 << 20;
/// A sheet has no more rows.
pub const MAX_SHEET_ROWS: u64 = 200_000;
/// Columns beyond this one are not looked at.
const MAX_COLUMNS: u32 = 256;
/// The rows of a sheet are together no longer, in cells, empty ones included.
const MAX_CELLS: usize = 8_000_000;
/// The cells of a sheet have together no more text, in bytes.
const MAX_TEXT_BYTES: usize = 128 << 20;

/// One row of a sheet: its number, counted from 1, and its cells.
type SheetRow = (u64, Vec<String>);

/// The rows of the sheet that holds the dossiers.
pub(super) struct XlsxRows {
    rows: std::vec::IntoIter<SheetRow>,
    header: Header,
}

impl XlsxRows {
    /// Reads the sheet whole.
    pub(super) fn open(path: &Path, mapping: &Mapping, names: &Names) -> Result<Self, FileError> {
        check_size(path)?;
        // The reader is not made for hostile files: numbers in them can overflow.
        let read = catch_unwind(AssertUnwindSafe(|| read(path, mapping, names)));
        read.unwrap_or_else(|_| Err(damaged(path, "a number or a name in it is impossible")))
    }

    /// The columns of the sheet.
    pub(super) fn header(&self) -> &Header {
        &self.header
    }

    /// The next row that is not empty; null at the end.
    pub(super) fn next(&mut self) -> Option<RawRow> {
        self.rows.find(|(_, cells)| cells.iter().any(|text| !text.trim().is_empty())).map(|(line, cells)| {
            RawRow { line, content: Ok(Content::Cells(Box::new(self.header.cells(cells.into_iter())))) }
        })
    }
}

fn damaged(path: &Path, reason: impl ToString) -> FileError {
    FileError::Workbook(path.to_owned(), reason.to_string())
}

fn too_large(path: &Path, what: &'static str, at_most: u64) -> FileError {
    FileError::TooLarge { file: path.to_owned(), what, at_most }
}

/// Unpacks everything to nowhere. The sizes that the archive tells are not believed.
fn check_size(path: &Path) -> Result<(), FileError> {
    let file = File::open(path).map_err(|e| FileError::Unreadable(path.to_owned(), e.to_string()))?;
    let mut archive = ZipArchive::new(BufReader::new(file)).map_err(|e| damaged(path, e))?;
    if archive.len() > MAX_ENTRIES {
        return Err(too_large(path, "too many files in the archive", MAX_ENTRIES as u64));
    }
    let mut left = MAX_UNPACKED_BYTES;
    let mut piece = vec![0; 1 << 16];
    for n in 0..archive.len() {
        let mut entry = archive.by_index(n).map_err(|e| damaged(path, e))?;
        let name = entry.name().map_err(|e| damaged(path, e))?.to_ascii_lowercase();
        let mut claims = name.ends_with("sharedstrings.xml").then(Claims::default);
        loop {
            let read = entry.read(&mut piece).map_err(|e| damaged(path, e))?;
            if read == 0 {
                break;
            }
            left = left
                .checked_sub(read as u64)
                .ok_or_else(|| too_large(path, "too many bytes once unpacked", MAX_UNPACKED_BYTES))?;
            if let Some(claims) = &mut claims {
                claims.look(piece.get(..read).unwrap_or_default());
            }
        }
        match claims {
            Some(Claims { has_nul: true, .. }) => return Err(damaged(path, "its texts are not in UTF-8")),
            Some(Claims { bytes, .. }) if bytes > MAX_STRINGS_BYTES => {
                return Err(too_large(path, "too many bytes of different texts", MAX_STRINGS_BYTES));
            }
            Some(Claims { most, .. }) if most > MAX_STRINGS => {
                return Err(too_large(path, "too many different texts", MAX_STRINGS));
            }
            _ => {}
        }
    }
    Ok(())
}

/// The reader reserves memory for `uniqueCount="…"` texts before it has seen one.
#[derive(Default)]
struct Claims {
    matched: usize,
    number: Option<u64>,
    most: u64,
    bytes: u64,
    has_nul: bool,
}

impl Claims {
    fn look(&mut self, bytes: &[u8]) {
        const NAME: &[u8] = b"uniqueCount";
        self.bytes += bytes.len() as u64;
        for &byte in bytes {
            self.has_nul |= byte == 0;
            if let Some(number) = &mut self.number {
                match byte {
                    b'0'..=b'9' => {
                        *number = number.saturating_mul(10).saturating_add(u64::from(byte - b'0'));
                        self.most = self.most.max(*number);
                    }
                    b'=' | b'"' | b'\'' | b'+' | b' ' | b'\t' | b'\r' | b'\n' => {}
                    _ => self.number = None,
                }
            }
            // `u` stands in the name only once more than at its front: after "uniq".
            self.matched = match NAME.get(self.matched) {
                Some(&expected) if byte == expected => self.matched + 1,
                _ => usize::from(byte == b'u'),
            };
            if self.matched == NAME.len() {
                self.matched = 0;
                self.number = Some(0);
            }
        }
    }
}

fn read(path: &Path, mapping: &Mapping, names: &Names) -> Result<XlsxRows, FileError> {
    let file = File::open(path).map_err(|e| FileError::Unreadable(path.to_owned(), e.to_string()))?;
    let mut workbook = Xlsx::new(BufReader::new(file)).map_err(|e| damaged(path, e))?;
    let sheets = match &mapping.sheet {
        Some(sheet) => vec![sheet.clone()],
        None => workbook.sheet_names(),
    };
    let mut first_row = vec![];
    for sheet in sheets {
        let rows = match sheet_rows(path, &mut workbook, &sheet) {
            // A sheet of charts has no cells.
            Err(FileError::Workbook(..)) if mapping.sheet.is_none() && workbook.sheet_names().len() > 1 => {
                continue;
            }
            rows => rows?,
        };
        let top: Vec<Vec<String>> = rows.iter().take(HEADER_WITHIN).map(|(_, row)| row.clone()).collect();
        if let Some((n, header)) = Header::find(&top, names) {
            if let Some(missing) = header.missing(mapping) {
                let found = header.columns.iter().map(ToString::to_string).collect();
                return Err(FileError::MissingColumn { file: path.to_owned(), missing, found });
            }
            let mut rows = rows.into_iter();
            rows.nth(n);
            return Ok(XlsxRows { rows, header });
        }
        if first_row.is_empty() {
            first_row = top.first().cloned().unwrap_or_default();
        }
    }
    let first_row = first_row.iter().take(20).map(|text| super::values::shown(text)).collect();
    Err(FileError::NoHeader { file: path.to_owned(), known: mapping.columns.code.clone(), first_row })
}

/// The rows of a sheet in their order, cell by cell: a sheet with two cells far apart takes the room of two cells.
fn sheet_rows(
    path: &Path,
    workbook: &mut Xlsx<BufReader<File>>,
    sheet: &str,
) -> Result<Vec<SheetRow>, FileError> {
    let mut cells = workbook.worksheet_cells_reader(sheet).map_err(|e| damaged(path, e))?;
    let mut rows: Vec<SheetRow> = vec![];
    let (mut text_bytes, mut slots) = (0, 0);
    while let Some(cell) = cells.next_cell().map_err(|e| damaged(path, e))? {
        let (row, column) = cell.get_position();
        let text = text(cell.get_value());
        if text.is_empty() || column >= MAX_COLUMNS {
            continue;
        }
        text_bytes += text.len();
        if text_bytes > MAX_TEXT_BYTES {
            return Err(too_large(path, "too much text in the sheet (bytes)", MAX_TEXT_BYTES as u64));
        }
        let line = u64::from(row) + 1;
        if rows.last().is_none_or(|(last, _)| *last != line) {
            if rows.len() as u64 >= MAX_SHEET_ROWS {
                return Err(too_large(path, "too many rows in the sheet", MAX_SHEET_ROWS));
            }
            rows.push((line, vec![]));
        }
        let Some((_, row)) = rows.last_mut() else { continue };
        let column = column as usize;
        if row.len() <= column {
            slots += column + 1 - row.len();
            if slots > MAX_CELLS {
                return Err(too_large(path, "too many cells in the sheet", MAX_CELLS as u64));
            }
            row.resize(column + 1, String::new());
        }
        if let Some(slot) = row.get_mut(column) {
            *slot = text;
        }
    }
    Ok(rows)
}

/// A cell as the text that a CSV would have; errors of formulas (`#N/A`) are empty.
fn text(value: &DataRef<'_>) -> String {
    match value {
        DataRef::String(text) | DataRef::DateTimeIso(text) | DataRef::DurationIso(text) => text.clone(),
        DataRef::SharedString(text) => (*text).to_owned(),
        DataRef::Int(number) => number.to_string(),
        DataRef::Float(number) => number.to_string(),
        DataRef::Bool(value) => value.to_string(),
        DataRef::DateTime(at) => date_text(*at),
        DataRef::Error(_) | DataRef::Empty => String::new(),
    }
}

fn date_text(at: ExcelDateTime) -> String {
    let (year, month, day, hour, minute, second, milli) = at.to_ymd_hms_milli();
    let _ = milli;
    format!("{year:04}-{month:02}-{day:02} {hour:02}:{minute:02}:{second:02}")
}
