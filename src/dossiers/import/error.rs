//! What can be wrong: with a file, which stops the import, and with a row, which is reported.

use std::path::PathBuf;

use jiff::civil::Date;

use super::encoding::EncodingError;
use crate::dossiers::code::{CodeError, DossierCode};

/// Why a file cannot be read to its end. Nothing of it may then be kept.
#[derive(Debug, thiserror::Error)]
pub enum FileError {
    /// It could not be opened or read.
    #[error("{0} cannot be read: {1}")]
    Unreadable(PathBuf, String),
    /// A kind without a reader.
    #[error("{0} is of no known kind; dossiers come as .csv, .json or .xlsx")]
    UnknownKind(PathBuf),
    /// Text in an encoding that is not read.
    #[error("{0}: {1}")]
    Encoding(PathBuf, #[source] EncodingError),
    /// No row names the column of the code.
    #[error(
        "{file}: no row names a column for the code of the dossier (known: {}); name yours in the mapping. \
         The first row: {}", .known.join(", "), .first_row.join(" | ")
    )]
    NoHeader {
        /// The file.
        file: PathBuf,
        /// Names that would be understood.
        known: Vec<String>,
        /// What stands there instead.
        first_row: Vec<String>,
    },
    /// The header lacks something without which there is no dossier.
    #[error("{file}: no column gives {missing} (the columns: {}); name yours in the mapping", .found.join(", "))]
    MissingColumn {
        /// The file.
        file: PathBuf,
        /// As the mapping calls it.
        missing: &'static str,
        /// The columns there are.
        found: Vec<String>,
    },
    /// A row beyond the bound; mostly a quotation mark that is never closed.
    #[error("{file}, line {line}: the row is longer than {at_most} bytes; is a quotation mark not closed?")]
    RowTooLong {
        /// The file.
        file: PathBuf,
        /// Where it begins, counted from 1.
        line: u64,
        /// The bound, in bytes.
        at_most: u64,
    },
    /// Not what its name says.
    #[error("{file}, line {line}: {reason}")]
    Malformed {
        /// The file.
        file: PathBuf,
        /// Counted from 1.
        line: u64,
        /// What is wrong.
        reason: String,
    },
    /// More than is read at once.
    #[error("{file}: {what}, at most {at_most} are read; export fewer dossiers, or as CSV")]
    TooLarge {
        /// The file.
        file: PathBuf,
        /// What there is too much of.
        what: &'static str,
        /// The bound.
        at_most: u64,
    },
    /// A workbook that is damaged, or none.
    #[error("{0} is no readable workbook: {1}")]
    Workbook(PathBuf, String),
}

/// A row that is not taken, with where and why.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[error("line {line}{}: {problem}", .column.as_ref().map(|c| format!(", column {c:?}")).unwrap_or_default())]
pub struct RowError {
    /// The line where the row begins, counted from 1; in a workbook the row of the sheet.
    pub line: u64,
    /// The column, as the file calls it; null where it is the whole row.
    pub column: Option<String>,
    /// What is wrong.
    pub problem: Problem,
}

/// What is wrong with a row. No message repeats an identity number, a birth date or a name.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum Problem {
    /// Nothing stands where something must.
    #[error("it is empty, but a dossier needs it")]
    Missing,
    /// No code.
    #[error(transparent)]
    Code(#[from] CodeError),
    /// The code stood in a row before, which says something else.
    #[error("the dossier {code} stands in line {first_line} already, with other contents")]
    Duplicate {
        /// Whose.
        code: DossierCode,
        /// The row that counts.
        first_line: u64,
    },
    /// No date and time in any form that is understood.
    #[error("{0:?} is no date (understood: 03/11/2025, 3-11-2025, 2025-11-03, with 08:15 or 8h15)")]
    NoDate(String),
    /// A date beyond all reason.
    #[error("{0} is not between 2000 and 2100")]
    DateOutOfRange(Date),
    /// Later than today.
    #[error("{0} lies in the future")]
    InFuture(Date),
    /// Something that happened before the dossier was there.
    #[error("{date} is before the receipt of the dossier ({received})")]
    BeforeReceipt {
        /// When it is said to have been.
        date: Date,
        /// When the dossier was received.
        received: Date,
    },
    /// Papers that came before they were asked for.
    #[error("papers supplied on {supplied} had been asked for only on {asked}")]
    SuppliedBeforeAsked {
        /// When they came.
        supplied: Date,
        /// When they were asked for.
        asked: Date,
    },
    /// A result that was taken away before it was there.
    #[error("the result was taken away on {collected}, but was there only on {on}")]
    CollectedBeforeResult {
        /// When it was taken.
        collected: Date,
        /// When it was there.
        on: Date,
    },
    /// Steps have to come oldest first.
    #[error("the steps are not in the order of their dates")]
    StepsOutOfOrder,
    /// A date of supply, or papers, without the day on which they were asked for.
    #[error("papers are named, but not the day on which they were asked for")]
    NotAskedFor,
    /// The dossier ended, and nothing says when.
    #[error("the dossier has ended, but no column says when")]
    EndWithoutDate,
    /// There is a date of the result, and nothing says what came of it.
    #[error(
        "there is a date of the result, but {0:?} is no word for granted, refused or withdrawn; add it to the mapping"
    )]
    UnknownEnd(String),
    /// A text beyond its bound.
    #[error("it has more than {0} characters")]
    TooLong(usize),
    /// A list beyond its bound.
    #[error("it has more than {0} items")]
    TooMany(usize),
    /// A sum that is none.
    #[error("{0:?} is no sum in đồng")]
    NoSum(String),
    /// Less than nothing is owed.
    #[error("the sum is negative")]
    NegativeSum,
    /// No identity number.
    #[error("it is no identity number: at least four digits are needed, and the last four are kept")]
    NoIdentity,
    /// No year of birth.
    #[error("it is no date or year of birth between 1900 and this year")]
    NoBirthYear,
    /// Another number of columns than the header has.
    #[error("the row has {found} columns and the header {expected}{}", if *.is_open {"; is a quotation mark not closed?"} else {""})]
    Width {
        /// In the row.
        found: usize,
        /// In the header.
        expected: usize,
        /// Whether its last column goes over lines.
        is_open: bool,
    },
    /// An object that is no dossier of ours, or not JSON.
    #[error("the object is not understood: {0}")]
    Json(String),
}

/// Errors of rows as a report shows them: the first ones, and how many there are.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct RowErrors {
    kept: Vec<RowError>,
    count: u64,
    at_most: usize,
}

impl RowErrors {
    /// Keeps so many, and counts the others.
    pub fn keeping(at_most: usize) -> Self {
        Self { kept: vec![], count: 0, at_most }
    }

    /// Takes one more.
    pub fn push(&mut self, error: RowError) {
        self.count += 1;
        if self.kept.len() < self.at_most {
            self.kept.push(error);
        }
    }

    /// The first ones, in the order of the file.
    pub fn kept(&self) -> &[RowError] {
        &self.kept
    }

    /// How many there are, kept or not.
    pub fn count(&self) -> u64 {
        self.count
    }
}

impl std::fmt::Display for RowErrors {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        for error in &self.kept {
            writeln!(f, "  {error}")?;
        }
        match self.count - self.kept.len() as u64 {
            0 => Ok(()),
            more => writeln!(f, "  and {more} more"),
        }
    }
}
