//! Files with regulations that staff bring in: kept aside, compared with what the index holds, and only then, when
//! somebody has read the difference, put to use.
//!
//! A file lies under a random name in `staff-knowledge/incoming/`, its state beside it; one that was put to use in
//! `staff-knowledge/texts/`, to be imported again.

use std::path::{Path, PathBuf};

use indicatif::ProgressBar;
use jiff::civil::Date;
use serde::{Deserialize, Serialize};

use super::files::{is_random_name, random_name, remove, write_durably};
use super::knowledge::{KnowledgeError, patiently};
use crate::regulations::import::{self, ImportReport};
use crate::regulations::{Article, RegulationIndex};
use crate::store::moment::now;

/// The largest file, in bytes.
pub const MAX_FILE: usize = 25 << 20;
/// So many articles are shown with what differs in them.
const MAX_DIFFERENCES: usize = 50;
/// So many documents are told by their numbers.
const MAX_DOCUMENTS: usize = 200;
/// The longest name that is shown, in characters.
const MAX_NAME: usize = 120;
/// How names end that some reader takes, the longest ends first.
const ENDS: [&str; 15] = [
    ".phrasings.jsonl.xz",
    ".phrasings.jsonl.gz",
    ".phrasings.jsonl",
    ".jsonl.xz",
    ".jsonl.gz",
    ".json.xz",
    ".json.gz",
    ".jsonl",
    ".json",
    ".whl",
    ".txt",
    ".docx",
    ".html",
    ".htm",
    ".toml",
];

/// One wording of an article.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Wording {
    /// Heading and text.
    pub text: String,
    /// First day in force.
    pub from: Option<Date>,
    /// First day on which it is no longer in force.
    pub to: Option<Date>,
}

/// An article that would differ.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Differing {
    /// `45/2019/QH14`.
    pub document: String,
    /// `35`.
    pub article: String,
    /// Null for one that would be new.
    pub former: Option<Wording>,
    /// Null for one that would go.
    pub latter: Option<Wording>,
}

/// What would change.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Comparison {
    /// Read from the file: articles, documents, guides, entries of how citizens ask.
    pub read: [usize; 4],
    /// Added, changed, removed; articles and guides together.
    pub counts: [usize; 3],
    /// Documents and guides that are as they were.
    pub same: usize,
    /// What differs, by document or guide, with the three counts of each.
    pub documents: Vec<(String, [usize; 3])>,
    /// Documents that are not among these.
    pub more: usize,
    /// What was left out, by reason.
    pub skipped: Vec<(String, usize)>,
    /// Some of the articles that differ.
    pub differing: Vec<Differing>,
}

/// How far a file has come.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Stage {
    /// It is being compared, or the comparison was broken off.
    Comparing,
    /// It can be put to use.
    Compared(Box<Comparison>),
    /// It cannot be read; why.
    Failed(String),
    /// It is being put to use.
    Importing,
    /// It was put to use; added, changed, removed.
    Imported([usize; 3]),
}

/// A file.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct IncomingFile {
    /// Its random name.
    pub id: String,
    /// How the name ends that it came with.
    end: String,
    /// The name that it came with, to be shown and for nothing else.
    pub name: String,
    /// Who brought it.
    pub by: String,
    /// When, UTC.
    pub at: String,
    /// How far it has come.
    pub stage: Stage,
}

/// Why a file is not taken.
#[derive(Debug, thiserror::Error)]
pub enum IncomingError {
    /// The name leads elsewhere.
    #[error("Tên tệp không dùng được. Xin đổi tên tệp rồi gửi lại.")]
    Name,
    /// No reader takes it.
    #[error("Loại tệp này chưa đọc được. Các loại dùng được: .docx, .html, .txt, .jsonl, .json, .toml.")]
    Kind,
    /// Nothing is in it.
    #[error("Tệp không có nội dung.")]
    Empty,
    /// There is no such file.
    #[error("Không có tệp này, hoặc tệp đã được bỏ.")]
    Unknown,
    /// It is not compared yet, or is in use already.
    #[error("Tệp này chưa so sánh xong, hoặc đã được đưa vào sử dụng.")]
    Stage,
    /// The disk.
    #[error("Chưa ghi được vào đĩa: {0}")]
    Disk(#[from] std::io::Error),
}

/// The files that came in. Cloning shares them.
#[derive(Debug, Clone)]
pub struct Incoming {
    folder: PathBuf,
    texts: PathBuf,
}

impl Incoming {
    /// Those of this data folder.
    pub fn new(data: &Path) -> Self {
        let knowledge = data.join("staff-knowledge");
        Self { folder: knowledge.join("incoming"), texts: knowledge.join("texts") }
    }

