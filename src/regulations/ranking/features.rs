//! How a candidate article is looked at: its words against the question's, in numbers.
//!
//! Everything is counted over the question's own words, pairs and triples of words, in one spelling (with diacritics,
//! without, or as sounds), so one set of trees serves all three.

use std::collections::{BTreeMap, HashMap};

use super::grams::{BREAK, Grams, OTHER, pairs, parted, runs, triples};
use crate::regulations::Article;
use crate::regulations::structure::clauses;
use crate::regulations::tokenizer::{Spelling, words};
use crate::vietnamese::canonical;

/// The names of the features, in order; the trees know them by these.
pub const FEATURES: [&str; 65] = [
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
];

/// Whether, by its features, a candidate's title names another party than the question: of the question's words
/// "người lao động" it holds only "người sử dụng lao động", and what it ends with was not asked.
pub fn names_another_party(row: &[f32]) -> bool {
    let value = |name| FEATURES.iter().position(|&feature| feature == name).map_or(0.0, |n| row[n]);
    value("title_parted") > 0.0 && value("title_end_asked") < 1.0
}

/// Average lengths in words, of the owner's 78,401 articles; BM25 wants them.
const AVERAGE_WHOLE: f32 = 290.0;
const AVERAGE_TEXT: f32 = 262.0;
const AVERAGE_TITLE: f32 = 11.0;
const AVERAGE_DOCUMENT: f32 = 17.0;
const AVERAGE_CLAUSE: f32 = 70.0;

/// The question's words, pairs and triples with their inverse document frequencies.
pub struct QuestionWords<W> {
    weight: W,
    spelling: Spelling,
    numbers: HashMap<String, u16>,
    sequence: Vec<u16>,
    words: Grams<u16>,
    pairs: Grams<(u16, u16)>,
    triples: Grams<(u16, u16, u16)>,
}

/// What has been worked out for one candidate and serves the next.
#[derive(Default)]
struct Known {
    numbers: HashMap<String, u16>,
    weights: HashMap<String, f32>,
}

impl Known {
    fn weight(&mut self, term: &str, weight: impl Fn(&str) -> f32) -> f32 {
        if let Some(&weight) = self.weights.get(term) {
            return weight;
        }
        let weight = weight(term);
        self.weights.insert(term.to_owned(), weight);
        weight
    }
}

/// One part of an article, as the question sees it.
struct Part {
    sequence: Vec<u16>,
    length: f32,
    words: Vec<f32>,
    pairs: Vec<f32>,
}

impl<W: Fn(&str) -> f32> QuestionWords<W> {
    /// Takes the question apart; `weight` gives the inverse document frequency of a term of the index.
    pub fn new(question: &str, spelling: Spelling, weight: W) -> Self {
        let mut numbers: HashMap<String, u16> = HashMap::new();
        let mut names: Vec<String> = Vec::new();
        let sequence: Vec<u16> = words(&canonical(question))
            .map(|word| match word {
                None => BREAK,
                Some(word) => {
                    let word = spelling.of(word);
                    *numbers.entry(word.clone()).or_insert_with(|| {
                        names.push(word);
                        (names.len() - 1).min(usize::from(OTHER) - 1) as u16
                    })
                }
            })
            .collect();
        let single =
            Grams::new(sequence.iter().copied().filter(|&n| n < OTHER), |n| weight(&names[usize::from(n)]));
        let pair = Grams::new(pairs(&sequence), |(a, b)| {
            weight(&format!("{}_{}", names[usize::from(a)], names[usize::from(b)]))
        });
        // The index has no triples: one tells at least as much as the rarer of its pairs.
        let pair_weight = |key| pair.numbers.get(&key).map_or(0.0, |&n: &usize| pair.weights[n]);
        let triple = Grams::new(triples(&sequence), |(a, b, c)| pair_weight((a, b)).max(pair_weight((b, c))));
        Self { weight, spelling, numbers, sequence, words: single, pairs: pair, triples: triple }
    }

    fn sequence_of(&self, text: &str, known: &mut Known) -> Vec<u16> {
        words(&canonical(text))
            .map(|word| match word {
                None => BREAK,
                Some(word) => match known.numbers.get(word) {
                    Some(&number) => number,
                    None => {
                        let number = self.numbers.get(&self.spelling.of(word)).copied().unwrap_or(OTHER);
                        known.numbers.insert(word.to_owned(), number);
                        number
                    }
                },
            })
            .collect()
    }

