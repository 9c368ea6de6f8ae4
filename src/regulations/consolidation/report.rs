//! How many amendments were applied, and why others were not.

use std::collections::BTreeMap;

use super::collect::Placed;
use super::provision::named;
use crate::regulations::amendment::Amendment;

/// Why an amendment was not applied.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, thiserror::Error)]
pub enum NotApplied {
    /// The text is that of a codification made after the amendment took effect.
    #[error("the codification is of a later day")]
    Codified,
    /// The words stand in the text.
    #[error("the text has it already")]
    AlreadyThere,
    /// Much of what the amending document says stands in the text of the amended one.
    #[error("the text is consolidated already")]
    Consolidated,
    /// A source gives a version of that day or of a later one.
    #[error("a source has a version of that day or later")]
    SourceHasLater,
    /// No article of the document is held.
    #[error("the amended document is not held")]
    NotHeld,
    /// The article, its clause or point, or the phrase is not there.
    #[error("the article, clause, point or phrase is not there")]
    NoSuchPlace,
    /// It could mean several places, or is said twice, or what is to be put in is there in other words.
    #[error("the place is ambiguous")]
    Ambiguous,
    /// The new text would not be well formed, or has nothing in common with the old one.
    #[error("the new wording does not fit the article")]
    DoesNotFit,
    /// The amending sentence.
    #[error("the sentence was not understood")]
    NotUnderstood,
    /// Another sentence of the same document that changes the same article.
    #[error("another change of the same article was not understood")]
    AnotherNotUnderstood,
    /// Another amendment of the same document or an earlier one.
    #[error("another change of the same article was not applied")]
    AnotherNotApplied,
    /// The first day of the amending provision.
    #[error("it is not known from which day it holds")]
    NoDay,
    /// The amended document or article.
    #[error("what it amends had ended by then")]
    Ended,
    /// A decree amends no law.
    #[error("the amending document stands below the amended one")]
    TooLow,
    /// Articles repealed as a whole end by [`crate::regulations::force`].
    #[error("the whole article is repealed: it ends, without another version")]
    Repealed,
}

impl NotApplied {
    /// Whether a later amendment may be applied all the same.
    pub(super) fn leaves_the_wording_known(self) -> bool {
        matches!(self, Self::Codified | Self::AlreadyThere | Self::Consolidated | Self::SourceHasLater)
    }
}

/// What came of all amendments.
#[derive(Debug, Default, Clone, PartialEq, Eq)]
pub struct ConsolidationReport {
    /// Amendments read; a sentence may make several, and a document held under two spellings of its number is amended
    /// in both.
    pub found: usize,
    /// Of these applied.
    pub applied: usize,
    /// Versions that came of them.
    pub versions: usize,
    /// The others, and the sentences that were not understood, by reason.
    pub not_applied: BTreeMap<NotApplied, usize>,
}

impl ConsolidationReport {
    pub(super) fn refuse(&mut self, reason: NotApplied, count: usize) {
        *self.not_applied.entry(reason).or_default() += count;
    }

    pub(super) fn refuse_all(&mut self, changes: &[Placed], reason: NotApplied) {
        for change in changes {
            let Amendment { document_number, article, clause, point, .. } = &change.amendment;
            let by = named(change);
            tracing::debug!("not applied: {by}: {document_number} {article} {clause:?} {point:?}: {reason}");
        }
        self.refuse(reason, changes.len());
    }
}

impl std::fmt::Display for ConsolidationReport {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        write!(
            f,
            "amendments: {} read, {} applied, {} amended versions",
            self.found, self.applied, self.versions
        )?;
        for (reason, count) in &self.not_applied {
            write!(f, "\n    not applied {count}: {reason}")?;
        }
        Ok(())
    }
}
