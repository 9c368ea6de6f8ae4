//! The index on disk: what is stored, under which fields, and how it is changed.
//!
//! A change is one tantivy commit: readers see all of it or nothing, and a process that dies in the middle
//! leaves the old index whole. Two writers at once are refused by tantivy's lock.

use std::collections::HashSet;
use std::path::{Path, PathBuf};
use std::sync::{Arc, RwLockReadGuard};

use serde::{Deserialize, Serialize};
use tantivy::directory::MmapDirectory;
use tantivy::schema::{
    Field, IndexRecordOption, STORED, STRING, Schema, TextFieldIndexing, TextOptions, Value,
};
use tantivy::tokenizer::TextAnalyzer;
use tantivy::{Index, IndexReader, IndexWriter, TantivyDocument, Term};

use super::article::Article;
use super::procedure::ProcedureGuide;
use super::ranking::prepared::{Prepared, PreparedArticles, Vocabulary};
use super::tokenizer::{EXACT, FOLDED, PHONETIC, Spelling, SyllableTokenizer};

/// Raised whenever the fields or the terms change; an index of another version is not read.
pub const INDEX_VERSION: u32 = 1;
const VERSION_FILE: &str = "hoidap-index.json";
const WRITER_MEMORY_BYTES: usize = 128 << 20;

/// What went wrong with the index.
#[derive(Debug, thiserror::Error)]
pub enum IndexError {
    /// No index there yet.
    #[error("there are no regulations in {0} yet; run `hoidap regulations import --default`")]
    Missing(PathBuf),
    /// Made by another version of the program.
    #[error(
        "the index in {folder} has format {found}, this program reads {INDEX_VERSION}; \
         delete that folder and run `hoidap regulations import --default`"
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
    #[error("the index in {0} cannot be used ({1}); delete that folder and import again")]
    Damaged(PathBuf, String),
    /// Reading or writing failed, for instance on a full disk.
    #[error("the index could not be written ({0}); the regulations are as they were before")]
    Write(String),
    /// The search itself failed.
    #[error("the search failed: {0}")]
    Search(String),
}

/// What the index keeps: an article of the law, or a guide to a procedure.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Record {
    /// An article of a legal document.
    Article(Article),
    /// A guide to an administrative procedure.
    Procedure(ProcedureGuide),
}

#[derive(Serialize, Deserialize)]
struct VersionNote {
    index_version: u32,
}

/// The fields of the schema.
#[derive(Debug, Clone, Copy)]
pub(super) struct Fields {
    pub key: Field,
    pub document_number: Field,
    pub kind: Field,
    pub whole: Field,
    pub title: Field,
    pub whole_folded: Field,
    pub title_folded: Field,
    pub whole_phonetic: Field,
    pub record: Field,
}

/// An open index.
#[derive(Clone)]
pub struct RegulationIndex {
    folder: PathBuf,
    index: Index,
    reader: IndexReader,
    pub(super) fields: Fields,
    prepared: Arc<PreparedArticles>,
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
    let fields = Fields {
        key: builder.add_text_field("key", STRING | STORED),
        document_number: builder.add_text_field("document_number", STRING | STORED),
        kind: builder.add_text_field("kind", STRING),
        whole: builder.add_text_field("whole", text(EXACT)),
        title: builder.add_text_field("title", text(EXACT)),
        whole_folded: builder.add_text_field("whole_folded", text(FOLDED)),
        title_folded: builder.add_text_field("title_folded", text(FOLDED)),
        whole_phonetic: builder.add_text_field("whole_phonetic", text(PHONETIC)),
        record: builder.add_bytes_field("record", STORED),
    };
    (builder.build(), fields)
}

impl RegulationIndex {
    /// Opens the index in `folder`, or says that it is missing or of another version.
    pub fn open(folder: &Path) -> Result<Self, IndexError> {
        let note = match std::fs::read(folder.join(VERSION_FILE)) {
            Ok(note) => note,
            Err(_) => return Err(IndexError::Missing(folder.to_owned())),
        };
        let note: VersionNote = serde_json::from_slice(&note)
            .map_err(|e| IndexError::Damaged(folder.to_owned(), e.to_string()))?;
        if note.index_version != INDEX_VERSION {
            return Err(IndexError::OtherVersion { folder: folder.to_owned(), found: note.index_version });
        }
        Self::open_or_create(folder)
    }

    /// Opens the index in `folder`, making an empty one where there is none.
    pub fn open_or_create(folder: &Path) -> Result<Self, IndexError> {
        let damaged = |e: String| IndexError::Damaged(folder.to_owned(), e);
        std::fs::create_dir_all(folder).map_err(|e| IndexError::Write(e.to_string()))?;
        let (schema, fields) = schema();
        let directory = MmapDirectory::open(folder).map_err(|e| damaged(e.to_string()))?;
        let index = Index::open_or_create(directory, schema).map_err(|e| damaged(e.to_string()))?;
        for (name, spelling) in
            [(EXACT, Spelling::Exact), (FOLDED, Spelling::Folded), (PHONETIC, Spelling::Phonetic)]
        {
            index.tokenizers().register(name, TextAnalyzer::builder(SyllableTokenizer { spelling }).build());
        }
        let note_path = folder.join(VERSION_FILE);
        if !note_path.exists() {
            let note = serde_json::to_vec(&VersionNote { index_version: INDEX_VERSION });
            std::fs::write(note_path, note.unwrap_or_default())
                .map_err(|e| IndexError::Write(e.to_string()))?;
        }
        let reader = index.reader().map_err(|e| damaged(e.to_string()))?;
        Ok(Self { folder: folder.to_owned(), index, reader, fields, prepared: Arc::default() })
    }

