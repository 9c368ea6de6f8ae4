//! Where a legal text quotes another: the wording that an amending article puts between “ and ”.
//!
//! What stands inside a quotation belongs to another document. `legal_text` opens no article there, and
//! `amendment` takes the new wording from there.

use std::ops::Range;

/// The outermost quotations of a text, in order, as bytes with their marks.
///
/// A quotation may run over several lines only when its mark stands at the start of a line or after a colon, as in
/// amending articles; a mark that never closes, or that closes nothing, is taken for a misprint and passed over.
/// Straight marks (`"`) count where they open or close a line.
///
/// ```
/// use hoidap::regulations::quotation::quotations;
/// let text = "1. Sửa đổi Điều 5 như sau:\n“Điều 5. Tên\nNội dung “trong ngoặc”.”.\n2. Hết.";
/// let found = quotations(text);
/// assert_eq!(found.len(), 1);
/// assert!(text[found[0].clone()].starts_with("“Điều 5.") && text[found[0].clone()].ends_with(".”"));
/// ```
pub fn quotations(text: &str) -> Vec<Range<usize>> {
    let mut pairs: Vec<Range<usize>> = Vec::new();
    let mut open: Vec<Opening> = Vec::new();
    let mut start = 0;
    for (line_number, line) in text.split_inclusive('\n').enumerate() {
        for (at, mark, straight) in marks(line, open.last().is_some_and(|o| o.straight)) {
            match mark {
                Mark::Open => {
                    let before = line[..at].trim_end();
                    let may_run_on = before.is_empty() || before.ends_with(':');
                    open.push(Opening { at: start + at, line: line_number, may_run_on, straight });
                }
                Mark::Close => {
                    let end = start + at + if straight { '"'.len_utf8() } else { '”'.len_utf8() };
                    while let Some(opening) = open.pop() {
                        if opening.line == line_number || opening.may_run_on {
                            pairs.push(opening.at..end);
                            break;
                        }
                    }
                }
            }
        }
        start += line.len();
    }
    outermost(pairs)
}

/// Whether a byte lies inside one of these spans (not at its first byte).
pub fn is_inside(spans: &[Range<usize>], at: usize) -> bool {
    let next = spans.partition_point(|span| span.start < at);
    next > 0 && at < spans[next - 1].end
}

struct Opening {
    at: usize,
    line: usize,
    may_run_on: bool,
    straight: bool,
}

#[derive(Clone, Copy)]
enum Mark {
    Open,
    Close,
}

/// The marks of one line, with their places and whether they are straight.
fn marks(line: &str, straight_is_open: bool) -> Vec<(usize, Mark, bool)> {
    let mut found: Vec<_> = line
        .char_indices()
        .filter_map(|(at, c)| match c {
            '“' => Some((at, Mark::Open, false)),
            '”' => Some((at, Mark::Close, false)),
            _ => None,
        })
        .collect();
    let count = line.matches('"').count();
    let content = line.trim_end().trim_end_matches(['.', ';', ',']);
    let opens = line.trim_start().starts_with('"').then_some((
        line.len() - line.trim_start().len(),
        Mark::Open,
        true,
    ));
    let closes = content.ends_with('"').then(|| (content.len() - 1, Mark::Close, true));
    match (opens, closes) {
        (Some(open), Some(close)) if count == 2 && open.0 < close.0 => {
            found.insert(0, open);
            found.push(close);
        }
        (_, Some(close)) if count % 2 == 1 && straight_is_open => found.push(close),
        (Some(open), _) if count % 2 == 1 && !straight_is_open => found.insert(0, open),
        _ => {}
    }
    found
}

/// The spans that lie in no other one. Given pairs are nested or apart, never crossed.
fn outermost(mut pairs: Vec<Range<usize>>) -> Vec<Range<usize>> {
    pairs.sort_by_key(|span| (span.start, std::cmp::Reverse(span.end)));
    let mut outer: Vec<Range<usize>> = Vec::new();
    for span in pairs {
        if outer.last().is_none_or(|last| span.start >= last.end) {
            outer.push(span);
        }
    }
    outer
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    fn quoted(text: &str) -> Vec<&str> {
        quotations(text).into_iter().map(|span| &text[span]).collect()
    }

    #[test]
    fn quotations_may_nest_and_run_over_lines() {
        assert_eq!(quoted("a “b” c “d “e” f” g"), ["“b”", "“d “e” f”"]);
        assert_eq!(quoted("như sau:\n“1. Một.\n2. “Hai”.”."), ["“1. Một.\n2. “Hai”.”"]);
        assert_eq!(quoted("như sau: “1. Một.\n2. Hai.”."), ["“1. Một.\n2. Hai.”"]);
        assert_eq!(quoted("như sau:\n\"1. Một.\n2. Hai.\"."), ["\"1. Một.\n2. Hai.\""]);
    }

    #[test]
    fn misprinted_marks_swallow_nothing() {
        assert_eq!(quoted("cụm từ “A tại Điều 5\nĐiều 6. Tên\ncụm từ “B” tại"), ["“B”"]);
        assert_eq!(quoted("cụm từ “A tại Điều 5\nĐiều 6. Tên\nB” tại"), Vec::<&str>::new());
        assert_eq!(quoted("a” b “c”"), ["“c”"]);
    }

    proptest! {
        #[test]
        fn any_text_gives_spans_in_order(text in "([“”\"\n:;]|\\PC|\n“|”\n){0,40}") {
            let mut end = 0;
            for span in quotations(&text) {
                prop_assert!(span.start >= end && span.end > span.start);
                prop_assert!(text.get(span.clone()).is_some());
                prop_assert!(is_inside(std::slice::from_ref(&span), span.end - 1));
                end = span.end;
            }
        }
    }
}
