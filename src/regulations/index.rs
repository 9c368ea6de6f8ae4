//! The index on disk: what is stored, under which fields, and how it is changed.
//!
//! A change ([`super::change`]) is one tantivy commit: readers see all of it or nothing, and a process that dies in the
//! middle leaves the old index whole. Two writers at once are refused by tantivy's lock, which the kernel gives back
//! when its holder dies. Readers look at `meta.json` twice a second, so a commit of another process is seen too.

use std::io::Write;
use std::path::{Path, PathBuf};
use std::sync::Arc;

use jiff::Timestamp;
use serde::{Deserialize, Serialize};
use tantivy::directory::MmapDirectory;
use tantivy::schema::{
    Field, IndexRecordOption, STORED, STRING, Schema, TextFieldIndexing, TextOptions, Value,
};
use tantivy::tokenizer::TextAnalyzer;
use tantivy::{DocAddress, Index, IndexReader, Searcher, TantivyDocument};

use super::article::Article;
use super::catalogue::CatalogueCache;
use super::history::log::HistoryLog;
use super::phrasing::Phrasing;
use super::procedure::ProcedureGuide;
use super::ranking::prepared::PreparedArticles;
use super::search::Kind;
use super::tokenizer::{EXACT, FOLDED, PHONETIC, Spelling, SyllableTokenizer};

/// Raised whenever the fields or the terms change; an index of another version is not read.
pub const INDEX_VERSION: u32 = 3;
pub(super) const VERSION_FILE: &str = "hoidap-index.json";

/// The stored fields by which a rebuild reads an index of any version.
pub(super) const RECORD_FIELD: &str = "record";
pub(super) const RECORDED_FROM_FIELD: &str = "recorded_from";

/// What went wrong with the index.
#[derive(Debug, thiserror::Error)]
pub enum IndexError {
    /// No index there yet.
    #[error("there are no regulations in {0} yet; run `hoidap regulations import --default`")]
    Missing(PathBuf),
    /// Made by another version of the program.
    #[error(
        "the index in {folder} has format {found}, this program reads {INDEX_VERSION}; \
         run `hoidap regulations rebuild`, which keeps what is in it"
    )]
    OtherVersion {
        /// Where it lies.
        folder: PathBuf,
        /// What it says of itself.
        found: u32,
    },
    /// Another process is importing.
    #[error("another import is writing to {0}; wait until it has finished")]
    Busy(PathBuf),
    /// The files are damaged, or the disk is.
    #[error(
        "the index in {0} is damaged ({1}); run `hoidap regulations rebuild --salvage`, \
         which keeps what can still be read, and import the rest again"
    )]
    Damaged(PathBuf, String),
    /// No room left.
    #[error("the disk that holds {0} is full; the regulations are as they were before")]
    DiskFull(PathBuf),
    /// Reading or writing failed.
    #[error("the index could not be written ({0}); the regulations are as they were before")]
    Write(String),
    /// The search itself failed.
    #[error("the search failed: {0}")]
    Search(String),
}

/// What the index keeps: an article of the law, a guide to a procedure, or how citizens ask for an article.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Record {
    /// An article of a legal document.
    Article(Article),
    /// A guide to an administrative procedure.
    Procedure(ProcedureGuide),
    /// How citizens ask for an article.
    Phrasing(Phrasing),
}

impl Record {
    /// What it is replaced by as a whole: a document's number, `procedure#ID`, or `phrasing#45/2019/QH14#35`.
    pub fn document_key(&self) -> String {
        match self {
            Record::Article(article) => article.document_number.clone(),
            Record::Procedure(guide) => procedure_key(&guide.id),
            Record::Phrasing(phrasing) => phrasing.key(),
        }
    }

    /// What there is only one of in the index: `45/2019/QH14#35@2021-01-01`, `procedure#ID`, or
    /// `phrasing#45/2019/QH14#35#1`.
    pub fn version_key(&self) -> String {
        match self {
            Record::Article(article) => match article.effective_from {
                Some(day) => format!("{}@{day}", article.key()),
                None => article.key(),
            },
            Record::Procedure(guide) => procedure_key(&guide.id),
            Record::Phrasing(phrasing) => {
                format!("{}#{}", phrasing.key(), phrasing.clause.as_deref().unwrap_or_default())
            }
        }
    }
}

/// The document key of a guide.
pub fn procedure_key(id: &str) -> String {
    format!("procedure#{id}")
}