    /// Takes a file in.
    ///
    /// # Errors
    /// Where its name or kind is none that is taken, it is empty, or the disk refuses.
    pub fn take(&self, name: &str, content: &[u8], by: &str) -> Result<IncomingFile, IncomingError> {
        let is_treacherous =
            |c: char| c.is_control() || matches!(c, '/' | '\\' | ':' | '\u{202a}'..='\u{202e}');
        if name.chars().any(is_treacherous) || name.starts_with('.') || name.chars().count() > MAX_NAME {
            return Err(IncomingError::Name);
        }
        let lower = name.to_lowercase();
        let end = ENDS.into_iter().find(|end| lower.ends_with(end));
        let end = end.ok_or(IncomingError::Kind)?.to_owned();
        if content.is_empty() {
            return Err(IncomingError::Empty);
        }
        let (id, at) = (random_name()?, now());
        let file =
            IncomingFile { id, end, name: name.to_owned(), by: by.to_owned(), at, stage: Stage::Comparing };
        write_durably(&self.path(&file), content)?;
        self.keep(&file)?;
        Ok(file)
    }

    /// All of them, the latest first.
    ///
    /// # Errors
    /// Where the folder cannot be read.
    pub fn all(&self) -> Result<Vec<IncomingFile>, IncomingError> {
        let folder = match std::fs::read_dir(&self.folder) {
            Err(e) if e.kind() == std::io::ErrorKind::NotFound => return Ok(vec![]),
            folder => folder?,
        };
        let mut all: Vec<IncomingFile> = Vec::new();
        for entry in folder {
            let path = entry?.path();
            let name = path.file_name().and_then(|name| name.to_str()).unwrap_or_default();
            if let Some(id) = name.strip_suffix(".state") {
                all.extend(self.get(id).ok());
            }
        }
        all.sort_by(|a, b| (&b.at, &b.id).cmp(&(&a.at, &a.id)));
        Ok(all)
    }

    /// The file of this random name.
    ///
    /// # Errors
    /// Where there is none.
    pub fn get(&self, id: &str) -> Result<IncomingFile, IncomingError> {
        if !is_random_name(id) {
            return Err(IncomingError::Unknown);
        }
        let json = match std::fs::read(self.state(id)) {
            Err(e) if e.kind() == std::io::ErrorKind::NotFound => return Err(IncomingError::Unknown),
            json => json?,
        };
        Ok(serde_json::from_slice(&json).map_err(std::io::Error::from)?)
    }

    /// Compares a file with what the index holds, which stays as it is. Takes as long as an import.
    ///
    /// # Errors
    /// Where there is none, it is in use, or the disk refuses. That it cannot be read is kept as its stage.
    pub fn compare(&self, index: &RegulationIndex, id: &str) -> Result<(), IncomingError> {
        let file = self.get(id)?;
        if matches!(file.stage, Stage::Imported(_) | Stage::Importing) {
            return Err(IncomingError::Stage);
        }
        self.keep(&IncomingFile { stage: Stage::Comparing, ..file.clone() })?;
        let path = [self.path(&file)];
        let compared =
            patiently(|| import::preview(index, &path, MAX_DIFFERENCES).map_err(KnowledgeError::from));
        let stage = match compared {
            Ok((report, differences)) => Stage::Compared(Box::new(comparison(report, &differences))),
            Err(error) => Stage::Failed(self.told(&file, &error)),
        };
        self.keep(&IncomingFile { stage, ..file })
    }

    /// Puts a file to use that was compared: the index holds what is in it when this returns.
    ///
    /// # Errors
    /// Where there is none, it was not compared, or the disk refuses. That the index refuses is kept as its stage.
    pub fn put_to_use(&self, index: &RegulationIndex, id: &str) -> Result<(), IncomingError> {
        let file = self.get(id)?;
        if !matches!(file.stage, Stage::Compared(_)) {
            return Err(IncomingError::Stage);
        }
        self.keep(&IncomingFile { stage: Stage::Importing, ..file.clone() })?;
        let path = self.path(&file);
        let imported = patiently(|| {
            let paths = [path.clone()];
            import::update(index, &paths, &ProgressBar::hidden()).map_err(KnowledgeError::from)
        });
        let stage = match imported {
            Ok(report) => {
                std::fs::create_dir_all(&self.texts)?;
                std::fs::rename(&path, self.texts.join(format!("{}{}", file.id, file.end)))?;
                Stage::Imported([report.change.added, report.change.changed, report.change.removed])
            }
            Err(error) => Stage::Failed(self.told(&file, &error)),
        };
        self.keep(&IncomingFile { stage, ..file })
    }

    /// Drops a file that is not in use.
    ///
    /// # Errors
    /// Where there is none, it is in use, or the disk refuses.
    pub fn drop_file(&self, id: &str) -> Result<IncomingFile, IncomingError> {
        let file = self.get(id)?;
        if matches!(file.stage, Stage::Importing | Stage::Imported(_)) {
            return Err(IncomingError::Stage);
        }
        remove(&self.path(&file))?;
        remove(&self.state(id))?;
        Ok(file)
    }

    /// An error in which no path of the machine stands.
    fn told(&self, file: &IncomingFile, error: &KnowledgeError) -> String {
        error.to_string().replace(&self.path(file).display().to_string(), &file.name)
    }

    fn keep(&self, file: &IncomingFile) -> Result<(), IncomingError> {
        let json = serde_json::to_vec(file).map_err(std::io::Error::from)?;
        Ok(write_durably(&self.state(&file.id), &json)?)
    }

