//! A table of tab-separated values, for the scripts that learn from it.

use std::fmt::Display;
use std::fs::File;
use std::io::{BufWriter, Write};
use std::path::{Path, PathBuf};

use super::EvaluationError;

/// A table that is being written.
pub(super) struct Table {
    path: PathBuf,
    out: BufWriter<File>,
}

impl Table {
    /// Begins it with the names of its columns, separated by tabs, and those of the features after them.
    pub fn create(path: &Path, columns: &str, features: &[&str]) -> Result<Self, EvaluationError> {
        let file = File::create(path).map_err(|e| unwritable(path, &e))?;
        let mut table = Self { path: path.to_owned(), out: BufWriter::new(file) };
        writeln!(table.out, "{columns}\t{}", features.join("\t")).map_err(|e| unwritable(path, &e))?;
        Ok(table)
    }

    /// A line: what stands before the features, separated by tabs, and these.
    pub fn line(&mut self, before: impl Display, features: &[f32]) -> Result<(), EvaluationError> {
        let features = features.iter().map(f32::to_string).collect::<Vec<_>>().join("\t");
        writeln!(self.out, "{before}\t{features}").map_err(|e| unwritable(&self.path, &e))
    }

    /// Writes what is left.
    pub fn finish(mut self) -> Result<(), EvaluationError> {
        self.out.flush().map_err(|e| unwritable(&self.path, &e))
    }
}

fn unwritable(path: &Path, error: &std::io::Error) -> EvaluationError {
    EvaluationError::Unreadable(path.to_owned(), error.to_string())
}
