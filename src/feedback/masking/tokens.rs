//! A text taken apart for those who look for something in it that its writer may have hidden.
//!
//! Every character is brought to one form first (composed, half width, one hyphen, one space, ASCII digits), and what
//! cannot be seen goes: zero-width characters, soft hyphens, directions, keycaps. Each form remembers the bytes it came
//! from, so that what is found is replaced in the text as it was written.

use std::ops::Range;

use unicode_normalization::UnicodeNormalization;
use unicode_normalization::char::is_combining_mark;

use crate::vietnamese::{canonical, fold, is_word_character};

/// The zeros of scripts whose digits may stand for ours: Arabic, Persian, Devanagari, Bengali, Thai, Lao, Khmer.
const ZEROS: [u32; 7] = [0x660, 0x6f0, 0x966, 0x9e6, 0xe50, 0xed0, 0x17e0];

/// What a token is.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(in crate::feedback) enum Shape {
    /// Letters.
    Word,
    /// ASCII digits.
    Number,
    /// One sign of punctuation.
    Sign,
    /// What an earlier pass has put in the place of something.
    Placeholder,
}

/// A word, a number, or a sign.
#[derive(Debug, Clone)]
pub(in crate::feedback) struct Token {
    /// What it is.
    pub shape: Shape,
    /// Without diacritics, in lower case; as it stands for numbers and signs.
    pub plain: String,
    /// In canonical spelling.
    pub canonical: String,
    /// Begins with a capital.
    pub is_capitalised: bool,
    /// More than one letter, all of them capitals.
    pub is_upper: bool,
    /// White space stands before it, or it is the first.
    pub is_apart: bool,
    /// A line ends before it.
    pub begins_line: bool,
    /// Bytes of the text.
    pub bytes: Range<usize>,
    /// Bytes of [`Tokens::plain_text`].
    pub plain_bytes: Range<usize>,
}

impl Token {
    /// Whether it is this sign.
    pub fn is_sign(&self, sign: &str) -> bool {
        self.shape == Shape::Sign && self.plain == sign
    }
}

/// A text in tokens.
#[derive(Debug, Default)]
pub(in crate::feedback) struct Tokens {
    /// In order.
    pub list: Vec<Token>,
    /// The text in its one form, cases kept.
    pub plain_text: String,
    /// For each byte of `plain_text` that begins a character: where it came from.
    origins: Vec<(usize, Range<usize>)>,
    /// Whether no word bears a diacritic.
    pub is_folded: bool,
    /// Whether capitals say nothing, because nearly all letters are, or none is.
    pub is_one_case: bool,
}

impl Tokens {
    /// Takes a text apart; `placeholders` are left whole.
    pub fn of(text: &str, placeholders: &[&str]) -> Self {
        let mut tokens = Self::default();
        tokens.normalise(text);
        tokens.cut(placeholders);
        let letters = || tokens.plain_text.chars().filter(|c| c.is_alphabetic());
        let (all, capitals) = (letters().count(), letters().filter(|c| c.is_uppercase()).count());
        tokens.is_folded = !crate::vietnamese::has_diacritics(&tokens.plain_text);
        tokens.is_one_case = capitals == 0 || capitals * 10 >= all * 7;
        tokens
    }

    /// The bytes of the text behind a range of `plain_text`.
    pub fn origin(&self, plain: &Range<usize>) -> Range<usize> {
        let first = self.origins.partition_point(|(at, _)| *at < plain.start);
        let last = self.origins.partition_point(|(at, _)| *at < plain.end);
        match (self.origins.get(first), last.checked_sub(1).and_then(|last| self.origins.get(last))) {
            (Some((_, first)), Some((_, last))) => first.start..last.end.max(first.start),
            _ => 0..0,
        }
    }

    /// The bytes of the text from one token to another, the last one left out.
    pub fn bytes(&self, tokens: &Range<usize>) -> Range<usize> {
        match (self.list.get(tokens.start), tokens.end.checked_sub(1).and_then(|n| self.list.get(n))) {
            (Some(first), Some(last)) => first.bytes.start..last.bytes.end.max(first.bytes.start),
            _ => 0..0,
        }
    }

    /// The token at a place, null beyond the ends.
    pub fn get(&self, at: usize) -> Option<&Token> {
        self.list.get(at)
    }

    /// Whether a sentence or a line ends between two neighbouring tokens, the second of them given.
    pub fn begins_sentence(&self, at: usize) -> bool {
        let Some(token) = self.list.get(at) else { return true };
        let Some(before) = at.checked_sub(1).and_then(|n| self.list.get(n)) else { return true };
        token.begins_line
            || token.is_apart
                && before.shape == Shape::Sign
                && matches!(before.plain.as_str(), "." | "!" | "?" | ";")
    }

