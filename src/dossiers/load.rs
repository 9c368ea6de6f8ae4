//! Files of dossiers into the database, each in one change: all rows that can be taken, or, where the file turns out to be
//! unreadable, the database is lost or the program dies, none.
//!
//! The file is read on a thread of its own, a batch ahead of the database, so that memory stays small however long it is.

use std::path::{Path, PathBuf};

use jiff::civil::Date;
use tokio::sync::mpsc;

use super::dossier::{Dossier, Secrets};
use super::import::{DossierFile, FileError, Format, Mapping, RowError, RowErrors};
use super::store::{DossierStore, Put};
use crate::store::StoreError;

/// Rows that are read ahead.
const BATCH: usize = 500;
/// Wrong rows that are named in the report; the others are counted.
pub const NAMED_ERRORS: usize = 100;

/// Why nothing of a file was taken.
#[derive(Debug, thiserror::Error)]
pub enum LoadError {
    /// The file.
    #[error("{0}; nothing was imported")]
    File(#[from] FileError),
    /// The database.
    #[error("{0}; nothing was imported")]
    Store(#[from] StoreError),
    /// Some rows are wrong, and nothing was to be taken without them.
    #[error("{} rows are wrong; nothing was imported", .0.errors.count())]
    WrongRows(Box<LoadReport>),
    /// The reader gave up.
    #[error("the file's reader gave up: {0}; nothing was imported")]
    Reader(String),
}

/// What was made of a file.
#[derive(Debug, Clone, PartialEq)]
pub struct LoadReport {
    /// How it was understood.
    pub format: Format,
    /// Dossiers that were not there.
    pub new: u64,
    /// Those that were, with other contents.
    pub changed: u64,
    /// Those that were, just so.
    pub unchanged: u64,
    /// Rows that say the same as one before.
    pub repeated: u64,
    /// Rows that were not taken.
    pub errors: RowErrors,
}

/// What comes from the reading thread.
enum Read {
    Rows { rows: Vec<(Dossier, Secrets)>, wrong: Vec<RowError>, bytes: u64 },
    End { format: Format, repeated: u64 },
}

/// Takes a file in. `is_strict`: not at all where one row is wrong. `progress` is told how many of how many bytes are read.
///
/// # Errors
/// Where nothing of it was taken.
pub async fn load(
    store: &DossierStore,
    path: &Path,
    mapping: &Mapping,
    today: Date,
    is_strict: bool,
    mut progress: impl FnMut(u64, u64),
) -> Result<LoadReport, LoadError> {
    let (send, mut batches) = mpsc::channel(2);
    let (file, mapping): (PathBuf, Mapping) = (path.to_owned(), mapping.clone());
    let size = std::fs::metadata(path).map_or(0, |metadata| metadata.len());
    let reader = tokio::task::spawn_blocking(move || read(&file, &mapping, today, &send));
    let (mut new, mut changed, mut unchanged) = (0, 0, 0);
    let mut errors = RowErrors::keeping(NAMED_ERRORS);
    let mut end = None;
    let mut change = store.database().begin().await?;
    while let Some(read) = batches.recv().await {
        match read {
            Read::Rows { rows, wrong, bytes } => {
                wrong.into_iter().for_each(|error| errors.push(error));
                for (dossier, secrets) in rows {
                    match store.put(&mut change, &dossier, &secrets).await? {
                        Put::New => new += 1,
                        Put::Changed => changed += 1,
                        Put::Unchanged => unchanged += 1,
                    }
                }
                progress(bytes, size);
            }
            Read::End { format, repeated } => end = Some((format, repeated)),
        }
    }
    reader.await.map_err(|e| LoadError::Reader(e.to_string()))??;
    let (format, repeated) = end.ok_or_else(|| LoadError::Reader("it ended early".to_owned()))?;
    let report = LoadReport { format, new, changed, unchanged, repeated, errors };
    if is_strict && report.errors.count() > 0 {
        return Err(LoadError::WrongRows(Box::new(report)));
    }
    if new > 0 {
        store.codes_have_changed(&mut change).await?;
    }
    change.commit().await.map_err(StoreError::from)?;
    Ok(report)
}

/// Reads the file to its end, or until nobody wants more of it.
fn read(path: &Path, mapping: &Mapping, today: Date, batches: &mpsc::Sender<Read>) -> Result<(), FileError> {
    let mut file = DossierFile::open(path, mapping, today)?;
    let (mut rows, mut wrong) = (Vec::with_capacity(BATCH), vec![]);
    loop {
        let row = file.next().transpose()?;
        let is_end = row.is_none();
        match row.map(|row| row.result) {
            Some(Ok(one)) => rows.push(one),
            Some(Err(error)) => wrong.push(error),
            None => {}
        }
        if is_end || rows.len() + wrong.len() >= BATCH {
            let read = Read::Rows {
                rows: std::mem::replace(&mut rows, Vec::with_capacity(BATCH)),
                wrong: std::mem::take(&mut wrong),
                bytes: file.bytes_read(),
            };
            if batches.blocking_send(read).is_err() {
                return Ok(());
            }
        }
        if is_end {
            let end = Read::End { format: file.format(), repeated: file.repeated() };
            let _ = batches.blocking_send(end);
            return Ok(());
        }
    }
}

impl std::fmt::Display for LoadReport {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        let Self { format, new, changed, unchanged, repeated, errors } = self;
        write!(f, "{new} new, {changed} changed, {unchanged} as before")?;
        if *repeated > 0 {
            write!(f, ", {repeated} repeated")?;
        }
        if let Some(encoding) = format.encoding {
            write!(f, "\n  read as {encoding:?}")?;
        }
        if let Some(delimiter) = format.delimiter {
            write!(f, ", columns between {delimiter:?}")?;
        }
        if !format.unknown_columns.is_empty() {
            write!(f, "\n  nothing was taken from the columns {}", format.unknown_columns.join(", "))?;
        }
        if errors.count() > 0 {
            write!(f, "\n  {} rows were not taken:", errors.count())?;
            for error in errors.kept() {
                write!(f, "\n    {error}")?;
            }
            let more = errors.count() - errors.kept().len() as u64;
            if more > 0 {
                write!(f, "\n    … and {more} more")?;
            }
        }
        Ok(())
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::dossiers::key::DossierKey;
    use crate::dossiers::store::SecondFactor;
    use crate::store::tests::stores;

    const TODAY: Date = Date::constant(2026, 3, 20);
    const HEADER: &str = "Mã hồ sơ,Tên thủ tục,Cơ quan,Ngày tiếp nhận,Ngày hẹn trả,Trạng thái\n";

    async fn all() -> Vec<(tempfile::TempDir, DossierStore)> {
        let with_key = |(folder, store): (tempfile::TempDir, _)| {
            let key = DossierKey::load_or_make(&folder.path().join("key")).unwrap();
            (folder, DossierStore::new(store, key, SecondFactor::Either))
        };
        stores().await.into_iter().map(with_key).collect()
    }

    fn row(n: usize, promised: &str) -> String {
        format!("H29.17-260302-{n:04},Đăng ký khai sinh,UBND phường Một,02/03/2026,{promised},Đang xử lý\n")
    }

    async fn import(store: &DossierStore, file: &Path, is_strict: bool) -> Result<LoadReport, LoadError> {
        load(store, file, &Mapping::default(), TODAY, is_strict, |_, _| {}).await
    }

    #[tokio::test]
    async fn a_file_is_taken_once_however_often_it_comes() {
        for (folder, store) in all().await {
            let file = folder.path().join("dossiers.csv");
            let rows: String = (1..=1_200).map(|n| row(n, "05/03/2026")).collect();
            std::fs::write(&file, format!("{HEADER}{rows}")).unwrap();
            let report = import(&store, &file, false).await.unwrap();
            assert_eq!((report.new, report.changed, report.errors.count()), (1_200, 0, 0), "{report}");
            let again = import(&store, &file, false).await.unwrap();
            assert_eq!((again.new, again.changed, again.unchanged), (0, 0, 1_200));
            std::fs::write(&file, format!("{HEADER}{}{}", row(1, "06/03/2026"), row(2, "05/03/2026")))
                .unwrap();
            let third = import(&store, &file, false).await.unwrap();
            assert_eq!((third.new, third.changed, third.unchanged), (0, 1, 1));
            assert_eq!(store.count().await.unwrap(), (1_200, 0));
        }
    }

    #[tokio::test]
    async fn wrong_rows_are_named_and_a_strict_import_takes_nothing_with_them() {
        for (folder, store) in all().await {
            let file = folder.path().join("dossiers.csv");
            let rows =
                format!("{HEADER}{}{}{}", row(1, "05/03/2026"), row(2, "01/03/2026"), row(3, "khi nào xong"));
            std::fs::write(&file, rows).unwrap();
            let refused = import(&store, &file, true).await.unwrap_err();
            let LoadError::WrongRows(report) = refused else { panic!("{refused}") };
            assert_eq!(report.errors.kept().iter().map(|error| error.line).collect::<Vec<_>>(), [3, 4]);
            assert_eq!(store.count().await.unwrap().0, 0);
            assert_eq!(import(&store, &file, false).await.unwrap().new, 1);
        }
    }

    #[tokio::test]
    async fn a_file_that_breaks_off_leaves_nothing() {
        for (folder, store) in all().await {
            let file = folder.path().join("dossiers.json");
            let one = |n: usize| {
                format!(
                    r#"{{"Mã hồ sơ":"H29.17-260302-{n:04}","Tên thủ tục":"x","Cơ quan":"y","Ngày tiếp nhận":"02/03/2026"}}"#
                )
            };
            let rows: Vec<String> = (1..2_000).map(one).collect();
            std::fs::write(&file, format!("[{},{{\"Mã", rows.join(","))).unwrap();
            let broken = import(&store, &file, false).await.unwrap_err();
            assert!(matches!(broken, LoadError::File(_)), "{broken}");
            assert_eq!(store.count().await.unwrap().0, 0);
        }
    }
}
