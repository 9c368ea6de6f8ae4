//! What was in force on a day, as the texts themselves say it.
//!
//! Laws end by a sentence in another document: `Luật Cư trú số 81/2006/QH11 … hết hiệu lực kể từ ngày Luật này có
//! hiệu lực thi hành`. [`derive()`] reads all of these once, over everything that is held, and [`Validity`] answers from
//! them. A sentence whose grammar leaves open which document it means ends nothing: to call a law dead that lives does
//! as much harm as the reverse.
//!
//! * [`status`]: the answers and their evidence; [`report`]: how much is known;
//! * `sentence`, `trigger`, `reference`, `list`, `provision`, `dates`: from words to what they name;
//! * `repeal`, `effect`, `parents`: what an article states of ends, beginnings and dependence;
//! * `number`, `titles`, `documents`: which document is meant; `derive`: all of it put together.

use std::collections::HashMap;

use jiff::civil::Date;

mod dates;
mod derive;
mod documents;
mod effect;
mod list;
mod number;
mod parents;
mod provision;
mod reference;
mod repeal;
pub mod report;
mod sentence;
pub mod status;
mod titles;
mod trigger;

#[cfg(test)]
mod corpus_tests;
#[cfg(test)]
mod tests;

pub use report::{OddSentence, ValidityReport};
pub use status::{DocumentStatus, Evidence, Force, KeptPart, Manner, PartialRepeal, Provision, StagedEffect};

use super::Article;
pub(super) use documents::codification_day;
pub use number::canonical_number;
pub(super) use number::{Kind, year_of};

/// What is known of the force of all documents, held or named.
#[derive(Debug, Clone)]
pub struct Validity {
    statuses: HashMap<String, DocumentStatus>,
    unknown: DocumentStatus,
    newest: Option<Date>,
    odd: Vec<OddSentence>,
    titles: titles::Titles,
}

/// Reads all articles, and derives what is known of every document.
pub fn derive<'a>(articles: impl Iterator<Item = &'a Article>) -> Validity {
    let derived = derive::derive(articles);
    Validity {
        statuses: derived.statuses,
        unknown: DocumentStatus::unknown(""),
        newest: derived.newest,
        odd: derived.odd,
        titles: derived.titles,
    }
}

impl Validity {
    /// The status of a document; one with an empty number where nothing is known of it.
    pub fn status(&self, document_number: &str) -> &DocumentStatus {
        self.statuses.get(&canonical_number(document_number)).unwrap_or(&self.unknown)
    }

    /// The law that is called by this name (`Luật Xây dựng`), as it stood in `year`.
    pub fn law_called(&self, name: &str, year: i16) -> Option<&DocumentStatus> {
        self.statuses.get(self.titles.called(name, year)?)
    }

    /// All statuses, in no order.
    pub fn statuses(&self) -> impl Iterator<Item = &DocumentStatus> {
        self.statuses.values()
    }

    /// The document at the end of the chain: of A, which B replaced, which C replaced, it is C.
    pub fn successor(&self, document_number: &str) -> Option<&DocumentStatus> {
        let mut seen = vec![canonical_number(document_number)];
        let mut last = None;
        let mut status = self.status(document_number);
        while let Some(by) = &status.replaced_by {
            let key = canonical_number(by);
            let Some(next) = self.statuses.get(&key).filter(|_| !seen.contains(&key)) else { break };
            seen.push(key);
            last = Some(next);
            status = next;
        }
        last
    }

    /// Whether an article of a document, or a clause of it, is in force on a day.
    pub fn article_force(&self, document: &str, article: &str, clause: Option<&str>, day: Date) -> Force {
        let status = self.status(document);
        let staged = status.staged.iter().find(|s| s.part.covers(article, clause)).map(|s| s.from);
        let begins = staged.or(status.effective_from);
        if let Some(from) = begins
            && day < from
        {
            return Force::NotYet { from };
        }
        if let Some(by) = &status.replaced_by {
            return match status.effective_to {
                None => Force::Unknown,
                Some(end) if day < end && begins.is_some() => {
                    self.part_force(status, article, clause, day, status.effective_evidence.clone())
                }
                Some(end) if day < end => Force::Unknown,
                Some(from) => {
                    let kept = |k: &&KeptPart| k.until.is_none_or(|until| day <= until);
                    let kept: Vec<_> = status.kept.iter().filter(kept).collect();
                    if kept.iter().any(|k| k.part.covers(article, clause)) {
                        Force::InForce { evidence: status.evidence.clone() }
                    } else if kept.iter().any(|k| k.part.touches(article, clause)) {
                        Force::Unknown
                    } else {
                        Force::Repealed { from, by: by.clone(), evidence: status.evidence.clone() }
                    }
                }
            };
        }
        self.part_force(status, article, clause, day, status.evidence.clone())
    }

    /// The force of a part of a document that is in force itself, as far as `evidence` goes.
    fn part_force(
        &self,
        status: &DocumentStatus,
        article: &str,
        clause: Option<&str>,
        day: Date,
        evidence: Evidence,
    ) -> Force {
        let taken = status.partial.iter().filter(|partial| {
            let part = partial.article.clone().map(|article| Provision {
                article,
                clause: partial.clause.clone(),
                point: partial.point.clone(),
            });
            partial.whole && part.is_some_and(|part| part.covers(article, clause))
        });
        if let Some(taken) = taken.min_by_key(|partial| partial.from) {
            return match taken.from {
                Some(from) if day >= from => {
                    Force::Repealed { from, by: taken.by.clone(), evidence: taken.evidence.clone() }
                }
                Some(_) => Force::InForce { evidence },
                None => Force::Unknown,
            };
        }
        match &evidence {
            // Gone from the codification since: its field of law has got a new leading law.
            Evidence::Codification { day: codified }
                if self.newest.is_some_and(|newest| *codified < newest && day >= newest) =>
            {
                Force::Unknown
            }
            Evidence::Collected { .. } | Evidence::Unknown => Force::Unknown,
            _ => Force::InForce { evidence },
        }
    }

    /// The sentences that name an end and were not understood.
    pub fn not_understood(&self) -> &[OddSentence] {
        &self.odd
    }

    /// How much is known, and from what.
    pub fn report(&self) -> ValidityReport {
        ValidityReport::of(self.statuses(), &self.odd, self.newest)
    }
}
