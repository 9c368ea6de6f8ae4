//! How citizens ask for the articles of an index, as the ranker reads it: phrases as numbers of words.

use std::collections::{HashMap, HashSet};

use super::grams::Part;
use super::prepared::Vocabulary;
use crate::regulations::Phrasing;

/// A phrase in words, on average; BM25 wants it.
const AVERAGE_PHRASE: f32 = 9.0;

/// The phrases for one article or clause.
#[derive(Clone)]
pub struct PreparedPhrasing {
    /// The clause that answers; null where the whole article does.
    pub clause: Option<String>,
    /// Each phrase.
    pub phrases: Vec<Vec<u32>>,
}

/// The phrases of every article, by the article's key.
#[derive(Default)]
pub struct PreparedPhrasings {
    by_article: HashMap<String, Vec<PreparedPhrasing>>,
    /// How many articles and clauses of each document have phrases.
    by_document: HashMap<String, usize>,
}

impl PreparedPhrasings {
    /// Numbers the words of all phrases.
    pub(super) fn new(phrasings: impl Iterator<Item = Phrasing>, vocabulary: &mut Vocabulary) -> Self {
        let mut by_article: HashMap<String, Vec<PreparedPhrasing>> = HashMap::new();
        let mut by_document: HashMap<String, usize> = HashMap::new();
        for phrasing in phrasings {
            let phrases = phrasing.phrases.iter().map(|phrase| vocabulary.sequence(phrase)).collect();
            let key = phrasing.article_key();
            *by_document.entry(phrasing.document_number).or_default() += 1;
            by_article.entry(key).or_default().push(PreparedPhrasing { clause: phrasing.clause, phrases });
        }
        Self { by_article, by_document }
    }

    /// The same without the phrases for some articles.
    pub fn without(&self, article_keys: &HashSet<String>) -> Self {
        let kept = self.by_article.iter().filter(|(key, _)| !article_keys.contains(*key));
        let by_article = kept.map(|(key, phrasings)| (key.clone(), phrasings.clone())).collect();
        Self { by_article, by_document: self.by_document.clone() }
    }

    /// How many articles and clauses of a document citizens are known to ask for.
    pub fn asked_of_document(&self, document_number: &str) -> usize {
        self.by_document.get(document_number).copied().unwrap_or(0)
    }

    /// The phrases for an article; empty where nobody wrote any.
    pub fn of(&self, article_key: &str) -> &[PreparedPhrasing] {
        self.by_article.get(article_key).map_or(&[], Vec::as_slice)
    }
}

/// How near the phrases for an article come to a question; every figure is that of the phrase that is best in it.
#[derive(Debug, Clone, Default, PartialEq)]
pub struct Nearness {
    /// Whether anybody wrote phrases for the article.
    pub known: bool,
    /// BM25 by words and pairs.
    pub bm25: f32,
    /// Shares of the question's words that a phrase holds, by weight.
    pub word_share: f32,
    /// Of its pairs.
    pub pair_share: f32,
    /// Share of the phrase's words that the question has.
    pub in_question: f32,
    /// Share of the phrase's pairs that the question has.
    pub pairs_in_question: f32,
    /// How long the runs are that both have.
    pub run_cover: f32,
    /// Share of the question's words that all phrases together hold.
    pub all_word_share: f32,
}

/// How near the phrases for one clause of an article, or for the whole article, come to a question.
#[derive(Debug, Clone, PartialEq)]
pub struct ClauseNearness {
    /// Null for the whole article.
    pub clause: Option<String>,
    /// Over the phrases of this clause alone.
    pub near: Nearness,
}

impl Nearness {
    /// The nearer of two.
    pub fn or_nearer(self, other: Self) -> Self {
        if other.share() > self.share() { other } else { self }
    }

    /// How near, in one figure: 0 to 2.
    pub fn share(&self) -> f32 {
        self.word_share + self.pair_share
    }

    /// Holds phrases against a question.
    pub fn of(
        phrasings: &[PreparedPhrasing],
        question: &super::grams::QuestionGrams,
        part: impl Fn(&[u32]) -> Part,
    ) -> Self {
        let mut near = Self { known: !phrasings.is_empty(), ..Self::default() };
        let mut parts = Vec::new();
        for phrasing in phrasings {
            for phrase in &phrasing.phrases {
                let phrase = part(phrase);
                let length = phrase.length / AVERAGE_PHRASE;
                let bm25 = question.words.bm25(&phrase.words, length, 1.2, 0.5)
                    + question.pairs.bm25(&phrase.pairs, length, 1.2, 0.5);
                near.bm25 = near.bm25.max(bm25);
                let of = |held: f32, all: f32| held / all.max(1.0);
                near.word_share = near.word_share.max(question.words.share(&phrase.words));
                near.pair_share = near.pair_share.max(question.pairs.share(&phrase.pairs));
                near.in_question = near.in_question.max(of(phrase.held, phrase.length));
                near.pairs_in_question =
                    near.pairs_in_question.max(of(phrase.held_pairs, phrase.length - 1.0));
                near.run_cover = near.run_cover.max(phrase.run_cover(&question.sequence));
                parts.push(phrase);
            }
        }
        near.all_word_share = question.words.share(&part(&[]).with(&parts).words);
        near
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::regulations::ranking::features::QuestionWords;
    use crate::regulations::tokenizer::Spelling;

    #[test]
    fn the_nearest_phrase_names_the_clause() {
        let mut vocabulary = Vocabulary::default();
        let phrasing = |clause: &str, phrase: &str| Phrasing {
            document_number: "45/2019/QH14".into(),
            article: "35".into(),
            clause: Some(clause.into()),
            phrases: vec![phrase.into()],
        };
        let all = PreparedPhrasings::new(
            [
                phrasing("1", "nghỉ việc phải báo trước bao lâu"),
                phrasing("2", "nghỉ ngay không báo trước vì bị quấy rối"),
            ]
            .into_iter(),
            &mut vocabulary,
        );
        let question = "Bị sếp quấy rối thì nghỉ ngay được không?";
        for (spelling, asked) in
            [(Spelling::Exact, question.to_owned()), (Spelling::Folded, crate::vietnamese::fold(question))]
        {
            let words = QuestionWords::new(&asked, spelling, &vocabulary, &all, |_| 1.0);
            let near = words.nearness("45/2019/QH14#35");
            let by_clause = words.nearness_by_clause("45/2019/QH14#35", None);
            let nearest = by_clause.iter().max_by(|a, b| a.near.bm25.total_cmp(&b.near.bm25)).unwrap();
            assert_eq!(nearest.clause.as_deref(), Some("2"), "{spelling:?}");
            assert!(near.known && near.word_share > 0.4 && near.pair_share > 0.2, "{near:?}");
            assert_eq!(words.nearness("45/2019/QH14#36"), Nearness::default());
        }
    }
}
