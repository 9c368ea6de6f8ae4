//! How a candidate article is looked at: its words against the question's, in numbers.
//!
//! Everything is counted over the question's own words, pairs and triples of words, in one spelling (with diacritics,
//! without, or as sounds), so one set of trees serves all three.

use std::collections::HashMap;

use super::grams::{BREAK, MOST_WORDS, OTHER, Part, QuestionGrams, runs_of_text};
use super::phrases::{Nearness, PreparedPhrasings};
use super::prepared::{self, Prepared, TitleWeights, Vocabulary};
use super::units::Units;
use crate::regulations::article::LAW_KINDS;
use crate::regulations::tokenizer::{Spelling, words};
use crate::vietnamese::canonical;

/// The names of the features, in order; the trees know them by these.
pub const FEATURES: [&str; 97] = [
    "bm25",
    "bm25_relative",
    "bm25_gap",
    "rank",
    "whole_words",
    "whole_pairs",
    "whole_triples",
    "text_words",
    "text_pairs",
    "title_words",
    "title_pairs",
    "document_words",
    "document_pairs",
    "flat",
    "steep",
    "whole_words_relative",
    "whole_pairs_relative",
    "text_words_relative",
    "text_pairs_relative",
    "title_words_relative",
    "title_pairs_relative",
    "flat_relative",
    "steep_relative",
    "whole_word_share",
    "whole_pair_share",
    "whole_triple_share",
    "title_word_share",
    "title_pair_share",
    "document_word_share",
    "document_pair_share",
    "clause_word_share",
    "clause_pair_share",
    "clause_bm25",
    "clause_bm25_relative",
    "title_in_question",
    "title_pairs_in_question",
    "document_in_question",
    "document_mass",
    "document_best",
    "is_best_of_document",
    "document_hits",
    "text_length",
    "title_length",
    "document_length",
    "is_law",
    "is_decree",
    "is_circular",
    "year",
    "article_number",
    "amendments",
    "longest_run",
    "longest_run_title",
    "run_cover",
    "clause_run_cover",
    "title_run_cover",
    "title_parted",
    "text_parted",
    "title_end_asked",
    "title_told",
    "title_pairs_told",
    "document_told",
    "title_untold",
    "document_untold",
    "question_length",
    "spelling",
    "asked_known",
    "asked_bm25",
    "asked_bm25_relative",
    "asked_word_share",
    "asked_pair_share",
    "asked_in_question",
    "asked_pairs_in_question",
    "asked_run_cover",
    "asked_all_word_share",
    "document_asked",
    "document_asked_best",
    "unit_held",
    "clause_unit_held",
    "best_asked_word_share",
    "best_asked_pair_share",
    "best_whole_pair_share",
    "best_title_pair_share",
    "best_run_cover",
    "in_legal_terms",
    "legal_whole_words_relative",
    "legal_whole_pairs_relative",
    "legal_clause_bm25_relative",
    "legal_whole_word_share",
    "legal_whole_pair_share",
    "legal_title_word_share",
    "legal_title_pair_share",
    "legal_clause_word_share",
    "legal_clause_pair_share",
    "legal_title_in_question",
    "legal_run_cover",
    "legal_asked_word_share",
    "legal_asked_pair_share",
];

/// The features of one candidate.
pub type Row = [f32; FEATURES.len()];

/// Where a feature stands in a row; a name that is none does not compile.
const fn place(name: &str) -> usize {
    let name = name.as_bytes();
    let mut n = 0;
    while n < FEATURES.len() {
        let other = FEATURES[n].as_bytes();
        let mut same = other.len() == name.len();
        let mut at = 0;
        while same && at < name.len() {
            same = other[at] == name[at];
            at += 1;
        }
        if same {
            return n;
        }
        n += 1;
    }
    panic!("no such feature")
}

macro_rules! at {
    ($row:expr, $name:literal) => {
        $row[const { place($name) }]
    };
}

macro_rules! fill {
    ($row:expr, $($name:literal: $value:expr,)*) => { $(at!($row, $name) = $value;)* };
}

