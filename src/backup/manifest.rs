//! What a backup says of itself, and whether it is true.

use std::path::{Component, Path};

use serde::{Deserialize, Serialize};

use super::{BackupError, FORMAT, disk};
use crate::fetch::sha256_of;
use crate::store::schema::latest;
use crate::store::tables::Counts;

/// Its name in the backup.
pub const MANIFEST_FILE: &str = "manifest.json";

/// Everything that is to be known of a backup before it is restored.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Manifest {
    /// See [`FORMAT`].
    pub format: u32,
    /// When, UTC.
    pub made_at: String,
    /// The version of the program.
    pub program: String,
    /// The commit of the program.
    pub commit: String,
    /// The database's schema.
    pub schema: i64,
    /// Rows of each table.
    pub tables: Counts,
    /// Whether the log of decisions was whole.
    pub audit_is_whole: bool,
    /// The index; null where there was none.
    pub index: Option<IndexNote>,
    /// The models that were there, by their sums: they are not in the backup.
    pub models: Vec<ModelNote>,
    /// Every other file of the backup.
    pub files: Vec<FileNote>,
}

/// The index.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct IndexNote {
    /// Its format.
    pub version: u32,
    /// Articles, guides and phrasings in it.
    pub records: u64,
}

/// A model.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct ModelNote {
    /// As the settings name it.
    pub name: String,
    /// Its files and their SHA-256, as the manifest of models has them.
    pub files: Vec<(String, String)>,
}

/// A file.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct FileNote {
    /// From the backup's folder, with `/`.
    pub path: String,
    /// Bytes.
    pub size: u64,
    /// In hex.
    pub sha256: String,
}

impl Manifest {
    /// Reads the manifest of the backup in this folder.
    ///
    /// # Errors
    /// Where there is none, or it is of a newer program.
    pub fn read(folder: &Path) -> Result<Self, BackupError> {
        let path = folder.join(MANIFEST_FILE);
        let none = |why: String| BackupError::NoBackup(folder.to_owned(), why);
        let json = std::fs::read(&path).map_err(|e| none(format!("{MANIFEST_FILE}: {e}")))?;
        // The format is read first: of a newer one nothing else is known.
        let wrong = |e: serde_json::Error| none(format!("{MANIFEST_FILE}: {e}"));
        let any: serde_json::Value = serde_json::from_slice(&json).map_err(wrong)?;
        let format = any.get("format").and_then(serde_json::Value::as_i64).unwrap_or_default();
        if format > i64::from(FORMAT) {
            return Err(BackupError::Newer { what: "format", found: format, known: i64::from(FORMAT) });
        }
        let manifest: Self = serde_json::from_value(any).map_err(wrong)?;
        if manifest.schema > latest() {
            return Err(BackupError::Newer { what: "schema", found: manifest.schema, known: latest() });
        }
        Ok(manifest)
    }

    /// Whether there is such a file.
    pub fn has(&self, path: &str) -> bool {
        self.files.iter().any(|file| file.path == path)
    }

    /// Checks every file of the backup in this folder.
    ///
    /// # Errors
    /// Names the first that is not what was written.
    pub fn verify(&self, folder: &Path) -> Result<(), BackupError> {
        for file in &self.files {
            let damaged = |what: String| BackupError::Damaged { file: file.path.clone(), what };
            let inside = Path::new(&file.path).components().all(|part| matches!(part, Component::Normal(_)));
            if !inside {
                return Err(damaged("lies outside of it".to_owned()));
            }
            let path = folder.join(&file.path);
            let size = std::fs::metadata(&path).map_err(|e| damaged(format!("cannot be read ({e})")))?.len();
            if size != file.size {
                return Err(damaged(format!("has {size} bytes instead of {}", file.size)));
            }
            if sha256_of(&path).map_err(disk(&path))? != file.sha256 {
                return Err(damaged("is not what was written (SHA-256)".to_owned()));
            }
        }
        Ok(())
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn manifest(file: FileNote) -> Manifest {
        Manifest {
            format: FORMAT,
            made_at: "2026-11-28T06:15:00.000Z".to_owned(),
            program: "0.1.0".to_owned(),
            commit: "unknown".to_owned(),
            schema: latest(),
            tables: Counts::new(),
            audit_is_whole: true,
            index: None,
            models: vec![],
            files: vec![file],
        }
    }

    #[test]
    fn every_kind_of_damage_is_seen() {
        let folder = tempfile::tempdir().unwrap();
        // printf 'ông bà' | sha256sum
        let sum = "21e0f09f33a0e0b33f3b4dcd0a4b0c6b8f5f0e1e7d0cf0ad8a5a2d4fcd0fd4e1".to_owned();
        let path = folder.path().join("a");
        std::fs::write(&path, "ông bà").unwrap();
        let sound = FileNote { path: "a".to_owned(), size: 8, sha256: sha256_of(&path).unwrap() };
        manifest(sound.clone()).verify(folder.path()).unwrap();
        for file in [
            FileNote { sha256: sum, ..sound.clone() },
            FileNote { size: 9, ..sound.clone() },
            FileNote { path: "b".to_owned(), ..sound.clone() },
            FileNote { path: "../a".to_owned(), ..sound.clone() },
            FileNote { path: path.display().to_string(), ..sound.clone() },
        ] {
            let error = manifest(file).verify(folder.path()).unwrap_err();
            assert!(matches!(error, BackupError::Damaged { .. }), "{error}");
        }
    }

    #[test]
    fn what_is_newer_or_no_backup_is_refused() {
        let folder = tempfile::tempdir().unwrap();
        let file = folder.path().join(MANIFEST_FILE);
        assert!(matches!(Manifest::read(folder.path()), Err(BackupError::NoBackup(..))));
        std::fs::write(&file, "{").unwrap();
        assert!(matches!(Manifest::read(folder.path()), Err(BackupError::NoBackup(..))));
        std::fs::write(&file, "{\"format\": 2, \"all\": \"else is new\"}").unwrap();
        assert!(matches!(
            Manifest::read(folder.path()),
            Err(BackupError::Newer { what: "format", found: 2, .. })
        ));
        let note = FileNote { path: "a".to_owned(), size: 1, sha256: String::new() };
        let newer = Manifest { schema: 9999, ..manifest(note.clone()) };
        std::fs::write(&file, serde_json::to_vec(&newer).unwrap()).unwrap();
        assert!(matches!(Manifest::read(folder.path()), Err(BackupError::Newer { what: "schema", .. })));
        let sound = manifest(note);
        std::fs::write(&file, serde_json::to_vec(&sound).unwrap()).unwrap();
        assert_eq!(Manifest::read(folder.path()).unwrap(), sound);
    }
}