/// A record, and since when the index holds it in these words.
#[derive(Debug, Clone, PartialEq)]
pub(super) struct Stored {
    pub record: Record,
    /// Null where the index is older than its history.
    pub recorded_from: Option<Timestamp>,
}

#[derive(Serialize, Deserialize)]
struct VersionNote {
    index_version: u32,
}

/// Where the words of a kind of record are: each kind has fields of its own, so that a search for one does not read the
/// others, and their lengths do not change each other's scores.
#[derive(Debug, Clone, Copy)]
pub(super) struct TextFields {
    /// Title of the document, title and text.
    pub whole: Field,
    /// Title; of a guide, its names.
    pub title: Field,
    pub whole_folded: Field,
    pub title_folded: Field,
    pub whole_phonetic: Field,
}

/// The fields of the schema.
#[derive(Debug, Clone, Copy)]
pub(super) struct Fields {
    pub key: Field,
    pub document_number: Field,
    pub kind: Field,
    articles: TextFields,
    guides: TextFields,
    phrasings: TextFields,
    pub record: Field,
    pub recorded_from: Field,
}

impl Fields {
    /// Where the words of a kind of record are.
    pub fn texts(&self, kind: Kind) -> &TextFields {
        match kind {
            Kind::Article => &self.articles,
            Kind::Procedure => &self.guides,
            Kind::Phrasing => &self.phrasings,
        }
    }
}

/// An open index.
#[derive(Clone)]
pub struct RegulationIndex {
    folder: PathBuf,
    pub(super) index: Index,
    pub(super) reader: IndexReader,
    pub(super) fields: Fields,
    pub(super) prepared: Arc<PreparedArticles>,
    pub(super) history: Arc<HistoryLog>,
    pub(super) catalogue: Arc<CatalogueCache>,
}

fn schema() -> (Schema, Fields) {
    let mut builder = Schema::builder();
    let text = |tokenizer: &str| {
        TextOptions::default().set_indexing_options(
            TextFieldIndexing::default()
                .set_tokenizer(tokenizer)
                .set_index_option(IndexRecordOption::WithFreqs),
        )
    };
    let mut texts = |kind: &str| {
        let mut field =
            |name: &str, tokenizer: &str| builder.add_text_field(&format!("{kind}_{name}"), text(tokenizer));
        TextFields {
            whole: field("whole", EXACT),
            title: field("title", EXACT),
            whole_folded: field("whole_folded", FOLDED),
            title_folded: field("title_folded", FOLDED),
            whole_phonetic: field("whole_phonetic", PHONETIC),
        }
    };
    let (articles, guides, phrasings) = (texts("article"), texts("procedure"), texts("phrasing"));
    let fields = Fields {
        key: builder.add_text_field("key", STRING | STORED),
        document_number: builder.add_text_field("document_number", STRING | STORED),
        kind: builder.add_text_field("kind", STRING),
        articles,
        guides,
        phrasings,
        record: builder.add_bytes_field(RECORD_FIELD, STORED),
        recorded_from: builder.add_text_field(RECORDED_FROM_FIELD, STORED),
    };
    (builder.build(), fields)
}

impl RegulationIndex {
    /// Opens the index in `folder`, or says that it is missing or of another version.
    pub fn open(folder: &Path) -> Result<Self, IndexError> {
        match found_version(folder)? {
            INDEX_VERSION => {}
            found => return Err(IndexError::OtherVersion { folder: folder.to_owned(), found }),
        }
        // The note is written after the index: without `meta.json`, something has taken it away.
        if !folder.join("meta.json").exists() {
            return Err(IndexError::Damaged(folder.to_owned(), "meta.json is not there".to_owned()));
        }
        Self::open_or_create(folder)
    }

    /// Opens the index in `folder`, making an empty one where there is none.
    pub fn open_or_create(folder: &Path) -> Result<Self, IndexError> {
        let damaged = |e: tantivy::TantivyError| IndexError::Damaged(folder.to_owned(), e.to_string());
        std::fs::create_dir_all(folder).map_err(|e| write_error(folder, e))?;
        let (schema, fields) = schema();
        let directory = MmapDirectory::open(folder).map_err(|e| damaged(e.into()))?;
        let index = Index::open_or_create(directory, schema).map_err(damaged)?;
        for (name, spelling) in
            [(EXACT, Spelling::Exact), (FOLDED, Spelling::Folded), (PHONETIC, Spelling::Phonetic)]
        {
            index.tokenizers().register(name, TextAnalyzer::builder(SyllableTokenizer { spelling }).build());
        }
        if !folder.join(VERSION_FILE).exists() {
            write_version(folder)?;
        }
        let reader = index.reader().map_err(damaged)?;
        Ok(Self {
            folder: folder.to_owned(),
            index,
            reader,
            fields,
            history: Arc::new(HistoryLog::new(folder)),
            catalogue: Arc::default(),
            prepared: Arc::default(),
        })
    }

