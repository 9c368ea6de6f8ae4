//! The tone of a text: whether it insults, whether it shouts.
//!
//! **It hides nothing.** What it says puts texts into order for staff, who may wish to read the calm ones first, and
//! marks the words; no text is held back, shortened, or answered later because of it. A complaint in rude words
//! can be right. Harsh criticism without insults (`quan liêu, hách dịch`, `phục vụ quá tệ`) is lawful and is not marked.
//!
//! Words are compared by whole syllables, so that `lớn`, `các`, `buổi` are never taken for others. Drawn-out letters
//! (`nguuu`), letters set apart (`đ.m`), stars (`đ*t`) and spelling without diacritics are seen; what depends on the matter
//! alone, irony and new words are not.
//!
//! ```
//! use hoidap::feedback::tone::tone;
//! assert!(tone("Cán bộ làm quá chậm, tôi rất bức xúc").insult.is_empty());
//! assert_eq!(tone("đ.m làm ăn kiểu gì").insult, [0..4]);
//! ```

mod words;

use std::ops::Range;
use std::sync::LazyLock;

use serde::{Deserialize, Serialize};

use super::masking::phrases::Phrases;
use super::masking::tokens::{Shape, Token, Tokens};
use crate::vietnamese::fold;
use words::{ANYWHERE, INNOCENT, SHORT, SHORT_OR_UNIT, SPELT, STARRED};

/// So many letters at least are shouting when nearly all are capitals.
const SHOUTED_LETTERS: usize = 16;
/// So many marks of exclamation in a row are shouting.
const EXCLAMATIONS: usize = 4;
/// No insult takes more tokens with its stars or dots.
const MASKED_TOKENS: usize = 8;

/// What the tone of a text is.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct Tone {
    /// Where it insults or swears, in bytes of the text, in order.
    pub insult: Vec<Range<usize>>,
    /// Nearly all capitals, or exclamation marks in rows.
    pub is_shouting: bool,
}

static ANY: LazyLock<Phrases> = LazyLock::new(|| Phrases::new(ANYWHERE));
static EXACT: LazyLock<Phrases> = LazyLock::new(|| Phrases::new(SPELT));
static INNOCENTS: LazyLock<Phrases> = LazyLock::new(|| Phrases::new(INNOCENT));

/// The tone of a text. Takes time in proportion to its length.
pub fn tone(text: &str) -> Tone {
    let mut tokens = Tokens::of(text, &[]);
    let is_shouting = shouts(&tokens);
    tokens.list.iter_mut().for_each(shorten);
    let mut insult: Vec<Range<usize>> = Vec::new();
    let mut at = 0;
    while at < tokens.list.len() {
        let innocent = INNOCENTS.at(&tokens, at).map(|(length, _)| length);
        let found = found_at(&tokens, at);
        match (found, innocent) {
            (Some(found), innocent) if innocent.is_none_or(|innocent| innocent < found) => {
                insult.push(tokens.bytes(&(at..at + found)));
                at += found;
            }
            (_, innocent) => at += innocent.unwrap_or(1),
        }
    }
    Tone { insult, is_shouting }
}

/// How many tokens of an insult begin at a place.
fn found_at(tokens: &Tokens, at: usize) -> Option<usize> {
    let token = tokens.get(at).filter(|token| token.shape == Shape::Word)?;
    let phrase = ANY.at(tokens, at).map(|(length, _)| length);
    // A single syllable only as it is spelt, also in a text without other diacritics.
    let spelt = EXACT.at(tokens, at).filter(|_| !tokens.is_folded).map(|(length, _)| length);
    let short = SHORT.contains(&token.canonical.as_str()).then_some(1);
    let is_unit = token.is_capitalised
        || at.checked_sub(1).and_then(|n| tokens.get(n)).is_some_and(|t| t.shape != Shape::Word);
    let unit = (SHORT_OR_UNIT.contains(&token.canonical.as_str())
        && (!is_unit || at == 0 && !token.is_upper))
        .then_some(1);
    [phrase, spelt, short, unit, masked_at(tokens, at)].into_iter().flatten().max()
}

