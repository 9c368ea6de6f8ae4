//! How Vietnamese text becomes index terms: syllables, and pairs of neighbouring syllables.
//!
//! Vietnamese writes spaces between syllables, not words; most words have two. Pairs bring the words back
//! without a segmenter that could be wrong: `giấy phép xây dựng` gives `giấy`, `phép`, `xây`, `dựng`,
//! `giấy_phép`, `phép_xây`, `xây_dựng`. A pair never reaches across a sentence or a clause.

use tantivy::tokenizer::{Token, TokenStream, Tokenizer};

use crate::vietnamese::phonetic::phonetic_key;
use crate::vietnamese::{canonical, fold, is_word_character};

/// How a text is spelt for the index.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum Spelling {
    /// With its diacritics.
    Exact,
    /// Without them.
    Folded,
    /// As classes of sounds, for what was misheard.
    Phonetic,
}

impl Spelling {
    /// A word in canonical spelling, as this spelling has it.
    pub fn of(self, word: &str) -> String {
        match self {
            Self::Exact => word.to_owned(),
            Self::Folded => fold(word),
            Self::Phonetic => phonetic_key(word),
        }
    }
}

/// Under this name the index knows the terms with diacritics.
pub const EXACT: &str = "vi_exact";
/// Under this name the index knows the terms without diacritics.
pub const FOLDED: &str = "vi_folded";
/// Under this name the index knows the terms as classes of sounds.
pub const PHONETIC: &str = "vi_phonetic";

/// The words of a text in [`canonical`] spelling, in order; null where a sentence or a clause ends.
pub fn words(canonical: &str) -> impl Iterator<Item = Option<&str>> {
    let mut rest = canonical;
    std::iter::from_fn(move || {
        loop {
            let first = rest.chars().next()?;
            if is_word_character(first) {
                let end = rest.find(|c: char| !is_word_character(c)).unwrap_or(rest.len());
                let (word, tail) = rest.split_at(end);
                rest = tail;
                return Some(Some(word));
            }
            let end = rest.find(is_word_character).unwrap_or(rest.len());
            let (gap, tail) = rest.split_at(end);
            rest = tail;
            if gap.contains(['.', ';', ':', '\n', '?', '!']) {
                return Some(None);
            }
        }
    })
}

/// Terms of a text, as the index keeps them.
pub fn terms(text: &str, spelling: Spelling) -> Vec<String> {
    let mut terms = Vec::new();
    let mut previous: Option<String> = None;
    for word in words(&canonical(text)) {
        previous = word.map(|word| {
            let word = spelling.of(word);
            if let Some(before) = &previous {
                terms.push(format!("{before}_{word}"));
            }
            terms.push(word.clone());
            word
        });
    }
    terms
}

/// The tantivy face of [`terms`].
#[derive(Debug, Clone, Copy)]
pub struct SyllableTokenizer {
    /// How the terms are spelt.
    pub spelling: Spelling,
}

impl Tokenizer for SyllableTokenizer {
    type TokenStream<'a> = SyllableStream;

    fn token_stream<'a>(&'a mut self, text: &'a str) -> SyllableStream {
        SyllableStream { terms: terms(text, self.spelling).into_iter(), token: Token::default() }
    }
}

/// The stream of one text's terms.
#[derive(Debug)]
pub struct SyllableStream {
    terms: std::vec::IntoIter<String>,
    token: Token,
}

impl TokenStream for SyllableStream {
    fn advance(&mut self) -> bool {
        match self.terms.next() {
            Some(text) => {
                self.token.text = text;
                self.token.position = self.token.position.wrapping_add(1);
                true
            }
            None => false,
        }
    }

    fn token(&self) -> &Token {
        &self.token
    }

    fn token_mut(&mut self) -> &mut Token {
        &mut self.token
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn syllables_and_pairs() {
        assert_eq!(
            terms("Giấy phép xây dựng.", Spelling::Exact),
            ["giấy", "giấy_phép", "phép", "phép_xây", "xây", "xây_dựng", "dựng"]
        );
        assert_eq!(terms("Hoà giải; Đất", Spelling::Folded), ["hoa", "hoa_giai", "giai", "dat"]);
        assert!(terms(" ?! ", Spelling::Exact).is_empty());
    }

    #[test]
    fn a_pair_does_not_cross_a_sentence() {
        assert!(!terms("một. hai", Spelling::Exact).contains(&"một_hai".to_owned()));
        assert!(terms("một, hai", Spelling::Exact).contains(&"một_hai".to_owned()));
    }
}
