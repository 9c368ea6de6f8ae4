//! A change of the index: what is new is gathered first, compared with what is there, and written in one commit.
//!
//! A record is replaced with its whole document. What is gathered waits in a nameless file on the index's disk, for only
//! when all of it is there is it known what differs, and which wording of an article another one follows.

pub mod preview;

use std::collections::{BTreeMap, HashMap};
use std::fs::File;
use std::io::{BufWriter, Read, Seek, SeekFrom, Write};

use jiff::Timestamp;
use tantivy::{IndexWriter, Searcher, TantivyDocument, Term};

use super::compare::{closed, compare, same_records};
use super::history::log::HistoryWriter;
use super::index::{Fields, IndexError, Record, RegulationIndex, Stored, write_error};
use super::search::Kind;

/// What tantivy's threads may hold before they write, in bytes.
const WRITER_MEMORY_BYTES: usize = 128 << 20;

/// What a change did.
#[derive(Debug, Default, Clone, PartialEq, Eq)]
pub struct ChangeReport {
    /// Articles and guides that were not there before.
    pub added: usize,
    /// Articles with another wording or other days of force, and guides that differ.
    pub changed: usize,
    /// Articles and guides that are no longer there.
    pub removed: usize,
    /// Documents and guides that differ, by their keys, with the three counts of each.
    pub documents: BTreeMap<String, [usize; 3]>,
    /// Documents and guides that were given and are the same as before.
    pub same: usize,
}

impl ChangeReport {
    fn tell(&mut self, key: &str, counts: [usize; 3]) {
        let [added, changed, removed] = counts;
        self.added += added;
        self.changed += changed;
        self.removed += removed;
        if counts != [0; 3] {
            self.documents.insert(key.to_owned(), counts);
        }
    }
}

/// What is done with a document that is the same as before.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Unchanged {
    /// It is written anew.
    Rewrite,
    /// It is left alone.
    Leave,
}

/// One change of the index, from its beginning to its commit; dropped, it leaves no trace.
pub struct Change {
    index: RegulationIndex,
    /// Null once the change has been committed.
    writer: Option<IndexWriter>,
    before: Searcher,
    gathered: BufWriter<File>,
    gathered_bytes: u64,
    /// In the order in which they came.
    order: Vec<String>,
    documents: HashMap<String, Vec<Place>>,
}

#[derive(Clone, Copy)]
struct Place {
    start: u64,
    length: usize,
}

impl RegulationIndex {
    /// Begins a change. Nothing is seen by readers before [`Change::commit`].
    pub fn change(&self) -> Result<Change, IndexError> {
        let writer = self.index.writer(WRITER_MEMORY_BYTES).map_err(|e| match e {
            tantivy::TantivyError::LockFailure(tantivy::directory::error::LockError::LockBusy, _) => {
                IndexError::Busy(self.folder().to_owned())
            }
            other => write_error(self.folder(), other),
        })?;
        // With the lock in hand: what another process has just written is what this change begins from.
        self.reader.reload().map_err(|e| IndexError::Damaged(self.folder().to_owned(), e.to_string()))?;
        let gathered = tempfile::tempfile_in(self.folder()).map_err(|e| write_error(self.folder(), e))?;
        Ok(Change {
            index: self.clone(),
            writer: Some(writer),
            before: self.searcher(),
            gathered: BufWriter::with_capacity(1 << 16, gathered),
            gathered_bytes: 0,
            order: Vec::new(),
            documents: HashMap::new(),
        })
    }
}

impl Change {
    /// Adds one record. The first article of a document takes away what the index held of that document before.
    pub fn add(&mut self, record: &Record) -> Result<(), IndexError> {
        let failed = |e: std::io::Error| write_error(self.index.folder(), e);
        let bytes = serde_json::to_vec(record).map_err(|e| failed(e.into()))?;
        self.gathered.write_all(&bytes).map_err(failed)?;
        let place = Place { start: self.gathered_bytes, length: bytes.len() };
        self.gathered_bytes += bytes.len() as u64;
        self.document(record.document_key()).push(place);
        Ok(())
    }

    /// Takes a document (its number) or a guide ([`super::index::procedure_key`]) away, unless records of it are added.
    pub fn remove(&mut self, document_key: &str) {
        self.document(document_key.to_owned());
    }

    fn document(&mut self, key: String) -> &mut Vec<Place> {
        if !self.documents.contains_key(&key) {
            self.order.push(key.clone());
        }
        self.documents.entry(key).or_default()
    }

    /// Makes the change seen, all at once, and waits for the merging that follows.
    pub fn commit(self) -> Result<ChangeReport, IndexError> {
        self.commit_with(Unchanged::Rewrite)
    }

