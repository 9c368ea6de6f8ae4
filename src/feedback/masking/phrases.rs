//! Lists of phrases, found by their first word, so that a long list costs no more than a short one.

use std::collections::HashMap;

use super::tokens::{Token, Tokens};
use crate::vietnamese::{canonical, fold};

/// A list of phrases.
#[derive(Debug)]
pub(in crate::feedback) struct Phrases {
    by_first: HashMap<String, Vec<Phrase>>,
}

#[derive(Debug)]
struct Phrase {
    /// Its place in the list.
    number: usize,
    /// Each word in canonical spelling and without diacritics.
    words: Vec<(String, String)>,
}

impl Phrases {
    /// Takes a list as it is written, with its diacritics.
    pub fn new(list: &[&str]) -> Self {
        let mut by_first: HashMap<String, Vec<Phrase>> = HashMap::new();
        for (number, phrase) in list.iter().enumerate() {
            let words: Vec<_> = phrase.split(' ').map(|word| (canonical(word), fold(word))).collect();
            let Some((_, first)) = words.first().cloned() else { continue };
            by_first.entry(first).or_default().push(Phrase { number, words });
        }
        Self { by_first }
    }

    /// Takes one list of a table: lines of its name, a tab, and phrases with `|` between.
    pub fn of_table(table: &str, list: &str) -> Self {
        let lines =
            table.lines().filter(|line| !line.starts_with('#')).filter_map(|line| line.split_once('\t'));
        let phrases: Vec<&str> =
            lines.filter(|(name, _)| *name == list).flat_map(|(_, list)| list.split('|')).collect();
        Self::new(&phrases)
    }

    /// The longest phrase that stands at a place: how many tokens it takes, and its place in the list. Diacritics have
    /// to agree, but for a text that was written without any.
    pub fn at(&self, tokens: &Tokens, at: usize) -> Option<(usize, usize)> {
        self.longest(tokens, at, |token, (canonical, plain)| {
            token.canonical == *canonical || tokens.is_folded && token.plain == *plain
        })
    }

    /// The same, whatever the diacritics are.
    pub fn plainly_at(&self, tokens: &Tokens, at: usize) -> Option<(usize, usize)> {
        self.longest(tokens, at, |token, (_, plain)| token.plain == *plain)
    }

    /// Whether a single word is in the list.
    pub fn hold(&self, tokens: &Tokens, at: usize) -> bool {
        self.at(tokens, at).is_some()
    }

    fn longest(
        &self,
        tokens: &Tokens,
        at: usize,
        agrees: impl Fn(&Token, &(String, String)) -> bool,
    ) -> Option<(usize, usize)> {
        let phrases = self.by_first.get(&tokens.get(at)?.plain)?;
        let stands = |phrase: &&Phrase| {
            let mut place = at..;
            phrase
                .words
                .iter()
                .all(|word| place.next().and_then(|n| tokens.get(n)).is_some_and(|t| agrees(t, word)))
        };
        let found = phrases.iter().filter(stands).max_by_key(|phrase| phrase.words.len())?;
        Some((found.words.len(), found.number))
    }
}
