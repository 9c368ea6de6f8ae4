//! Decides: what the words alone refuse; the article that the question names; a guide when the question names a
//! procedure; else the best article when it speaks of the matter; else a refusal.

use jiff::civil::Date;

pub use super::articles::{MIN_CONFIDENCE, MIN_CONFIDENCE_BESIDE, best_articles};
use super::named_law::{self, Naming};
use super::refusal::{refuse, refuse_foreign_language, refuse_foreign_law};
use super::which_guide::{Named, named};
use super::{Answer, Status, articles, detail, guide};
use crate::question::advice::asks_for_advice;
use crate::question::foreign::asks_for_foreign_law;
use crate::question::harm::asks_for_harm;
use crate::question::language::is_foreign_language;
use crate::question::quiz::is_quiz;
use crate::question::{Intent, Question, intent};
use crate::regulations::{IndexError, Search};

/// Answers a question from the index as of a day, or refuses.
pub fn compose(question: &Question, search: &Search<'_>, as_of: Date) -> Result<Answer, IndexError> {
    if let Some(refusal) = refused_by_its_words(question) {
        return Ok(refusal);
    }
    let preferred = match named_law::look_up(question, search, as_of)? {
        Naming::Settles(answer) => return Ok(*answer),
        Naming::Prefers(documents) => documents,
    };
    let wanted = intent(question.text());
    match named(question, search, wanted)? {
        Named::One(found, confidence) => {
            let said = guide::say(&found, question, search, as_of)?;
            Ok(Answer {
                intent: Intent::Procedure,
                status: if said.is_doubtful { Status::AnsweredWithCaution } else { Status::Answered },
                answer: said.answer,
                citations: said.citations,
                options: vec![],
                confidence: Some(confidence),
            })
        }
        Named::Several(options) => Ok(detail::ask(options, Intent::Procedure)),
        Named::Nothing => articles::answer(question, search, as_of, wanted, &preferred),
    }
}

/// Whether the words alone refuse the question, whatever the law says. What a transcript is refused for is not got round
/// by a less likely one.
pub fn is_refused_by_its_words(question: &Question) -> bool {
    refused_by_its_words(question).is_some()
}

/// What needs no search to be refused.
fn refused_by_its_words(question: &Question) -> Option<Answer> {
    let text = question.text();
    if question.is_empty() {
        return Some(refuse(Status::UnclearSpeech, Intent::None, None));
    }
    if is_foreign_language(text) {
        return Some(refuse_foreign_language());
    }
    let wanted = intent(text);
    if wanted == Intent::Dossier {
        return Some(refuse(Status::DossierUnavailable, Intent::Dossier, None));
    }
    if asks_for_harm(text) {
        return Some(refuse(Status::Unsafe, Intent::None, None));
    }
    if asks_for_advice(text) {
        return Some(refuse(Status::PersonalAdvice, Intent::None, None));
    }
    if is_quiz(text) {
        return Some(refuse(Status::OutOfScope, Intent::None, None));
    }
    asks_for_foreign_law(text).then(refuse_foreign_law)
}
