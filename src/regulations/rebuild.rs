//! Rebuild: an index of an older format, or a damaged one, made anew from the records that it stores.
//!
//! The new index is made in a folder of its own inside the old one. Then its segments are moved beside the old ones,
//! `meta.json` is replaced, and last the note of the format: a process that dies in between leaves an index that is
//! named as before and can be rebuilt again.

use std::collections::BTreeSet;
use std::path::{Path, PathBuf};

use tantivy::directory::error::LockError;
use tantivy::directory::{Directory, INDEX_WRITER_LOCK, MmapDirectory};
use tantivy::{Index, IndexWriter, SegmentReader, TantivyDocument};

use super::change::row;
use super::history::log;
use super::index::{
    INDEX_VERSION, IndexError, RECORD_FIELD, RECORDED_FROM_FIELD, RegulationIndex, found_version,
    read_stored, replace_file, write_error, write_version,
};

const WRITER_MEMORY_BYTES: usize = 128 << 20;
const WORK_FOLDER: &str = "rebuilding";
const MANAGED_FILE: &str = ".managed.json";
const META_FILE: &str = "meta.json";

/// Why an index was not rebuilt. It is then as it was before.
#[derive(Debug, thiserror::Error)]
pub enum RebuildError {
    /// Some records cannot be read.
    #[error(
        "of the index in {folder}, {readable} records can still be read and others cannot ({reason}); \
         `hoidap regulations rebuild --salvage` keeps those, then import your files again"
    )]
    Unreadable {
        /// Where it lies.
        folder: PathBuf,
        /// Records that can be read.
        readable: usize,
        /// The first thing that could not be read.
        reason: String,
    },
    /// The index refused.
    #[error(transparent)]
    Index(#[from] IndexError),
}

/// What a rebuild did.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct RebuildReport {
    /// The format that the index had; null where its note could not be read.
    pub from_version: Option<u32>,
    /// Records taken over.
    pub records: usize,
    /// What could not be read, if anything.
    pub lost: Option<String>,
}

/// Whether the index in `folder` is of another format than this program's.
pub fn needs_rebuild(folder: &Path) -> bool {
    found_version(folder).is_ok_and(|found| found != INDEX_VERSION)
}

/// Makes the index in `folder` anew from its own records. Where some cannot be read, nothing is done, unless `salvage`
/// asks for what is left.
pub fn rebuild(folder: &Path, salvage: bool) -> Result<RebuildReport, RebuildError> {
    if !folder.join(META_FILE).exists() && found_version(folder).is_err() {
        return Err(IndexError::Missing(folder.to_owned()).into());
    }
    let from_version = found_version(folder).ok();
    let directory =
        MmapDirectory::open(folder).map_err(|e| IndexError::Damaged(folder.to_owned(), e.to_string()))?;
    let lock = directory.acquire_lock(&INDEX_WRITER_LOCK).map_err(|e| match e {
        LockError::LockBusy => IndexError::Busy(folder.to_owned()),
        LockError::IoError(e) => write_error(folder, e),
    })?;
    let work = folder.join(WORK_FOLDER);
    let result = copy(folder, &work, salvage).and_then(|(records, lost)| {
        put_in_place(folder, &work).map_err(|e| write_error(folder, e))?;
        write_version(folder)?;
        Ok(RebuildReport { from_version, records, lost })
    });
    let _ = std::fs::remove_dir_all(&work);
    drop(lock);
    let report = result?;
    // The old segments go.
    let index = RegulationIndex::open(folder)?;
    drop(index.change()?);
    Ok(report)
}