/// Whether, by its features, a candidate's title names another party than the question: of the question's words
/// "người lao động" it holds only "người sử dụng lao động", and what it ends with was not asked.
pub fn names_another_party(row: &Row) -> bool {
    at!(row, "title_parted") > 0.0 && at!(row, "title_end_asked") < 1.0
}

/// Average lengths in words, of the owner's 78,401 articles; BM25 wants them.
const AVERAGE_WHOLE: f32 = 290.0;
const AVERAGE_TEXT: f32 = 262.0;
const AVERAGE_TITLE: f32 = 11.0;
const AVERAGE_DOCUMENT: f32 = 17.0;
const AVERAGE_CLAUSE: f32 = 70.0;

/// A question, ready to be held against candidates.
pub struct QuestionWords<'a, W> {
    vocabulary: &'a Vocabulary,
    phrasings: &'a PreparedPhrasings,
    weight: W,
    spelling: Spelling,
    grams: QuestionGrams,
    units: Units,
    /// By the number of a word in the vocabulary, its number in the question.
    numbers: Vec<u16>,
}

impl<'a, W: Fn(&str) -> f32> QuestionWords<'a, W> {
    /// Takes the question apart; `weight` gives the inverse document frequency of a term of the index. The vocabulary
    /// must know the words of the candidates already.
    pub fn new(
        question: &str,
        spelling: Spelling,
        vocabulary: &'a Vocabulary,
        phrasings: &'a PreparedPhrasings,
        weight: W,
    ) -> Self {
        let mut names: Vec<String> = Vec::new();
        let sequence: Vec<u16> = words(&canonical(question))
            .take(MOST_WORDS)
            .map(|word| match word.map(|word| spelling.of(word)) {
                None => BREAK,
                Some(word) => {
                    let known = names.iter().position(|name| *name == word);
                    known.unwrap_or_else(|| {
                        names.push(word);
                        names.len() - 1
                    }) as u16
                }
            })
            .collect();
        let mut numbers = vec![OTHER; vocabulary.len()];
        for (number, name) in names.iter().enumerate() {
            for &word in vocabulary.written(name, spelling) {
                numbers[word as usize] = number as u16;
            }
        }
        let name = |n: u16| names[usize::from(n)].as_str();
        let grams = QuestionGrams::new(
            sequence,
            |n| weight(name(n)),
            |(a, b)| weight(&format!("{}_{}", name(a), name(b))),
        );
        Self { vocabulary, phrasings, weight, spelling, grams, units: Units::wanted_by(question), numbers }
    }

    /// How near the phrases for an article come to the question.
    pub fn nearness(&self, article_key: &str) -> Nearness {
        Nearness::of(self.phrasings.of(article_key), &self.grams, |words| self.part(words))
    }

    fn number(&self, word: u32) -> u16 {
        if word == prepared::BREAK {
            return BREAK;
        }
        self.numbers.get(word as usize).copied().unwrap_or(OTHER)
    }

    fn part(&self, sequence: &[u32]) -> Part {
        Part::read(sequence.iter().map(|&word| self.number(word)), &self.grams)
    }

    /// How much of what a title tells stands in the question, and how much it tells: by words, by pairs.
    fn told(&self, title: &[u32], weights: &TitleWeights) -> ((f32, f32), (f32, f32)) {
        let (mut single, mut pair) = ((0.0, 0.0), (0.0, 0.0));
        for (n, weight) in weights.words.iter().enumerate() {
            single.1 += weight;
            single.0 += if self.number(title[n]) < OTHER { *weight } else { 0.0 };
        }
        for (n, weight) in weights.pairs.iter().enumerate() {
            let asked = self.grams.pairs.number((self.number(title[n]), self.number(title[n + 1])));
            pair.1 += weight;
            pair.0 += if asked.is_some() { *weight } else { 0.0 };
        }
        (single, pair)
    }

