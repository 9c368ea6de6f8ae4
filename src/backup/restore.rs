//! Puts a backup back: checked first, then built beside, then put in place.
//!
//! The database is built at the backup's own schema and brought forward from there, in a file of its own; where the
//! settings name PostgreSQL, what came of it is copied there. So a backup also moves a service from one database to the
//! other. What was past its time is deleted before anybody can see it, and what citizens took back since the backup is
//! taken back again, where the database that is replaced can still be read.

use std::path::{Path, PathBuf};

use jiff::Timestamp;

use super::lock::{self, UNFINISHED};
use super::manifest::Manifest;
use super::pack::unpack;
use super::{AUDIT_HEAD, BackupError, DOSSIER_KEY, FILES, FOLDERS, INDEX, LEFT_OUT, disk};
use crate::feedback::Submissions;
use crate::feedback::code::SubmissionCode;
use crate::feedback::store::SubmissionError;
use crate::files::{make_folder, sync_folder};
use crate::receipts::ReceiptStore;
use crate::receipts::doubtful::DoubtfulAnswers;
use crate::regulations::RegulationIndex;
use crate::regulations::rebuild::{needs_rebuild, rebuild};
use crate::store::audit::{Decision, Verdict, head_file};
use crate::store::moment::days_ago;
use crate::store::tables::Counts;
use crate::store::{Store, sqlite_path, without_password};

/// The file of SQLite, and what it keeps beside it.
const DATABASE: [&str; 3] = ["hoidap.db", "hoidap.db-wal", "hoidap.db-shm"];
/// Under this name the settings of the backup lie in the data folder, to be compared and put where they belong.
pub const SETTINGS_COPY: &str = "restored-hoidap.toml";
/// How the folder begins in which is put aside what was there before.
const ASIDE: &str = ".before-restore-";

/// Where to, and what is to be done there.
#[derive(Clone, Copy)]
pub struct Target<'a> {
    /// The data folder.
    pub data: &'a Path,
    /// A database elsewhere; null for the file in the data folder.
    pub database: Option<&'a str>,
    /// Puts aside what lies there.
    pub force: bool,
    /// What citizens sent is deleted after so many days; 0 keeps it.
    pub submission_days: u32,
    /// Receipts are deleted after so many days; 0 keeps them.
    pub receipt_days: u32,
    /// Who does it, for the log of decisions.
    pub actor: &'a str,
}

/// What was done.
#[derive(Debug)]
pub struct Restored {
    /// Of the backup.
    pub manifest: Manifest,
    /// Where lies what was there before.
    pub put_aside: Option<PathBuf>,
    /// Submissions that were past their time.
    pub purged: u64,
    /// Receipts that were.
    pub pruned: usize,
    /// Submissions that had been taken back since the backup; null where that could not be known.
    pub taken_back: Option<usize>,
    /// Whether the index was brought to this program's format.
    pub index_was_rebuilt: bool,
}

/// Restores the backup in `folder`.
///
/// # Errors
/// Where the backup is damaged or newer, the target is in use or not empty, or what was restored is not what was saved;
/// the target is as it was then, unless the last step itself was broken off, which the next start tells.
pub async fn restore(folder: &Path, target: &Target<'_>) -> Result<Restored, BackupError> {
    let manifest = Manifest::read(folder)?;
    manifest.verify(folder)?;
    let _alone = lock::alone(target.data)?;
    let own = target.data.join(DATABASE[0]);
    let elsewhere =
        target.database.filter(|address| sqlite_path(address).map(Path::new) != Some(own.as_path()));
    let target = &Target { database: elsewhere, ..*target };
    let present = present(target);
    if let (Some(first), false) = (present.first(), target.force) {
        return Err(BackupError::NotEmpty(target.data.display().to_string(), (*first).to_owned()));
    }
    let staging =
        tempfile::Builder::new().prefix(".restore-").tempdir_in(target.data).map_err(disk(target.data))?;
    let place = staging.path();
    take_files(folder, &manifest, place)?;
    let index_was_rebuilt = check_index(&manifest, &place.join(INDEX))?;
    let built = build_database(folder, &manifest, place).await?;
    let old = old_database(target).await;
    let withdrawn = match &old {
        None => Some(vec![]),
        Some(Ok(old)) => Submissions::new(old.clone()).withdrawn().await.ok(),
        Some(Err(_)) => None,
    };
    let store = match target.database {
        None => built,
        Some(address) => {
            let elsewhere = copy_database(&built, address, target.force, place).await?;
            built.close().await;
            for file in DATABASE {
                let _ = std::fs::remove_file(place.join(file));
            }
            elsewhere
        }
    };
    if let Some(Ok(old)) = old {
        old.close().await;
    }
    let outcome = finish(&store, &manifest, target, place, withdrawn).await;
    store.close().await;
    let (purged, pruned, taken_back) = outcome?;
    let put_aside = put_in_place(target.data, place, &present)?;
    Ok(Restored { manifest, put_aside, purged, pruned, taken_back, index_was_rebuilt })
}

