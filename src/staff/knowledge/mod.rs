//! What staff add to the law's guides: how citizens ask for an article, and guides to procedures. Each is written to a
//! file, taken into the index at once, and can be taken back.
//!
//! | in `staff-knowledge/` of the data folder | |
//! |---|---|
//! | `added/ID.json` | an addition, by whom and why |
//! | `phrasings/….phrasings.jsonl` | all that is known of how citizens ask for an article, to be imported again |
//! | `procedures/ID.toml` | a guide, likewise |
//!
//! The index replaces the phrasings of an article as a whole, so what it holds of them is kept and written with the new;
//! `restore` puts back what an import of the default ones replaced.

mod error;
mod restore;
#[cfg(test)]
mod tests;

use std::path::{Path, PathBuf};
use std::sync::{Mutex, PoisonError};
use std::time::{Duration, Instant};

use indicatif::ProgressBar;
use serde::{Deserialize, Serialize};
use sha2::{Digest, Sha256};

use super::files::{is_random_name, random_name, remove, write_durably};
use crate::regulations::import;
use crate::regulations::index::procedure_key;
use crate::regulations::phrasing::MAX_PHRASES;
use crate::regulations::structure::clauses;
use crate::regulations::{Phrasing, ProcedureGuide, RegulationIndex};
use crate::store::audit::hex;
use crate::store::moment::now;
use crate::vietnamese::{fold, syllables};
pub use error::KnowledgeError;

/// So long another import is waited for.
const PATIENCE: Duration = Duration::from_secs(10);
/// The longest guide, in bytes.
pub const MAX_GUIDE: usize = 64 << 10;

/// What was added.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Added {
    /// Phrases that were not known before.
    Phrasing(Phrasing),
    /// A guide, and the one whose place it took.
    Guide {
        /// The guide.
        guide: Box<ProcedureGuide>,
        /// What the index held under its id.
        before: Option<Box<ProcedureGuide>>,
    },
}

/// An addition.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Addition {
    /// By which it is taken back.
    pub id: String,
    /// When, UTC.
    pub at: String,
    /// By whom.
    pub by: String,
    /// Why.
    pub reason: String,
    /// What.
    pub what: Added,
}

/// One addition after the other: what is written rests on what was there.
static ONE_AT_A_TIME: Mutex<()> = Mutex::new(());

/// The folder of what staff add.
#[derive(Debug, Clone)]
pub struct Knowledge {
    folder: PathBuf,
}

impl Knowledge {
    /// In this data folder.
    pub fn new(data: &Path) -> Self {
        Self { folder: data.join("staff-knowledge") }
    }

    /// Reads a guide and checks that what it rests on is held; the sentence says what is wrong.
    ///
    /// # Errors
    /// Where it is malformed, or rests on an article that the index does not hold.
    pub fn guide(index: &RegulationIndex, text: &str) -> Result<ProcedureGuide, KnowledgeError> {
        if text.len() > MAX_GUIDE {
            return Err(KnowledgeError::Guide { line: 1, reason: "quá dài".to_owned() });
        }
        let guide = ProcedureGuide::from_toml(text).map_err(|e| KnowledgeError::Guide {
            line: e
                .span()
                .map_or(1, |span| text.get(..span.start).map_or(1, |t| t.matches('\n').count() + 1)),
            reason: e.message().to_owned(),
        })?;
        let is_plain = |c: char| c.is_ascii_lowercase() || c.is_ascii_digit() || c == '-';
        if !(3..=80).contains(&guide.id.len()) || !guide.id.chars().all(is_plain) {
            return Err(KnowledgeError::GuideId);
        }
        if guide.legal_basis.is_empty() {
            return Err(KnowledgeError::NoBasis);
        }
        for basis in &guide.legal_basis {
            held(index, &basis.document_number, &basis.article, basis.clause.as_deref())?;
        }
        Ok(guide)
    }

