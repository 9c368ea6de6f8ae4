//! Candidates beside each other: what is the best among them in a way, and how each compares with it.

use std::collections::HashMap;

use super::features::QuestionWords;
use super::prepared::Prepared;
use super::row::{Row, at, fill, place};

/// Whether, by its features, a candidate's title names another party than the question: of the question's words
/// "người lao động" it holds only "người sử dụng lao động", and what it ends with was not asked.
pub fn names_another_party(row: &Row) -> bool {
    at!(row, "title_parted") > 0.0 && at!(row, "title_end_asked") < 1.0
}

/// The features of every candidate for a question, and for the same question in the law's words where it was asked in
/// others; the candidates are in the order of their BM25 scores, best first.
pub fn features<W: Fn(&str) -> f32>(
    asked: &QuestionWords<'_, W>,
    legal: Option<&QuestionWords<'_, W>>,
    candidates: &[(&Prepared, f32)],
) -> Vec<Row> {
    const LEGAL: [(usize, usize); 13] = [
        (place("legal_whole_words_relative"), place("whole_words_relative")),
        (place("legal_whole_pairs_relative"), place("whole_pairs_relative")),
        (place("legal_clause_bm25_relative"), place("clause_bm25_relative")),
        (place("legal_whole_word_share"), place("whole_word_share")),
        (place("legal_whole_pair_share"), place("whole_pair_share")),
        (place("legal_title_word_share"), place("title_word_share")),
        (place("legal_title_pair_share"), place("title_pair_share")),
        (place("legal_clause_word_share"), place("clause_word_share")),
        (place("legal_clause_pair_share"), place("clause_pair_share")),
        (place("legal_title_in_question"), place("title_in_question")),
        (place("legal_run_cover"), place("run_cover")),
        (place("legal_asked_word_share"), place("asked_word_share")),
        (place("legal_asked_pair_share"), place("asked_pair_share")),
    ];
    let mut rows = each_alone(asked, candidates);
    let legal_rows = legal.map(|legal| each_alone(legal, candidates));
    for (n, row) in rows.iter_mut().enumerate() {
        let other = legal_rows.as_ref().map_or(*row, |rows| rows[n]);
        for (to, from) in LEGAL {
            row[to] = other[from];
        }
        fill!(row, "in_legal_terms": f32::from(u8::from(legal.is_some())),);
    }
    rows
}

/// The rows of all candidates in one spelling of the question.
fn each_alone<W: Fn(&str) -> f32>(words: &QuestionWords<'_, W>, candidates: &[(&Prepared, f32)]) -> Vec<Row> {
    let row = |(rank, (candidate, score)): (usize, &(&Prepared, f32))| {
        let mut row = words.alone(candidate);
        fill!(row, "bm25": *score, "rank": rank as f32,);
        row
    };
    let mut rows: Vec<Row> = candidates.iter().enumerate().map(row).collect();
    beside(candidates, &mut rows);
    rows
}