    /// Where it lies.
    pub fn folder(&self) -> &Path {
        &self.folder
    }

    /// A view of the last commit.
    pub(super) fn searcher(&self) -> tantivy::Searcher {
        let searcher = self.reader.searcher();
        let alive = searcher.segment_readers().iter().map(|segment| segment.segment_id());
        self.prepared.keep_only(searcher.generation().generation_id(), alive);
        searcher
    }

    /// Articles and guides in it.
    pub fn len(&self) -> u64 {
        self.searcher().num_docs()
    }

    /// Whether it holds nothing.
    pub fn is_empty(&self) -> bool {
        self.len() == 0
    }

    /// Begins a change. Nothing is seen by readers before [`Change::commit`].
    pub fn change(&self) -> Result<Change, IndexError> {
        let writer = self.index.writer(WRITER_MEMORY_BYTES).map_err(|e| match e {
            tantivy::TantivyError::LockFailure(..) => IndexError::Busy(self.folder.clone()),
            other => IndexError::Write(other.to_string()),
        })?;
        Ok(Change { writer, fields: self.fields, replaced: HashSet::new(), reader: self.reader.clone() })
    }

    /// An article at a place of the index, as the ranker reads it; null where a guide is.
    pub(super) fn prepared(
        &self,
        searcher: &tantivy::Searcher,
        address: tantivy::DocAddress,
    ) -> Result<Option<Arc<Prepared>>, IndexError> {
        let segment = searcher.segment_reader(address.segment_ord).segment_id();
        let read = || match self.record(searcher, address) {
            Ok(Record::Article(article)) => Ok(article),
            Ok(Record::Procedure(_)) => Err(None),
            Err(error) => Err(Some(error)),
        };
        match self.prepared.get(segment, address.doc_id, read) {
            Ok(prepared) => Ok(Some(prepared)),
            Err(None) => Ok(None),
            Err(Some(error)) => Err(error),
        }
    }

    /// The numbers of the words of all prepared articles.
    pub(super) fn vocabulary(&self) -> RwLockReadGuard<'_, Vocabulary> {
        self.prepared.vocabulary()
    }

    /// Prepares every article, so that no question waits for it: a quarter of a millisecond and 4 KB each.
    pub fn warm(&self) -> Result<(), IndexError> {
        let searcher = self.searcher();
        for (segment, reader) in searcher.segment_readers().iter().enumerate() {
            for document in reader.doc_ids_alive() {
                self.prepared(&searcher, tantivy::DocAddress::new(segment as u32, document))?;
            }
        }
        Ok(())
    }

    pub(super) fn record(
        &self,
        searcher: &tantivy::Searcher,
        address: tantivy::DocAddress,
    ) -> Result<Record, IndexError> {
        let document: TantivyDocument =
            searcher.doc(address).map_err(|e| IndexError::Damaged(self.folder.clone(), e.to_string()))?;
        let bytes = document.get_first(self.fields.record).and_then(|v| v.as_bytes()).unwrap_or_default();
        serde_json::from_slice(bytes).map_err(|e| IndexError::Damaged(self.folder.clone(), e.to_string()))
    }
}

/// One change of the index, from its beginning to its commit; dropped, it leaves no trace.
pub struct Change {
    writer: IndexWriter,
    fields: Fields,
    replaced: HashSet<String>,
    reader: IndexReader,
}

impl Change {
    /// Adds one record. The first article of a document takes away what the index held of that document before.
    pub fn add(&mut self, record: &Record) -> Result<(), IndexError> {
        let failed = |e: tantivy::TantivyError| IndexError::Write(e.to_string());
        let (key, document, kind, document_title, title, text) = match record {
            Record::Article(article) => (
                article.key(),
                article.document_number.clone(),
                "article",
                article.document_title.clone(),
                article.title.clone(),
                article.text.clone(),
            ),
            Record::Procedure(guide) => (
                format!("procedure#{}", guide.id),
                format!("procedure#{}", guide.id),
                "procedure",
                String::new(),
                guide.names().collect::<Vec<_>>().join(".\n"),
                guide.plain_text(),
            ),
        };
        if self.replaced.insert(document.clone()) {
            self.writer.delete_term(Term::from_field_text(self.fields.document_number, &document));
        }
        let bytes = serde_json::to_vec(record).map_err(|e| IndexError::Write(e.to_string()))?;
        let mut row = TantivyDocument::default();
        row.add_text(self.fields.key, key);
        row.add_text(self.fields.document_number, document);
        row.add_text(self.fields.kind, kind);
        let whole = format!("{document_title}.\n{title}.\n{text}");
        for (field, text) in [
            (self.fields.whole, &whole),
            (self.fields.title, &title),
            (self.fields.whole_folded, &whole),
            (self.fields.title_folded, &title),
            (self.fields.whole_phonetic, &whole),
        ] {
            row.add_text(field, text);
        }
        row.add_bytes(self.fields.record, &bytes);
        self.writer.add_document(row).map_err(failed)?;
        Ok(())
    }

    /// Makes the change seen, all at once, and waits for the merging that follows.
    pub fn commit(mut self) -> Result<(), IndexError> {
        let failed = |e: tantivy::TantivyError| IndexError::Write(e.to_string());
        self.writer.commit().map_err(failed)?;
        self.writer.wait_merging_threads().map_err(failed)?;
        self.reader.reload().map_err(failed)
    }
}