    fn part(&self, sequence: Vec<u16>) -> Part {
        let length = sequence.iter().filter(|&&n| n != BREAK).count() as f32;
        let words = self.words.frequencies(sequence.iter().copied());
        let pairs = self.pairs.frequencies(pairs(&sequence));
        Part { sequence, length, words, pairs }
    }

    /// How much of what a title tells stands in the question, and how much it tells: by words, by pairs.
    fn told(&self, title: &str, known: &mut Known) -> ((f32, f32), (f32, f32)) {
        let (mut single, mut pair) = ((0.0, 0.0), (0.0, 0.0));
        let mut before: Option<String> = None;
        for word in words(&canonical(title)) {
            before = word.map(|word| {
                let word = self.spelling.of(word);
                let number = self.numbers.get(&word);
                let weight = known.weight(&word, &self.weight);
                single.1 += weight;
                single.0 += if number.is_some() { weight } else { 0.0 };
                if let Some(before) = &before {
                    let weight = known.weight(&format!("{before}_{word}"), &self.weight);
                    pair.1 += weight;
                    let key = self.numbers.get(before).copied().zip(number.copied());
                    let is_asked = key.is_some_and(|key| self.pairs.numbers.contains_key(&key));
                    pair.0 += if is_asked { weight } else { 0.0 };
                }
                word
            });
        }
        (single, pair)
    }

    /// Whom or what a title ends with ("… của người sử dụng lao động"): the share of it that the question has on end;
    /// 1 where the title names nobody.
    fn title_end_asked(&self, title: &str, known: &mut Known) -> f32 {
        let title = canonical(title);
        let end = [" của ", " đối với "]
            .iter()
            .filter_map(|word| title.rfind(word).map(|at| at + word.len()))
            .max();
        let Some(end) = end else { return 1.0 };
        let sequence = self.sequence_of(&title[end..], known);
        runs(&sequence, &self.sequence).0 / sequence.len().max(1) as f32
    }

    /// The features of every candidate; the candidates are in the order of their BM25 scores, best first.
    pub fn features(&self, candidates: &[(&Article, f32)]) -> Vec<Vec<f32>> {
        let mut known = Known::default();
        let mut rows: Vec<BTreeMap<&'static str, f32>> = candidates
            .iter()
            .enumerate()
            .map(|(rank, (article, score))| {
                let mut row = self.alone(article, &mut known);
                row.insert("bm25", *score);
                row.insert("rank", rank as f32);
                row
            })
            .collect();
        beside(candidates, &mut rows);
        rows.into_iter().map(|row| FEATURES.iter().map(|name| row[name]).collect()).collect()
    }