    /// Where it lies.
    pub fn folder(&self) -> &Path {
        &self.folder
    }

    /// A view of the last commit.
    pub(super) fn searcher(&self) -> Searcher {
        let searcher = self.reader.searcher();
        let alive = searcher.segment_readers().iter().map(|segment| segment.segment_id());
        self.prepared.keep_only(searcher.generation().generation_id(), alive);
        searcher
    }

    /// Articles, guides and phrasings in it.
    pub fn len(&self) -> u64 {
        self.searcher().num_docs()
    }

    /// Whether it holds nothing.
    pub fn is_empty(&self) -> bool {
        self.len() == 0
    }

    pub(super) fn record(&self, searcher: &Searcher, address: DocAddress) -> Result<Record, IndexError> {
        Ok(self.stored(searcher, address)?.record)
    }

    /// A record with what is noted beside it.
    pub(super) fn stored(&self, searcher: &Searcher, address: DocAddress) -> Result<Stored, IndexError> {
        let damaged = |e: String| IndexError::Damaged(self.folder.clone(), e);
        let document: TantivyDocument = searcher.doc(address).map_err(|e| damaged(e.to_string()))?;
        read_stored(&document, self.fields.record, Some(self.fields.recorded_from)).map_err(damaged)
    }
}

/// Takes a record out of tantivy's document; the reason where it cannot be read.
pub(super) fn read_stored(
    document: &TantivyDocument,
    record: Field,
    recorded_from: Option<Field>,
) -> Result<Stored, String> {
    let bytes = document.get_first(record).and_then(|v| v.as_bytes()).unwrap_or_default();
    let recorded_from = recorded_from
        .and_then(|field| document.get_first(field))
        .and_then(|value| value.as_str()?.parse().ok());
    Ok(Stored { record: serde_json::from_slice(bytes).map_err(|e| e.to_string())?, recorded_from })
}

/// The format that the index in `folder` says it has.
pub fn found_version(folder: &Path) -> Result<u32, IndexError> {
    let note =
        std::fs::read(folder.join(VERSION_FILE)).map_err(|_| IndexError::Missing(folder.to_owned()))?;
    let note: VersionNote = serde_json::from_slice(&note)
        .map_err(|e| IndexError::Damaged(folder.to_owned(), format!("{VERSION_FILE}: {e}")))?;
    Ok(note.index_version)
}

/// Notes that the index in `folder` has this program's format; the note is there whole or as before.
pub(super) fn write_version(folder: &Path) -> Result<(), IndexError> {
    let note = serde_json::to_vec(&VersionNote { index_version: INDEX_VERSION }).unwrap_or_default();
    replace_file(&folder.join(VERSION_FILE), &note).map_err(|e| write_error(folder, e))
}

/// Writes a small file beside its place and moves it there, so that nobody reads half of it.
pub(super) fn replace_file(path: &Path, content: &[u8]) -> std::io::Result<()> {
    let folder = path.parent().unwrap_or(Path::new("."));
    let mut file = tempfile::NamedTempFile::new_in(folder)?;
    file.write_all(content)?;
    file.as_file().sync_all()?;
    file.persist(path).map_err(|e| e.error)?;
    Ok(())
}

/// The error of a write that failed, with the full disk told from other reasons.
///
/// tantivy writes on threads of its own and hands their errors on as text, so the disk is tried.
pub(super) fn write_error(folder: &Path, error: impl std::fmt::Display) -> IndexError {
    const ROOM_TO_WORK_BYTES: usize = 1 << 20;
    let has_room = || -> std::io::Result<()> {
        let mut file = tempfile::tempfile_in(folder)?;
        file.write_all(&vec![1; ROOM_TO_WORK_BYTES])?;
        file.sync_all()
    };
    let error = error.to_string();
    let is_full = |e: std::io::Error| {
        matches!(e.kind(), std::io::ErrorKind::StorageFull | std::io::ErrorKind::QuotaExceeded)
    };
    if error.contains("os error 28") || error.contains("StorageFull") || has_room().is_err_and(is_full) {
        return IndexError::DiskFull(folder.to_owned());
    }
    IndexError::Write(error)
}
