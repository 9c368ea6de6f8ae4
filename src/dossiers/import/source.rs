//! What the readers of the three kinds give.

use super::error::RowError;
use super::row::Cells;
use crate::dossiers::dossier::{Dossier, Secrets};

/// A row as a file has it.
pub(super) struct RawRow {
    /// Where it begins, counted from 1.
    pub line: u64,
    /// What stands there, or why that cannot be told.
    pub content: Result<Content, RowError>,
}

/// What stands in a row.
pub(super) enum Content {
    /// Cells that have to be understood yet.
    Cells(Box<Cells>),
    /// A dossier as Hỏi Đáp itself writes it.
    Own(Box<(Dossier, Secrets)>),
}
