//! The file of the history: lines that are only ever added, and where in it is what.

use std::collections::HashMap;
use std::fs::File;
use std::io::{BufRead, BufReader, Read, Seek, SeekFrom, Write};
use std::path::{Path, PathBuf};
use std::sync::Mutex;

use jiff::Timestamp;
use serde::{Deserialize, Serialize};

use super::{ChangeEntry, Former};

/// The name of the file.
pub(in crate::regulations) const HISTORY_FILE: &str = "history.jsonl";

/// A line of the file.
#[derive(Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub(in crate::regulations) enum Line {
    Change(ChangeEntry),
    Former(Box<Former>),
}

/// As much of a line as is needed to find it again.
#[derive(Deserialize)]
#[serde(rename_all = "snake_case")]
enum Heading {
    Change { time: Timestamp, document: String },
    Former { document: String },
}

/// Goes with tantivy's commit.
#[derive(Serialize, Deserialize)]
struct Payload {
    history_bytes: u64,
}

/// The file, and where in it is what, as far as it has been read.
pub(in crate::regulations) struct HistoryLog {
    path: PathBuf,
    known: Mutex<Known>,
}

#[derive(Default)]
struct Known {
    bytes: u64,
    changes: Vec<(Timestamp, Place)>,
    documents: HashMap<String, Vec<(LineKind, Place)>>,
}

#[derive(Clone, Copy)]
struct Place {
    start: u64,
    length: u32,
}

/// What a line tells.
#[derive(Clone, Copy, PartialEq)]
pub(in crate::regulations) enum LineKind {
    Change,
    Former,
}

impl HistoryLog {
    pub(in crate::regulations) fn new(index_folder: &Path) -> Self {
        Self { path: index_folder.join(HISTORY_FILE), known: Mutex::default() }
    }

    /// Reads on from where it was left, up to `bytes`.
    fn read_on(&self, known: &mut Known, bytes: u64) -> std::io::Result<()> {
        if known.bytes > bytes {
            *known = Known::default(); // another history has taken its place
        }
        if known.bytes == bytes {
            return Ok(());
        }
        let mut file = File::open(&self.path)?;
        file.seek(SeekFrom::Start(known.bytes))?;
        let mut reader = BufReader::with_capacity(1 << 16, file.take(bytes - known.bytes));
        let mut line = Vec::new();
        loop {
            line.clear();
            let length = reader.read_until(b'\n', &mut line)?;
            if length == 0 {
                return Ok(());
            }
            let place = Place { start: known.bytes, length: u32::try_from(length).unwrap_or(u32::MAX) };
            match serde_json::from_slice(&line)? {
                Heading::Change { time, document } => {
                    known.changes.push((time, place));
                    known.documents.entry(document).or_default().push((LineKind::Change, place));
                }
                Heading::Former { document } => {
                    known.documents.entry(document).or_default().push((LineKind::Former, place));
                }
            }
            known.bytes += length as u64;
        }
    }

    fn lines(&self, places: impl IntoIterator<Item = Place>) -> std::io::Result<Vec<Line>> {
        let mut file = None;
        let mut lines = Vec::new();
        for place in places {
            let file = match &mut file {
                Some(file) => file,
                None => file.insert(File::open(&self.path)?),
            };
            file.seek(SeekFrom::Start(place.start))?;
            let mut line = vec![0; place.length as usize];
            file.read_exact(&mut line)?;
            lines.push(serde_json::from_slice(&line)?);
        }
        Ok(lines)
    }

    /// The lines of a document of one kind, in the order of time.
    pub(super) fn of_document(
        &self,
        bytes: u64,
        document: &str,
        kind: LineKind,
    ) -> std::io::Result<Vec<Line>> {
        let mut known = self.known.lock().unwrap_or_else(|poisoned| poisoned.into_inner());
        self.read_on(&mut known, bytes)?;
        let places = known.documents.get(document).map(Vec::as_slice).unwrap_or_default();
        self.lines(places.iter().filter(|(of, _)| *of == kind).map(|(_, place)| *place))
    }

    /// The latest changes, the last first.
    pub(super) fn latest(
        &self,
        bytes: u64,
        since: Option<Timestamp>,
        limit: usize,
    ) -> std::io::Result<Vec<Line>> {
        let mut known = self.known.lock().unwrap_or_else(|poisoned| poisoned.into_inner());
        self.read_on(&mut known, bytes)?;
        let recent =
            known.changes.iter().rev().take_while(|(time, _)| since.is_none_or(|since| *time >= since));
        self.lines(recent.take(limit).map(|(_, place)| *place))
    }
}

/// The end of the file, to which a change adds. Dropped without a commit, what it wrote does not count.
pub(in crate::regulations) struct HistoryWriter {
    file: std::io::BufWriter<File>,
    bytes: u64,
}

impl HistoryWriter {
    /// Opens the file and takes away what lies behind the first `bytes`.
    pub(in crate::regulations) fn open(index_folder: &Path, bytes: u64) -> std::io::Result<Self> {
        let path = index_folder.join(HISTORY_FILE);
        let mut file = File::options().create(true).write(true).truncate(false).open(path)?;
        let bytes = bytes.min(file.metadata()?.len());
        file.set_len(bytes)?;
        file.seek(SeekFrom::Start(bytes))?;
        Ok(Self { file: std::io::BufWriter::new(file), bytes })
    }

    pub(in crate::regulations) fn add(&mut self, line: &Line) -> std::io::Result<()> {
        let mut json = serde_json::to_vec(line)?;
        json.push(b'\n');
        self.bytes += json.len() as u64;
        self.file.write_all(&json)
    }

    /// Brings everything to the disk and gives the payload for tantivy's commit.
    pub(in crate::regulations) fn finish(mut self) -> std::io::Result<String> {
        self.file.flush()?;
        self.file.get_ref().sync_all()?;
        payload(self.bytes)
    }
}

/// The payload of a commit with a history of so many bytes.
pub(in crate::regulations) fn payload(history_bytes: u64) -> std::io::Result<String> {
    Ok(serde_json::to_string(&Payload { history_bytes })?)
}

/// How much of the history counts, by the payload of a commit.
pub(in crate::regulations) fn history_bytes(payload: Option<&str>) -> u64 {
    payload.and_then(|text| serde_json::from_str::<Payload>(text).ok()).map_or(0, |p| p.history_bytes)
}

/// The length of the whole lines in the history of `index_folder`, for when no commit tells.
pub(in crate::regulations) fn whole_lines(index_folder: &Path) -> std::io::Result<u64> {
    let path = index_folder.join(HISTORY_FILE);
    let mut length = 0;
    if path.exists() {
        let mut reader = BufReader::new(File::open(path)?);
        let mut line = Vec::new();
        while reader.read_until(b'\n', &mut line)? > 0 && line.ends_with(b"\n") {
            if serde_json::from_slice::<Heading>(&line).is_err() {
                break;
            }
            length += line.len() as u64;
            line.clear();
        }
    }
    Ok(length)
}
