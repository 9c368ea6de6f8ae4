//! Who works in a data folder: services and backups side by side, a restore alone.
//!
//! The kernel gives the lock back when its holder dies. It is of this machine: services on other machines that use the same
//! PostgreSQL are not seen.

use std::fs::{File, TryLockError};
use std::path::Path;

use super::{BackupError, disk};

const LOCK_FILE: &str = ".in-use";
/// There while the files of a restore are being put in place.
pub(super) const UNFINISHED: &str = ".restore-unfinished";

/// The place among those who work in a folder, until it is dropped.
#[derive(Debug)]
pub struct InUse {
    _file: Option<File>,
}

/// Works in a folder beside others.
///
/// # Errors
/// Where a restore is going on or was broken off. A folder that cannot be written to is not locked: no restore can go on
/// there either.
pub fn beside_others(data: &Path) -> Result<InUse, BackupError> {
    if data.join(UNFINISHED).exists() {
        return Err(BackupError::Unfinished(data.to_owned()));
    }
    let Ok(file) = open(data) else { return Ok(InUse { _file: None }) };
    match file.try_lock_shared() {
        Ok(()) => Ok(InUse { _file: Some(file) }),
        Err(TryLockError::WouldBlock) => Err(BackupError::InUse(data.to_owned())),
        Err(TryLockError::Error(error)) => {
            tracing::debug!("{} cannot be locked: {error}", data.display());
            Ok(InUse { _file: None })
        }
    }
}

/// Works in a folder alone.
///
/// # Errors
/// Where somebody else works there.
pub(super) fn alone(data: &Path) -> Result<InUse, BackupError> {
    let file = open(data).map_err(disk(data))?;
    match file.try_lock() {
        Ok(()) => Ok(InUse { _file: Some(file) }),
        Err(TryLockError::WouldBlock) => Err(BackupError::InUse(data.to_owned())),
        Err(TryLockError::Error(error)) => Err(disk(data)(error)),
    }
}

fn open(data: &Path) -> std::io::Result<File> {
    std::fs::create_dir_all(data)?;
    File::options().create(true).append(true).open(data.join(LOCK_FILE))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn many_work_side_by_side_and_one_alone() {
        let folder = tempfile::tempdir().unwrap();
        let data = folder.path().join("new");
        let (one, other) = (beside_others(&data).unwrap(), beside_others(&data).unwrap());
        assert!(matches!(alone(&data), Err(BackupError::InUse(_))));
        drop((one, other));
        let alone = alone(&data).unwrap();
        assert!(matches!(beside_others(&data), Err(BackupError::InUse(_))));
        drop(alone);
        beside_others(&data).unwrap();
        std::fs::write(data.join(UNFINISHED), "").unwrap();
        assert!(matches!(beside_others(&data), Err(BackupError::Unfinished(_))));
    }
}