/// `đ*t`, `l**`, `c.ặ.c`, `đ.m`: letters grown together with stars or dots that spell a word of the list.
fn masked_at(tokens: &Tokens, at: usize) -> Option<usize> {
    let is_mask = |t: &Token| t.shape == Shape::Sign && "*#@$_.-!".contains(t.plain.as_str());
    let starts = tokens.get(at).is_some_and(|first| {
        first.is_apart
            || at
                .checked_sub(1)
                .and_then(|n| tokens.get(n))
                .is_some_and(|t| t.shape == Shape::Sign && !is_mask(t))
    });
    if !starts {
        return None;
    }
    let length = 1
        + (at + 1..at + MASKED_TOKENS)
            .take_while(|&n| {
                tokens.get(n).is_some_and(|t| !t.is_apart && (t.shape == Shape::Word || is_mask(t)))
            })
            .count();
    let mut pieces = tokens.list.get(at..at + length)?;
    // Signs at the end of a sentence are no mask, but stars are.
    while let [rest @ .., last] = pieces
        && last.shape == Shape::Sign
        && !matches!(last.plain.as_str(), "*" | "#" | "@" | "$")
    {
        pieces = rest;
    }
    let letters =
        pieces.iter().filter(|t| t.shape == Shape::Word).map(|t| t.canonical.chars().count()).sum::<usize>();
    if pieces.len() < 2 || letters > 5 {
        return None;
    }
    let is_starred = pieces.iter().any(|t| matches!(t.plain.as_str(), "*" | "#" | "@" | "$"));
    let written: String = pieces
        .iter()
        .filter(|t| is_starred || t.shape == Shape::Word)
        .map(|t| if t.shape == Shape::Word { t.canonical.as_str() } else { "*" })
        .collect();
    let is_one_by_one = pieces.iter().all(|t| t.shape != Shape::Word || t.canonical.chars().count() == 1);
    let found = if is_starred {
        // A star stands for one letter or more; in a word with a star, the letters that are left have to fit.
        STARRED.iter().any(|word| fits(&written, word) || fits(&fold(&written), &fold(word)))
    } else {
        is_one_by_one
            && (SHORT.contains(&written.as_str())
                || SHORT_OR_UNIT.contains(&written.as_str())
                || is_dotted(&written))
    };
    found.then_some(pieces.len())
}

/// Single syllables that are known also with dots between their letters, some also without diacritics: `d.i.t`.
fn is_dotted(written: &str) -> bool {
    ["địt", "đụ", "đéo", "lồn", "cặc", "buồi"].contains(&written) || ["dit", "deo", "lon"].contains(&written)
}

/// Whether a word fits a pattern whose rows of stars stand for one letter or more, the first letter given.
fn fits(pattern: &str, word: &str) -> bool {
    let parts: Vec<&str> = pattern.split('*').collect();
    let (Some(first), Some(last)) = (parts.first(), parts.last()) else { return false };
    let known: usize = parts.iter().map(|part| part.chars().count()).sum();
    !first.is_empty()
        && known < word.chars().count()
        && (known >= 2 || parts.len() > 2 && word.chars().count() + 1 >= parts.len())
        && word.starts_with(first)
        && word.ends_with(last)
        && first.len() + last.len() <= word.len()
}

/// A letter that is drawn out stands once: `nguuu` → `ngu`. Twice is left, for `xoong`.
fn shorten(token: &mut Token) {
    for text in [&mut token.plain, &mut token.canonical] {
        let mut out = String::with_capacity(text.len());
        let mut chars = text.chars().peekable();
        while let Some(c) = chars.next() {
            let mut again = 0;
            while chars.next_if_eq(&c).is_some() {
                again += 1;
            }
            out.push(c);
            if again == 1 {
                out.push(c);
            }
        }
        // `ngu` and `nguu` are one where the doubled letter is the last.
        let last = out.pop();
        if last.is_none_or(|last| !out.ends_with(last) || !last.is_alphabetic()) {
            out.extend(last);
        }
        *text = out;
    }
}

fn shouts(tokens: &Tokens) -> bool {
    let letters = || tokens.plain_text.chars().filter(|c| c.is_alphabetic());
    let (all, capitals) = (letters().count(), letters().filter(|c| c.is_uppercase()).count());
    let rows = tokens.list.split(|token| !token.is_sign("!")).map(<[Token]>::len).max().unwrap_or(0);
    all >= SHOUTED_LETTERS && capitals * 10 >= all * 8 || rows >= EXCLAMATIONS
}

#[cfg(test)]
mod tests;
