//! Makes a backup, beside a service that runs: first the database as of one moment, then the files.
//!
//! Files are written before what the database says of them, or belong to no row at all, so that what comes later in the
//! copy does no harm.

use std::path::{Path, PathBuf};
use std::time::{Duration, SystemTime};

use jiff::Timestamp;

use super::manifest::{IndexNote, MANIFEST_FILE, Manifest, ModelNote};
use super::pack::{Packing, add};
use super::{AUDIT_HEAD, BackupError, FILES, FOLDERS, FORMAT, INDEX, LEFT_OUT, disk, lock};
use crate::files::{make_folder, sync_folder};
use crate::regulations::IndexError;
use crate::regulations::snapshot::snapshot;
use crate::store::Store;
use crate::store::audit::{Verdict, head_file};
use crate::store::moment::moment;
use crate::store::tables::Counts;

/// How the names of backups begin.
const PREFIX: &str = "hoidap-";
/// The rest of their names.
const STAMP: &str = "%Y%m%dT%H%M%SZ";
/// How a backup in the making is called.
const PART_PREFIX: &str = ".hoidap-";
/// What a crash left of one is cleared away after this time.
const PART_TIME: Duration = Duration::from_secs(24 * 3600);

/// What is backed up.
pub struct Source<'a> {
    /// The database.
    pub store: &'a Store,
    /// The data folder.
    pub data: &'a Path,
    /// The file of the settings, where there is one.
    pub settings_file: Option<&'a Path>,
    /// The models that are there.
    pub models: Vec<ModelNote>,
    /// The version of this program.
    pub program: &'a str,
    /// Its commit.
    pub commit: &'a str,
}

/// A backup that was made.
#[derive(Debug)]
pub struct Made {
    /// Where.
    pub folder: PathBuf,
    /// What is in it.
    pub manifest: Manifest,
    /// Older ones that were deleted.
    pub deleted: Vec<PathBuf>,
}

/// Makes a backup in a new folder under `to`, as of `now`, and deletes older ones there but for the latest `keep`.
///
/// # Errors
/// Where something cannot be read or written; nothing is left of the backup then, and no older one is deleted.
pub async fn make(
    source: &Source<'_>,
    to: &Path,
    now: Timestamp,
    keep: Option<usize>,
) -> Result<Made, BackupError> {
    let _in_use = lock::beside_others(source.data)?;
    make_folder(to).map_err(disk(to))?;
    clear_remains(to);
    // Such a folder is its owner's alone, and goes where something fails.
    let part = tempfile::Builder::new().prefix(PART_PREFIX).tempdir_in(to).map_err(disk(to))?;
    let mut packing = Packing::new(part.path());
    let mut manifest = Manifest {
        format: FORMAT,
        made_at: moment(now),
        program: source.program.to_owned(),
        commit: source.commit.to_owned(),
        schema: source.store.schema().await?,
        tables: Counts::new(),
        audit_is_whole: audit_is_whole(source).await?,
        index: None,
        models: source.models.clone(),
        files: vec![],
    };
    manifest.tables = take_tables(source.store, &mut packing).await?;
    for file in FILES {
        packing.copy(&source.data.join(file), &format!("data/{file}"))?;
    }
    for folder in FOLDERS {
        packing.pack(&source.data.join(folder), &format!("{folder}.tar"))?;
    }
    manifest.index = take_index(&source.data.join(INDEX), now, &mut packing)?;
    if let Some(file) = source.settings_file {
        packing.copy(file, "settings/hoidap.toml")?;
    }
    manifest.files = packing.files;
    // What was written is read again: a disk may have lied.
    manifest.verify(part.path())?;
    let mut last = Packing::new(part.path());
    let json = serde_json::to_vec_pretty(&manifest).map_err(|e| disk(to)(e.into()))?;
    last.write(MANIFEST_FILE, &json)?;
    sync_folder(part.path()).map_err(disk(to))?;
    let folder = to.join(format!("{PREFIX}{}", now.strftime(STAMP)));
    std::fs::rename(part.path(), &folder).map_err(disk(&folder))?;
    let _moved = part.keep();
    sync_folder(to).map_err(disk(to))?;
    let deleted = match keep {
        Some(keep) => delete_all_but(to, keep.max(1))?,
        None => vec![],
    };
    Ok(Made { folder, manifest, deleted })
}

