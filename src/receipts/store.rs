//! Receipts on disk: `receipts/ab/<id>.json`, written beside, made durable, then renamed; never altered afterwards.
//!
//! A disk that is full or a folder that cannot be written costs the receipt, never the answer.

use std::io::Write;
use std::path::{Path, PathBuf};
use std::sync::Arc;
use std::sync::atomic::{AtomicBool, Ordering};
use std::time::{Duration, SystemTime};

use jiff::civil::Date;

use super::{Receipt, ReceiptError, ReceiptId};
use crate::answer::Answer;
use crate::files::{make_folder, sync_folder};

/// What a file is called before it is complete.
const PART: &str = ".part";
/// What a crash left unfinished is cleared away after this time.
const PART_TIME: Duration = Duration::from_secs(24 * 3600);
/// Seconds of a day.
const DAY: u64 = 24 * 3600;

/// The folder of the receipts. Cloning shares it.
#[derive(Debug, Clone)]
pub struct ReceiptStore {
    folder: PathBuf,
    has_warned: Arc<AtomicBool>,
}

impl ReceiptStore {
    /// Keeps receipts in this folder, which is made when the first one is kept.
    pub fn new(folder: PathBuf) -> Self {
        Self { folder, has_warned: Arc::default() }
    }

    /// Where they lie.
    pub fn folder(&self) -> &Path {
        &self.folder
    }

    /// Writes and keeps the receipt of an answer given now; null where that fails, which is logged once.
    pub fn issue(&self, answer: &Answer, as_of: Date, index_version: String) -> Option<Receipt> {
        let kept = Receipt::new(answer, as_of, index_version).and_then(|receipt| {
            self.keep(&receipt)?;
            Ok(receipt)
        });
        kept.map_err(|error| self.warn(&error)).ok()
    }

    /// Logs why receipts are not kept; only the first time.
    pub fn warn(&self, reason: &dyn std::fmt::Display) {
        if !self.has_warned.swap(true, Ordering::Relaxed) {
            tracing::warn!("{reason}; answers are given without receipts until that is mended");
        }
    }

    /// Keeps a receipt; when this returns, it outlives a failure of power.
    pub fn keep(&self, receipt: &Receipt) -> Result<(), ReceiptError> {
        let failed = |e: std::io::Error| ReceiptError::Disk(self.folder.clone(), e);
        let shard = self.folder.join(receipt.id.shard());
        make_folder(&shard).map_err(failed)?;
        let json = serde_json::to_vec_pretty(receipt).map_err(|e| failed(e.into()))?;
        let mut part = tempfile::Builder::new().suffix(PART).tempfile_in(&shard).map_err(failed)?;
        part.write_all(&json).map_err(failed)?;
        part.as_file().sync_all().map_err(failed)?;
        part.persist(self.path(&receipt.id)).map_err(|e| failed(e.error))?;
        sync_folder(&shard).map_err(failed)?;
        sync_folder(&self.folder).map_err(failed)
    }

    /// Reads a receipt.
    pub fn get(&self, id: &ReceiptId) -> Result<Receipt, ReceiptError> {
        let path = self.path(id);
        let json = std::fs::read(&path).map_err(|e| match e.kind() {
            std::io::ErrorKind::NotFound => ReceiptError::Unknown(id.clone()),
            _ => ReceiptError::Damaged(path.clone(), e.to_string()),
        })?;
        let receipt: Receipt =
            serde_json::from_slice(&json).map_err(|e| ReceiptError::Damaged(path.clone(), e.to_string()))?;
        if receipt.id != *id {
            return Err(ReceiptError::Damaged(path, format!("it calls itself {}", receipt.id)));
        }
        Ok(receipt)
    }

    /// Deletes receipts that are older than so many days, and what crashes left unfinished; 0 days keeps all receipts.
    /// The age is the file's, for a receipt is never altered. Gives the number of receipts deleted; what is no
    /// receipt is left alone.
    pub fn prune(&self, days: u32) -> Result<usize, ReceiptError> {
        let failed = |e: std::io::Error| ReceiptError::Disk(self.folder.clone(), e);
        let now = SystemTime::now();
        let mut deleted = 0;
        let shards = match std::fs::read_dir(&self.folder) {
            Err(e) if e.kind() == std::io::ErrorKind::NotFound => return Ok(0),
            shards => shards.map_err(failed)?,
        };
        for shard in shards {
            let shard = shard.map_err(failed)?;
            if !shard.file_type().map_err(failed)?.is_dir() {
                continue;
            }
            for entry in std::fs::read_dir(shard.path()).map_err(failed)? {
                let entry = entry.map_err(failed)?;
                let name = entry.file_name();
                let name = name.to_string_lossy();
                let is_receipt = name.strip_suffix(".json").is_some_and(|id| id.parse::<ReceiptId>().is_ok());
                let oldest = match (is_receipt, name.ends_with(PART)) {
                    (true, _) if days > 0 => Duration::from_secs(u64::from(days) * DAY),
                    (false, true) => PART_TIME,
                    _ => continue,
                };
                // Another process may have deleted it meanwhile, or be writing it.
                let Ok(written) = entry.metadata().and_then(|about| about.modified()) else { continue };
                if now.duration_since(written).is_ok_and(|age| age > oldest) {
                    match std::fs::remove_file(entry.path()) {
                        Err(e) if e.kind() != std::io::ErrorKind::NotFound => return Err(failed(e)),
                        _ => deleted += usize::from(is_receipt),
                    }
                }
            }
        }
        Ok(deleted)
    }

