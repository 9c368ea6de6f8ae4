//! Decides: a guide when the question names a procedure, else the best article when it speaks of the matter,
//! else a refusal.

use jiff::civil::Date;

use super::guide::{name_match, spelling};
use super::relevance::{Evidence, QuestionTerms};
use super::{Answer, Status, guide, quote, refusal::refuse};
use crate::question::{Intent, Question, intent};
use crate::regulations::{Article, IndexError, Kind, ProcedureGuide, Record, Search};

/// Below this confidence an article is not given as an answer; see `docs/confidence.md`.
pub const MIN_CONFIDENCE: f32 = 0.65;
/// Below this confidence the question is taken to be about something else than law.
const IN_SCOPE_CONFIDENCE: f32 = 0.3;
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

/// Answers a question from the index as of a day, or refuses.
pub fn compose(question: &Question, search: &Search<'_>, as_of: Date) -> Result<Answer, IndexError> {
    if question.is_empty() {
        return Ok(refuse(Status::UnclearSpeech, Intent::None, None));
    }
    let wanted = intent(question.text());
    if wanted == Intent::Dossier {
        return Ok(refuse(Status::DossierUnavailable, Intent::Dossier, None));
    }
    if let Some((guide, confidence)) = best_guide(question, search, wanted)? {
        let (answer, citations) = guide::say(&guide, question, search, as_of)?;
        let status = Status::Answered;
        return Ok(Answer {
            intent: Intent::Procedure,
            status,
            answer,
            citations,
            confidence: Some(confidence),
        });
    }
    let Some((article, evidence, terms)) = best_article(question, search, as_of)? else {
        return Ok(refuse(Status::NotFound, wanted, None));
    };
    let confidence = evidence.confidence();
    if confidence < MIN_CONFIDENCE {
        let (status, intent) = if confidence < IN_SCOPE_CONFIDENCE {
            (Status::OutOfScope, Intent::None)
        } else {
            (Status::NotFound, wanted)
        };
        return Ok(refuse(status, intent, Some(confidence)));
    }
    let cited = quote::choose(&article, question.text(), &terms)
        .and_then(|chosen| quote::cite(&article, &chosen, as_of));
    Ok(match cited {
        Some(citation) => Answer {
            intent: Intent::Regulation,
            status: Status::Answered,
            answer: quote::say(&citation, as_of),
            citations: vec![citation],
            confidence: Some(confidence),
        },
        None => refuse(Status::NotFound, wanted, Some(confidence)),
    })
}

/// The guide that the question names, if it names one.
fn best_guide(
    question: &Question,
    search: &Search<'_>,
    wanted: Intent,
) -> Result<Option<(ProcedureGuide, f32)>, IndexError> {
    let is_asked = wanted == Intent::Procedure;
    let threshold = if is_asked { NAME_MATCH_ASKED } else { NAME_MATCH_UNASKED };
    let guide_share = if question.was_heard() { GUIDE_SHARE_HEARD } else { GUIDE_SHARE };
    let terms = QuestionTerms::spelt(question, search, spelling(question));
    let mut best: Option<(ProcedureGuide, f32)> = None;
    for hit in search.find(question, Kind::Procedure, CANDIDATES, None)? {
        let Record::Procedure(guide) = hit.record else { continue };
        let matched = name_match(&guide, question);
        let names = guide.names().collect::<Vec<_>>().join(".\n");
        let share = terms.coverage(&format!("{names}.\n{}", guide.plain_text())).pairs;
        if share < guide_share || !is_asked && terms.coverage(&names).pairs < NAME_SHARE_UNASKED {
            continue;
        }
        if matched >= threshold && best.as_ref().is_none_or(|(_, highest)| matched > *highest) {
            best = Some((guide, matched));
        }
    }
    Ok(best)
}

/// The article that fits best, and the evidence for it.
pub fn best_article(
    question: &Question,
    search: &Search<'_>,
    as_of: Date,
) -> Result<Option<(Article, Evidence, QuestionTerms)>, IndexError> {
    let hits = search.find(question, Kind::Article, 2, Some(as_of))?;
    let margin = match hits.as_slice() {
        [first, second, ..] => first.score - second.score,
        _ => f32::INFINITY,
    };
    let Some((Record::Article(article), score)) = hits.into_iter().next().map(|hit| (hit.record, hit.score))
    else {
        return Ok(None);
    };
    let terms = QuestionTerms::new(question, search);
    let titles = format!("{}.\n{}.\n", article.document_title, article.title);
    let clause = crate::regulations::structure::clauses(&article.text)
        .into_iter()
        .map(|clause| terms.coverage(&format!("{titles}{}", &article.text[clause.span])))
        .max_by(|a, b| (a.syllables + a.pairs).total_cmp(&(b.syllables + b.pairs)))
        .unwrap_or_default();
    let evidence = Evidence {
        article: terms.coverage(&format!("{titles}{}", article.text)),
        clause,
        title: terms.coverage(&article.title),
        score,
        margin,
        syllables: terms.syllable_count(),
    };
    Ok(Some((article, evidence, terms)))
}