    fn path(&self, file: &IncomingFile) -> PathBuf {
        self.folder.join(format!("{}{}", file.id, file.end))
    }

    fn state(&self, id: &str) -> PathBuf {
        self.folder.join(format!("{id}.state"))
    }
}

fn comparison(
    report: ImportReport,
    differences: &[crate::regulations::change::preview::Difference],
) -> Comparison {
    let wording = |article: &Article| Wording {
        text: match article.title.trim() {
            "" => article.text.clone(),
            title => format!("{title}\n{}", article.text),
        },
        from: article.effective_from,
        to: article.effective_to,
    };
    let differing = differences.iter().filter_map(|difference| {
        let shown = difference.latter.as_ref().or(difference.former.as_ref())?;
        Some(Differing {
            document: shown.document_number.clone(),
            article: shown.number.clone(),
            former: difference.former.as_ref().map(wording),
            latter: difference.latter.as_ref().map(wording),
        })
    });
    let change = report.change;
    Comparison {
        read: [report.articles, report.documents, report.procedures, report.phrasings],
        counts: [change.added, change.changed, change.removed],
        same: change.same,
        more: change.documents.len().saturating_sub(MAX_DOCUMENTS),
        documents: change.documents.into_iter().take(MAX_DOCUMENTS).collect(),
        skipped: report.skipped.into_iter().collect(),
        differing: differing.collect(),
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::regulations::article::tests::{index_of, sample};

    const LINE: &str = r#"{"doc_number":"45/2019/QH14","doc_type":"Bộ luật","doc_title":"Bộ luật Lao động","article_no":"35","article_title":"Báo trước","text":"Ít nhất 60 ngày.","effective":"01/01/2021"}"#;

    #[test]
    fn a_file_is_compared_read_and_only_then_put_to_use() {
        let (_folder, index) = index_of(&[sample("35", "Báo trước", "Ít nhất 45 ngày.")]);
        let data = tempfile::tempdir().unwrap();
        let incoming = Incoming::new(data.path());
        let file = incoming.take("Luật mới.JSONL", LINE.as_bytes(), "lan").unwrap();
        assert!(matches!(incoming.put_to_use(&index, &file.id), Err(IncomingError::Stage)), "not unread");
        incoming.compare(&index, &file.id).unwrap();
        let Stage::Compared(comparison) = incoming.get(&file.id).unwrap().stage else { panic!() };
        assert_eq!((comparison.read, comparison.counts), ([1, 1, 0, 0], [0, 1, 0]));
        let differing = &comparison.differing[0];
        assert!(differing.former.as_ref().unwrap().text.contains("45 ngày"));
        assert!(differing.latter.as_ref().unwrap().text.contains("60 ngày"));
        let text = || index.search().article("45/2019/QH14", "35").unwrap().unwrap().text;
        assert_eq!(text(), "Ít nhất 45 ngày.");
        incoming.put_to_use(&index, &file.id).unwrap();
        assert_eq!(text(), "Ít nhất 60 ngày.");
        assert_eq!(incoming.all().unwrap()[0].stage, Stage::Imported([0, 1, 0]));
        assert!(matches!(incoming.drop_file(&file.id), Err(IncomingError::Stage)));
        assert_eq!(std::fs::read_dir(data.path().join("staff-knowledge/texts")).unwrap().count(), 1);
    }

    #[test]
    fn names_that_lead_elsewhere_and_kinds_without_a_reader_are_refused() {
        let data = tempfile::tempdir().unwrap();
        let incoming = Incoming::new(data.path());
        for name in ["../x.txt", "a/b.txt", "a\\b.txt", ".txt", "c:x.txt", "a\u{202e}txt.docx", "a\0.txt"] {
            assert!(matches!(incoming.take(name, b"x", "lan"), Err(IncomingError::Name)), "{name}");
        }
        for name in ["x.exe", "x", "x.txt.sh", ""] {
            assert!(matches!(incoming.take(name, b"x", "lan"), Err(IncomingError::Kind)), "{name}");
        }
        assert!(matches!(incoming.take("x.txt", b"", "lan"), Err(IncomingError::Empty)));
        for id in ["..", "../../etc/passwd", "", &"g".repeat(32)] {
            assert!(matches!(incoming.get(id), Err(IncomingError::Unknown)), "{id}");
        }
    }

    #[test]
    fn what_cannot_be_read_is_told_without_a_path_of_the_machine() {
        let (_folder, index) = index_of(&[]);
        let data = tempfile::tempdir().unwrap();
        let incoming = Incoming::new(data.path());
        let file = incoming.take("hỏng.jsonl", b"{", "lan").unwrap();
        incoming.compare(&index, &file.id).unwrap();
        let Stage::Failed(why) = incoming.get(&file.id).unwrap().stage else { panic!() };
        assert!(why.contains("hỏng.jsonl") && !why.contains(&data.path().display().to_string()), "{why}");
        incoming.drop_file(&file.id).unwrap();
        assert!(incoming.all().unwrap().is_empty());
    }
}