    fn normalise(&mut self, text: &str) {
        let mut chars = text.char_indices().peekable();
        let mut cluster = String::new();
        while let Some((start, first)) = chars.next() {
            if is_unseen(first) {
                continue;
            }
            let mut end = start + first.len_utf8();
            cluster.clear();
            cluster.push(first);
            // What cannot be seen goes with what it follows.
            while let Some((at, mark)) = chars.next_if(|(_, c)| is_combining_mark(*c) || is_unseen(*c)) {
                if !is_unseen(mark) {
                    cluster.push(mark);
                }
                end = at + mark.len_utf8();
            }
            if let ([byte], true) = (cluster.as_bytes(), first.is_ascii()) {
                self.push(char::from(*byte), start..end);
                continue;
            }
            for c in cluster.nfkc().map(one_form) {
                // A mark that fits no letter, or lies over a digit, is there to be looked past.
                if !is_combining_mark(c) {
                    self.push(c, start..end);
                }
            }
        }
    }

    fn push(&mut self, c: char, from: Range<usize>) {
        self.origins.push((self.plain_text.len(), from));
        self.plain_text.push(c);
    }

    fn cut(&mut self, placeholders: &[&str]) {
        let text = std::mem::take(&mut self.plain_text);
        let (mut at, mut is_apart, mut begins_line) = (0, true, true);
        while let Some(first) = text.get(at..).and_then(|rest| rest.chars().next()) {
            let rest = &text[at..];
            if first.is_whitespace() {
                (is_apart, begins_line) = (true, begins_line || first == '\n');
                at += first.len_utf8();
                continue;
            }
            let whole = || placeholders.iter().find(|p| rest.starts_with(**p)).map(|p| p.len());
            let (shape, length) = match first {
                '[' => whole().map_or((Shape::Sign, 1), |length| (Shape::Placeholder, length)),
                c if c.is_ascii_digit() => (Shape::Number, run(rest, |c| c.is_ascii_digit())),
                c if is_word_character(c) => {
                    (Shape::Word, run(rest, |c| is_word_character(c) && !c.is_ascii_digit()))
                }
                c => (Shape::Sign, c.len_utf8()),
            };
            let word = &rest[..length];
            let is_word = shape == Shape::Word;
            let plain_bytes = at..at + length;
            self.list.push(Token {
                shape,
                plain: if is_word { fold(word) } else { word.to_owned() },
                canonical: if is_word { canonical(word) } else { word.to_owned() },
                is_capitalised: is_word && first.is_uppercase(),
                is_upper: is_word && word.chars().count() > 1 && word.chars().all(char::is_uppercase),
                is_apart,
                begins_line,
                bytes: self.origin(&plain_bytes),
                plain_bytes,
            });
            (is_apart, begins_line) = (false, false);
            at += length;
        }
        self.plain_text = text;
    }
}

fn run(text: &str, belongs: impl Fn(char) -> bool) -> usize {
    text.find(|c| !belongs(c)).unwrap_or(text.len())
}

/// What takes no room on a page.
fn is_unseen(c: char) -> bool {
    matches!(c,
        '\u{ad}' | '\u{34f}' | '\u{61c}' | '\u{115f}' | '\u{1160}' | '\u{17b4}' | '\u{17b5}' | '\u{180b}'..='\u{180f}'
        | '\u{200b}'..='\u{200f}' | '\u{202a}'..='\u{202e}' | '\u{2060}'..='\u{206f}' | '\u{20e3}' | '\u{3164}'
        | '\u{fe00}'..='\u{fe0f}' | '\u{feff}' | '\u{ffa0}' | '\u{fff9}'..='\u{fffb}' | '\u{e0000}'..='\u{e0fff}')
        || c.is_control() && !c.is_whitespace()
}

/// One form for signs that look alike, and for digits of other scripts.
fn one_form(c: char) -> char {
    match c {
        '‐' | '‑' | '‒' | '–' | '—' | '―' | '−' | '﹣' | '－' | '⁃' => '-',
        '·' | '•' | '․' | '。' | '∙' | '⋅' | '‧' => '.',
        '“' | '”' | '«' | '»' => '"',
        '‘' | '’' | 'ʼ' => '\'',
        c if (c as u32) < 0x660 => c,
        c => ZEROS
            .iter()
            .find_map(|&zero| (c as u32).checked_sub(zero).filter(|n| *n < 10))
            .and_then(|n| char::from_digit(n, 10))
            .unwrap_or(c),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_is_hidden_is_read_and_its_place_kept() {
        let text = "Số 0\u{200b}9１２\u{301}٣ Nguye\u{302}\u{303}n–A";
        let tokens = Tokens::of(text, &[]);
        let words: Vec<&str> = tokens.list.iter().map(|token| token.plain.as_str()).collect();
        assert_eq!(words, ["so", "09123", "nguyen", "-", "a"]);
        assert_eq!(&text[tokens.list[1].bytes.clone()], "0\u{200b}9１２\u{301}٣");
        assert_eq!(&text[tokens.bytes(&(2..5))], "Nguye\u{302}\u{303}n–A");
        assert_eq!(tokens.list[2].canonical, "nguyễn");
    }
}
