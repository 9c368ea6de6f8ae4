//! All files of one state of the index, taken while the service reads and writes it.
//!
//! A segment's files are never altered, only deleted when no commit names them any more; whoever has opened them can read
//! them all the same. So the files of the commit are opened first, and if the commit is still the same when all are
//! open, they are one state, however long reading them takes. Of the history only what belongs to the commit is taken.

use std::fs::File;
use std::io::{Cursor, Read};
use std::path::Path;
use std::time::Duration;

use serde::Deserialize;

use super::history::log::{HISTORY_FILE, history_bytes};
use super::index::{IndexError, VERSION_FILE, found_version};
use super::watch::STATE_FILE;

const META_FILE: &str = "meta.json";
/// Small files that are taken as they are, where they are there: what tantivy wrote, what was read from the watched folder,
/// and what state of the default knowledge it is.
const BESIDE: [&str; 3] = [".managed.json", STATE_FILE, "default-knowledge.sha256"];
/// Commits may follow each other while an import goes on.
const TRIES: usize = 50;
const BETWEEN_TRIES: Duration = Duration::from_millis(100);

/// A file of the state.
pub struct SnapshotFile {
    /// Its name in the folder of the index.
    pub name: String,
    /// Bytes.
    pub length: u64,
    /// What is in it.
    pub content: Box<dyn Read + Send>,
}

/// One state of the index.
pub struct Snapshot {
    /// Its format.
    pub version: u32,
    /// Articles, guides and phrasings in it.
    pub records: u64,
    /// Everything that a folder needs to be this index.
    pub files: Vec<SnapshotFile>,
}

/// What is read of tantivy's `meta.json`.
#[derive(Deserialize)]
struct Meta {
    segments: Vec<SegmentMeta>,
    payload: Option<String>,
}

#[derive(Deserialize)]
struct SegmentMeta {
    segment_id: String,
    max_doc: u64,
    deletes: Option<Deletes>,
}

#[derive(Deserialize)]
struct Deletes {
    num_deleted_docs: u64,
}

/// Opens all files of the state in which the index in `folder` is now.
///
/// # Errors
/// Where there is none, it is damaged, or it is written to without a pause.
pub fn snapshot(folder: &Path) -> Result<Snapshot, IndexError> {
    let version = found_version(folder)?;
    let mut last = IndexError::Busy(folder.to_owned());
    for _ in 0..TRIES {
        let before = read(folder, META_FILE)?;
        let meta: Meta = serde_json::from_slice(&before)
            .map_err(|e| IndexError::Damaged(folder.to_owned(), format!("{META_FILE}: {e}")))?;
        match open_all(folder, &meta) {
            // What a commit before this one left is being cleared away, or it is damaged: trying again shows which.
            Err(error) => last = IndexError::Damaged(folder.to_owned(), error.to_string()),
            Ok(_) if read(folder, META_FILE)? != before => last = IndexError::Busy(folder.to_owned()),
            Ok(mut files) => {
                files.push(small(META_FILE, before));
                let alive = |segment: &SegmentMeta| {
                    let deleted = segment.deletes.as_ref().map_or(0, |deletes| deletes.num_deleted_docs);
                    segment.max_doc.saturating_sub(deleted)
                };
                return Ok(Snapshot { version, records: meta.segments.iter().map(alive).sum(), files });
            }
        }
        std::thread::sleep(BETWEEN_TRIES);
    }
    Err(last)
}

fn read(folder: &Path, name: &str) -> Result<Vec<u8>, IndexError> {
    std::fs::read(folder.join(name))
        .map_err(|e| IndexError::Damaged(folder.to_owned(), format!("{name}: {e}")))
}

fn small(name: &str, content: Vec<u8>) -> SnapshotFile {
    let length = content.len() as u64;
    SnapshotFile { name: name.to_owned(), length, content: Box::new(Cursor::new(content)) }
}

