//! The text of a CSV with one kind of line end, so that its lines can be counted, and with a bound for a single row.

use std::io::{self, Read};

/// No row of a file is longer, in bytes.
pub const MAX_ROW_BYTES: u64 = 1 << 20;

/// Makes `\n` of `\r\n` and `\r`, and refuses to read on when one row took too much.
pub(super) struct CsvText<R> {
    text: R,
    left: u64,
    is_behind_return: bool,
    is_at_end: bool,
}

/// What ends the reading of an endless row; found again by its type inside of an I/O error.
#[derive(Debug, thiserror::Error)]
#[error("a row is longer than {MAX_ROW_BYTES} bytes")]
pub(super) struct RowTooLong;

impl<R> CsvText<R> {
    pub(super) fn new(text: R) -> Self {
        Self { text, left: MAX_ROW_BYTES, is_behind_return: false, is_at_end: false }
    }

    /// The next row may take as much as this one.
    pub(super) fn next_row(&mut self) {
        self.left = MAX_ROW_BYTES;
    }

    /// What it reads from.
    pub(super) fn inner(&self) -> &R {
        &self.text
    }

    /// Whether the end was met. A row that ends with its line is given before that is tried.
    pub(super) fn is_at_end(&self) -> bool {
        self.is_at_end
    }
}

impl<R: Read> Read for CsvText<R> {
    fn read(&mut self, into: &mut [u8]) -> io::Result<usize> {
        loop {
            if self.left == 0 && !into.is_empty() {
                return Err(io::Error::other(RowTooLong));
            }
            let most = into.len().min(usize::try_from(self.left).unwrap_or(usize::MAX));
            let Some(space) = into.get_mut(..most) else { return Ok(0) };
            let read = self.text.read(space)?;
            self.left -= read as u64;
            self.is_at_end = read == 0;
            let mut kept = 0;
            for n in 0..read {
                let byte = space[n];
                let is_second = byte == b'\n' && self.is_behind_return;
                self.is_behind_return = byte == b'\r';
                if !is_second {
                    space[kept] = if byte == b'\r' { b'\n' } else { byte };
                    kept += 1;
                }
            }
            if kept > 0 || read == 0 {
                return Ok(kept);
            }
        }
    }
}
