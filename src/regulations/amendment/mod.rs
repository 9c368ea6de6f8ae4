//! Amending articles: what they change in other documents, sentence by sentence, and the wording that results.
//!
//! An amending article is written by a fixed rule: a sentence says what happens to which clause (“Sửa đổi, bổ sung
//! khoản 2 Điều 89 như sau:”), and the new wording follows between “ and ”. [`parse`] reads these sentences and says
//! plainly which it could not read; [`apply()`](apply::apply) gives the new wording of an article. Nothing is guessed: a sentence
//! with one word too many is left unparsed rather than half understood.
//!
//! * [`instructions`]: the sentences of an article, each with its quotations; * [`context`]: what a sentence inherits
//!   from the ones above it; * [`references`]: “điểm a khoản 1 và khoản 2 Điều 5”; * [`sentences`]: what a sentence
//!   does; * [`wording`]: which part of a quotation belongs to which target; * [`apply()`]: the change made;
//! * [`rejoin`]: articles that a crawl cut in two at a quoted heading.

pub mod apply;
pub mod context;
pub mod instructions;
pub mod references;
pub mod rejoin;
pub mod sentences;
pub mod wording;

#[cfg(test)]
mod tests;

use std::ops::Range;

pub use apply::apply;

use crate::regulations::article::Article;

/// One change to one place of one document.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Amendment {
    /// The document that is changed: `50/2014/QH13`.
    pub document_number: String,
    /// The article that is changed, or the number of the one that is put in.
    pub article: String,
    /// Null where the article itself, or a point of an article without clauses, is meant.
    pub clause: Option<String>,
    /// Null where the clause or the article itself is meant.
    pub point: Option<String>,
    /// What happens to it.
    pub change: Change,
    /// Where the amending article says so.
    pub stated: Stated,
}

/// The clause and the point of an amending article in which a sentence stands.
#[derive(Debug, Clone, Default, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct Stated {
    /// `30`; null where the article has no clauses.
    pub clause: Option<String>,
    /// `a`; null where the clause has no points, or the sentence is that of the clause.
    pub point: Option<String>,
}

/// What happens to the place an [`Amendment`] names.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Change {
    /// A new wording, with its heading or label: `2. Các trường hợp …`.
    ReplaceText(String),
    /// A new heading of an article, with its number: `Điều 5. Tên mới`.
    ReplaceTitle(String),
    /// New words before the first point of a clause or the first clause of an article.
    ReplaceLead(String),
    /// A new article, with its heading.
    InsertArticle(String),
    /// A new clause, with its label.
    InsertClause(String),
    /// A new point, with its label.
    InsertPoint(String),
    /// Words are exchanged, wherever they stand in the place named.
    ReplacePhrase {
        /// What stood there.
        from: String,
        /// What stands there now.
        to: String,
    },
    /// Words are taken out.
    DeletePhrase(String),
    /// The place is no longer in force.
    Repeal,
}

/// A sentence that amends something but could not be read.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Unparsed {
    /// Bytes of the article's text: the sentence, without the quotation after it.
    pub span: Range<usize>,
    /// Why.
    pub reason: Reason,
    /// The document that it changes, where that is known.
    pub document: Option<String>,
    /// The articles that it names, here or above.
    pub articles: Vec<String>,
}

/// Why a sentence could not be read.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, thiserror::Error)]
pub enum Reason {
    /// Neither the sentence nor those above it give the number of the document.
    #[error("the document is not known by its number")]
    UnknownDocument,
    /// It names something that is no article, clause or point, such as an appendix or a heading.
    #[error("it changes something other than articles, clauses and points")]
    OtherPlace,
    /// No article is named, here or above.
    #[error("no article is named")]
    NoArticle,
    /// The quotation does not begin with the clause or point that the sentence names.
    #[error("the new wording does not fit the places named")]
    WordingDoesNotFit,
    /// The new wording is missing.
    #[error("the new wording is missing")]
    NoWording,
}

/// What an article changes.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Amendments {
    /// In the order of the text.
    pub amendments: Vec<Amendment>,
    /// How many sentences they come from; a sentence may change several places.
    pub sentences: usize,
    /// The sentences that could not be read.
    pub unparsed: Vec<Unparsed>,
}

/// Reads an amending article. `number_of` gives the number of a law that is called by its name only
/// (`Luật Xây dựng`), as the law stood when the amending document was issued, or `None`.
pub fn parse(article: &Article, number_of: &dyn Fn(&str) -> Option<String>) -> Amendments {
    let documents = context::Documents { own_number: &article.document_number, number_of };
    let mut contexts = context::Contexts::of(article, &documents);
    let mut found = Amendments::default();
    let mut stated = Stated::default();
    for instruction in instructions::instructions(&article.text) {
        let inherited = contexts.above(instruction.level).clone();
        match instruction.level {
            1 => stated = Stated { clause: instruction.label.clone(), point: None },
            2 => stated.point.clone_from(&instruction.label),
            _ => {}
        }
        if instruction.is_header() {
            contexts.set(instruction.level, inherited.narrowed_by(&instruction.sentence, &documents));
            continue;
        }
        // A sentence with its own wording may also be the one above others.
        contexts.set(instruction.level, inherited.clone());
        for part in sentences::parts(&instruction) {
            match sentences::read(&part, &instruction, &inherited, &documents) {
                None => {}
                Some(Ok(amendments)) => {
                    found.sentences += 1;
                    let placed = |amendment| Amendment { stated: stated.clone(), ..amendment };
                    found.amendments.extend(amendments.into_iter().map(placed));
                }
                Some(Err(reason)) => {
                    let context = inherited.narrowed_by(&instruction.sentence, &documents);
                    let mut articles = context::articles_in(&instruction.sentence);
                    articles.extend(context.article.filter(|article| !articles.contains(article)));
                    let span = instruction.span.clone();
                    found.unparsed.push(Unparsed { span, reason, document: context.document, articles });
                }
            }
        }
    }
    found
}
