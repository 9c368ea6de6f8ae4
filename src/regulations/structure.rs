//! The inside of an article: its clauses (Khoản, `1.`) and their points (Điểm, `a)`), as spans of the text.
//!
//! Spans, not copies: whatever is quoted is by construction a verbatim part of what is stored.

use std::ops::Range;
use std::sync::LazyLock;

use regex::Regex;

/// A clause of an article, or the article's whole text where it has no clauses.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Clause {
    /// `1`, `2a`; null for text outside any numbered clause.
    pub number: Option<String>,
    /// Bytes of the article's text, with the points and without the final line break.
    pub span: Range<usize>,
    /// In order.
    pub points: Vec<Point>,
}

/// A point of a clause.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Point {
    /// `a`, `đ`.
    pub letter: String,
    /// Bytes of the article's text.
    pub span: Range<usize>,
}

static CLAUSE: LazyLock<Regex> =
    LazyLock::new(|| Regex::new(r"^\s*(\d{1,3}[a-zđ]?)\s?\.\s*\S").expect("a constant pattern"));
static POINT: LazyLock<Regex> =
    LazyLock::new(|| Regex::new(r"^\s*([a-zđ]\d{0,2})\s?\)\s*\S").expect("a constant pattern"));

/// Cuts an article's text into clauses; the first may be an unnumbered lead.
///
/// A line that starts with the next number in order opens a clause, a line that starts with `a)` opens a point;
/// other lines belong to what was open before them.
pub fn clauses(text: &str) -> Vec<Clause> {
    let mut clauses: Vec<Clause> = Vec::new();
    let mut start = 0;
    for line in text.split_inclusive('\n') {
        let span = start..start + line.trim_end().len();
        start += line.len();
        if span.is_empty() {
            continue;
        }
        // Most lines open nothing, and a look at their first character is enough to know.
        let first = line.trim_start().chars().next().unwrap_or(' ');
        if first.is_ascii_digit()
            && let Some(number) = CLAUSE.captures(line).map(|found| found[1].to_owned())
            && follows(clauses.last().and_then(|c| c.number.as_deref()), &number)
        {
            clauses.push(Clause { number: Some(number), span, points: vec![] });
            continue;
        }
        let Some(open) = clauses.last_mut() else {
            clauses.push(Clause { number: None, span, points: vec![] });
            continue;
        };
        open.span.end = span.end;
        if first.is_lowercase()
            && let Some(letter) = POINT.captures(line).map(|found| found[1].to_owned())
        {
            open.points.push(Point { letter, span });
        } else if let Some(point) = open.points.last_mut() {
            point.span.end = span.end;
        }
    }
    clauses
}

/// Whether `number` may come after `before`: the next one, or an inserted one (`2a`); a list inside a clause
/// that starts again at 1 is no clause of the article.
fn follows(before: Option<&str>, number: &str) -> bool {
    let value = |s: &str| -> u32 { s.trim_end_matches(|c: char| !c.is_ascii_digit()).parse().unwrap_or(0) };
    let before_value = before.map_or(0, value);
    let inserted = number.ends_with(|c: char| !c.is_ascii_digit());
    let next = value(number);
    next > before_value && next <= before_value + 3
        || inserted && next == before_value && before != Some(number)
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    const TEXT: &str = "Mở đầu:\n1. Khoản một gồm:\na) điểm a;\nb) điểm b,\ntiếp theo;\n2. Khoản hai.\n2a. Khoản chèn.\nđ) lẻ";

    #[test]
    fn clauses_and_points_are_verbatim_spans() {
        let found = clauses(TEXT);
        let numbers: Vec<_> = found.iter().map(|c| c.number.as_deref()).collect();
        assert_eq!(numbers, [None, Some("1"), Some("2"), Some("2a")]);
        assert_eq!(&TEXT[found[1].span.clone()], "1. Khoản một gồm:\na) điểm a;\nb) điểm b,\ntiếp theo;");
        assert_eq!(&TEXT[found[1].points[1].span.clone()], "b) điểm b,\ntiếp theo;");
        assert_eq!(found[3].points[0].letter, "đ");
    }

    #[test]
    fn numbers_inside_a_sentence_open_nothing() {
        let text = "1. Mức phạt là\n500.000 đồng.\n2. Hết.";
        let numbers: Vec<_> = clauses(text).into_iter().map(|c| c.number).collect();
        assert_eq!(numbers, [Some("1".to_owned()), Some("2".to_owned())]);
    }

    proptest! {
        #[test]
        fn any_text_is_covered_and_nothing_panics(text in "([0-9]{1,2}\\. |[a-zđ]\\) |\\PC{0,12}|\n){0,30}") {
            let mut end = 0;
            for clause in clauses(&text) {
                prop_assert!(clause.span.start >= end);
                prop_assert!(text[end..clause.span.start].trim().is_empty());
                end = clause.span.end;
                for point in clause.points {
                    prop_assert!(clause.span.start <= point.span.start && point.span.end <= clause.span.end);
                    prop_assert!(!text[point.span].is_empty());
                }
            }
            prop_assert!(text[end..].trim().is_empty());
        }
    }
}
