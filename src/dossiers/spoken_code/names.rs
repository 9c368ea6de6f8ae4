//! What the words of a code mean: digits, letters, separators and what is said between them (`names.tsv`), also where
//! the diacritics are missing or a syllable was heard as one that sounds alike.

use std::collections::{HashMap, HashSet};
use std::sync::LazyLock;

use super::tokens::{TokenKind, Tokens};
use crate::vietnamese::phonetic::phonetic_key;
use crate::vietnamese::{fold, has_diacritics};

/// Names have at most so many words.
const MAX_WORDS: usize = 3;
/// Cost of diacritics that are missing in a text that has some.
const BARE: f32 = 0.3;
/// Cost of a syllable that only sounds like a name.
const SOUNDS_ALIKE: f32 = 0.7;
/// Costs above this are mishearings, or more often ordinary words.
pub(super) const SURE: f32 = 0.25;

/// What a name stands for.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Meaning {
    /// `hai`.
    Digit(char),
    /// A digit in a form that it has only after tens: `lăm`, `mốt`.
    Unit(char),
    /// `mười`, `mươi`.
    Ten,
    /// `trăm`.
    Hundred,
    /// `nghìn`.
    Thousand,
    /// `linh`, `lẻ`.
    Link,
    /// `hát`.
    Letter(char),
    /// `chấm`, `gạch`.
    Separator(char),
    /// What is said and means nothing.
    Filler,
}

/// A name that was said.
#[derive(Debug, Clone, Copy)]
pub(super) struct Named {
    pub(super) meaning: Meaning,
    pub(super) words: usize,
    pub(super) cost: f32,
}

type Index = HashMap<String, Vec<(Meaning, f32)>>;

struct Names {
    exact: Index,
    folded: Index,
    keys: Index,
}

static NAMES: LazyLock<Names> = LazyLock::new(|| {
    let mut names = Names { exact: Index::new(), folded: Index::new(), keys: Index::new() };
    let lines: Vec<_> = include_str!("names.tsv").lines().filter_map(parse).collect();
    for &(meaning, name, cost) in &lines {
        put(&mut names.exact, name.to_owned(), meaning, cost);
        // `cờ` and `có`, `sờ` and `số` are one without diacritics.
        let is_short = matches!(meaning, Meaning::Letter(_)) && name.ends_with('ờ') && !name.contains(' ');
        if cost <= SURE {
            put(&mut names.folded, fold(name), meaning, if is_short { cost + BARE } else { cost });
        }
        let is_digit = matches!(meaning, Meaning::Digit(_) | Meaning::Separator(_));
        if is_digit && cost == 0.0 && !name.contains(' ') {
            put(&mut names.keys, phonetic_key(name), meaning, SOUNDS_ALIKE);
        }
    }
    // Without diacritics `cham` is `chấm`, and `chăm` for `trăm` is too little to be thought of.
    let sure: HashSet<String> = names.folded.keys().cloned().collect();
    for &(meaning, name, cost) in
        lines.iter().filter(|(_, name, cost)| *cost > SURE && !sure.contains(&fold(name)))
    {
        put(&mut names.folded, fold(name), meaning, cost);
    }
    names
});

/// A line of the table; null for comments.
fn parse(line: &str) -> Option<(Meaning, &str, f32)> {
    let mut columns = line.split('\t');
    let (kind, of, name, cost) = (columns.next()?, columns.next()?, columns.next()?, columns.next()?);
    let of = of.chars().next()?;
    let meaning = match kind {
        "digit" => Meaning::Digit(of),
        "unit" => Meaning::Unit(of),
        "ten" => Meaning::Ten,
        "hundred" => Meaning::Hundred,
        "thousand" => Meaning::Thousand,
        "link" => Meaning::Link,
        "letter" => Meaning::Letter(of),
        "separator" => Meaning::Separator(of),
        "filler" => Meaning::Filler,
        _ => return None,
    };
    Some((meaning, name, cost.parse().ok()?))
}

fn put(index: &mut Index, name: String, meaning: Meaning, cost: f32) {
    let known = index.entry(name).or_default();
    match known.iter_mut().find(|(other, _)| *other == meaning) {
        Some((_, least)) => *least = least.min(cost),
        None => known.push((meaning, cost)),
    }
}

/// Whether these are letters beside digits, as in `h29`, and no word.
fn is_written(tokens: &Tokens, at: usize) -> bool {
    let is_short = tokens.word(at).is_some_and(|word| word.len() <= 2 && word.is_ascii());
    let before = tokens.is_glued(at) && at.checked_sub(1).is_some_and(|n| tokens.digits(n).is_some());
    is_short && (before || tokens.is_glued(at + 1) && tokens.digits(at + 1).is_some())
}

/// All names that begin at a place.
pub(super) fn names_at(tokens: &Tokens, at: usize) -> Vec<Named> {
    let mut found = Vec::new();
    if is_written(tokens, at) {
        return found;
    }
    let mut name = String::new();
    for words in 1..=MAX_WORDS {
        let Some(word) = tokens.word(at + words - 1) else { break };
        if words > 1 {
            name.push(' ');
        }
        name.push_str(word);
        let mut add = |known: Option<&Vec<(Meaning, f32)>>, more: f32| {
            for (meaning, cost) in known.into_iter().flatten() {
                found.push(Named { meaning: *meaning, words, cost: cost + more });
            }
        };
        if tokens.is_folded {
            add(NAMES.folded.get(&name), 0.0);
        } else if let Some(known) = NAMES.exact.get(&name) {
            add(Some(known), 0.0);
        } else if !has_diacritics(&name) && NAMES.folded.contains_key(&name) {
            add(NAMES.folded.get(&name), BARE);
        } else if words == 1 {
            add(NAMES.keys.get(&phonetic_key(&name)), 0.0);
        }
    }
    // `en-nờ`, `ép-phờ`: the dash within a name.
    if let (Some(first), Some(TokenKind::Sign), Some(second)) =
        (tokens.word(at), tokens.kind(at + 1), tokens.word(at + 2))
    {
        let name = format!("{first} {second}");
        let index = if tokens.is_folded { &NAMES.folded } else { &NAMES.exact };
        for (meaning, cost) in index.get(&name).into_iter().flatten() {
            if matches!(meaning, Meaning::Letter(_)) {
                found.push(Named { meaning: *meaning, words: 3, cost: *cost });
            }
        }
    }
    found
}
