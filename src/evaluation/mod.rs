//! Measuring: what is found, what is answered, what is heard, over data that the caller names. Every figure in the README
//! comes from here.

pub mod answers;
pub mod answers_calibration;
pub mod answers_report;
pub mod channel;
pub mod clauses;
pub mod confidence;
pub mod echo;
pub mod ranking;
pub mod retrieval;
pub mod risk_coverage;
pub mod roundtrip;
pub mod speech;
mod table;
pub mod turns;
pub mod word_error_rate;

use std::path::{Path, PathBuf};

use serde::de::DeserializeOwned;

use crate::regulations::IndexError;

/// Why an evaluation stopped.
#[derive(Debug, thiserror::Error)]
pub enum EvaluationError {
    /// The data could not be read.
    #[error("{0} cannot be read: {1}")]
    Unreadable(PathBuf, String),
    /// A line is not what it should be.
    #[error("{file}, line {line}: {reason}")]
    Malformed {
        /// The file.
        file: PathBuf,
        /// Counted from 1.
        line: usize,
        /// What is wrong.
        reason: String,
    },
    /// The engine under measurement failed.
    #[error("{0}")]
    Engine(String),
    /// The search failed.
    #[error(transparent)]
    Index(#[from] IndexError),
}

/// Reads data of one JSON object a line; the first malformed line is named.
pub fn read_json_lines<T: DeserializeOwned>(path: &Path) -> Result<Vec<T>, EvaluationError> {
    let text = std::fs::read_to_string(path)
        .map_err(|e| EvaluationError::Unreadable(path.to_owned(), e.to_string()))?;
    text.lines()
        .enumerate()
        .filter(|(_, line)| !line.trim().is_empty())
        .map(|(n, line)| {
            serde_json::from_str(line).map_err(|e| EvaluationError::Malformed {
                file: path.to_owned(),
                line: n + 1,
                reason: e.to_string(),
            })
        })
        .collect()
}
