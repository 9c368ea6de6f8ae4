//! What the choice of a clause is learnt from: citizens' questions with the clause that answers, and the phrases in
//! `knowledge/`, each of which names its clause.

use std::path::Path;

use serde::Deserialize;

use super::EvaluationError;
use super::table::Table;
use crate::answer::choose::Aim;
use crate::answer::clauses::features::{FEATURES, rows};
use crate::answer::relevance::QuestionTerms;
use crate::question::Question;
use crate::regulations::ranking::{fold_of, question_id};
use crate::regulations::structure::clauses;
use crate::regulations::{Record, RegulationIndex, Search};

/// Of so many fifths of the questions the phrases for the article are taken as not written down, as they are not for
/// most articles.
const HIDDEN_FIFTHS: usize = 2;

/// A question with the clauses of an article that answer it, the best first.
#[derive(Debug, Clone, Deserialize)]
pub struct LabelledClause {
    /// As asked.
    pub question: String,
    /// `45/2019/QH14`.
    pub doc_number: String,
    /// `35`.
    pub article_no: String,
    /// `1`, `2a`.
    pub clauses: Vec<String>,
}

/// Writes a line of tab-separated values for every clause of the article of every question: the question's number, the
/// fold of its article, whether it is a phrase, whether the article's phrases were hidden, whether the clause answers,
/// and its features. Articles of one clause are left out, and phrases that the whole article answers.
pub fn write_clause_table(
    index: &RegulationIndex,
    questions: &[LabelledClause],
    path: &Path,
) -> Result<(), EvaluationError> {
    index.warm()?;
    let search = index.search();
    let mut table = Table::create(path, "question\tfold\tphrase\thidden\tright", &FEATURES)?;
    let all = questions.iter().cloned().map(|question| (question, false));
    let all = all.chain(phrases(&search)?.into_iter().map(|phrase| (phrase, true)));
    for (number, (labelled, is_phrase)) in all.enumerate() {
        let Some(article) = search.article(&labelled.doc_number, &labelled.article_no)? else { continue };
        let parts = clauses(&article.text);
        let is_right =
            |number: &Option<String>| number.as_ref().is_some_and(|n| labelled.clauses.contains(n));
        if parts.len() < 2 || !parts.iter().any(|part| is_right(&part.number)) {
            continue;
        }
        let question = Question::new(&labelled.question);
        let is_hidden = fold_of(&question_id(&labelled.question)[1..]) < HIDDEN_FIFTHS;
        let near = match is_hidden {
            true => vec![],
            false => search.clause_nearness(
                &question,
                &article.key(),
                is_phrase.then_some(labelled.question.as_str()),
            )?,
        };
        let terms = QuestionTerms::new(&question, &search);
        let fold = fold_of(&question_id(&article.key()));
        let (phrase, hidden) = (u8::from(is_phrase), u8::from(is_hidden));
        for (part, row) in parts.iter().zip(rows(&article, &parts, &Aim::of(&question), &terms, &near)) {
            let right = u8::from(is_right(&part.number));
            table.line(format!("{number}\t{fold}\t{phrase}\t{hidden}\t{right}"), &row)?;
        }
    }
    table.finish()
}

/// The phrases of the index that name a clause.
fn phrases(search: &Search<'_>) -> Result<Vec<LabelledClause>, EvaluationError> {
    let mut phrasings = Vec::new();
    for record in search.all() {
        if let Record::Phrasing(phrasing) = record? {
            phrasings.push(phrasing);
        }
    }
    phrasings.sort_by(|a, b| (a.key(), &a.clause).cmp(&(b.key(), &b.clause)));
    let mut all = Vec::new();
    for phrasing in phrasings {
        let Some(clause) = phrasing.clause else { continue };
        all.extend(phrasing.phrases.into_iter().map(|phrase| LabelledClause {
            question: phrase,
            doc_number: phrasing.document_number.clone(),
            article_no: phrasing.article.clone(),
            clauses: vec![clause.clone()],
        }));
    }
    Ok(all)
}