async fn audit_is_whole(source: &Source<'_>) -> Result<bool, BackupError> {
    let verdict = source.store.verify_audit(&head_file(source.data)).await?;
    let is_whole = matches!(verdict, Verdict::Whole { .. });
    if !is_whole {
        tracing::warn!("the log of decisions is not whole; it is backed up as it is (`hoidap audit verify`)");
    }
    Ok(is_whole)
}

/// Every table as of one moment, and the end of the log of decisions as of the same.
async fn take_tables(store: &Store, packing: &mut Packing) -> Result<Counts, BackupError> {
    let mut counts = Counts::new();
    let mut tables = store.moment().await?;
    for table in tables.tables().await? {
        if LEFT_OUT.contains(&table.as_str()) {
            continue;
        }
        let mut file = packing.file(&format!("database/{table}.jsonl"))?;
        let rows = tables.write(&table, &mut file).await?;
        packing.seal(file)?;
        counts.insert(table, rows);
    }
    if let Some(head) = tables.audit_head().await? {
        packing.write(&format!("data/{AUDIT_HEAD}"), format!("{head}\n").as_bytes())?;
    }
    Ok(counts)
}

fn take_index(
    folder: &Path,
    now: Timestamp,
    packing: &mut Packing,
) -> Result<Option<IndexNote>, BackupError> {
    let state = match snapshot(folder) {
        Err(IndexError::Missing(_)) => return Ok(None),
        state => state?,
    };
    let note = IndexNote { version: state.version, records: state.records };
    let modified = u64::try_from(now.as_second()).unwrap_or_default();
    let mut archive = tar::Builder::new(packing.file(&format!("{INDEX}.tar"))?);
    for mut file in state.files {
        add(&mut archive, Path::new(&file.name), file.length, modified, &mut file.content)
            .map_err(disk(&folder.join(&file.name)))?;
    }
    let file = archive.into_inner().map_err(disk(folder))?;
    packing.seal(file)?;
    Ok(Some(note))
}

/// The backups under a folder, the oldest first.
///
/// # Errors
/// Where it cannot be read.
pub fn backups(to: &Path) -> Result<Vec<PathBuf>, BackupError> {
    let mut found = Vec::new();
    for entry in std::fs::read_dir(to).map_err(disk(to))? {
        let entry = entry.map_err(disk(to))?;
        let name = entry.file_name();
        let stamp = name.to_str().and_then(|name| name.strip_prefix(PREFIX));
        let is_one = stamp.is_some_and(|stamp| jiff::civil::DateTime::strptime(STAMP, stamp).is_ok());
        if is_one && entry.path().join(MANIFEST_FILE).is_file() {
            found.push(entry.path());
        }
    }
    found.sort();
    Ok(found)
}

fn delete_all_but(to: &Path, keep: usize) -> Result<Vec<PathBuf>, BackupError> {
    let mut old = backups(to)?;
    old.truncate(old.len().saturating_sub(keep));
    for folder in &old {
        // Without its manifest it is none, however far this gets.
        std::fs::remove_file(folder.join(MANIFEST_FILE)).map_err(disk(folder))?;
        std::fs::remove_dir_all(folder).map_err(disk(folder))?;
    }
    Ok(old)
}

/// What backups left that died in the making: they hold personal data.
fn clear_remains(to: &Path) {
    let Ok(entries) = std::fs::read_dir(to) else { return };
    for entry in entries.flatten() {
        let is_part = entry.file_name().to_string_lossy().starts_with(PART_PREFIX);
        let modified = entry.metadata().ok().and_then(|about| about.modified().ok());
        let age = modified.and_then(|modified| SystemTime::now().duration_since(modified).ok());
        if is_part && age.is_some_and(|age| age > PART_TIME) {
            tracing::info!("{} was left by a backup that died; it is deleted", entry.path().display());
            let _ = std::fs::remove_dir_all(entry.path());
        }
    }
}
