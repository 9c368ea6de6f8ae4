//! What the ranker learns from: the features of the candidates for questions with known answers, as a table.

use std::collections::HashSet;
use std::path::Path;

use super::EvaluationError;
use super::retrieval::LabelledQuestion;
use super::table::Table;
use crate::question::Question;
use crate::regulations::RegulationIndex;
use crate::regulations::article::article_key;
use crate::regulations::asked::Asked;
use crate::regulations::ranking::row::FEATURES;
use crate::regulations::ranking::{fold_of, question_id};
use crate::vietnamese::fold;

/// The sets of those questions whose authors also wrote phrasings for the articles that answer them.
const CITIZENS: [&str; 2] = ["citizens", "short"];

/// Of so many fifths of them the ranker sees the right article without its phrasings, as it will see most articles.
const HIDDEN_FIFTHS: usize = 2;

/// Whether a question is learnt from as if nobody had written down how citizens ask for the articles that answer it.
pub(super) fn are_phrasings_hidden(labelled: &LabelledQuestion) -> bool {
    CITIZENS.contains(&labelled.set.as_str())
        && fold_of(&question_id(&labelled.question)[1..]) < HIDDEN_FIFTHS
}

/// Writes a line of tab-separated values for every candidate of every question: the question's id, set, variant
/// (`exact`, `folded`, `heard`), fold, how many articles answer it, whether this one does, which it is, and its features.
/// A question that stands in the data twice is taken once, with the answers of both.
pub fn write_ranking_table(
    index: &RegulationIndex,
    questions: &[LabelledQuestion],
    path: &Path,
) -> Result<(), EvaluationError> {
    let columns = "question\tset\tvariant\tfold\tgold\tright\tdocument\tarticle";
    let mut table = Table::create(path, columns, &FEATURES)?;
    let mut seen = HashSet::new();
    for labelled in questions {
        let id = question_id(&labelled.question);
        if !seen.insert(id.clone()) {
            continue;
        }
        let same: Vec<_> = questions.iter().filter(|other| question_id(&other.question) == id).collect();
        let gold: HashSet<(&str, &str)> = same
            .iter()
            .flat_map(|q| &q.gold)
            .map(|gold| (gold.doc_number.as_str(), gold.article_no.as_str()))
            .collect();
        let is_hidden = are_phrasings_hidden(labelled);
        let variants = [
            ("exact", Question::new(&labelled.question)),
            ("folded", Question::new(&fold(&labelled.question))),
            ("heard", Question::heard(&labelled.question)),
        ];
        for (variant, question) in variants {
            let mut search = index.search();
            if is_hidden {
                search = search.without_phrasings_of(
                    gold.iter().map(|(document, number)| article_key(document, number)),
                );
            }
            let asked = Asked::new(&question);
            let candidates = search.candidates(&asked, None)?;
            for ((candidate, _), features) in candidates.iter().zip(search.features(&asked, &candidates)?) {
                let article = &candidate.article;
                let is_gold = gold.contains(&(article.document_number.as_str(), article.number.as_str()));
                let (set, fold) = (&labelled.set, fold_of(&id));
                let (golds, right) = (gold.len(), u8::from(is_gold));
                let (document, number) = (&article.document_number, &article.number);
                let before =
                    format!("{id}\t{set}\t{variant}\t{fold}\t{golds}\t{right}\t{document}\t{number}");
                table.line(before, &features)?;
            }
        }
    }
    table.finish()
}