    fn alone_each(&self, candidates: &[(&Prepared, f32)]) -> Vec<Row> {
        let mut rows: Vec<Row> = candidates
            .iter()
            .enumerate()
            .map(|(rank, (candidate, score))| {
                let mut row = self.alone(candidate);
                fill!(row, "bm25": *score, "rank": rank as f32,);
                row
            })
            .collect();
        beside(candidates, &mut rows);
        rows
    }

    /// What can be said of a candidate without the others.
    fn alone(&self, candidate: &Prepared) -> Row {
        let grams = &self.grams;
        let asked = &grams.sequence;
        let article = &candidate.article;
        let document = self.part(&candidate.document);
        let title = self.part(&candidate.title);
        let clauses: Vec<Part> = candidate.clauses.iter().map(|clause| self.part(clause)).collect();
        let nothing = self.part(&[]);
        let text = nothing.with(&clauses);
        let whole = document.with([&title, &text]);
        let (clause_words, clause_pairs, clause_bm25, best_clause) = self.best_clause(&clauses, &title);
        let counted = candidate.counted();
        let clause_counted = candidate.units.get(best_clause).copied().unwrap_or_default();
        let question = asked.iter().filter(|&&n| n < OTHER).count().max(1) as f32;
        let words =
            |part: &Part, average: f32, b: f32| grams.words.bm25(&part.words, part.length / average, 1.2, b);
        let pairs =
            |part: &Part, average: f32, b: f32| grams.pairs.bm25(&part.pairs, part.length / average, 1.2, b);
        let both = |part: &Part, average: f32, k1: f32, b: f32| {
            let length = part.length / average;
            grams.words.bm25(&part.words, length, k1, b) + grams.pairs.bm25(&part.pairs, length, k1, b)
        };
        let of = |held: f32, part: &Part| held / part.length.max(1.0);
        let kind = article.document_type.to_lowercase();
        let is = |names: &[&str]| f32::from(u8::from(names.contains(&kind.as_str())));
        let (title_weights, document_weights) =
            candidate.title_weights(self.spelling, self.vocabulary, &self.weight);
        let (title_told, title_pairs_told) = self.told(&candidate.title, title_weights);
        let (document_told, _) = self.told(&candidate.document, document_weights);
        let share = |(told, all): (f32, f32)| if all > 0.0 { told / all } else { 0.0 };
        let title_words: Vec<u16> = candidate.title.iter().map(|&word| self.number(word)).collect();
        let end_asked = candidate.title_end.map_or(1.0, |start| {
            let end = &title_words[start..];
            runs_of_text(end, grams).0 / end.len().max(1) as f32
        });
        let clause_run_cover = clauses.iter().map(|clause| clause.run_cover(asked)).fold(0.0, f32::max);
        let near = self.nearness(&article.key());
        let mut row = [0.0; FEATURES.len()];
        fill!(row,
            "document_asked": (self.phrasings.asked_of_document(&article.document_number) as f32).ln_1p(),
            "unit_held": self.units.held_by(counted),
            "clause_unit_held": self.units.held_by(clause_counted),
            "asked_known": f32::from(u8::from(near.known)),
            "asked_bm25": near.bm25,
            "asked_word_share": near.word_share,
            "asked_pair_share": near.pair_share,
            "asked_in_question": near.in_question,
            "asked_pairs_in_question": near.pairs_in_question,
            "asked_run_cover": near.run_cover,
            "asked_all_word_share": near.all_word_share,
            "whole_words": words(&whole, AVERAGE_WHOLE, 0.75),
            "whole_pairs": pairs(&whole, AVERAGE_WHOLE, 0.75),
            "whole_triples": grams.triples.bm25(&whole.triples, whole.length / AVERAGE_WHOLE, 1.2, 0.75),
            "text_words": words(&text, AVERAGE_TEXT, 0.75),
            "text_pairs": pairs(&text, AVERAGE_TEXT, 0.75),
            "title_words": words(&title, AVERAGE_TITLE, 0.5),
            "title_pairs": pairs(&title, AVERAGE_TITLE, 0.5),
            "document_words": words(&document, AVERAGE_DOCUMENT, 0.5),
            "document_pairs": pairs(&document, AVERAGE_DOCUMENT, 0.5),
            "flat": both(&whole, AVERAGE_WHOLE, 0.6, 0.3),
            "steep": both(&whole, AVERAGE_WHOLE, 2.0, 0.9),
            "whole_word_share": grams.words.share(&whole.words),
            "whole_pair_share": grams.pairs.share(&whole.pairs),
            "whole_triple_share": grams.triples.share(&whole.triples),
            "title_word_share": grams.words.share(&title.words),
            "title_pair_share": grams.pairs.share(&title.pairs),
            "document_word_share": grams.words.share(&document.words),
            "document_pair_share": grams.pairs.share(&document.pairs),
            "clause_word_share": clause_words,
            "clause_pair_share": clause_pairs,
            "clause_bm25": clause_bm25,
            "title_in_question": of(title.held, &title),
            "title_pairs_in_question": of(title.held_pairs, &title),
            "document_in_question": of(document.held, &document),
            "text_length": text.length.ln_1p(),
            "title_length": title.length,
            "document_length": document.length,
            "is_law": is(&LAW_KINDS),
            "is_decree": is(&["nghị định"]),
            "is_circular": is(&["thông tư", "thông tư liên tịch"]),
            "year": year(&article.document_number),
            "article_number": leading_number(&article.number).min(200.0),
            "amendments": article.amended_by.len() as f32,
            "longest_run": whole.longest_run() / question,
            "longest_run_title": title.longest_run() / question,
            "run_cover": whole.run_cover(asked),
            "clause_run_cover": clause_run_cover,
            "title_run_cover": runs_of_text(&title_words, grams).1,
            "title_parted": title.parted_share(grams),
            "text_parted": text.parted_share(grams),
            "title_end_asked": end_asked,
            "title_told": share(title_told),
            "title_pairs_told": share(title_pairs_told),
            "document_told": share(document_told),
            "title_untold": title_told.1 - title_told.0,
            "document_untold": document_told.1 - document_told.0,
            "question_length": question,
            "spelling": f32::from(self.spelling as u8),
        );
        row
    }

