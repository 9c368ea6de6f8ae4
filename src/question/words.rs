//! The words of a question, ready to be compared with phrases: one spelling, one space between them, and without
//! diacritics where the citizen typed none.

use crate::vietnamese::{canonical, fold, has_diacritics};

/// A question cut into words.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Words {
    words: Vec<String>,
    folded: bool,
}

impl Words {
    /// Cuts a text into words.
    pub fn of(text: &str) -> Self {
        let folded = !has_diacritics(text);
        Self { words: split(text, folded), folded }
    }

    /// Whether the text bears no diacritics, so that `tội` and `tôi` are one word.
    pub fn is_folded(&self) -> bool {
        self.folded
    }

    /// In order.
    pub fn as_slice(&self) -> &[String] {
        &self.words
    }

    /// Where a phrase first stands, as a whole: the number of the word at which it begins, and that after its end.
    pub fn find(&self, phrase: &str) -> Option<(usize, usize)> {
        let wanted = split(phrase, self.folded);
        if wanted.is_empty() {
            return None;
        }
        let at = self.words.windows(wanted.len()).position(|window| window == wanted)?;
        Some((at, at + wanted.len()))
    }

    /// Whether the phrase stands in the text.
    pub fn hold(&self, phrase: &str) -> bool {
        self.find(phrase).is_some()
    }

    /// Whether any of the phrases does.
    pub fn hold_any(&self, phrases: &[&str]) -> bool {
        phrases.iter().any(|phrase| self.hold(phrase))
    }

    /// The same, but a single syllable counts only where diacritics tell it from others.
    pub fn surely_hold_any(&self, phrases: &[&str]) -> bool {
        phrases.iter().any(|phrase| (!self.folded || phrase.contains(' ')) && self.hold(phrase))
    }

    /// Whether the text begins with the phrase.
    pub fn begin_with(&self, phrase: &str) -> bool {
        self.find(phrase).is_some_and(|(at, _)| at == 0)
    }
}

fn split(text: &str, folded: bool) -> Vec<String> {
    let text = if folded { fold(text) } else { canonical(text) };
    text.split(|c: char| !c.is_alphanumeric()).filter(|word| !word.is_empty()).map(str::to_owned).collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn phrases_are_found_whole_with_and_without_diacritics() {
        let words = Words::of("Xin hỏi: hoà giải ở đâu?");
        assert_eq!(words.find("hòa giải"), Some((2, 4)));
        assert!(!words.hold("giải ở đ") && words.hold("ở đâu") && words.begin_with("xin"));
        let folded = Words::of("toi co nen ly hon khong");
        assert!(folded.hold("tôi có nên") && folded.hold("tội"));
        assert!(!folded.surely_hold_any(&["tội"]) && folded.surely_hold_any(&["ly hôn"]));
    }
}
