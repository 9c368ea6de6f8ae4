//! What staff added, put back into an index that has just been filled anew.
//!
//! An import replaces an article's phrasings and a guide as a whole, so that what staff had added to the default ones would
//! be gone after it.

use std::collections::HashSet;
use std::sync::PoisonError;

use indicatif::ProgressBar;

use super::{Added, Knowledge, KnowledgeError, ONE_AT_A_TIME, new_phrases, patiently};
use crate::regulations::import;
use crate::regulations::{Phrasing, RegulationIndex};

impl Knowledge {
    /// Puts back the regulations, guides and phrases that staff added and did not take back; how many were missing or had
    /// been replaced. What was added to an article that is no longer held is left out and told in the log.
    ///
    /// # Errors
    /// Where the folder cannot be read, or the index cannot be written.
    pub fn restore(&self, index: &RegulationIndex) -> Result<usize, KnowledgeError> {
        let _one = ONE_AT_A_TIME.lock().unwrap_or_else(PoisonError::into_inner);
        let mut restored = 0;
        let texts = self.folder.join("texts");
        if texts.is_dir() {
            let update = || import::update(index, std::slice::from_ref(&texts), &ProgressBar::hidden());
            let report = patiently(|| update().map_err(KnowledgeError::from))?;
            restored += report.change.documents.len();
        }
        // The latest first: of the guides of one procedure only the last holds.
        let mut guides = HashSet::new();
        for addition in self.all()? {
            restored += usize::from(match &addition.what {
                Added::Guide { guide, .. } if !guides.insert(guide.id.clone()) => false,
                Added::Guide { guide, .. } if index.search().guide(&guide.id)?.as_ref() == Some(&**guide) => {
                    false
                }
                Added::Guide { guide, .. } => {
                    self.put_guide(index, guide)?;
                    true
                }
                Added::Phrasing(added) => self.put_back(index, added)?,
            });
        }
        Ok(restored)
    }

    /// Whether any of these phrases was missing.
    fn put_back(&self, index: &RegulationIndex, added: &Phrasing) -> Result<bool, KnowledgeError> {
        if index.search().article(&added.document_number, &added.article)?.is_none() {
            tracing::warn!("phrases of the staff are left out: {} is not held", added.article_key());
            return Ok(false);
        }
        let mut all = index.search().phrasings_of(&added.document_number, &added.article)?;
        let known = all.iter_mut().find(|known| known.clause == added.clause);
        let new = new_phrases(known.as_deref(), added);
        if new.is_empty() {
            return Ok(false);
        }
        match known {
            Some(known) => known.phrases.extend(new),
            None => all.push(Phrasing { phrases: new, ..added.clone() }),
        }
        self.put_phrasings(index, added, &all)?;
        Ok(true)
    }
}
