//! From an article's text to sentences that can be read one by one: lines with their clause, without quotations,
//! brackets and odd letters.

use std::borrow::Cow;
use std::sync::LazyLock;

use regex::Regex;

use crate::regulations::structure::clauses;

/// A line of an article.
#[derive(Debug)]
pub(super) struct Line<'a> {
    /// The clause it stands in.
    pub clause: Option<String>,
    /// Whether it opens a clause, a point or a dash of a list.
    pub item: bool,
    /// The words as they stand, without the mark of the item.
    pub raw: &'a str,
}

impl Line<'_> {
    /// The words, as [`clean`] leaves them.
    pub fn text(&self) -> String {
        clean(self.raw)
    }
}

static MARK: LazyLock<Regex> = LazyLock::new(|| {
    Regex::new(r"^\s*(?:\d{1,3}[a-zđ]?(?:\.\d{1,3}){0,3}\s?[.)]|\d{1,2}(?:\.\d{1,2}){1,3}\s|[a-zđ]\d{0,2}\s?[.)]|[-–+•*]|\([a-zđ0-9]{1,3}\)|[IVX]{1,4}\.)\s*")
        .expect("a constant pattern")
});
static BRACKETS: LazyLock<Regex> =
    LazyLock::new(|| Regex::new(r"\s?\([^()]*\)").expect("a constant pattern"));
static QUOTED: LazyLock<Regex> =
    LazyLock::new(|| Regex::new(r#"[“"][^“”"]*[”"]|«[^»]*»|‘[^’]*’"#).expect("a constant pattern"));
static NEXT: LazyLock<Regex> = LazyLock::new(|| {
    Regex::new(r"[\p{Ll}\d)/]\.(?:/\.)?\s*(?P<next>\p{Lu}[\p{Ll}\s])").expect("a constant pattern")
});

/// The lines of an article that are its own words: what an amending article quotes is another document's.
pub(super) fn lines(text: &str) -> Vec<Line<'_>> {
    let mut lines = Vec::new();
    let mut quoting = false;
    for clause in clauses(text) {
        for raw in text[clause.span].lines() {
            let opens = raw.matches('“').count();
            let closes = raw.matches('”').count();
            let quoted = quoting;
            if quoting {
                quoting = closes <= opens;
            } else if opens > closes {
                quoting = true;
            }
            if quoted {
                continue;
            }
            let marked = MARK.find(raw).map_or(0, |m| m.end());
            let mut words = &raw[marked..];
            if quoting && let Some(at) = words.rfind('“') {
                words = &words[..at];
            }
            if !words.trim().is_empty() {
                lines.push(Line { clause: clause.number.clone(), item: marked > 0, raw: words });
            }
        }
    }
    lines
}

/// One spelling of letters and spaces, and neither brackets nor quotations (of which `“”` remains).
pub(super) fn clean(words: &str) -> String {
    let words: String = words
        .chars()
        .map(|c| {
            if c == 'Ð' {
                'Đ'
            } else if c.is_whitespace() {
                ' '
            } else {
                c
            }
        })
        .collect();
    let words = QUOTED.replace_all(&words, "“”");
    let words: Cow<'_, str> = BRACKETS.replace_all(&words, "");
    words.split_whitespace().collect::<Vec<_>>().join(" ")
}

/// The sentences of a cleaned line.
pub(super) fn sentences(line: &str) -> Vec<&str> {
    let mut found = Vec::new();
    let mut start = 0;
    for end in NEXT.captures_iter(line).filter_map(|m| m.name("next").map(|n| n.start())) {
        if line.is_char_boundary(end) && end > start {
            found.push(line[start..end].trim());
            start = end;
        }
    }
    found.push(line[start..].trim());
    found.retain(|s| !s.is_empty());
    found
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn lines_know_their_clause_and_leave_quotations_out() {
        let text = "1. Sửa đổi khoản 1 như sau:\n“1. Bãi bỏ A.\nvà B.”\n2. Bãi bỏ các văn bản sau (nếu có):\na) Thông tư 1;\n- Thông tư 2.";
        let found = lines(text);
        let shown: Vec<_> = found.iter().map(|l| (l.clause.as_deref(), l.item, l.text())).collect();
        assert_eq!(
            shown,
            [
                (Some("1"), true, "Sửa đổi khoản 1 như sau:".to_owned()),
                (Some("2"), true, "Bãi bỏ các văn bản sau:".to_owned()),
                (Some("2"), true, "Thông tư 1;".to_owned()),
                (Some("2"), true, "Thông tư 2.".to_owned()),
            ]
        );
    }

    #[test]
    fn sentences_end_at_full_stops_only() {
        assert_eq!(
            sentences(
                "Có hiệu lực từ ngày 28 tháng 12 năm 2019. Thông tư này thay thế Thông tư ấy.Các mục 1.2 khác."
            ),
            [
                "Có hiệu lực từ ngày 28 tháng 12 năm 2019.",
                "Thông tư này thay thế Thông tư ấy.",
                "Các mục 1.2 khác."
            ]
        );
    }
}
