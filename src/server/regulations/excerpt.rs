//! Parts of an article's text: where its clauses stand, and the line that a question is about.

use std::collections::HashSet;

use serde_json::{Value, json};

use crate::regulations::structure::clauses;
use crate::vietnamese::fold;

/// Length of a snippet, in characters.
const SNIPPET_CHARS: usize = 300;

/// Clauses and points by their first character and the one after their last, counted in Unicode characters.
pub fn spans(text: &str) -> Vec<Value> {
    // Spans follow one another, so the characters are counted once, but points lie inside their clauses.
    let characters = |bytes: std::ops::Range<usize>, base: (usize, usize)| {
        let start = base.1 + text[base.0..bytes.start].chars().count();
        (start, start + text[bytes].chars().count())
    };
    let mut known = (0, 0);
    clauses(text)
        .into_iter()
        .map(|clause| {
            let (start, end) = characters(clause.span.clone(), known);
            let mut inside = (clause.span.start, start);
            let points: Vec<Value> = clause
                .points
                .into_iter()
                .map(|point| {
                    let (start, end) = characters(point.span.clone(), inside);
                    inside = (point.span.end, end);
                    json!({ "letter": point.letter, "start": start, "end": end })
                })
                .collect();
            known = (clause.span.end, end);
            json!({ "number": clause.number, "start": start, "end": end, "points": points })
        })
        .collect()
}

/// The part of a text that shares most words with a question: a clause or a line, cut to [`SNIPPET_CHARS`].
pub fn snippet(text: &str, asked: &str) -> String {
    let words = |text: &str| -> HashSet<String> {
        fold(text).split(|c: char| !c.is_alphanumeric()).filter(|w| w.len() > 1).map(str::to_owned).collect()
    };
    let asked = words(asked);
    let shared = |line: &&str| words(line).intersection(&asked).count();
    // The first of the best lines, where several are as good.
    let best = text.lines().rev().max_by_key(shared).unwrap_or_default().trim();
    match best.char_indices().nth(SNIPPET_CHARS) {
        None => best.to_owned(),
        Some((end, _)) => {
            let cut = best[..end].rfind(' ').unwrap_or(end);
            format!("{}…", best[..cut].trim_end())
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn spans_are_counted_in_characters() {
        let text = "Mở đầu:\n1. Khoản một:\na) điểm ấ;\nb) điểm b.\n2. Hết.";
        let letters: Vec<char> = text.chars().collect();
        let part = |value: &Value| -> String {
            let at = |key: &str| usize::try_from(value[key].as_u64().unwrap()).unwrap();
            letters[at("start")..at("end")].iter().collect()
        };
        let found = spans(text);
        assert_eq!(part(&found[1]), "1. Khoản một:\na) điểm ấ;\nb) điểm b.");
        assert_eq!(part(&found[1]["points"][1]), "b) điểm b.");
        assert_eq!(part(&found[2]), "2. Hết.");
    }

    #[test]
    fn a_snippet_is_the_line_that_was_asked_for() {
        let text = "1. Đối tượng áp dụng.\n2. Phạt tiền người không đội mũ bảo hiểm.\n3. Khác.";
        assert_eq!(
            snippet(text, "không đội mũ bảo hiểm phạt bao nhiêu"),
            "2. Phạt tiền người không đội mũ bảo hiểm."
        );
        assert_eq!(snippet(&"dài ".repeat(200), "x").chars().count(), SNIPPET_CHARS);
        assert_eq!(snippet("", "x"), "");
    }
}
