//! Everything that cannot be had again, copied while the service runs, checked, and put back.
//!
//! A backup is a folder of its own, `hoidap-20261128T061500Z`:
//!
//! | in it | |
//! |---|---|
//! | `manifest.json` | format, schema, rows of each table, models by their sums, and the SHA-256 of every other file; written last |
//! | `database/TABLE.jsonl` | every row of a table as of one moment, from SQLite or PostgreSQL and for either |
//! | `data/…` | the key of the dossiers, the end of the log of decisions, what hearing learnt from the law |
//! | `receipts.tar`, `staff-knowledge.tar`, `knowledge.tar` | those folders |
//! | `regulations.tar` | the index in one state, with its history |
//! | `settings/hoidap.toml` | the file of the settings as it is, with the secrets in it |
//!
//! Not in it: models (they are fetched again; their sums are in the manifest), what was spoken before, sessions of staff,
//! settings of the environment, certificates that lie elsewhere. It holds personal data and keys like the data folder
//! itself, so it is its owner's alone, and who carries it elsewhere encrypts it.
//!
//! [`make`] writes it under a temporary name, reads it once more and renames it; [`restore`] checks every sum before it
//! touches anything; [`lock`] keeps a restore away from a service that runs.

pub mod lock;
pub mod make;
pub mod manifest;
mod pack;
pub mod restore;

use std::path::{Path, PathBuf};

use crate::feedback::store::SubmissionError;
use crate::receipts::ReceiptError;
use crate::regulations::IndexError;
use crate::regulations::rebuild::RebuildError;
use crate::store::StoreError;

/// The format of backups; raised when an older program could not restore one any more.
pub const FORMAT: u32 = 1;

/// Files of the data folder that are copied, where they are there.
const FILES: [&str; 5] =
    [DOSSIER_KEY, "watched-dossiers.json", "language-model.bin", "syllables.bin", "syllables.tsv"];
const DOSSIER_KEY: &str = "dossier-key";
/// Folders of the data folder that are packed, where they are there.
const FOLDERS: [&str; 3] = ["receipts", "staff-knowledge", "knowledge"];
/// The folder of the index, which is packed in one state.
const INDEX: &str = "regulations";
/// The end of the log of decisions.
const AUDIT_HEAD: &str = "audit-head";
/// Tables whose rows are left out: who was logged in logs in again.
const LEFT_OUT: [&str; 1] = ["staff_sessions"];

/// What can go wrong with a backup.
#[derive(Debug, thiserror::Error)]
pub enum BackupError {
    /// A file or folder cannot be read or written.
    #[error("{0}: {1}")]
    Disk(PathBuf, #[source] std::io::Error),
    /// What is given is no backup.
    #[error("{0} is no whole backup: {1}")]
    NoBackup(PathBuf, String),
    /// A file is not what was written.
    #[error("the backup is damaged: {file} {what}; take another one")]
    Damaged {
        /// The file, from the backup's folder.
        file: String,
        /// What is wrong with it.
        what: String,
    },
    /// It was made by a newer program.
    #[error(
        "the backup has {what} {found} and this program knows none above {known}: use the hoidap that made it"
    )]
    Newer {
        /// `format` or `schema`.
        what: &'static str,
        /// What it says of itself.
        found: i64,
        /// The latest that this program knows.
        known: i64,
    },
    /// There is something already where it was to be restored to.
    #[error("{0} is not empty ({1}); `--force` puts aside what lies there")]
    NotEmpty(String, String),
    /// A service works there.
    #[error("{0} is in use by a running hoidap; stop it first")]
    InUse(PathBuf),
    /// A restore was broken off.
    #[error(
        "a restore into {0} was broken off; run `hoidap restore --force` again before anything works there"
    )]
    Unfinished(PathBuf),
    /// What was restored is not what was saved.
    #[error("what was restored is not what was saved: {0}; nothing was put in place")]
    NotTheSame(String),
    /// The database refuses.
    #[error(transparent)]
    Store(#[from] StoreError),
    /// The index refuses.
    #[error(transparent)]
    Index(#[from] IndexError),
    /// The index cannot be brought to this program's format.
    #[error(transparent)]
    Rebuild(#[from] RebuildError),
    /// What is past its time could not be deleted.
    #[error(transparent)]
    Submissions(#[from] SubmissionError),
    /// The same of receipts.
    #[error(transparent)]
    Receipts(#[from] ReceiptError),
}

/// An error of the disk with the place of it.
fn disk(path: &Path) -> impl FnOnce(std::io::Error) -> BackupError {
    let path = path.to_owned();
    move |error| BackupError::Disk(path, error)
}
