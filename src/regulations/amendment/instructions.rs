//! The sentences of an amending article, each with its quotations taken out and kept beside it.

use std::ops::Range;
use std::sync::LazyLock;

use regex::Regex;

use crate::regulations::quotation::{is_inside, quotations};

/// How many levels of sentences there are: the lead, clauses, points, dashes.
pub const LEVELS: usize = 4;

/// A sentence outside any quotation, with what it quotes.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Instruction {
    /// Bytes of the article's text.
    pub span: Range<usize>,
    /// 0 for the lead, 1 for `1.`, 2 for `a)`, 3 for dashes and lines without a label.
    pub level: usize,
    /// `1` of `1.`, `a` of `a)`; null where there is none.
    pub label: Option<String>,
    /// Without its label; a quoted phrase is `⟨0⟩`, `⟨1⟩`, ….
    pub sentence: String,
    /// The phrases, without their marks.
    pub phrases: Vec<String>,
    /// The new wordings that follow, without their marks.
    pub wordings: Vec<String>,
}

static LABEL: LazyLock<Regex> = LazyLock::new(|| {
    Regex::new(r"^\s*(?:(\d{1,3}[a-zđ]?)\s*[.)]\s*|([a-zđ]\d?)\s*[).]\s|[-–+•]\s*)")
        .expect("a constant pattern")
});
static STRAIGHT: LazyLock<Regex> =
    LazyLock::new(|| Regex::new("\"([^\"\n]*)\"").expect("a constant pattern"));
static ENDS_BEFORE_WORDING: LazyLock<Regex> = LazyLock::new(|| {
    Regex::new(r"(?i)(?:như sau|sau đây|sau|là)\s*:?\s*⟨\d+⟩\s*[.;,]*$|:\s*⟨\d+⟩\s*[.;,]*$")
        .expect("a constant pattern")
});

/// The sentences of an article in order.
pub fn instructions(text: &str) -> Vec<Instruction> {
    let quoted = quotations(text);
    let mut found: Vec<Instruction> = Vec::new();
    let mut labelled = false;
    let mut start = 0;
    for raw in text.split_inclusive('\n') {
        let line_start = start;
        start += raw.len();
        let first = line_start + raw.len() - raw.trim_start().len();
        if raw.trim().is_empty() || is_inside(&quoted, line_start) {
            continue;
        }
        let first_here = quoted.partition_point(|q| q.start < line_start);
        let here: Vec<&Range<usize>> = quoted[first_here..].iter().take_while(|q| q.start < start).collect();
        if let Some(block) = here.first().filter(|q| q.start == first) {
            if let Some(last) = found.last_mut() {
                last.wordings.push(without_marks(&text[(*block).clone()]));
            }
            continue;
        }
        let instruction = instruction(text, line_start..start, &here, &mut labelled);
        found.push(instruction);
    }
    found
}

fn instruction(text: &str, line: Range<usize>, quoted: &[&Range<usize>], labelled: &mut bool) -> Instruction {
    let mut masked = String::new();
    let mut phrases: Vec<String> = Vec::new();
    let mut at = line.start;
    let mut runs_on = false;
    for span in quoted {
        masked.push_str(&text[at..span.start]);
        masked.push_str(&format!("⟨{}⟩", phrases.len()));
        phrases.push(without_marks(&text[(*span).clone()]));
        runs_on |= span.end > line.end;
        at = span.end.min(line.end);
    }
    masked.push_str(&text[at..line.end]);
    let masked = STRAIGHT.replace_all(&masked, |found: &regex::Captures<'_>| {
        phrases.push(found[1].to_owned());
        format!("⟨{}⟩", phrases.len() - 1)
    });
    let (level, label_end, label) = match LABEL.captures(&masked) {
        Some(label) => {
            *labelled = true;
            let level = if label.get(1).is_some() {
                1
            } else if label.get(2).is_some() {
                2
            } else {
                3
            };
            let letters = label.get(1).or(label.get(2)).map(|letters| letters.as_str().to_owned());
            (level, label.get(0).map_or(0, |m| m.end()), letters)
        }
        None => (if *labelled { 3 } else { 0 }, 0, None),
    };
    let mut sentence = masked[label_end..].trim().to_owned();
    let mut wordings = Vec::new();
    if runs_on || ENDS_BEFORE_WORDING.is_match(&sentence) {
        let mark = format!("⟨{}⟩", phrases.len().saturating_sub(1));
        if let Some(at) = sentence.rfind(&mark)
            && let Some(wording) = phrases.pop()
        {
            sentence.truncate(at);
            wordings.push(wording);
        }
    }
    let trimmed = text[line.clone()].trim_end().len();
    Instruction {
        span: line.start..line.start + trimmed,
        level,
        label,
        sentence: sentence.trim().to_owned(),
        phrases,
        wordings,
    }
}

fn without_marks(quotation: &str) -> String {
    quotation.trim_start_matches(['“', '"']).trim_end_matches(['”', '"']).trim().to_owned()
}

impl Instruction {
    /// Whether it only introduces the sentences after it.
    pub fn is_header(&self) -> bool {
        let ends_open = self.sentence.ends_with(':') || self.sentence.ends_with("như sau");
        ends_open && self.wordings.is_empty() && self.phrases.is_empty()
            || self.wordings.is_empty()
                && self.phrases.is_empty()
                && self.sentence.to_lowercase().contains("một số điều")
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn sentences_are_parted_from_what_they_quote() {
        let text = "Sửa đổi một số điều của Luật X:\n1. Sửa đổi khoản 2 Điều 3 như sau:\n“2. Một.\na) Hai.”.\n\
                    2. Sửa đổi Điều 4:\na) Thay cụm từ “A” bằng cụm từ “B” tại khoản 1;\nb) Sửa khoản 3 như sau: “3. Ba.”.";
        let found = instructions(text);
        let levels: Vec<_> = found.iter().map(|i| (i.level, i.phrases.len(), i.wordings.len())).collect();
        assert_eq!(levels, [(0, 0, 0), (1, 0, 1), (1, 0, 0), (2, 2, 0), (2, 0, 1)]);
        assert_eq!(found[1].wordings[0], "2. Một.\na) Hai.");
        assert_eq!(found[3].sentence, "Thay cụm từ ⟨0⟩ bằng cụm từ ⟨1⟩ tại khoản 1;");
        assert!(found[0].is_header() && found[2].is_header() && !found[4].is_header());
    }
}
