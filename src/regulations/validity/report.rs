//! How much is known, and from what: counts for the log and for whoever judges the rules.

use std::collections::BTreeMap;
use std::fmt;

use jiff::civil::Date;
use serde::Serialize;

use super::status::{DocumentStatus, Evidence, Manner};

/// A sentence that names the end of documents and was not understood.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct OddSentence {
    /// The document it stands in.
    pub document: String,
    /// The article.
    pub article: String,
    /// The sentence, cleaned.
    pub sentence: String,
}

/// What was derived of how many documents, and from what.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct ValidityReport {
    /// Documents held, by status and evidence.
    pub held: BTreeMap<(String, String), usize>,
    /// Documents that are only named: ended ones.
    pub named_ended: usize,
    /// Held documents with a first day from their own words, from the source, and without one.
    pub first_days: [usize; 3],
    /// Held documents that the newest codification holds though a sentence ended them before it.
    pub codified_though_ended: usize,
    /// Held documents of which parts were taken away.
    pub with_partial: usize,
    /// Held ended documents with exceptions.
    pub with_exceptions: usize,
    /// Held documents that detail or amend an ended one.
    pub parent_repealed: usize,
    /// Laws with a later namesake, and no sentence that ends them.
    pub same_title_later: usize,
    /// Sentences not understood.
    pub not_understood: usize,
    /// The oddest of them.
    pub oddest: Vec<OddSentence>,
}

const ODDEST: usize = 20;

impl ValidityReport {
    pub(super) fn of<'a>(
        statuses: impl Iterator<Item = &'a DocumentStatus>,
        odd: &[OddSentence],
        newest: Option<Date>,
    ) -> Self {
        let mut report = Self {
            held: BTreeMap::new(),
            named_ended: 0,
            first_days: [0; 3],
            codified_though_ended: 0,
            with_partial: 0,
            with_exceptions: 0,
            parent_repealed: 0,
            same_title_later: 0,
            not_understood: odd.len(),
            oddest: vec![],
        };
        let mut statuses: Vec<_> = statuses.collect();
        statuses.sort_by(|a, b| a.number.cmp(&b.number));
        for status in statuses {
            let ended = status.replaced_by.is_some();
            if !status.held {
                report.named_ended += usize::from(ended);
                continue;
            }
            *report.held.entry(labels(status, newest)).or_default() += 1;
            let first_day = match (&status.effective_evidence, status.effective_from) {
                (_, None) => 2,
                (Evidence::StatedIn { .. }, _) => 0,
                _ => 1,
            };
            report.first_days[first_day] += 1;
            let ended_before = newest.is_some_and(|day| status.effective_to.is_some_and(|end| end <= day));
            report.codified_though_ended += usize::from(ended_before && newest == status.codified);
            report.with_partial += usize::from(!status.partial.is_empty());
            report.with_exceptions += usize::from(ended && !status.exceptions.is_empty());
            report.parent_repealed += usize::from(!status.parent_repealed.is_empty());
            report.same_title_later += usize::from(!ended && status.same_title_later.is_some());
        }
        let mut odd: Vec<_> = odd.to_vec();
        odd.sort_by_key(|o| std::cmp::Reverse(o.sentence.matches(" số ").count()));
        odd.truncate(ODDEST);
        report.oddest = odd;
        report
    }
}

fn labels(status: &DocumentStatus, newest: Option<Date>) -> (String, String) {
    let state = match (status.manner, status.effective_to) {
        (Some(_), None) => "ended, day unknown",
        (Some(Manner::Replaced), _) => "replaced (thay thế)",
        (Some(Manner::Ended), _) => "ended (hết hiệu lực)",
        (Some(Manner::Abolished), _) => "abolished (bãi bỏ)",
        (None, _) => match &status.evidence {
            Evidence::Codification { day } if Some(*day) == newest => "in force",
            Evidence::Codification { .. } => "in force then, unknown since",
            _ => "unknown",
        },
    };
    let evidence = match &status.evidence {
        Evidence::StatedIn { .. } => "stated, by number".to_owned(),
        Evidence::TitleYear { .. } => "stated, by title".to_owned(),
        Evidence::Codification { day } => format!("codification of {}", day.strftime("%Y-%m")),
        Evidence::Collected { source } => format!("collection {source}"),
        Evidence::Unknown => "none".to_owned(),
    };
    (state.to_owned(), evidence)
}

impl fmt::Display for ValidityReport {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        writeln!(f, "{:<32} {:<34} {:>9}", "status", "evidence", "documents")?;
        for ((status, evidence), count) in &self.held {
            writeln!(f, "{status:<32} {evidence:<34} {count:>9}")?;
        }
        let [stated, source, none] = self.first_days;
        for (label, count) in [
            ("named only, ended", self.named_ended),
            ("first day from its own words", stated),
            ("first day from the source", source),
            ("first day unknown", none),
            ("ended before the newest codification that still holds it", self.codified_though_ended),
            ("with parts taken away", self.with_partial),
            ("ended with exceptions", self.with_exceptions),
            ("caution: details or amends an ended document", self.parent_repealed),
            ("caution: a later law of the same title", self.same_title_later),
            ("sentences not understood", self.not_understood),
        ] {
            writeln!(f, "{label:<67} {count:>9}")?;
        }
        for odd in &self.oddest {
            let short: String = odd.sentence.chars().take(240).collect();
            writeln!(f, "  {} Điều {}: {short}", odd.document, odd.article)?;
        }
        Ok(())
    }
}