    /// Like [`Change::commit`]; documents that are the same as before may be left alone.
    pub fn commit_with(mut self, unchanged: Unchanged) -> Result<ChangeReport, IndexError> {
        let folder = self.index.folder().to_owned();
        let failed = |e: std::io::Error| write_error(&folder, e);
        let refused = |e: tantivy::TantivyError| write_error(&folder, e);
        self.gathered.flush().map_err(failed)?;
        let now = Timestamp::now();
        let mut report = ChangeReport::default();
        let mut touched = false;
        let mut history = HistoryWriter::open(&folder, self.index.history_bytes()?).map_err(failed)?;
        for key in std::mem::take(&mut self.order) {
            let new = self.gathered_records(&key)?;
            let fields = self.index.fields;
            let old = self.index.stored_under(&self.before, fields.document_number, &key)?;
            let is_same = same_records(&old, &new);
            if is_same {
                report.same += 1;
            }
            if is_same && unchanged == Unchanged::Leave || old.is_empty() && new.is_empty() {
                continue;
            }
            let rows = compare(&key, &old, new, now);
            report.tell(&key, rows.counts);
            touched = true;
            // How people ask is no law: it has no history, and no citizen is told when it changes.
            let is_law = |record: &Record| !matches!(record, Record::Phrasing(_));
            if old.iter().map(|stored| &stored.record).chain(rows.new.iter().map(|s| &s.record)).all(is_law) {
                for line in rows.history {
                    history.add(&line).map_err(failed)?;
                }
            }
            let Some(writer) = &self.writer else { break };
            writer.delete_term(Term::from_field_text(fields.document_number, &key));
            for stored in &rows.new {
                writer.add_document(row(&fields, stored).map_err(failed)?).map_err(refused)?;
            }
        }
        if !touched {
            return Ok(report);
        }
        let payload = history.finish().map_err(failed)?;
        let Some(writer) = &mut self.writer else { return Ok(report) };
        let mut prepared = writer.prepare_commit().map_err(refused)?;
        prepared.set_payload(&payload);
        prepared.commit().map_err(refused)?;
        if let Some(writer) = self.writer.take() {
            // The change is made; merging is only tidying, and the next change tidies too.
            if let Err(error) = writer.wait_merging_threads() {
                tracing::warn!("the index was written, but not merged: {error}");
            }
        }
        self.index.reader.reload().map_err(refused)?;
        Ok(report)
    }

    /// The records of a document as they came, one of each version: a later one stands for an earlier.
    fn gathered_records(&mut self, key: &str) -> Result<Vec<Record>, IndexError> {
        let folder = self.index.folder().to_owned();
        let failed = |e: std::io::Error| write_error(&folder, e);
        let mut records: Vec<Record> = Vec::new();
        let mut seen: HashMap<String, usize> = HashMap::new();
        for place in self.documents.remove(key).unwrap_or_default() {
            let file = self.gathered.get_mut();
            file.seek(SeekFrom::Start(place.start)).map_err(failed)?;
            let mut bytes = vec![0; place.length];
            file.read_exact(&mut bytes).map_err(failed)?;
            let record: Record = serde_json::from_slice(&bytes).map_err(|e| failed(e.into()))?;
            match seen.get(&record.version_key()) {
                Some(&at) => records[at] = record,
                None => {
                    seen.insert(record.version_key(), records.len());
                    records.push(record);
                }
            }
        }
        Ok(closed(records))
    }
}

impl Drop for Change {
    /// Takes away the files of a change that was given up, which would else lie on the disk until the next one.
    fn drop(&mut self) {
        if let Some(mut writer) = self.writer.take()
            && writer.rollback().is_ok()
        {
            let _ = writer.garbage_collect_files().wait();
        }
    }
}

/// The row of a record in the index.
pub(super) fn row(fields: &Fields, stored: &Stored) -> std::io::Result<TantivyDocument> {
    let (key, kind, document_title, title, text) = match &stored.record {
        Record::Article(article) => (
            article.key(),
            Kind::Article,
            article.document_title.clone(),
            article.title.clone(),
            article.text.clone(),
        ),
        Record::Procedure(guide) => (
            stored.record.document_key(),
            Kind::Procedure,
            String::new(),
            guide.names().collect::<Vec<_>>().join(".\n"),
            guide.plain_text(),
        ),
        Record::Phrasing(phrasing) => (
            stored.record.document_key(),
            Kind::Phrasing,
            String::new(),
            String::new(),
            phrasing.phrases.join(".\n"),
        ),
    };
    let mut row = TantivyDocument::default();
    row.add_text(fields.key, key);
    row.add_text(fields.document_number, stored.record.document_key());
    row.add_text(fields.kind, kind.name());
    let texts = fields.texts(kind);
    let whole = format!("{document_title}.\n{title}.\n{text}");
    for (field, text) in [
        (texts.whole, &whole),
        (texts.title, &title),
        (texts.whole_folded, &whole),
        (texts.title_folded, &title),
        (texts.whole_phonetic, &whole),
    ] {
        row.add_text(field, text);
    }
    row.add_bytes(fields.record, &serde_json::to_vec(&stored.record)?);
    if let Some(moment) = stored.recorded_from {
        row.add_text(fields.recorded_from, moment.to_string());
    }
    Ok(row)
}