    /// What can be said of a candidate without the others.
    fn alone(&self, article: &Article, known: &mut Known) -> BTreeMap<&'static str, f32> {
        let document = self.part(self.sequence_of(&article.document_title, known));
        let title = self.part(self.sequence_of(&article.title, known));
        let clauses: Vec<Vec<u16>> = clauses(&article.text)
            .into_iter()
            .map(|clause| self.sequence_of(&article.text[clause.span], known))
            .collect();
        let text = self.part(clauses.join(&BREAK));
        let join = |a: &[u16], b: &[u16], c: &[u16]| [a, &[BREAK], b, &[BREAK], c].concat();
        let whole = self.part(join(&document.sequence, &title.sequence, &text.sequence));
        let whole_triples = self.triples.frequencies(triples(&whole.sequence));
        let (clause_words, clause_pairs, clause_bm25) = self.best_clause(&clauses, &title);
        let question = self.sequence.iter().filter(|&&n| n < OTHER).count().max(1) as f32;
        let both = |part: &Part, average: f32, k1: f32, b: f32| {
            let length = part.length / average;
            self.words.bm25(&part.words, length, k1, b) + self.pairs.bm25(&part.pairs, length, k1, b)
        };
        let words =
            |part: &Part, average: f32, b: f32| self.words.bm25(&part.words, part.length / average, 1.2, b);
        let bm25_of_pairs =
            |part: &Part, average: f32, b: f32| self.pairs.bm25(&part.pairs, part.length / average, 1.2, b);
        let of_part = |part: &Part, held: usize| held as f32 / part.length.max(1.0);
        let held = |part: &Part| part.sequence.iter().filter(|&&n| n < OTHER).count();
        let held_pairs =
            |part: &Part| pairs(&part.sequence).filter(|p| self.pairs.numbers.contains_key(p)).count();
        let kind = article.document_type.to_lowercase();
        let (longest, run_cover) = runs(&self.sequence, &whole.sequence);
        let clause_run_cover =
            clauses.iter().map(|clause| runs(&self.sequence, clause).1).fold(0.0, f32::max);
        let (title_told, title_pairs_told) = self.told(&article.title, known);
        let (document_told, _) = self.told(&article.document_title, known);
        let apart = |text: &[u16]| parted(&self.pairs.numbers, &self.pairs.weights, text);
        let share = |(told, all): (f32, f32)| if all > 0.0 { told / all } else { 0.0 };
        let is = |names: &[&str]| f32::from(u8::from(names.contains(&kind.as_str())));
        BTreeMap::from([
            ("whole_words", words(&whole, AVERAGE_WHOLE, 0.75)),
            ("whole_pairs", bm25_of_pairs(&whole, AVERAGE_WHOLE, 0.75)),
            ("whole_triples", self.triples.bm25(&whole_triples, whole.length / AVERAGE_WHOLE, 1.2, 0.75)),
            ("text_words", words(&text, AVERAGE_TEXT, 0.75)),
            ("text_pairs", bm25_of_pairs(&text, AVERAGE_TEXT, 0.75)),
            ("title_words", words(&title, AVERAGE_TITLE, 0.5)),
            ("title_pairs", bm25_of_pairs(&title, AVERAGE_TITLE, 0.5)),
            ("document_words", words(&document, AVERAGE_DOCUMENT, 0.5)),
            ("document_pairs", bm25_of_pairs(&document, AVERAGE_DOCUMENT, 0.5)),
            ("flat", both(&whole, AVERAGE_WHOLE, 0.6, 0.3)),
            ("steep", both(&whole, AVERAGE_WHOLE, 2.0, 0.9)),
            ("whole_word_share", self.words.share(&whole.words)),
            ("whole_pair_share", self.pairs.share(&whole.pairs)),
            ("whole_triple_share", self.triples.share(&whole_triples)),
            ("title_word_share", self.words.share(&title.words)),
            ("title_pair_share", self.pairs.share(&title.pairs)),
            ("document_word_share", self.words.share(&document.words)),
            ("document_pair_share", self.pairs.share(&document.pairs)),
            ("clause_word_share", clause_words),
            ("clause_pair_share", clause_pairs),
            ("clause_bm25", clause_bm25),
            ("title_in_question", of_part(&title, held(&title))),
            ("title_pairs_in_question", of_part(&title, held_pairs(&title))),
            ("document_in_question", of_part(&document, held(&document))),
            ("text_length", text.length.ln_1p()),
            ("title_length", title.length),
            ("document_length", document.length),
            ("is_law", is(&["luật", "bộ luật", "hiến pháp", "pháp lệnh"])),
            ("is_decree", is(&["nghị định"])),
            ("is_circular", is(&["thông tư", "thông tư liên tịch"])),
            ("year", year(&article.document_number)),
            ("article_number", leading_number(&article.number).min(200.0)),
            ("amendments", article.amended_by.len() as f32),
            ("longest_run", longest / question),
            ("longest_run_title", runs(&self.sequence, &title.sequence).0 / question),
            ("run_cover", run_cover),
            ("clause_run_cover", clause_run_cover),
            ("title_run_cover", runs(&title.sequence, &self.sequence).1),
            ("title_parted", apart(&title.sequence)),
            ("text_parted", apart(&text.sequence)),
            ("title_end_asked", self.title_end_asked(&article.title, known)),
            ("title_told", share(title_told)),
            ("title_pairs_told", share(title_pairs_told)),
            ("document_told", share(document_told)),
            ("title_untold", title_told.1 - title_told.0),
            ("document_untold", document_told.1 - document_told.0),
            ("question_length", question),
            ("spelling", f32::from(self.spelling as u8)),
        ])
    }

    /// Shares of words and pairs that the best clause holds, with the article's title, and its BM25.
    fn best_clause(&self, clauses: &[Vec<u16>], title: &Part) -> (f32, f32, f32) {
        let mut best = (0.0f32, 0.0f32, 0.0f32);
        for clause in clauses {
            let with_title = self.part([&title.sequence[..], &[BREAK], clause].concat());
            let length = with_title.length / AVERAGE_CLAUSE;
            let bm25 = self.words.bm25(&with_title.words, length, 1.2, 0.75)
                + self.pairs.bm25(&with_title.pairs, length, 1.2, 0.75);
            best.0 = best.0.max(self.words.share(&with_title.words));
            best.1 = best.1.max(self.pairs.share(&with_title.pairs));
            best.2 = best.2.max(bm25);
        }
        best
    }
}