    /// Adds phrases to those by which an article is found; they are live when this returns. Takes a moment: the index is
    /// written.
    ///
    /// # Errors
    /// Where the article is not held, nothing is new, or index or disk refuse; nothing is changed then.
    pub fn add_phrasing(
        &self,
        index: &RegulationIndex,
        wanted: Phrasing,
        by: &str,
        reason: &str,
    ) -> Result<Addition, KnowledgeError> {
        let _one = ONE_AT_A_TIME.lock().unwrap_or_else(PoisonError::into_inner);
        held(index, &wanted.document_number, &wanted.article, wanted.clause.as_deref())?;
        let mut all = index.search().phrasings_of(&wanted.document_number, &wanted.article)?;
        let known = all.iter_mut().find(|phrasing| phrasing.clause == wanted.clause);
        let new = new_phrases(known.as_deref(), &wanted);
        if new.is_empty() {
            return Err(KnowledgeError::NothingNew);
        }
        match known {
            Some(known) if known.phrases.len() + new.len() > MAX_PHRASES => {
                return Err(KnowledgeError::TooMany);
            }
            Some(known) => known.phrases.extend(new.iter().cloned()),
            None => all.push(Phrasing { phrases: new.clone(), ..wanted.clone() }),
        }
        let added = Phrasing { phrases: new, ..wanted };
        self.put_phrasings(index, &added, &all)?;
        self.note(Added::Phrasing(added), by, reason)
    }

    /// Adds a guide, in the place of one with the same id; it is live when this returns.
    ///
    /// # Errors
    /// Where index or disk refuse; nothing is changed then.
    pub fn add_guide(
        &self,
        index: &RegulationIndex,
        guide: ProcedureGuide,
        by: &str,
        reason: &str,
    ) -> Result<Addition, KnowledgeError> {
        let _one = ONE_AT_A_TIME.lock().unwrap_or_else(PoisonError::into_inner);
        let before = index.search().guide(&guide.id)?.map(Box::new);
        self.put_guide(index, &guide)?;
        self.note(Added::Guide { guide: Box::new(guide), before }, by, reason)
    }

    /// Everything that was added and not taken back, the latest first.
    ///
    /// # Errors
    /// Where the folder cannot be read.
    pub fn all(&self) -> Result<Vec<Addition>, KnowledgeError> {
        let folder = match std::fs::read_dir(self.folder.join("added")) {
            Err(e) if e.kind() == std::io::ErrorKind::NotFound => return Ok(vec![]),
            folder => folder?,
        };
        let mut all = Vec::new();
        for entry in folder {
            match std::fs::read(entry?.path()).map(|json| serde_json::from_slice::<Addition>(&json)) {
                Ok(Ok(addition)) => all.push(addition),
                Ok(Err(error)) => tracing::warn!("an addition of the staff cannot be read: {error}"),
                Err(error) => tracing::warn!("an addition of the staff cannot be read: {error}"),
            }
        }
        all.sort_by(|a, b| (&b.at, &b.id).cmp(&(&a.at, &a.id)));
        Ok(all)
    }

    /// The addition of this id.
    ///
    /// # Errors
    /// Where there is none.
    pub fn get(&self, id: &str) -> Result<Addition, KnowledgeError> {
        let all = self.all()?;
        all.into_iter().find(|addition| addition.id == id).ok_or(KnowledgeError::Unknown)
    }

    /// Takes an addition back; what was there before is there again when this returns.
    ///
    /// # Errors
    /// Where there is none, another stands on it, or index or disk refuse.
    pub fn undo(&self, index: &RegulationIndex, id: &str) -> Result<(), KnowledgeError> {
        let _one = ONE_AT_A_TIME.lock().unwrap_or_else(PoisonError::into_inner);
        let addition = self.get(id)?;
        match &addition.what {
            Added::Phrasing(added) => {
                let mut all = index.search().phrasings_of(&added.document_number, &added.article)?;
                for known in all.iter_mut().filter(|known| known.clause == added.clause) {
                    known.phrases.retain(|phrase| !added.phrases.contains(phrase));
                }
                all.retain(|known| !known.phrases.is_empty());
                self.put_phrasings(index, added, &all)?;
            }
            Added::Guide { guide, before } => {
                let stands_on_it = |other: &Addition| match &other.what {
                    Added::Guide { guide: later, .. } => later.id == guide.id,
                    Added::Phrasing(_) => false,
                };
                if self.all()?.iter().find(|other| stands_on_it(other)).is_some_and(|last| last.id != id) {
                    return Err(KnowledgeError::NotTheLast);
                }
                match before {
                    Some(before) => self.put_guide(index, before)?,
                    None => {
                        patiently(|| import::remove(index, &procedure_key(&guide.id)).map_err(Into::into))?;
                        remove(&self.guide_file(&guide.id))?;
                    }
                }
            }
        }
        Ok(remove(&self.addition_file(id))?)
    }

