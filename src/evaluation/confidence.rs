//! What confidence is fitted on: the evidence for the best article of each question, as a table.

use std::path::Path;

use jiff::civil::Date;

use super::EvaluationError;
use super::ranking::are_phrasings_hidden;
use super::retrieval::LabelledQuestion;
use super::table::Table;
use crate::answer::compose::best_articles;
use crate::answer::relevance::EVIDENCE;
use crate::question::Question;
use crate::regulations::RegulationIndex;
use crate::regulations::article::article_key;

/// Writes a line of tab-separated values for every question: its set, whether the law answers it at all, whether the
/// best article does, whether the second does and how sure that would be, and the evidence for the best. A question
/// without gold articles is one that no law answers.
pub fn write_confidence_table(
    index: &RegulationIndex,
    questions: &[LabelledQuestion],
    as_of: Date,
    path: &Path,
) -> Result<(), EvaluationError> {
    let columns = "question\tset\tin_scope\tright\tsecond_right\tsecond_confidence";
    let mut table = Table::create(path, columns, &EVIDENCE)?;
    for labelled in questions {
        let question = Question::new(&labelled.question);
        let mut search = index.search();
        if are_phrasings_hidden(labelled) {
            search = search.without_phrasings_of(
                labelled.gold.iter().map(|gold| article_key(&gold.doc_number, &gold.article_no)),
            );
        }
        let best = best_articles(&question, &search, as_of)?;
        let Some((article, evidence)) = best.first() else { continue };
        let is_right = labelled.is_answered_by(article);
        let is_second_right = best.get(1).is_some_and(|(article, _)| labelled.is_answered_by(article));
        let second = best.get(1).map_or(0.0, |(_, evidence)| evidence.confidence());
        let (set, in_scope) = (&labelled.set, u8::from(!labelled.gold.is_empty()));
        let (text, right) = (question.text().replace('\t', " "), u8::from(is_right));
        let second_right = u8::from(is_second_right);
        let before = format!("{text}\t{set}\t{in_scope}\t{right}\t{second_right}\t{second}");
        table.line(before, &evidence.values())?;
    }
    table.finish()
}