/// Copies every record that can be read into a new index in `work`; their number, and what could not be read.
fn copy(folder: &Path, work: &Path, salvage: bool) -> Result<(usize, Option<String>), RebuildError> {
    let failed = |e: std::io::Error| write_error(folder, e);
    if work.exists() {
        std::fs::remove_dir_all(work).map_err(failed)?; // left by a rebuild that died
    }
    let index = RegulationIndex::open_or_create(work)?;
    let refused = |e: tantivy::TantivyError| write_error(folder, e);
    let mut writer: IndexWriter = index.index.writer(WRITER_MEMORY_BYTES).map_err(refused)?;
    let (mut records, mut lost) = (0, None);
    let mut history_bytes = None;
    match Index::open_in_dir(folder).and_then(|old| Ok((old.load_metas()?, old))) {
        Err(error) => lost = Some(error.to_string()),
        Ok((metas, old)) => {
            history_bytes = Some(log::history_bytes(metas.payload.as_deref()));
            for segment in old.searchable_segments().map_err(refused)? {
                let copied = copy_segment(&old, &segment, &mut |stored| {
                    writer.add_document(row(&index.fields, &stored).map_err(failed)?).map_err(refused)?;
                    records += 1;
                    Ok(())
                })?;
                lost = lost.or(copied.err());
            }
        }
    }
    if let Some(reason) = &lost
        && !salvage
    {
        let unreadable =
            RebuildError::Unreadable { folder: folder.to_owned(), readable: records, reason: reason.clone() };
        return Err(unreadable);
    }
    let history_bytes = match history_bytes {
        Some(bytes) => bytes,
        None => log::whole_lines(folder).map_err(failed)?,
    };
    let payload = log::payload(history_bytes).map_err(failed)?;
    let mut prepared = writer.prepare_commit().map_err(refused)?;
    prepared.set_payload(&payload);
    prepared.commit().map_err(refused)?;
    writer.wait_merging_threads().map_err(refused)?;
    Ok((records, lost))
}

/// Hands over the records of one segment. The outer error is the taker's; the inner one tells what cannot be read.
fn copy_segment(
    index: &Index,
    segment: &tantivy::Segment,
    take: &mut dyn FnMut(super::index::Stored) -> Result<(), IndexError>,
) -> Result<Result<(), String>, IndexError> {
    let opened = || -> tantivy::Result<_> {
        let reader = SegmentReader::open(segment)?;
        let store = reader.get_store_reader(1)?;
        Ok((reader, store))
    };
    let (reader, store) = match opened() {
        Ok(opened) => opened,
        Err(error) => return Ok(Err(error.to_string())),
    };
    let schema = index.schema();
    let Ok(record) = schema.get_field(RECORD_FIELD) else {
        return Ok(Err("it stores no records".to_owned()));
    };
    let recorded_from = schema.get_field(RECORDED_FROM_FIELD).ok();
    let mut lost = None;
    for document in store.iter::<TantivyDocument>(reader.alive_bitset()) {
        let stored = document
            .map_err(|e| e.to_string())
            .and_then(|document| read_stored(&document, record, recorded_from));
        match stored {
            Ok(stored) => take(stored)?,
            Err(reason) => lost = lost.or(Some(reason)),
        }
    }
    Ok(lost.map_or(Ok(()), Err))
}

/// Moves the new index to where the old one lies; readers see the old one until `meta.json` is replaced.
fn put_in_place(folder: &Path, work: &Path) -> std::io::Result<()> {
    let managed = |of: &Path| -> BTreeSet<PathBuf> {
        std::fs::read(of.join(MANAGED_FILE))
            .ok()
            .and_then(|json| serde_json::from_slice(&json).ok())
            .unwrap_or_default()
    };
    let new = managed(work);
    // What stands in this list is taken away once no commit names it: first the list, then the files.
    let both: BTreeSet<PathBuf> = managed(folder).union(&new).cloned().collect();
    replace_file(&folder.join(MANAGED_FILE), &serde_json::to_vec(&both)?)?;
    for name in new.iter().filter(|name| *name != Path::new(META_FILE)) {
        if work.join(name).exists() {
            std::fs::rename(work.join(name), folder.join(name))?;
        }
    }
    std::fs::rename(work.join(META_FILE), folder.join(META_FILE))?;
    std::fs::File::open(folder)?.sync_all()
}
