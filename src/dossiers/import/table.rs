//! What CSV and workbooks have in common: a header that says what the columns are, somewhere in the first rows.

use std::sync::Arc;

use super::mapping::{Field, Mapping, Names};
use super::row::{Cell, Cells};

/// The header is looked for in as many rows: titles of reports stand above it.
pub(super) const HEADER_WITHIN: usize = 30;

/// The columns of a table.
#[derive(Debug, Clone)]
pub(super) struct Header {
    /// As they are called.
    pub columns: Vec<Arc<str>>,
    /// What each gives.
    fields: Vec<Vec<(Field, usize)>>,
}

impl Header {
    /// The header that makes most columns known, and the number of its row; null where none knows the code.
    pub(super) fn find(rows: &[Vec<String>], names: &Names) -> Option<(usize, Self)> {
        let headers = rows.iter().take(HEADER_WITHIN).enumerate().map(|(n, row)| (n, Self::of(row, names)));
        // Of equals the first: `max_by_key` would give the last.
        headers.filter(|(_, header)| header.gives(Field::Code)).rev().max_by_key(|(_, h)| h.known())
    }

    fn of(row: &[String], names: &Names) -> Self {
        let columns = row.iter().map(|name| Arc::from(super::values::clean(name))).collect::<Vec<Arc<str>>>();
        let fields = columns.iter().map(|name| names.fields(name).to_vec()).collect();
        Self { columns, fields }
    }

    /// How many columns are understood.
    pub(super) fn known(&self) -> usize {
        self.fields.iter().filter(|fields| !fields.is_empty()).count()
    }

    fn gives(&self, field: Field) -> bool {
        self.fields.iter().flatten().any(|(given, _)| *given == field)
    }

    /// What is needed and no column gives, as the mapping calls it.
    pub(super) fn missing(&self, mapping: &Mapping) -> Option<&'static str> {
        let needed = [Field::Code, Field::Procedure, Field::ReceivedAt].into_iter();
        let office = mapping.office.is_none().then_some(Field::Office);
        needed.chain(office).find(|field| !self.gives(*field)).map(Field::name)
    }

    /// The columns that nothing is taken from.
    pub(super) fn unknown(&self) -> Vec<String> {
        let columns = self.columns.iter().zip(&self.fields);
        let unknown = columns.filter(|(name, fields)| fields.is_empty() && !name.is_empty());
        unknown.map(|(name, _)| name.to_string()).collect()
    }

    /// The first column that gives something, or the mapping's name of it.
    pub(super) fn column(&self, field: Field) -> String {
        let mut columns = self.columns.iter().zip(&self.fields);
        let column = columns.find(|(_, fields)| fields.iter().any(|(given, _)| *given == field));
        column.map_or_else(|| field.name().to_owned(), |(name, _)| name.to_string())
    }

    /// The cells of a row.
    pub(super) fn cells<T: Into<String>>(&self, row: impl Iterator<Item = T>) -> Cells {
        let mut cells = Cells::default();
        for ((text, column), fields) in row.zip(&self.columns).zip(&self.fields) {
            let Some(((field, place), others)) = fields.split_first() else { continue };
            let text = text.into();
            for (field, place) in others {
                cells.put(*field, Cell { column: column.clone(), text: text.clone(), place: *place });
            }
            cells.put(*field, Cell { column: column.clone(), text, place: *place });
        }
        cells
    }
}
