//! Articles as the ranker reads them: words as numbers, worked out once and kept.
//!
//! To look at two hundred candidates in a few milliseconds, none of them may be read from disk, parsed or cut into
//! words while somebody waits. So an article is prepared when it is first a candidate (or by
//! [`RegulationIndex::warm`](crate::regulations::RegulationIndex::warm)) and stays prepared as long as its segment of
//! the index lives: about 4 KB an article.

use std::collections::{HashMap, HashSet};
use std::sync::atomic::{AtomicU64, Ordering};
use std::sync::{Arc, OnceLock, PoisonError, RwLock};

use tantivy::index::SegmentId;

use super::phrases::PreparedPhrasings;
use super::units::Units;
use crate::regulations::structure::clauses;
use crate::regulations::tokenizer::{Spelling, words};
use crate::regulations::{Article, Phrasing};
use crate::vietnamese::canonical;

/// The end of a sentence in a sequence of word numbers.
pub const BREAK: u32 = u32::MAX;

/// Numbers for words, the same for the whole process.
#[derive(Default)]
pub struct Vocabulary {
    numbers: HashMap<Arc<str>, u32>,
    words: Vec<Arc<str>>,
    /// The words that are this one in another spelling, itself among them: by spelling, by the number of the form.
    forms: [HashMap<u32, Vec<u32>>; 3],
    /// Of each word, its form in each spelling.
    spelt: Vec<[u32; 3]>,
}

const SPELLINGS: [Spelling; 3] = [Spelling::Exact, Spelling::Folded, Spelling::Phonetic];

impl Vocabulary {
    /// How many words have numbers.
    pub fn len(&self) -> usize {
        self.words.len()
    }

    /// Whether no word has a number yet.
    pub fn is_empty(&self) -> bool {
        self.words.is_empty()
    }

    /// The numbers of all words that a spelling writes like this.
    pub fn written(&self, form: &str, spelling: Spelling) -> &[u32] {
        let form = self.numbers.get(form).copied();
        form.and_then(|form| self.forms[spelling as usize].get(&form)).map_or(&[], Vec::as_slice)
    }

    /// A word in a spelling.
    pub fn form(&self, word: u32, spelling: Spelling) -> &str {
        self.spelt
            .get(word as usize)
            .and_then(|spelt| self.words.get(spelt[spelling as usize] as usize))
            .map_or("", |form| form)
    }

    fn number(&mut self, word: &str) -> u32 {
        if let Some(&number) = self.numbers.get(word) {
            return number;
        }
        let number = self.words.len() as u32;
        let shared: Arc<str> = word.into();
        self.numbers.insert(shared.clone(), number);
        self.words.push(shared);
        self.spelt.push([number; 3]);
        // A form is a word itself, and its own form.
        for spelling in SPELLINGS {
            let form = spelling.of(word);
            let form = if form == word { number } else { self.number(&form) };
            self.spelt[number as usize][spelling as usize] = form;
            self.forms[spelling as usize].entry(form).or_default().push(number);
        }
        number
    }

    /// A text in numbers, without giving any to new words: they end it as a sentence does.
    pub fn known_sequence(&self, text: &str) -> Vec<u32> {
        let number = |word: &str| self.numbers.get(word).copied().unwrap_or(BREAK);
        words(&canonical(text)).map(|word| word.map_or(BREAK, number)).collect()
    }

    pub(super) fn sequence(&mut self, text: &str) -> Vec<u32> {
        words(&canonical(text)).map(|word| word.map_or(BREAK, |word| self.number(word))).collect()
    }
}

/// Inverse document frequencies of the words of a title, and of its pairs of neighbours; 0 at the ends of sentences.
#[derive(Debug, Clone, Default)]
pub struct TitleWeights {
    /// Of each word.
    pub words: Vec<f32>,
    /// Of each word with the one after it.
    pub pairs: Vec<f32>,
}

/// One article, prepared.
pub struct Prepared {
    /// As stored.
    pub article: Arc<Article>,
    /// The document's title.
    pub document: Vec<u32>,
    /// The article's title.
    pub title: Vec<u32>,
    /// Whom or what the title ends with, after "của" or "đối với": where it begins; null where it names nobody.
    pub title_end: Option<usize>,
    /// Each clause.
    pub clauses: Vec<Vec<u32>>,
    /// What each clause counts.
    pub units: Vec<Units>,
    weights: [OnceLock<(TitleWeights, TitleWeights)>; 3],
}

impl Prepared {
    fn new(article: Article, vocabulary: &mut Vocabulary) -> Self {
        let title = vocabulary.sequence(&article.title);
        let (of, about, with) =
            (vocabulary.number("của"), vocabulary.number("đối"), vocabulary.number("với"));
        let title_end = (1..title.len())
            .rev()
            .find(|&n| title[n - 1] == of || n >= 2 && title[n - 2..n] == [about, with]);
        let texts: Vec<&str> = clauses(&article.text).into_iter().map(|c| &article.text[c.span]).collect();
        Self {
            document: vocabulary.sequence(&article.document_title),
            title,
            title_end,
            clauses: texts.iter().map(|text| vocabulary.sequence(text)).collect(),
            units: texts.iter().map(|text| Units::counted_in(text)).collect(),
            weights: Default::default(),
            article: Arc::new(article),
        }
    }

