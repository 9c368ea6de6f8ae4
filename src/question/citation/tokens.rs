//! A question cut into words that remember where they stand, for what is read from it and then taken out of it.

use std::ops::Range;

use unicode_normalization::UnicodeNormalization;

use crate::question::spoken_number::NumberReader;
use crate::vietnamese::{canonical, fold, has_diacritics};

/// Abbreviations of what laws are called by; whoever types without diacritics writes `đ` as `d`.
const TITLE_ABBREVIATIONS: &[(&str, &[&str])] = &[
    ("bhxh", &["bảo", "hiểm", "xã", "hội"]),
    ("bhyt", &["bảo", "hiểm", "y", "tế"]),
    ("hngđ", &["hôn", "nhân", "và", "gia", "đình"]),
    ("hnvgđ", &["hôn", "nhân", "và", "gia", "đình"]),
    ("tncn", &["thu", "nhập", "cá", "nhân"]),
    ("tndn", &["thu", "nhập", "doanh", "nghiệp"]),
    ("gtgt", &["giá", "trị", "gia", "tăng"]),
    ("shtt", &["sở", "hữu", "trí", "tuệ"]),
    ("xlvphc", &["xử", "lý", "vi", "phạm", "hành", "chính"]),
    ("bvmt", &["bảo", "vệ", "môi", "trường"]),
    ("pccc", &["phòng", "cháy", "và", "chữa", "cháy"]),
];

/// Marks that end a name.
const ENDS: [char; 8] = ['.', '?', '!', ';', ':', '"', '”', '('];

/// A word, a slash, a dash, or a mark that ends a sentence.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) struct Token {
    /// In canonical spelling; without diacritics where the question bears none.
    pub word: String,
    /// Bytes of the text.
    pub span: Range<usize>,
}

/// The words of a question, in order.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) struct Tokens {
    /// The question, NFC.
    pub text: String,
    /// Its words and marks; commas and the like are left out.
    pub list: Vec<Token>,
    /// Whether the question bears no diacritics.
    pub folded: bool,
}

impl Tokens {
    pub fn of(text: &str) -> Self {
        let text: String = text.nfc().collect();
        let folded = !has_diacritics(&text);
        let mut list = Vec::new();
        let mut letters = text.char_indices().peekable();
        while let Some((start, c)) = letters.next() {
            if c.is_alphanumeric() {
                let mut end = start + c.len_utf8();
                while let Some((at, next)) = letters.next_if(|(_, next)| next.is_alphanumeric()) {
                    end = at + next.len_utf8();
                }
                for part in parts(&text[start..end]) {
                    push_word(
                        &mut list,
                        &text[start + part.start..start + part.end],
                        start + part.start..start + part.end,
                        folded,
                    );
                }
            } else if matches!(c, '/' | '-' | '–') || ENDS.contains(&c) {
                let word = if c == '–' { '-' } else { c }.to_string();
                list.push(Token { word, span: start..start + c.len_utf8() });
            }
        }
        Self { text, list, folded }
    }

    /// Whether the word at a place is one of these, written with diacritics here.
    pub fn is(&self, at: usize, wanted: &[&str]) -> bool {
        self.list.get(at).is_some_and(|token| {
            wanted.iter().any(|w| token.word == *w || self.folded && token.word == fold(w))
        })
    }

    /// Whether a phrase, a word after another, begins at a place.
    pub fn begins(&self, at: usize, phrase: &str) -> bool {
        phrase.split(' ').enumerate().all(|(n, word)| self.is(at + n, &[word]))
    }

    /// The words from a place on.
    pub fn words_from(&self, at: usize) -> Vec<&str> {
        self.list.iter().skip(at).take(24).map(|token| token.word.as_str()).collect()
    }

    pub fn word(&self, at: usize) -> &str {
        self.list.get(at).map_or("", |token| token.word.as_str())
    }

    /// The number at a place, and how many words it takes.
    pub fn number(&self, at: usize) -> Option<(u64, usize)> {
        self.reader().read(&self.words_from(at))
    }

    /// The year at a place, `năm` before it or not, and how many words it takes.
    pub fn year(&self, at: usize) -> Option<(i16, usize)> {
        let skipped = usize::from(self.is(at, &["năm"]));
        let (year, used) = self.reader().year(&self.words_from(at + skipped))?;
        // A bare number in words is no year unless `năm` says so or it is as long as one.
        (skipped == 1 || used > 1 || self.word(at).len() == 4).then_some((year, used + skipped))
    }

    fn reader(&self) -> NumberReader {
        NumberReader { folded: self.folded }
    }

    /// Whether a mark that ends a name stands at a place, or nothing.
    pub fn ends_at(&self, at: usize) -> bool {
        self.list
            .get(at)
            .is_none_or(|token| token.word.chars().next().is_some_and(|c| ENDS.contains(&c) || c == '/'))
    }

    /// The bytes from one word to another, the latter not included.
    pub fn span(&self, words: Range<usize>) -> Range<usize> {
        let last = words.end.saturating_sub(1).min(self.list.len().saturating_sub(1));
        match (self.list.get(words.start), self.list.get(last)) {
            (Some(first), Some(last)) if words.start < words.end => first.span.start..last.span.end,
            _ => 0..0,
        }
    }
}

/// `2020NĐ` is a year and the letters after it; every other word is whole.
fn parts(word: &str) -> impl Iterator<Item = Range<usize>> {
    let digits = word.bytes().take_while(u8::is_ascii_digit).count();
    let letters = word[digits..].chars().take_while(|c| c.is_alphabetic()).count();
    let cut = (digits == 4 && letters >= 2).then_some(digits);
    [cut.map(|cut| 0..cut), Some(cut.unwrap_or(0)..word.len())].into_iter().flatten()
}

fn push_word(list: &mut Vec<Token>, written: &str, span: Range<usize>, folded: bool) {
    let word = if folded { fold(written) } else { canonical(written) };
    let long = TITLE_ABBREVIATIONS.iter().find(|(short, _)| word == *short || word == fold(short));
    match long {
        Some((_, long)) => list.extend(long.iter().map(|long| Token {
            word: if folded { fold(long) } else { (*long).to_owned() },
            span: span.clone(),
        })),
        None => list.push(Token { word, span }),
    }
}