/// What a candidate is beside the others.
fn beside(candidates: &[(&Prepared, f32)], rows: &mut [Row]) {
    const RELATIVE: [(usize, usize); 11] = [
        (place("bm25_relative"), place("bm25")),
        (place("whole_words_relative"), place("whole_words")),
        (place("whole_pairs_relative"), place("whole_pairs")),
        (place("text_words_relative"), place("text_words")),
        (place("text_pairs_relative"), place("text_pairs")),
        (place("title_words_relative"), place("title_words")),
        (place("title_pairs_relative"), place("title_pairs")),
        (place("flat_relative"), place("flat")),
        (place("steep_relative"), place("steep")),
        (place("clause_bm25_relative"), place("clause_bm25")),
        (place("asked_bm25_relative"), place("asked_bm25")),
    ];
    for (relative, absolute) in RELATIVE {
        let best = rows.iter().map(|row| row[absolute]).fold(0.0, f32::max);
        for row in rows.iter_mut() {
            row[relative] = if best > 0.0 { row[absolute] / best } else { 0.0 };
        }
    }
    const BEST: [(usize, usize); 5] = [
        (place("best_asked_word_share"), place("asked_word_share")),
        (place("best_asked_pair_share"), place("asked_pair_share")),
        (place("best_whole_pair_share"), place("whole_pair_share")),
        (place("best_title_pair_share"), place("title_pair_share")),
        (place("best_run_cover"), place("run_cover")),
    ];
    for (of_all, of_one) in BEST {
        let best = rows.iter().map(|row| row[of_one]).fold(0.0, f32::max);
        rows.iter_mut().for_each(|row| row[of_all] = best);
    }
    let best = candidates.first().map_or(0.0, |(_, score)| *score);
    let mass = |score: f32| if best > 0.0 { ((score / best - 1.0) * 20.0).exp() } else { 0.0 };
    let all: f32 = candidates.iter().map(|(_, score)| mass(*score)).sum::<f32>().max(f32::MIN_POSITIVE);
    // Of each document: the mass of its candidates, the best score, how many there are.
    // And of the nearness of its phrasings, the best.
    let mut documents: HashMap<&str, (f32, f32, f32, f32)> = HashMap::new();
    for (row, (candidate, score)) in rows.iter().zip(candidates) {
        let of = documents.entry(&candidate.article.document_number).or_default();
        let near = at!(row, "asked_bm25_relative");
        *of = (of.0 + mass(*score), of.1.max(*score), of.2 + 1.0, of.3.max(near));
    }
    for (row, (candidate, score)) in rows.iter_mut().zip(candidates) {
        let (document_mass, document_best, hits, near) =
            documents[candidate.article.document_number.as_str()];
        fill!(row,
            "bm25_gap": best - score,
            "document_mass": document_mass / all,
            "document_best": if best > 0.0 { document_best / best } else { 0.0 },
            "is_best_of_document": f32::from(u8::from(*score >= document_best)),
            "document_hits": hits,
            "document_asked_best": near,
        );
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::regulations::Article;
    use crate::regulations::article::tests::sample;
    use crate::regulations::ranking::phrases::PreparedPhrasings;
    use crate::regulations::ranking::prepared::PreparedArticles;
    use crate::regulations::tokenizer::Spelling;

    fn rows(question: &str, articles: &[&Article]) -> Vec<Row> {
        let all = PreparedArticles::default();
        let segment = tantivy::index::SegmentId::generate_random();
        let prepared: Vec<_> = articles
            .iter()
            .enumerate()
            .map(|(n, article)| all.get(segment, n as u32, || Ok::<_, ()>((*article).clone())).unwrap())
            .collect();
        let vocabulary = all.vocabulary();
        let weight = |term: &str| if term.contains('_') { 2.0 } else { 1.0 };
        let phrasings = PreparedPhrasings::default();
        let words = QuestionWords::new(question, Spelling::Exact, &vocabulary, &phrasings, weight);
        features(&words, None, &prepared.iter().map(|candidate| (&**candidate, 1.0)).collect::<Vec<_>>())
    }

    #[test]
    fn the_article_that_is_asked_for_looks_better_in_every_way() {
        let asked = sample("1", "Độ tuổi lao động", "1. Độ tuổi lao động tối thiểu là 15 tuổi.\n2. Khác.");
        let other = sample("2", "Tiền lương", "1. Lương trả theo tuổi nghề.");
        let found = rows("độ tuổi lao động tối thiểu", &[&asked, &other]);
        for name in
            ["whole_pairs", "title_pair_share", "clause_word_share", "longest_run", "title_in_question"]
        {
            assert!(found[0][place(name)] > found[1][place(name)], "{name}");
        }
        assert_eq!(at!(found[0], "longest_run"), 1.0);
        assert_eq!(at!(found[0], "title_in_question"), 1.0);
        assert_eq!((at!(found[0], "is_law"), at!(found[0], "year")), (1.0, 2019.0));
    }

    #[test]
    fn who_is_asked_about_is_told_from_who_is_not() {
        let title = "Quyền đơn phương chấm dứt hợp đồng lao động của";
        let worker = sample("35", &format!("{title} người lao động"), "1. Báo trước.");
        let employer = sample("36", &format!("{title} người sử dụng lao động"), "1. Báo trước.");
        let named = |question: &str| {
            let rows = rows(question, &[&worker, &employer]);
            [names_another_party(&rows[0]), names_another_party(&rows[1])]
        };
        assert_eq!(
            named("Người lao động đơn phương chấm dứt hợp đồng phải báo trước mấy ngày?"),
            [false, true]
        );
        assert_eq!(named("Người sử dụng lao động đơn phương chấm dứt hợp đồng?"), [false, false]);
    }

    #[test]
    fn nothing_is_ever_no_number() {
        let empty = sample("", "", "");
        for question in ["", "?", "x", "độ tuổi"] {
            for row in rows(question, &[&empty, &empty]) {
                assert!(row.iter().all(|value| value.is_finite()), "{question}: {row:?}");
            }
        }
    }
}
