//! A quote: always a verbatim span of the stored text, with its place; and how much of it is read aloud.

use std::ops::Range;

use jiff::civil::Date;

use super::{Citation, amended};
use crate::regulations::Article;

/// What is quoted of an article, and where it stands.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Quote {
    /// Bytes of the article's text.
    pub span: Range<usize>,
    /// Its clause.
    pub clause: Option<String>,
    /// Its point.
    pub point: Option<String>,
    /// The part of the span that answers; its head where no part does so more than the others.
    pub focus: Range<usize>,
    /// Whether one part answers more than the others.
    pub is_clear: bool,
}

/// The citation of a quote; null if it is not in the stored text, for nothing else may be sent.
pub fn cite(article: &Article, quote: &Quote, as_of: Date) -> Option<Citation> {
    let words = article.text.get(quote.span.clone())?.trim();
    if words.is_empty() {
        return None;
    }
    Some(Citation {
        clause: quote.clause.clone(),
        point: quote.point.clone(),
        quote: Some(words.to_owned()),
        amended_by: amended::provisions(article, quote).0,
        ..Citation::of(article, as_of)
    })
}

/// What is said where something remains to be heard.
pub(super) const REMAINS: &str = "Phần còn lại xin xem trên màn hình, hoặc nói: nghe tiếp.";

/// At most `limit` characters, cut at the end of a line, a sentence or a clause; and what remains, empty where that is
/// all of it.
pub fn shortened(text: &str, limit: usize) -> (String, &str) {
    let Some((end, _)) = text.char_indices().nth(limit) else { return (text.to_owned(), "") };
    let head = &text[..end];
    let cut = head
        .rmatch_indices(['\n', '.', ';'])
        .map(|(at, mark)| at + mark.len())
        .find(|&at| {
            // Not inside a number such as 1.490.000.
            let before = head[..at].trim_end_matches(['.', ';', '\n']).chars().last();
            let after = text[at..].chars().next();
            !(before.is_some_and(|c| c.is_ascii_digit()) && after.is_some_and(|c| c.is_ascii_digit()))
                && at > limit / 3
        })
        .or_else(|| head.rfind(", ").map(|at| at + 1))
        .or_else(|| head.rfind(' '))
        .unwrap_or(end);
    let kept = head[..cut].trim_end_matches(|c: char| c.is_whitespace() || ";,:".contains(c));
    (format!("{}.", kept.trim_end_matches('.')), text[cut..].trim())
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::regulations::article::tests::sample;

    #[test]
    fn nothing_but_the_stored_text_is_quoted() {
        let article = sample("1", "", "Một.");
        let off = Quote { span: 2..400, clause: None, point: None, focus: 2..400, is_clear: true };
        assert_eq!(cite(&article, &off, Date::constant(2026, 1, 1)), None);
    }

    #[test]
    fn long_quotes_are_cut_at_a_sentence_and_nothing_is_lost() {
        let (short, rest) = shortened("Mức là 1.490.000 đồng. Câu sau dài hơn nữa.", 30);
        assert_eq!((short.as_str(), rest), ("Mức là 1.490.000 đồng.", "Câu sau dài hơn nữa."));
        assert_eq!(shortened("Ngắn.", 30), ("Ngắn.".to_owned(), ""));
        let text = "a".repeat(50);
        let (short, _) = shortened(&text, 30);
        assert_eq!(short.chars().count(), 31);
    }
}
