//! The articles that are amended, as they are held, and what their texts tell of the amendments.

use std::collections::{BTreeMap, HashMap, HashSet};

use super::collect::Placed;
use super::{Chain, presence};
use crate::regulations::Article;
use crate::regulations::amendment::Change;
use crate::regulations::validity::{Validity, canonical_number, year_of};

/// What the text of a document has of all that another one changes in it.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum TextHas {
    /// So much that the text must be a consolidated one; what cannot be found in it is worded otherwise.
    Them,
    /// Hardly anything, nor does its source name the amending document or a later one: a codification that was not kept up.
    None,
    /// Too little is known.
    Unknown,
}

/// The adopted articles that are amended, and one article of each amended document.
pub(super) struct Held<'a> {
    versions: HashMap<(&'a str, &'a str), Vec<&'a Article>>,
    /// Of each amended document, the articles by their numbers' values, for those that are put in.
    documents: HashMap<&'a str, BTreeMap<u32, &'a Article>>,
    /// Of each amended document, those that amend it according to its source.
    amenders: HashMap<&'a str, HashSet<&'a str>>,
}

impl<'a> Held<'a> {
    pub fn of(
        adopted: impl Iterator<Item = &'a Article>,
        placed: &BTreeMap<(String, String), Vec<Placed>>,
    ) -> Self {
        let mut held = Self { versions: HashMap::new(), documents: HashMap::new(), amenders: HashMap::new() };
        let amended: HashSet<&str> = placed.keys().map(|(document, _)| document.as_str()).collect();
        for article in adopted.filter(|article| amended.contains(article.document_number.as_str())) {
            let versions = held.versions.entry((&article.document_number, &article.number)).or_default();
            // Of two records of one version the later one counts, as in the index.
            versions.retain(|other| other.effective_from != article.effective_from);
            versions.push(article);
            versions.sort_by_key(|version| version.effective_from);
            let value = article.number.trim_end_matches(|c: char| !c.is_ascii_digit()).parse().unwrap_or(0);
            let amenders = article.amended_by.iter().map(String::as_str);
            held.amenders.entry(&article.document_number).or_default().extend(amenders);
            held.documents.entry(&article.document_number).or_default().entry(value).or_insert(article);
        }
        held
    }

    /// Where the changes of an article begin; null where neither it nor a neighbour of it is held.
    pub fn chain(&self, document: &str, number: &str, changes: &[Placed]) -> Option<Chain> {
        if let Some(versions) = self.versions.get(&(document, number)) {
            let last = versions.last()?;
            return Some(Chain {
                adopted: Some((*last).clone()),
                neighbour: None,
                latest: versions.iter().filter_map(|version| version.effective_from).max(),
                derived: vec![],
            });
        }
        let puts_in = matches!(changes.first()?.amendment.change, Change::InsertArticle(_));
        let value: u32 = number.trim_end_matches(|c: char| !c.is_ascii_digit()).parse().ok()?;
        let articles = self.documents.get(document).filter(|_| puts_in)?;
        let neighbour = articles.range(..=value).next_back().or_else(|| articles.iter().next())?.1;
        Some(Chain { adopted: None, neighbour: Some((*neighbour).clone()), latest: None, derived: vec![] })
    }

    /// What the texts have already, by the amended document and the canonical number of the one that amends it.
    pub fn amendments_in_the_texts(
        &self,
        placed: &BTreeMap<(String, String), Vec<Placed>>,
        validity: &Validity,
    ) -> HashMap<(String, String), TextHas> {
        /// One in so many that are there tells that the text is consolidated.
        const ENOUGH: usize = 4;
        /// One in so many may be there all the same, for amendments repeat what they leave as it was.
        const BY_CHANCE: usize = 8;
        /// So many must be looked for before it is said that none is there.
        const LOOKED_FOR: usize = 2;
        let mut counts: HashMap<(String, String), [usize; 2]> = HashMap::new();
        for ((document, number), changes) in placed {
            let versions = self.versions.get(&(document.as_str(), number.as_str()));
            let Some(last) = versions.and_then(|all| all.last()) else { continue };
            for change in changes {
                let Some(there) = presence::tells(&change.amendment, last) else { continue };
                let pair = (document.clone(), canonical_number(&change.host.document_number));
                counts.entry(pair).or_default()[usize::from(there)] += 1;
            }
        }
        let known = |((document, amending), [not, there]): ((String, String), [usize; 2])| {
            let has = if there * ENOUGH >= not + there {
                TextHas::Them
            } else if there * BY_CHANCE <= not + there
                && not >= LOOKED_FOR
                && !self.names(&document, &amending, validity)
            {
                TextHas::None
            } else {
                TextHas::Unknown
            };
            ((document, amending), has)
        };
        counts.into_iter().map(known).collect()
    }

    /// Whether the source of a document says that an amending one, or a later one, amends it.
    fn names(&self, document: &str, amending: &str, validity: &Validity) -> bool {
        let begins = |number: &str| {
            let day = validity.status(number).effective_from;
            (day.map(|day| day.year()).or(year_of(number)), day)
        };
        let (year, day) = begins(amending);
        let amenders = self.amenders.get(document).into_iter().flatten();
        amenders.map(|number| (number, begins(number))).any(|(number, (other_year, other_day))| {
            canonical_number(number) == amending
                || match (day, other_day) {
                    (Some(day), Some(other)) => other >= day,
                    _ => other_year.is_none() || other_year >= year,
                }
        })
    }
}
