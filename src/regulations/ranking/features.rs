//! How a candidate article is looked at: its words against the question's, in numbers.
//!
//! Everything is counted over the question's own words, pairs and triples of words, in one spelling (with diacritics,
//! without, or as sounds), so one set of trees serves all three. What is said here of a candidate is said without the
//! others; [`super::beside`] puts them beside each other.

use std::borrow::Cow;

use super::grams::{BREAK, MOST_WORDS, OTHER, Part, QuestionGrams, runs_of_text};
use super::phrases::{ClauseNearness, Nearness, PreparedPhrasing, PreparedPhrasings};
use super::prepared::{self, Prepared, TitleWeights, Vocabulary};
use super::row::{FEATURES, Row, fill};
use super::units::Units;
use crate::regulations::article::LAW_KINDS;
use crate::regulations::tokenizer::{Spelling, words};
use crate::vietnamese::canonical;

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

    /// The same for each of its clauses that has phrases; `except` is a phrase that does not count.
    pub fn nearness_by_clause(&self, article_key: &str, except: Option<&[u32]>) -> Vec<ClauseNearness> {
        let of_clause = |phrasing: &PreparedPhrasing| {
            let mut phrasing = Cow::Borrowed(phrasing);
            if let Some(except) = except {
                phrasing.to_mut().phrases.retain(|phrase| phrase != except);
            }
            let near = Nearness::of(std::slice::from_ref(&*phrasing), &self.grams, |words| self.part(words));
            ClauseNearness { clause: phrasing.clause.clone(), near }
        };
        self.phrasings.of(article_key).iter().map(of_clause).collect()
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

    /// What can be said of a candidate without the others.
    pub(super) fn alone(&self, candidate: &Prepared) -> Row {
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

/// `45/2019/QH14` → 2019; 0 where there is none.
fn year(document_number: &str) -> f32 {
    let is_year = |part: &&str| part.len() == 4 && part.bytes().all(|b| b.is_ascii_digit());
    document_number.split(['/', '-']).find(is_year).and_then(|part| part.parse().ok()).unwrap_or(0.0)
}

fn leading_number(text: &str) -> f32 {
    let digits: String = text.chars().take_while(char::is_ascii_digit).collect();
    digits.parse().unwrap_or(0.0)
}
