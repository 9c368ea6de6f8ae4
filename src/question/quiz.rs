//! Questions with the answers to choose from read out: a quiz, and nothing that a citizen asks an office.

use std::sync::LazyLock;

use regex::Regex;

static OPTIONS: LazyLock<Regex> = LazyLock::new(|| {
    Regex::new(r"(?is)\?\s*(?:(?:1|một)\s*[.:)].*\b(?:2|hai)|a\s*[.:)].*\bb)\s*[.:)]")
        .expect("a constant pattern")
});

/// Whether a question is followed by at least two numbered or lettered answers.
pub fn is_quiz(text: &str) -> bool {
    OPTIONS.is_match(text)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn answers_to_choose_from_make_a_quiz() {
        assert!(is_quiz("Con gì kêu gâu gâu? Một: con mèo. Hai: con chó."));
        assert!(is_quiz("Thủ đô là gì? 1. Huế. 2. Hà Nội."));
        assert!(is_quiz("Thủ đô là gì? A) Huế B) Hà Nội"));
        assert!(!is_quiz("Làm giấy khai sinh cần gì? Tôi có 2 con. Một cháu 5 tuổi."));
        assert!(!is_quiz("Điều 1 và Điều 2. nói gì?"));
    }
}
