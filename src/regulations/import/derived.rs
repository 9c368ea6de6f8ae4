//! What an import works out over all texts together, the new ones and those that are there: the force of every article
//! ([`crate::regulations::force`]), and the versions that amending documents make
//! ([`crate::regulations::consolidation`]).

use std::collections::{HashMap, HashSet};

use crate::regulations::article::Article;
use crate::regulations::consolidation::{ConsolidationReport, consolidate};
use crate::regulations::force::write_force;
use crate::regulations::index::{IndexError, Record, RegulationIndex};
use crate::regulations::validity::derive;
use crate::regulations::versions::order;

/// The records of a change with what is known of their force and with their amended versions; and with them those
/// documents of the index that the change touches: a law that is imported today ends or amends others that have long
/// been here, and one that is removed (`gone`) does so no longer.
pub(super) fn with_derived(
    index: &RegulationIndex,
    mut new: Vec<Record>,
    gone: Option<&str>,
) -> Result<(Vec<Record>, ConsolidationReport), IndexError> {
    // Guides, and how citizens ask, neither end nor amend a text.
    if gone.is_none() && new.iter().all(|record| article_of(record).is_none()) {
        return Ok((new, ConsolidationReport::default()));
    }
    let given: HashSet<String> =
        new.iter().map(Record::document_key).chain(gone.map(str::to_owned)).collect();
    let mut held: Vec<Article> = Vec::new();
    let mut derived_before: HashMap<String, Vec<Article>> = HashMap::new();
    for record in index.search().all() {
        match record? {
            Record::Article(article) if given.contains(&article.document_number) => {}
            Record::Article(article) if article.is_derived => {
                derived_before.entry(article.document_number.clone()).or_default().push(article);
            }
            Record::Article(article) => held.push(article),
            Record::Procedure(_) | Record::Phrasing(_) => {}
        }
    }
    // What was derived elsewhere is made anew here.
    new.retain(|record| !matches!(record, Record::Article(article) if article.is_derived));
    let validity = derive(in_order(&new, &held).into_iter());
    for record in &mut new {
        if let Record::Article(article) = record {
            write_force(article, &validity);
        }
    }
    // Of those that differ for now; the amendments may make them again what they were.
    let mut before: HashMap<usize, Article> = HashMap::new();
    for (at, article) in held.iter_mut().enumerate() {
        let was = article.clone();
        write_force(article, &validity);
        if was != *article {
            before.insert(at, was);
        }
    }
    let consolidated = consolidate(in_order(&new, &held).into_iter(), &validity);
    for record in &mut new {
        if let Record::Article(article) = record {
            consolidated.write_end(article);
        }
    }
    let mut touched: HashSet<String> = HashSet::new();
    for (at, article) in held.iter_mut().enumerate() {
        let end = article.effective_to;
        consolidated.write_end(article);
        let differs = match before.get(&at) {
            Some(was) => was != article,
            None => end != article.effective_to,
        };
        if differs {
            touched.insert(article.document_number.clone());
        }
    }
    let mut derived: HashMap<String, Vec<Article>> = HashMap::new();
    for version in consolidated.versions {
        derived.entry(version.document_number.clone()).or_default().push(version);
    }
    for number in derived.keys().chain(derived_before.keys()).filter(|number| !given.contains(*number)) {
        if !are_same(derived.get(number), derived_before.get(number)) {
            touched.insert(number.clone());
        }
    }
    held.retain(|article| touched.contains(&article.document_number));
    derived.retain(|number, _| given.contains(number) || touched.contains(number));
    new.extend(held.into_iter().chain(derived.into_values().flatten()).map(Record::Article));
    Ok((new, consolidated.report))
}

/// All articles in one order, whichever of them are new: the index gives its records in no order, and where two sentences
/// contradict each other the first one read counts.
fn in_order<'a>(new: &'a [Record], held: &'a [Article]) -> Vec<&'a Article> {
    let mut all: Vec<&Article> = new.iter().filter_map(article_of).chain(held).collect();
    all.sort_by(|a, b| {
        let of = |article: &'a Article| (article.document_number.as_str(), article.position, order(article));
        of(a).cmp(&of(b))
    });
    all
}

fn article_of(record: &Record) -> Option<&Article> {
    match record {
        Record::Article(article) => Some(article),
        Record::Procedure(_) | Record::Phrasing(_) => None,
    }
}

/// Whether two lists of versions are the same, in any order.
fn are_same(a: Option<&Vec<Article>>, b: Option<&Vec<Article>>) -> bool {
    let (a, b) = (a.map(Vec::as_slice).unwrap_or_default(), b.map(Vec::as_slice).unwrap_or_default());
    a.len() == b.len() && a.iter().all(|article| b.contains(article))
}