fn open_all(folder: &Path, meta: &Meta) -> std::io::Result<Vec<SnapshotFile>> {
    let segments: Vec<String> =
        meta.segments.iter().map(|segment| segment.segment_id.replace('-', "")).collect();
    let mut files = Vec::new();
    for entry in std::fs::read_dir(folder)? {
        let entry = entry?;
        let name = entry.file_name().to_string_lossy().into_owned();
        if segments.iter().any(|id| name.strip_prefix(id.as_str()).is_some_and(|end| end.starts_with('.'))) {
            let file = File::open(entry.path())?;
            let length = file.metadata()?.len();
            files.push(SnapshotFile { name, length, content: Box::new(file) });
        }
    }
    for segment in &segments {
        if !files.iter().any(|file| file.name.starts_with(segment)) {
            return Err(std::io::Error::other(format!("nothing is there of segment {segment}")));
        }
    }
    let length = history_bytes(meta.payload.as_deref());
    if length > 0 {
        let file = File::open(folder.join(HISTORY_FILE))?;
        if file.metadata()?.len() < length {
            return Err(std::io::Error::other(format!("{HISTORY_FILE} is shorter than its commit says")));
        }
        files.push(SnapshotFile {
            name: HISTORY_FILE.to_owned(),
            length,
            content: Box::new(file.take(length)),
        });
    }
    for name in BESIDE {
        if let Ok(content) = std::fs::read(folder.join(name)) {
            files.push(small(name, content));
        }
    }
    files.push(small(VERSION_FILE, std::fs::read(folder.join(VERSION_FILE))?));
    Ok(files)
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::regulations::article::tests::sample;
    use crate::regulations::{Record, RegulationIndex};

    fn put(index: &RegulationIndex, text: &str) {
        let mut change = index.change().unwrap();
        change.add(&Record::Article(sample("1", "", text))).unwrap();
        change.commit().unwrap();
    }

    fn write_out(snapshot: Snapshot, folder: &Path) -> RegulationIndex {
        for mut file in snapshot.files {
            let mut out = File::create(folder.join(&file.name)).unwrap();
            assert_eq!(std::io::copy(&mut file.content, &mut out).unwrap(), file.length);
        }
        RegulationIndex::open(folder).unwrap()
    }

    #[test]
    fn a_state_is_whole_even_if_the_index_goes_on_before_it_is_read() {
        let folder = tempfile::tempdir().unwrap();
        let index = RegulationIndex::open_or_create(folder.path()).unwrap();
        put(&index, "Một.");
        put(&index, "Hai.");
        let (state, taken) = (index.state(), snapshot(folder.path()).unwrap());
        assert_eq!(taken.records, 1);
        for text in ["Ba.", "Bốn.", "Năm."] {
            put(&index, text); // the files of the state are deleted meanwhile
        }
        let copy = tempfile::tempdir().unwrap();
        let copied = write_out(taken, copy.path());
        assert_eq!(copied.state(), state);
        let article = copied.search().article(&sample("1", "", "").document_number, "1").unwrap().unwrap();
        assert_eq!(article.text, "Hai.");
        put(&copied, "Sáu."); // it can be written to again
        assert_eq!(copied.len(), 1);
    }

    #[test]
    fn snapshots_taken_while_an_import_goes_on_can_all_be_opened() {
        let folder = tempfile::tempdir().unwrap();
        let index = RegulationIndex::open_or_create(folder.path()).unwrap();
        put(&index, "Đầu tiên.");
        let writing = std::thread::spawn(move || (0..8).for_each(|n| put(&index, &format!("Lần {n}."))));
        let mut taken = 0;
        while !writing.is_finished() || taken == 0 {
            let copy = tempfile::tempdir().unwrap();
            assert_eq!(write_out(snapshot(folder.path()).unwrap(), copy.path()).len(), 1);
            taken += 1;
        }
        writing.join().unwrap();
    }

    #[test]
    fn what_is_no_index_is_told() {
        let folder = tempfile::tempdir().unwrap();
        assert!(matches!(snapshot(folder.path()), Err(IndexError::Missing(_))));
        RegulationIndex::open_or_create(folder.path()).unwrap();
        assert_eq!(snapshot(folder.path()).unwrap().records, 0);
        std::fs::remove_file(folder.path().join(META_FILE)).unwrap();
        assert!(matches!(snapshot(folder.path()), Err(IndexError::Damaged(..))));
    }
}