    /// Shares of words and pairs that the best clause holds, with the article's title, and its BM25; and which clause has
    /// that.
    fn best_clause(&self, clauses: &[Part], title: &Part) -> (f32, f32, f32, usize) {
        let mut best = (0.0f32, 0.0f32, 0.0f32, 0);
        for (n, clause) in clauses.iter().enumerate() {
            let with_title = title.with([clause]);
            let length = with_title.length / AVERAGE_CLAUSE;
            let bm25 = self.grams.words.bm25(&with_title.words, length, 1.2, 0.75)
                + self.grams.pairs.bm25(&with_title.pairs, length, 1.2, 0.75);
            best.0 = best.0.max(self.grams.words.share(&with_title.words));
            best.1 = best.1.max(self.grams.pairs.share(&with_title.pairs));
            if bm25 > best.2 {
                (best.2, best.3) = (bm25, n);
            }
        }
        best
    }
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
    let mut rows = asked.alone_each(candidates);
    let legal_rows = legal.map(|legal| legal.alone_each(candidates));
    for (n, row) in rows.iter_mut().enumerate() {
        let other = legal_rows.as_ref().map_or(*row, |rows| rows[n]);
        for (to, from) in LEGAL {
            row[to] = other[from];
        }
        fill!(row, "in_legal_terms": f32::from(u8::from(legal.is_some())),);
    }
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

/// `45/2019/QH14` → 2019; 0 where there is none.
fn year(document_number: &str) -> f32 {
    let is_year = |part: &&str| part.len() == 4 && part.bytes().all(|b| b.is_ascii_digit());
    document_number.split(['/', '-']).find(is_year).and_then(|part| part.parse().ok()).unwrap_or(0.0)
}

fn leading_number(text: &str) -> f32 {
    let digits: String = text.chars().take_while(char::is_ascii_digit).collect();
    digits.parse().unwrap_or(0.0)
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::regulations::Article;
    use crate::regulations::article::tests::sample;
    use crate::regulations::ranking::prepared::PreparedArticles;

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
