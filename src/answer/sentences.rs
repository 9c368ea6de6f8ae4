//! The sentences of a legal text, as spans of it.

use std::ops::Range;
use std::sync::LazyLock;

use regex::Regex;

/// The sentences of a span: they end at `.` before white space, or with their line. A semicolon inside a line ends
/// nothing: what comes after it is the condition, or the other half, of what stands before.
pub fn sentences(text: &str, span: Range<usize>) -> Vec<Range<usize>> {
    let part = &text[span.clone()];
    let mut found = Vec::new();
    let mut start = skip_number(part);
    let mut letters = part.char_indices().peekable();
    while let Some((at, c)) = letters.next() {
        let next = letters.peek().map(|(_, next)| *next);
        let ends = match c {
            '\n' => true,
            '.' => next.is_none_or(char::is_whitespace),
            _ => false,
        };
        let end = at + c.len_utf8();
        if (ends || next.is_none()) && end > start {
            let sentence = &part[start..end];
            let leading = sentence.len() - sentence.trim_start().len();
            let trimmed = sentence.trim();
            if trimmed.chars().any(char::is_alphanumeric) {
                let from = span.start + start + leading;
                found.push(from..from + trimmed.len());
            }
            start = end;
        }
    }
    found
}

/// The length of a list mark at the head of a part: `1. `, `a) `.
pub fn skip_number(part: &str) -> usize {
    static MARK: LazyLock<Regex> = LazyLock::new(|| {
        Regex::new(r"^\s*(?:\d{1,3}[a-zđ]?\s?\.|[a-zđ]\d{0,2}\s?\))\s*").expect("a constant pattern")
    });
    MARK.find(part).map_or(0, |mark| mark.end())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn sentences_keep_their_numbers() {
        let text = "1. Mức là 1.490.000 đồng. Câu hai; câu ba";
        let found: Vec<&str> = sentences(text, 0..text.len()).into_iter().map(|s| &text[s]).collect();
        assert_eq!(found, ["Mức là 1.490.000 đồng.", "Câu hai; câu ba"]);
    }
}
