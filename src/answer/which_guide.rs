//! Which guide a question names: one, several between which it must choose, or none. Of two that it names equally well
//! the one with the longer name is meant.

use super::detail;
use super::guide::{NameMatch, name_match, spelling};
use super::relevance::QuestionTerms;
use crate::question::{Intent, Question};
use crate::regulations::{IndexError, Kind, ProcedureGuide, Record, Search};

/// A guide whose name the question holds to this share is what is asked for, if the words ask how something is done.
const NAME_MATCH_ASKED: f32 = 0.6;
/// The same where they do not…
const NAME_MATCH_UNASKED: f32 = 0.95;
/// … and then the names must also be most of what is asked, by the weight of the pairs.
const NAME_SHARE_UNASKED: f32 = 0.5;
/// Even when asked for, a guide must speak of this share of what is asked: a permit to trade is not a permit to run
/// an airport. By the weight of the pairs, as they are written or, for heard questions, as they sound.
const GUIDE_SHARE: f32 = 0.4;
/// The same for heard questions, half of whose pairs may be misheard.
const GUIDE_SHARE_HEARD: f32 = 0.2;
/// Candidates looked at.
const CANDIDATES: usize = 10;

/// What of the guides a question names.
#[derive(Debug, Clone, PartialEq)]
pub enum Named {
    /// This one, and how well, from 0 to 1.
    One(Box<ProcedureGuide>, f32),
    /// One of these; the citizen must say which.
    Several(Vec<String>),
    /// None.
    Nothing,
}

/// The guide that the question names, if it names one.
pub fn named(question: &Question, search: &Search<'_>, wanted: Intent) -> Result<Named, IndexError> {
    let is_asked = wanted == Intent::Procedure;
    let threshold = if is_asked { NAME_MATCH_ASKED } else { NAME_MATCH_UNASKED };
    let guide_share = if question.was_heard() { GUIDE_SHARE_HEARD } else { GUIDE_SHARE };
    let terms = QuestionTerms::spelt(question, search, spelling(question));
    let mut best: Option<(usize, NameMatch)> = None;
    let mut found: Vec<ProcedureGuide> = Vec::new();
    for hit in search.find(question, Kind::Procedure, CANDIDATES, None)? {
        let Record::Procedure(guide) = hit.record else { continue };
        let matched = name_match(&guide, question);
        let names = guide.names().collect::<Vec<_>>().join(".\n");
        let share = terms.coverage(&format!("{names}.\n{}", guide.plain_text())).pairs;
        let speaks_of_it =
            share >= guide_share && (is_asked || terms.coverage(&names).pairs >= NAME_SHARE_UNASKED);
        if speaks_of_it && matched.share >= threshold && best.is_none_or(|(_, highest)| matched > highest) {
            best = Some((found.len(), matched));
        }
        found.push(guide);
    }
    let is_named = best.is_some_and(|(_, matched)| matched.share >= NAME_MATCH_UNASKED);
    if is_asked && !is_named {
        let options = detail::guides(question, &found);
        if options.len() > 1 {
            return Ok(Named::Several(options));
        }
    }
    Ok(match best {
        Some((at, matched)) => Named::One(Box::new(found.swap_remove(at)), matched.share),
        None => Named::Nothing,
    })
}