/// What a candidate is beside the others.
fn beside(candidates: &[(&Article, f32)], rows: &mut [BTreeMap<&'static str, f32>]) {
    const RELATIVE: [(&str, &str); 10] = [
        ("bm25_relative", "bm25"),
        ("whole_words_relative", "whole_words"),
        ("whole_pairs_relative", "whole_pairs"),
        ("text_words_relative", "text_words"),
        ("text_pairs_relative", "text_pairs"),
        ("title_words_relative", "title_words"),
        ("title_pairs_relative", "title_pairs"),
        ("flat_relative", "flat"),
        ("steep_relative", "steep"),
        ("clause_bm25_relative", "clause_bm25"),
    ];
    for (relative, absolute) in RELATIVE {
        let best = rows.iter().map(|row| row[absolute]).fold(0.0, f32::max);
        for row in rows.iter_mut() {
            let value = if best > 0.0 { row[absolute] / best } else { 0.0 };
            row.insert(relative, value);
        }
    }
    let best = candidates.first().map_or(0.0, |(_, score)| *score);
    let mass = |score: f32| if best > 0.0 { ((score / best - 1.0) * 20.0).exp() } else { 0.0 };
    let all: f32 = candidates.iter().map(|(_, score)| mass(*score)).sum::<f32>().max(f32::MIN_POSITIVE);
    for (row, (article, score)) in rows.iter_mut().zip(candidates) {
        let same: Vec<f32> = candidates
            .iter()
            .filter(|(other, _)| other.document_number == article.document_number)
            .map(|(_, score)| *score)
            .collect();
        let best_of_document = same.iter().copied().fold(0.0, f32::max);
        row.insert("bm25_gap", best - score);
        row.insert("document_mass", same.iter().map(|score| mass(*score)).sum::<f32>() / all);
        row.insert("document_best", if best > 0.0 { best_of_document / best } else { 0.0 });
        row.insert("is_best_of_document", f32::from(u8::from(*score >= best_of_document)));
        row.insert("document_hits", same.len() as f32);
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
    use crate::regulations::article::tests::sample;

    fn features_of(question: &str, articles: &[&Article]) -> Vec<HashMap<&'static str, f32>> {
        let words =
            QuestionWords::new(question, Spelling::Exact, |term| if term.contains('_') { 2.0 } else { 1.0 });
        let candidates: Vec<(&Article, f32)> = articles.iter().map(|&article| (article, 1.0)).collect();
        words.features(&candidates).into_iter().map(|row| FEATURES.into_iter().zip(row).collect()).collect()
    }

    #[test]
    fn the_article_that_is_asked_for_looks_better_in_every_way() {
        let asked = sample("1", "Độ tuổi lao động", "1. Độ tuổi lao động tối thiểu là 15 tuổi.\n2. Khác.");
        let other = sample("2", "Tiền lương", "1. Lương trả theo tuổi nghề.");
        let found = features_of("độ tuổi lao động tối thiểu", &[&asked, &other]);
        for name in
            ["whole_pairs", "title_pair_share", "clause_word_share", "longest_run", "title_in_question"]
        {
            assert!(found[0][name] > found[1][name], "{name}");
        }
        assert_eq!(found[0]["longest_run"], 1.0);
        assert_eq!(found[0]["title_in_question"], 1.0);
        assert_eq!((found[0]["is_law"], found[0]["year"]), (1.0, 2019.0));
    }

    #[test]
    fn who_is_asked_about_is_told_from_who_is_not() {
        let worker =
            sample("35", "Quyền đơn phương chấm dứt hợp đồng lao động của người lao động", "1. Báo trước.");
        let employer = sample(
            "36",
            "Quyền đơn phương chấm dứt hợp đồng lao động của người sử dụng lao động",
            "1. Báo trước.",
        );
        let named = |question: &str| {
            let words = QuestionWords::new(question, Spelling::Exact, |_| 1.0);
            let rows = words.features(&[(&worker, 1.0), (&employer, 1.0)]);
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
            for row in features_of(question, &[&empty, &empty]) {
                assert!(row.values().all(|value| value.is_finite()), "{question}: {row:?}");
            }
        }
    }
}