/// Everything that a restore may put into a data folder; a file of SQLite that lies there is left alone where the settings
/// name another database.
fn all_names(has_database: bool) -> impl Iterator<Item = &'static str> {
    let others = [INDEX, AUDIT_HEAD, SETTINGS_COPY];
    let database = DATABASE.into_iter().filter(move |_| has_database);
    database.chain(FILES).chain(FOLDERS).chain(others)
}

/// What of it is there already; empty folders do not count.
fn present(target: &Target<'_>) -> Vec<&'static str> {
    let is_empty = |path: &Path| std::fs::read_dir(path).is_ok_and(|mut entries| entries.next().is_none());
    let is_there = |name: &&str| {
        let path = target.data.join(name);
        path.symlink_metadata().is_ok() && !is_empty(&path)
    };
    all_names(target.database.is_none()).filter(is_there).collect()
}

fn take_files(folder: &Path, manifest: &Manifest, place: &Path) -> Result<(), BackupError> {
    for name in FOLDERS.into_iter().chain([INDEX]) {
        let archive = format!("{name}.tar");
        if manifest.has(&archive) {
            unpack(&folder.join(archive), &place.join(name))?;
        }
    }
    let names = FILES.into_iter().chain([AUDIT_HEAD]);
    let files = names.map(|name| (format!("data/{name}"), name));
    for (from, to) in files.chain([("settings/hoidap.toml".to_owned(), SETTINGS_COPY)]) {
        if manifest.has(&from) {
            let (from, to) = (folder.join(from), place.join(to));
            std::fs::copy(&from, &to).map_err(disk(&from))?;
            let file = std::fs::File::open(&to).map_err(disk(&to))?;
            #[cfg(unix)]
            file.set_permissions(std::os::unix::fs::PermissionsExt::from_mode(0o600)).map_err(disk(&to))?;
            file.sync_all().map_err(disk(&to))?;
        }
    }
    if !manifest.has(&format!("data/{DOSSIER_KEY}"))
        && manifest.tables.get("dossiers").is_some_and(|rows| *rows > 0)
    {
        tracing::warn!(
            "the backup has no key of the dossiers: their owners cannot prove themselves until the one-stop system \
             has sent them again"
        );
    }
    Ok(())
}

/// Opens the index, in this program's format; whether it had to be rebuilt for that.
fn check_index(manifest: &Manifest, folder: &Path) -> Result<bool, BackupError> {
    let Some(note) = &manifest.index else { return Ok(false) };
    let is_old = needs_rebuild(folder);
    if is_old {
        rebuild(folder, false)?;
    }
    let found = RegulationIndex::open(folder)?.len();
    if found != note.records {
        let why = format!("the index holds {found} records instead of {}", note.records);
        return Err(BackupError::NotTheSame(why));
    }
    Ok(is_old)
}

/// The database of the backup in a file of its own, brought forward to this program's schema.
async fn build_database(folder: &Path, manifest: &Manifest, place: &Path) -> Result<Store, BackupError> {
    let store = Store::make_at(&Store::file_in(place), manifest.schema).await?;
    let mut change = store.begin().await?;
    // A step of the schema may have put rows in of its own; the backup has them too.
    store.clear(&mut change).await?;
    for table in manifest.tables.keys() {
        let path = folder.join("database").join(format!("{table}.jsonl"));
        let file = std::fs::File::open(&path).map_err(disk(&path))?;
        store.put_rows(&mut change, table, std::io::BufReader::new(file)).await?;
    }
    change.commit().await.map_err(crate::store::StoreError::from)?;
    same_counts(&manifest.tables, &store.counts().await?)?;
    store.migrate().await?;
    Ok(store)
}

/// Every table that was saved has the rows that it had.
fn same_counts(saved: &Counts, found: &Counts) -> Result<(), BackupError> {
    for (table, rows) in saved.iter().filter(|(table, _)| !LEFT_OUT.contains(&table.as_str())) {
        let found = found.get(table).copied().unwrap_or_default();
        if found != *rows {
            return Err(BackupError::NotTheSame(format!("{table} has {found} rows instead of {rows}")));
        }
    }
    Ok(())
}

/// The database that is replaced, where there is one.
async fn old_database(target: &Target<'_>) -> Option<Result<Store, crate::store::StoreError>> {
    let address = match target.database {
        Some(address) => address.to_owned(),
        None if target.data.join(DATABASE[0]).exists() => Store::file_in(target.data),
        None => return None,
    };
    match Store::connect(&address).await {
        Err(crate::store::StoreError::Missing(_)) => None,
        Ok(store) if store.schema().await.is_ok_and(|schema| schema == 0) => None,
        store => Some(store),
    }
}

/// Copies a database to another one, which must be empty unless it is to be replaced; all or nothing of it.
async fn copy_database(from: &Store, address: &str, force: bool, place: &Path) -> Result<Store, BackupError> {
    let store = Store::open(address).await?;
    let filled = store.counts().await?.into_iter().find(|(_, rows)| *rows > 0);
    if let (Some((table, rows)), false) = (filled, force) {
        let what = format!("{table} has {rows} rows");
        return Err(BackupError::NotEmpty(format!("the database {}", without_password(address)), what));
    }
    let mut tables = from.moment().await?;
    let mut change = store.begin().await?;
    store.clear(&mut change).await?;
    for table in tables.tables().await? {
        let file = tempfile::tempfile_in(place).map_err(disk(place))?;
        let mut out = std::io::BufWriter::new(file);
        tables.write(&table, &mut out).await?;
        let mut file = out.into_inner().map_err(|e| disk(place)(e.into_error()))?;
        std::io::Seek::rewind(&mut file).map_err(disk(place))?;
        store.put_rows(&mut change, &table, std::io::BufReader::new(file)).await?;
    }
    change.commit().await.map_err(crate::store::StoreError::from)?;
    drop(tables);
    same_counts(&from.counts().await?, &store.counts().await?)?;
    Ok(store)
}

/// Checks the log of decisions, notes the restore in it, and deletes what must not come back: how many submissions and
/// receipts were past their time, and how many had been taken back.
async fn finish(
    store: &Store,
    manifest: &Manifest,
    target: &Target<'_>,
    place: &Path,
    withdrawn: Option<Vec<SubmissionCode>>,
) -> Result<(u64, usize, Option<usize>), BackupError> {
    let head = head_file(place);
    let check = async || -> Result<(), BackupError> {
        match store.verify_audit(&head).await? {
            Verdict::Whole { .. } => Ok(()),
            _ if !manifest.audit_is_whole => Ok(()),
            verdict => Err(BackupError::NotTheSame(format!("the log of decisions is {verdict:?}"))),
        }
    };
    check().await?;
    let mut change = store.begin().await?;
    let reason = format!("khôi phục từ bản sao lưu lúc {}", manifest.made_at);
    let decision =
        Decision { actor: target.actor, action: "backup.restore", subject: "database", reason: &reason };
    store.record(&mut change, decision).await?;
    change.commit().await.map_err(crate::store::StoreError::from)?;
    let submissions = Submissions::new(store.clone());
    let taken_back = match withdrawn {
        None => None,
        Some(codes) => {
            let mut taken_back = 0;
            for code in &codes {
                match submissions.withdraw(code).await {
                    Ok(()) => taken_back += 1,
                    Err(SubmissionError::Unknown) => {} // withdrawn in the backup already, or sent later
                    Err(error) => return Err(error.into()),
                }
            }
            Some(taken_back)
        }
    };
    let purged = match days_ago(target.submission_days) {
        None => 0,
        Some(before) => submissions.purge(before).await?,
    };
    let pruned = ReceiptStore::new(place.join("receipts")).prune(target.receipt_days)?;
    if let Some(before) = days_ago(target.receipt_days) {
        DoubtfulAnswers::new(store.clone()).forget(before).await?;
    }
    check().await?;
    Ok((purged, pruned, taken_back))
}

/// Puts aside what is there, and puts in its place what was restored. A folder is often a disk of its own, so its entries are
/// renamed and not the folder.
fn put_in_place(data: &Path, place: &Path, present: &[&str]) -> Result<Option<PathBuf>, BackupError> {
    let mark = data.join(UNFINISHED);
    std::fs::File::create(&mark).and_then(|file| file.sync_all()).map_err(disk(&mark))?;
    let mut aside = None;
    if !present.is_empty() {
        let folder = data.join(format!("{ASIDE}{}", Timestamp::now().strftime("%Y%m%dT%H%M%SZ")));
        make_folder(&folder).map_err(disk(&folder))?;
        for name in present {
            let from = data.join(name);
            // Closing the old database may have taken its log of changes away.
            if from.symlink_metadata().is_ok() {
                std::fs::rename(&from, folder.join(name)).map_err(disk(&from))?;
            }
        }
        sync_folder(&folder).map_err(disk(&folder))?;
        aside = Some(folder);
    }
    for name in all_names(true) {
        let (from, to) = (place.join(name), data.join(name));
        if from.exists() {
            let _empty = std::fs::remove_dir(&to);
            std::fs::rename(&from, &to).map_err(disk(&to))?;
        }
    }
    sync_folder(data).map_err(disk(data))?;
    std::fs::remove_file(&mark).map_err(disk(&mark))?;
    sync_folder(data).map_err(disk(data))?;
    Ok(aside)
}
