//! The watched folder: files that appear or change there are imported while the service runs.
//!
//! A file is read when it has been the same for a second, each in a change of its own, the older ones first. Nothing is
//! moved or deleted. What was read is noted beside the index, so that a restart reads only what came meanwhile. The
//! kernel's messages only wake the look at the folder; where none come (network file systems), it is looked at every
//! ten seconds.

use std::collections::{BTreeMap, HashMap};
use std::path::{Path, PathBuf};
use std::sync::Arc;
use std::sync::mpsc::{Receiver, RecvTimeoutError, Sender, channel};
use std::time::{Duration, Instant, UNIX_EPOCH};

use indicatif::ProgressBar;
use notify::{RecursiveMode, Watcher};
use serde::{Deserialize, Serialize};

use super::import::{ImportError, is_importable, update};
use super::index::{IndexError, RegulationIndex, replace_file};

/// A file that has not changed for so long is read.
const SETTLED: Duration = Duration::from_secs(1);
/// How often it is looked whether a file has settled.
const LOOK_AGAIN: Duration = Duration::from_millis(250);
/// How often the folder is looked at when nothing is heard of it.
const LOOK_ANYWAY: Duration = Duration::from_secs(10);
/// How long another import is waited for.
const WAIT_FOR_OTHERS: Duration = Duration::from_secs(2);
pub(super) const STATE_FILE: &str = "watched.json";
/// So names end that programs give to files they are still writing.
const TEMPORARY: [&str; 7] = ["~", ".tmp", ".temp", ".part", ".partial", ".crdownload", ".swp"];

/// Why a folder cannot be watched.
#[derive(Debug, thiserror::Error)]
pub enum WatchError {
    /// No such folder.
    #[error("the watched folder {0} is not there; create it, or take `watch` out of the settings")]
    Missing(PathBuf),
    /// The system refused.
    #[error("the folder {0} cannot be watched: {1}")]
    Refused(PathBuf, String),
}

/// A folder being watched; dropped, it no longer is. An import that has begun then ends by itself or with the process,
/// and leaves the index whole either way.
pub struct FolderWatch {
    wake: Sender<Message>,
}

enum Message {
    Look,
    Stop,
}

/// What tells that a file has changed.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
struct Signature {
    bytes: u64,
    modified_ns: u64,
}

impl FolderWatch {
    /// Watches `folder` on a thread of its own, beginning with what lies in it already.
    pub fn start(index: Arc<RegulationIndex>, folder: &Path) -> Result<Self, WatchError> {
        if !folder.is_dir() {
            return Err(WatchError::Missing(folder.to_owned()));
        }
        let refused = |e: String| WatchError::Refused(folder.to_owned(), e);
        let (wake, woken) = channel();
        let heard = wake.clone();
        let mut watcher = notify::recommended_watcher(move |event: notify::Result<notify::Event>| {
            // Reading a file is an event too, and our own reading must not wake us.
            if !event.is_ok_and(|event| event.kind.is_access()) {
                let _ = heard.send(Message::Look);
            }
        })
        .map_err(|e| refused(e.to_string()))?;
        watcher.watch(folder, RecursiveMode::Recursive).map_err(|e| refused(e.to_string()))?;
        let look = Look::new(index, folder);
        std::thread::Builder::new()
            .name("watched-folder".to_owned())
            .spawn(move || {
                let _watcher = watcher;
                look.until_stopped(&woken);
            })
            .map_err(|e| refused(e.to_string()))?;
        tracing::info!("files that appear in {} are imported", folder.display());
        Ok(Self { wake })
    }
}

impl Drop for FolderWatch {
    fn drop(&mut self) {
        let _ = self.wake.send(Message::Stop);
    }
}

/// What came of a file.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Read {
    /// It is done with, well or ill, until it changes.
    Done,
    /// Another process is importing.
    OthersWrite,
    /// The index or its disk refused.
    NotNow,
}

struct Look {
    index: Arc<RegulationIndex>,
    folder: PathBuf,
    /// What has been read, by its place in the folder.
    read: BTreeMap<PathBuf, Signature>,
    /// What has changed, and since when it has been as it is.
    settling: HashMap<PathBuf, (Signature, Instant)>,
}

impl Look {
    fn new(index: Arc<RegulationIndex>, folder: &Path) -> Self {
        let read = std::fs::read(index.folder().join(STATE_FILE))
            .ok()
            .and_then(|json| serde_json::from_slice(&json).ok())
            .unwrap_or_default();
        Self { index, folder: folder.to_owned(), read, settling: HashMap::new() }
    }