    fn put_phrasings(
        &self,
        index: &RegulationIndex,
        of: &Phrasing,
        all: &[Phrasing],
    ) -> Result<(), KnowledgeError> {
        let path = self.phrasings_file(of);
        if all.is_empty() {
            patiently(|| import::remove(index, &of.key()).map_err(Into::into))?;
            return Ok(remove(&path)?);
        }
        let mut lines = String::new();
        for phrasing in all {
            lines += &serde_json::to_string(phrasing).map_err(std::io::Error::other)?;
            lines.push('\n');
        }
        replace_and_import(index, &path, lines.as_bytes())
    }

    fn put_guide(&self, index: &RegulationIndex, guide: &ProcedureGuide) -> Result<(), KnowledgeError> {
        let text = toml::to_string_pretty(guide).map_err(std::io::Error::other)?;
        replace_and_import(index, &self.guide_file(&guide.id), text.as_bytes())
    }

    fn note(&self, what: Added, by: &str, reason: &str) -> Result<Addition, KnowledgeError> {
        let addition =
            Addition { id: random_name()?, at: now(), by: by.to_owned(), reason: reason.to_owned(), what };
        let json = serde_json::to_vec_pretty(&addition).map_err(std::io::Error::other)?;
        write_durably(&self.addition_file(&addition.id), &json)?;
        Ok(addition)
    }

    fn addition_file(&self, id: &str) -> PathBuf {
        debug_assert!(is_random_name(id));
        self.folder.join("added").join(format!("{id}.json"))
    }

    fn guide_file(&self, id: &str) -> PathBuf {
        self.folder.join("procedures").join(format!("{id}.toml"))
    }

    /// Readable, and different for every article.
    fn phrasings_file(&self, of: &Phrasing) -> PathBuf {
        let key = of.article_key();
        let plain: String =
            fold(&key).chars().map(|c| if c.is_ascii_alphanumeric() { c } else { '-' }).take(80).collect();
        let sum = hex(Sha256::digest(&key).get(..4).unwrap_or_default());
        self.folder.join("phrasings").join(format!("{plain}-{sum}.phrasings.jsonl"))
    }
}

/// The phrases that are not known yet, each once.
fn new_phrases(known: Option<&Phrasing>, wanted: &Phrasing) -> Vec<String> {
    let mut new: Vec<String> = Vec::new();
    for phrase in &wanted.phrases {
        let is_it = |other: &String| syllables(other).eq(syllables(phrase));
        if !known.is_some_and(|known| known.phrases.iter().any(is_it)) && !new.iter().any(is_it) {
            new.push(phrase.clone());
        }
    }
    new
}

/// Writes a file and takes it into the index; where the index refuses, the file is as it was.
fn replace_and_import(index: &RegulationIndex, path: &Path, content: &[u8]) -> Result<(), KnowledgeError> {
    let before = std::fs::read(path).ok();
    write_durably(path, content)?;
    let imported = patiently(|| {
        import::update(index, &[path.to_owned()], &ProgressBar::hidden()).map_err(KnowledgeError::from)
    });
    if imported.is_err() {
        match before {
            Some(before) => write_durably(path, &before)?,
            None => remove(path)?,
        }
    }
    imported.map(drop)
}

/// Tries again while another import is going on.
pub(super) fn patiently<T>(work: impl Fn() -> Result<T, KnowledgeError>) -> Result<T, KnowledgeError> {
    let began = Instant::now();
    loop {
        match work() {
            Err(KnowledgeError::Busy) if began.elapsed() < PATIENCE => {
                std::thread::sleep(Duration::from_millis(200));
            }
            done => return done,
        }
    }
}

/// Whether the index holds the article, and the article the clause.
fn held(
    index: &RegulationIndex,
    document: &str,
    article: &str,
    clause: Option<&str>,
) -> Result<(), KnowledgeError> {
    let found = index.search().article(document, article)?;
    let found = found.ok_or_else(|| KnowledgeError::NoArticle(document.to_owned(), article.to_owned()))?;
    let Some(clause) = clause else { return Ok(()) };
    if clauses(&found.text).iter().any(|held| held.number.as_deref() == Some(clause)) {
        return Ok(());
    }
    Err(KnowledgeError::NoClause(article.to_owned(), clause.to_owned()))
}