    fn path(&self, id: &ReceiptId) -> PathBuf {
        self.folder.join(id.shard()).join(format!("{id}.json"))
    }
}

#[cfg(test)]
mod tests {
    use super::super::tests::answer;
    use super::*;

    const AS_OF: Date = Date::constant(2026, 11, 24);

    #[test]
    fn a_receipt_is_kept_whole_and_found_again() {
        let folder = tempfile::tempdir().unwrap();
        let store = ReceiptStore::new(folder.path().join("receipts"));
        let receipt = store.issue(&answer(), AS_OF, "1-2-ab".into()).unwrap();
        assert_eq!(store.get(&receipt.id).unwrap(), receipt);
        assert!(matches!(store.get(&ReceiptId::random().unwrap()), Err(ReceiptError::Unknown(_))));
        let shard = store.folder().join(receipt.id.shard());
        assert_eq!(std::fs::read_dir(&shard).unwrap().count(), 1, "nothing is left beside it");
        #[cfg(unix)]
        {
            use std::os::unix::fs::PermissionsExt;
            let mode = |path: &Path| std::fs::metadata(path).unwrap().permissions().mode() & 0o077;
            assert_eq!((mode(&shard), mode(&store.path(&receipt.id))), (0, 0), "for its owner only");
        }
        // A file under another receipt's name is not shown as that receipt.
        let other = ReceiptId::random().unwrap();
        std::fs::create_dir_all(store.path(&other).parent().unwrap()).unwrap();
        std::fs::copy(store.path(&receipt.id), store.path(&other)).unwrap();
        assert!(matches!(store.get(&other), Err(ReceiptError::Damaged(..))));
        std::fs::write(store.path(&receipt.id), "{").unwrap();
        assert!(matches!(store.get(&receipt.id), Err(ReceiptError::Damaged(..))));
    }

    #[test]
    fn where_nothing_can_be_written_there_is_no_receipt_and_no_error() {
        let folder = tempfile::tempdir().unwrap();
        let file = folder.path().join("receipts");
        std::fs::write(&file, "in the way").unwrap();
        let store = ReceiptStore::new(file);
        assert_eq!(store.issue(&answer(), AS_OF, String::new()), None);
        assert!(store.has_warned.load(Ordering::Relaxed));
        assert_eq!(store.issue(&answer(), AS_OF, String::new()), None);
    }

    #[test]
    fn only_old_receipts_and_old_remains_are_pruned() {
        let folder = tempfile::tempdir().unwrap();
        let store = ReceiptStore::new(folder.path().join("receipts"));
        assert_eq!(store.prune(365).unwrap(), 0, "no folder, nothing to delete");
        let old = store.issue(&answer(), AS_OF, String::new()).unwrap();
        let new = store.issue(&answer(), AS_OF, String::new()).unwrap();
        let shard = store.folder().join(old.id.shard());
        let age = |path: &Path, days: u64| {
            let file = std::fs::File::options().append(true).create(true).open(path).unwrap();
            file.set_modified(SystemTime::now() - Duration::from_secs(days * DAY)).unwrap();
        };
        age(&store.path(&old.id), 366);
        age(&store.path(&new.id), 364);
        for name in ["notes.json", ".tmpAAAA.part"] {
            age(&shard.join(name), 400);
        }
        std::fs::write(shard.join(".tmpBBBB.part"), "being written").unwrap();
        assert_eq!(store.prune(0).unwrap(), 0);
        assert!(store.get(&old.id).is_ok() && !shard.join(".tmpAAAA.part").exists());
        assert_eq!(store.prune(365).unwrap(), 1);
        assert!(matches!(store.get(&old.id), Err(ReceiptError::Unknown(_))));
        assert!(store.get(&new.id).is_ok());
        assert!(shard.join("notes.json").exists() && shard.join(".tmpBBBB.part").exists());
    }
}