    fn until_stopped(mut self, woken: &Receiver<Message>) {
        let mut wait = Duration::ZERO;
        loop {
            match woken.recv_timeout(wait) {
                Ok(Message::Stop) | Err(RecvTimeoutError::Disconnected) => return,
                Ok(Message::Look) | Err(RecvTimeoutError::Timeout) => {}
            }
            // A file being written sends many messages; one look serves them all.
            while let Ok(message) = woken.try_recv() {
                if matches!(message, Message::Stop) {
                    return;
                }
            }
            wait = match self.look() {
                Read::OthersWrite => WAIT_FOR_OTHERS,
                Read::NotNow => LOOK_ANYWAY,
                Read::Done if self.settling.is_empty() => LOOK_ANYWAY,
                Read::Done => LOOK_AGAIN,
            };
        }
    }

    /// Looks at every file and imports what has settled, up to the first that cannot be taken now.
    fn look(&mut self) -> Read {
        let mut found = BTreeMap::new();
        files(&self.folder, &mut found);
        self.settling.retain(|path, _| found.contains_key(path));
        let mut settled = Vec::new();
        for (path, signature) in found {
            if self.read.get(&path) == Some(&signature) {
                self.settling.remove(&path);
                continue;
            }
            match self.settling.get(&path) {
                Some((known, since)) if *known == signature => {
                    if since.elapsed() >= SETTLED {
                        settled.push((signature.modified_ns, path, signature));
                    }
                }
                _ => {
                    self.settling.insert(path, (signature, Instant::now()));
                }
            }
        }
        settled.sort_by(|a, b| (a.0, &a.1).cmp(&(b.0, &b.1)));
        for (_, path, signature) in settled {
            let read = self.import(&path);
            if read != Read::Done {
                return read;
            }
            self.settling.remove(&path);
            self.read.insert(path, signature);
            let json = serde_json::to_vec(&self.read).unwrap_or_default();
            if let Err(error) = replace_file(&self.index.folder().join(STATE_FILE), &json) {
                tracing::warn!("what was read from the watched folder could not be noted: {error}");
            }
        }
        Read::Done
    }

    fn import(&self, path: &Path) -> Read {
        match update(&self.index, &[path.to_owned()], &ProgressBar::hidden()) {
            Ok(report) => {
                let report = report.to_string().replace("\n  ", "; ");
                tracing::info!("{}: {report}", path.display());
            }
            Err(ImportError::Index(IndexError::Busy(_))) => return Read::OthersWrite,
            Err(error @ ImportError::Index(_)) => {
                tracing::error!("the watched folder: {} was not imported: {error}", path.display());
                return Read::NotNow;
            }
            Err(error) => {
                tracing::error!("the watched folder: {error}; the regulations are as they were before");
            }
        }
        Read::Done
    }
}

/// Every file under `folder` that some reader takes and nobody is still writing, as its name tells.
fn files(folder: &Path, found: &mut BTreeMap<PathBuf, Signature>) {
    let entries = match std::fs::read_dir(folder) {
        Ok(entries) => entries,
        Err(error) => {
            tracing::warn!("the watched folder: {} cannot be read: {error}", folder.display());
            return;
        }
    };
    for entry in entries.flatten() {
        let (path, name) = (entry.path(), entry.file_name());
        let name = name.to_string_lossy();
        // A file that is gone by now is no matter.
        let Ok(metadata) = std::fs::metadata(&path) else { continue };
        if name.starts_with('.') || TEMPORARY.iter().any(|ending| name.ends_with(ending)) {
            continue;
        }
        let is_link = entry.file_type().is_ok_and(|kind| kind.is_symlink());
        if metadata.is_dir() && !is_link {
            files(&path, found);
        } else if metadata.is_file() && is_importable(&path) {
            let modified = metadata.modified().ok().and_then(|time| time.duration_since(UNIX_EPOCH).ok());
            let modified_ns =
                modified.and_then(|time| u64::try_from(time.as_nanos()).ok()).unwrap_or_default();
            found.insert(path, Signature { bytes: metadata.len(), modified_ns });
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn files_that_are_still_written_are_passed_over() {
        let folder = tempfile::tempdir().unwrap();
        std::fs::create_dir(folder.path().join("inside")).unwrap();
        for name in ["a.jsonl", ".b.jsonl", "c.jsonl.part", "d.jsonl~", "e.png", "inside/f.toml"] {
            std::fs::write(folder.path().join(name), name).unwrap();
        }
        let mut found = BTreeMap::new();
        files(folder.path(), &mut found);
        let names: Vec<_> = found.keys().map(|path| path.strip_prefix(folder.path()).unwrap()).collect();
        assert_eq!(names, [Path::new("a.jsonl"), Path::new("inside/f.toml")]);
    }
}
