//! An utterance cut into what can be part of a code: words, runs of digits, signs, pauses.
//!
//! Full-width and other look-alike characters become plain ones (NFKC), invisible ones go. Only so much of a text is
//! looked at that an utterance can be.

use std::ops::Range;

use unicode_normalization::UnicodeNormalization;

use crate::vietnamese::{canonical, has_diacritics};

/// More of a text is not looked at, in tokens: some ten minutes of speech.
pub(super) const MAX_TOKENS: usize = 1500;
/// Longer words are none, in bytes; of a text without spaces so much is looked at.
const MAX_WORD: usize = 200;

/// What a token is.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum TokenKind {
    /// Letters, in canonical spelling.
    Word,
    /// ASCII digits.
    Digits,
    /// A sign that stands between groups: `.`, `-`, `/`.
    Sign,
    /// A comma or a colon.
    Pause,
    /// The end of a sentence.
    Stop,
    /// Whatever else.
    Other,
}

/// A piece of an utterance.
#[derive(Debug, Clone)]
pub(super) struct Token {
    pub(super) text: String,
    pub(super) kind: TokenKind,
    /// Nothing stands between it and the token before it.
    pub(super) is_glued: bool,
    /// The bytes of the word in the original text of which it is a part.
    pub(super) at: Range<usize>,
}

/// The tokens of an utterance.
#[derive(Debug)]
pub(super) struct Tokens {
    tokens: Vec<Token>,
    /// The utterance bears no diacritics at all.
    pub(super) is_folded: bool,
}

impl Tokens {
    pub(super) fn of(text: &str) -> Self {
        let mut tokens = Vec::new();
        for (chunk, start) in chunks(text) {
            let at = start..start + chunk.len();
            push_chunk(&mut tokens, chunk, &at);
            if tokens.len() >= MAX_TOKENS {
                tokens.truncate(MAX_TOKENS);
                break;
            }
        }
        let is_folded =
            !tokens.iter().any(|token: &Token| !token.text.is_ascii() && has_diacritics(&token.text));
        Self { tokens, is_folded }
    }

    pub(super) fn len(&self) -> usize {
        self.tokens.len()
    }

    pub(super) fn get(&self, at: usize) -> Option<&Token> {
        self.tokens.get(at)
    }

    /// The word at a place; null where something else stands.
    pub(super) fn word(&self, at: usize) -> Option<&str> {
        self.get(at).filter(|token| token.kind == TokenKind::Word).map(|token| token.text.as_str())
    }

    /// The digits written at a place.
    pub(super) fn digits(&self, at: usize) -> Option<&str> {
        self.get(at).filter(|token| token.kind == TokenKind::Digits).map(|token| token.text.as_str())
    }

    /// What kind of token stands at a place.
    pub(super) fn kind(&self, at: usize) -> Option<TokenKind> {
        self.get(at).map(|token| token.kind)
    }

    /// Whether the token is written together with the one before it.
    pub(super) fn is_glued(&self, at: usize) -> bool {
        self.get(at).is_some_and(|token| token.is_glued)
    }

    /// Whether one of these words stands at a place; without diacritics where the utterance has none.
    pub(super) fn is(&self, at: usize, wanted: &[&str]) -> bool {
        self.word(at).is_some_and(|word| {
            wanted.iter().any(|w| word == *w || self.is_folded && word == crate::vietnamese::fold(w))
        })
    }
}

/// The parts of a text between white space, each with the byte at which it begins; too long ones in pieces.
fn chunks(text: &str) -> impl Iterator<Item = (&str, usize)> {
    let mut at = 0;
    std::iter::from_fn(move || {
        let rest = text.get(at..)?;
        let start = at + rest.find(|c: char| !c.is_whitespace())?;
        let word = text.get(start..)?;
        // Never more of the text than a word can be: the rest may be long.
        let end = word.char_indices().find(|(n, c)| c.is_whitespace() || *n > MAX_WORD);
        let length = end.map_or(word.len(), |(n, _)| n);
        at = start + length;
        Some((word.get(..length)?, start))
    })
}

/// Characters that are not seen.
fn is_invisible(c: char) -> bool {
    matches!(c, '\u{ad}' | '\u{200b}'..='\u{200f}' | '\u{202a}'..='\u{202e}' | '\u{2060}'..='\u{2069}' | '\u{feff}')
}

/// The class of a character, and the character as it is kept.
fn class(c: char) -> (TokenKind, char) {
    match c {
        '0'..='9' => (TokenKind::Digits, c),
        '.' | '/' | '-' => (TokenKind::Sign, c),
        '\u{2010}'..='\u{2015}' | '\u{2212}' | '_' | '~' => (TokenKind::Sign, '-'),
        '\\' | '|' => (TokenKind::Sign, '/'),
        '·' | '•' | '。' | '．' => (TokenKind::Sign, '.'),
        '、' | '，' => (TokenKind::Pause, ','),
        ',' | ':' => (TokenKind::Pause, c),
        '?' | '!' | ';' | '…' => (TokenKind::Stop, c),
        c if c.is_alphabetic() => (TokenKind::Word, c),
        c => (TokenKind::Other, c),
    }
}

fn push_chunk(tokens: &mut Vec<Token>, chunk: &str, at: &Range<usize>) {
    let plain: String = if chunk.is_ascii() {
        chunk.to_ascii_lowercase()
    } else {
        canonical(&chunk.chars().filter(|c| !is_invisible(*c)).nfkc().take(MAX_WORD).collect::<String>())
    };
    let first = tokens.len();
    for c in plain.chars() {
        let (kind, c) = class(c);
        let joins = matches!(kind, TokenKind::Word | TokenKind::Digits | TokenKind::Other);
        let is_glued = tokens.len() > first;
        match tokens.last_mut() {
            Some(last) if is_glued && joins && last.kind == kind => last.text.push(c),
            _ => tokens.push(Token { text: c.to_string(), kind, is_glued, at: at.clone() }),
        }
    }
    // `H29.` at the end of a sentence, and `29,17`: a comma between digits is a sign.
    let end = tokens.len();
    for n in first..end {
        let is_number = |n: usize| n >= first && tokens.get(n).is_some_and(|t| t.kind == TokenKind::Digits);
        let kind = match (tokens[n].kind, tokens[n].text.as_str()) {
            (TokenKind::Sign, ".") if n + 1 == end => TokenKind::Stop,
            (TokenKind::Pause, ",") if n > first && is_number(n - 1) && is_number(n + 1) => TokenKind::Sign,
            (kind, _) => kind,
        };
        tokens[n].kind = kind;
    }
}
