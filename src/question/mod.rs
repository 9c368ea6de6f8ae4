//! The question: what was typed or heard, made ready to be looked for, and what kind of question it is.
//!
//! * [`understand`]: about the law, an office's procedure, or one's own dossier;
//! * [`mod@kind`]: whether it asks how long, how much, where, who…;
//! * [`advice`], [`harm`], [`foreign`], [`language`], [`quiz`]: what is not for this service to answer;
//! * [`citation`]: the document, the article, the clause that it names; [`spoken_number`]: numbers as they are said,
//!   [`spoken_amount`]: sums of money and dates;
//! * [`mod@completeness`]: whether what was heard so far reads like a whole question;
//! * [`follow_up`]: whether the next utterance replies to a question asked back, or wants the rest of an answer;
//! * [`abbreviations`], [`legal_terms`]: what citizens shorten or call otherwise, in the law's words;
//! * [`words`]: phrases found in a text, with diacritics or without.

pub mod abbreviations;
pub mod advice;
pub mod citation;
pub mod completeness;
pub mod follow_up;
pub mod foreign;
pub mod harm;
pub mod kind;
pub mod language;
pub mod legal_terms;
pub mod quiz;
mod rewrite;
pub mod spoken_amount;
pub mod spoken_number;
pub mod understand;
pub mod words;

use crate::vietnamese::{canonical, fold, has_diacritics};
pub use completeness::completeness;
pub use follow_up::{asks_for_more, choice, merge};
pub use kind::{QuestionKind, kind};
pub use understand::{Facet, Intent, asked_facet, asks_for_dossier, intent};

/// Longer questions are cut here, in characters: nobody asks the law more at once.
pub const MAX_QUESTION_CHARACTERS: usize = 2_000;

/// Words that ask and carry nothing of what is asked about, longest first so that whole phrases go at once.
const ASKING: &[&str] = &[
    "được quy định như thế nào",
    "quy định như thế nào",
    "được quy định ra sao",
    "trong trường hợp nào",
    "cho tôi hỏi",
    "tôi muốn hỏi",
    "xin hỏi",
    "cho hỏi",
    "như thế nào",
    "có phải không",
    "đúng không",
    "hay không",
    "được không",
    "phải không",
    "là bao nhiêu",
    "bao nhiêu",
    "là bao lâu",
    "bao lâu",
    "là gì",
    "là những gì",
    "những gì",
    "thế nào",
    "ra sao",
    "vì sao",
    "tại sao",
    "làm sao",
    "khi nào",
    "ở đâu",
    "như nào",
    "không ạ",
    "thưa",
    "gì",
    "ạ",
    "nhỉ",
];

/// A question as it will be looked for.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Question {
    text: String,
    written_out: String,
    search_text: String,
    heard: bool,
}

impl Question {
    /// Takes what was typed or heard; white space and control characters are folded, the length is bounded.
    pub fn new(text: &str) -> Self {
        let text: String = text
            .split(|c: char| c.is_whitespace() || c.is_control())
            .filter(|word| !word.is_empty())
            .collect::<Vec<_>>()
            .join(" ")
            .chars()
            .take(MAX_QUESTION_CHARACTERS)
            .collect();
        let written_out = abbreviations::written_out(&text).unwrap_or_else(|| text.clone());
        let search_text = without_asking(&written_out);
        Self { text, written_out, search_text, heard: false }
    }

    /// The same, for a question that was heard: its words may be others than those said.
    pub fn heard(text: &str) -> Self {
        Self { heard: true, ..Self::new(text) }
    }

    /// Whether it was heard rather than typed.
    pub fn was_heard(&self) -> bool {
        self.heard
    }

    /// As asked.
    pub fn text(&self) -> &str {
        &self.text
    }

    /// As asked, with its abbreviations written out.
    pub fn written_out(&self) -> &str {
        &self.written_out
    }

    /// The same question in the words of the law; null where it has no everyday expression that is known.
    pub fn in_legal_terms(&self) -> Option<Self> {
        let text = legal_terms::in_legal_terms(&self.written_out)?;
        Some(Self { heard: self.heard, ..Self::new(&text) })
    }

    /// What of it is worth looking for.
    pub fn search_text(&self) -> &str {
        &self.search_text
    }

    /// Whether there is nothing in it that could be looked for.
    pub fn is_empty(&self) -> bool {
        !self.text.chars().any(char::is_alphanumeric)
    }

    /// Whether it was asked without diacritics.
    pub fn is_folded(&self) -> bool {
        !has_diacritics(&self.text)
    }
}

/// Takes the asking words out, whole words only; a question of nothing else stays as it is.
fn without_asking(text: &str) -> String {
    let folded = !has_diacritics(text);
    let mut padded = format!(" {} ", spaced(&canonical(text)));
    for phrase in ASKING {
        let phrase = if folded { fold(phrase) } else { canonical(phrase) };
        padded = padded.replace(&format!(" {phrase} "), " ");
    }
    let kept = padded.trim();
    if kept.chars().any(char::is_alphanumeric) { kept.to_owned() } else { text.to_owned() }
}

/// Punctuation set off by spaces, so that words can be matched whole and sentence ends still be seen.
fn spaced(text: &str) -> String {
    let mut out = String::with_capacity(text.len() + 16);
    for c in text.chars() {
        if c.is_alphanumeric() || c.is_whitespace() || matches!(c, '/' | '-') {
            out.push(c);
        } else {
            out.extend([' ', c, ' ']);
        }
    }
    out.split_whitespace().collect::<Vec<_>>().join(" ")
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn asking_words_go_and_the_matter_stays() {
        let question = Question::new("  Thời hạn cấp giấy phép xây dựng là bao lâu?\n");
        assert_eq!(question.text(), "Thời hạn cấp giấy phép xây dựng là bao lâu?");
        assert_eq!(question.search_text(), "thời hạn cấp giấy phép xây dựng ?");
        assert_eq!(Question::new("Di chuc la gi").search_text(), "di chuc");
        assert_eq!(Question::new("là gì?").search_text(), "?".replace('?', "là gì?"));
    }

    #[test]
    fn hostile_text_is_bounded() {
        assert!(Question::new("").is_empty());
        assert!(Question::new("?!\u{0}\u{7}…").is_empty());
        assert!(Question::new(&"a".repeat(100_000)).text().chars().count() == MAX_QUESTION_CHARACTERS);
    }
}

#[cfg(test)]
mod heard_tests;