    /// What the article counts.
    pub fn counted(&self) -> Units {
        self.units.iter().fold(Units::default(), |all, units| all.with(*units))
    }

    /// The weights of the titles of the article and of its document, in a spelling; `weight` gives that of a term.
    pub fn title_weights(
        &self,
        spelling: Spelling,
        vocabulary: &Vocabulary,
        weight: impl Fn(&str) -> f32,
    ) -> &(TitleWeights, TitleWeights) {
        self.weights[spelling as usize].get_or_init(|| {
            let of = |sequence: &[u32]| {
                let form = |word: u32| vocabulary.form(word, spelling);
                let single = |&word: &u32| if word == BREAK { 0.0 } else { weight(form(word)) };
                let pair = |pair: &[u32]| match pair {
                    [a, b] if *a != BREAK && *b != BREAK => weight(&format!("{}_{}", form(*a), form(*b))),
                    _ => 0.0,
                };
                TitleWeights {
                    words: sequence.iter().map(single).collect(),
                    pairs: sequence.windows(2).map(pair).collect(),
                }
            };
            (of(&self.title), of(&self.document))
        })
    }
}

/// Everything that has been prepared of one index.
#[derive(Default)]
pub struct PreparedArticles {
    vocabulary: RwLock<Vocabulary>,
    articles: RwLock<HashMap<(SegmentId, u32), Arc<Prepared>>>,
    generation: AtomicU64,
    /// Of the generation that is named beside them.
    phrasings: RwLock<Option<(u64, Arc<PreparedPhrasings>)>>,
}

impl PreparedArticles {
    /// The article at a place of the index, prepared; `read` brings it where it is not known yet.
    pub fn get<E>(
        &self,
        segment: SegmentId,
        document: u32,
        read: impl FnOnce() -> Result<Article, E>,
    ) -> Result<Arc<Prepared>, E> {
        let key = (segment, document);
        let known = self.articles.read().unwrap_or_else(PoisonError::into_inner).get(&key).cloned();
        if let Some(known) = known {
            return Ok(known);
        }
        let article = read()?;
        let prepared = {
            let mut vocabulary = self.vocabulary.write().unwrap_or_else(PoisonError::into_inner);
            Arc::new(Prepared::new(article, &mut vocabulary))
        };
        self.articles.write().unwrap_or_else(PoisonError::into_inner).insert(key, prepared.clone());
        Ok(prepared)
    }

    /// The phrases of a generation of the index; `read` brings them where they are not known yet.
    pub fn phrasings<E>(
        &self,
        generation: u64,
        read: impl FnOnce() -> Result<Vec<Phrasing>, E>,
    ) -> Result<Arc<PreparedPhrasings>, E> {
        let known = self.phrasings.read().unwrap_or_else(PoisonError::into_inner).clone();
        if let Some((of, known)) = known
            && of == generation
        {
            return Ok(known);
        }
        let phrasings = read()?;
        let prepared = {
            let mut vocabulary = self.vocabulary.write().unwrap_or_else(PoisonError::into_inner);
            Arc::new(PreparedPhrasings::new(phrasings.into_iter(), &mut vocabulary))
        };
        *self.phrasings.write().unwrap_or_else(PoisonError::into_inner) =
            Some((generation, prepared.clone()));
        Ok(prepared)
    }

    /// The numbers of the words.
    pub fn vocabulary(&self) -> std::sync::RwLockReadGuard<'_, Vocabulary> {
        self.vocabulary.read().unwrap_or_else(PoisonError::into_inner)
    }

    /// Forgets the articles of segments that are no more, when the index has moved on to another generation.
    pub fn keep_only(&self, generation: u64, alive: impl IntoIterator<Item = SegmentId>) {
        if self.generation.swap(generation, Ordering::Relaxed) != generation {
            let alive: HashSet<SegmentId> = alive.into_iter().collect();
            let mut articles = self.articles.write().unwrap_or_else(PoisonError::into_inner);
            articles.retain(|(segment, _), _| alive.contains(segment));
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::regulations::article::tests::sample;

    #[test]
    fn words_are_known_in_every_spelling() {
        let mut vocabulary = Vocabulary::default();
        let article = sample("35", "Quyền của người lao động", "1. Báo trước.\n2. Khác.");
        let prepared = Prepared::new(article, &mut vocabulary);
        assert_eq!(prepared.clauses.len(), 2);
        assert_eq!(prepared.title_end, Some(2));
        let exact = vocabulary.written("người", Spelling::Exact);
        assert_eq!(exact, [prepared.title[2]]);
        assert!(vocabulary.written("nguoi", Spelling::Folded).contains(&exact[0]));
        assert!(vocabulary.written("không", Spelling::Exact).is_empty());
        assert_eq!(vocabulary.form(exact[0], Spelling::Folded), "nguoi");
        let (title, _) = prepared.title_weights(Spelling::Folded, &vocabulary, |term| term.len() as f32);
        assert_eq!((title.words.len(), title.pairs.len()), (5, 4));
        assert_eq!(title.pairs[0], "quyen_cua".len() as f32);
    }
}
