//! Which part of a quoted wording belongs to which of the places that a sentence names.

use std::sync::LazyLock;

use regex::Regex;

use super::references::{Extent, Place};

static ARTICLE: LazyLock<Regex> =
    LazyLock::new(|| Regex::new(r"^\s*[“\x22]?[ĐÐđ]iều\s+(\d+[a-zđ]?\d*)").expect("a constant pattern"));
static CLAUSE: LazyLock<Regex> =
    LazyLock::new(|| Regex::new(r"^\s*[“\x22]?(\d{1,3}[a-zđ]?\d*)\s*[.)]").expect("a constant pattern"));
static POINT: LazyLock<Regex> =
    LazyLock::new(|| Regex::new(r"^\s*[“\x22]?([a-zđ]\d{0,2})\s*[.)]").expect("a constant pattern"));

/// Whether a line opens this place: its heading or its label.
fn opens(line: &str, place: &Place) -> bool {
    let (pattern, label) = match (&place.clause, &place.point) {
        (_, Some(point)) => (&POINT, point),
        (Some(clause), None) => (&CLAUSE, clause),
        (None, None) => (&ARTICLE, &place.article),
    };
    pattern.captures(&line.to_lowercase()).is_some_and(|found| found[1] == *label)
        || place.clause.is_none()
            && place.point.is_none()
            && pattern.captures(line).is_some_and(|f| f[1] == *label)
}

/// The wording of each place, in order. `None` where the quotation does not begin with the first place, or one of them
/// is not found in it.
pub fn split(wording: &str, places: &[&Place]) -> Option<Vec<String>> {
    let lines: Vec<&str> = wording.lines().map(str::trim).filter(|line| !line.is_empty()).collect();
    // A lead may be quoted without its label, and then it is one paragraph.
    if let ([place], [line]) = (places, lines.as_slice())
        && place.extent == Extent::Lead
    {
        return Some(vec![(*line).to_owned()]);
    }
    let mut starts = Vec::new();
    let mut from = 0;
    for place in places {
        let at = (from..lines.len()).find(|&at| opens(lines[at], place))?;
        starts.push(at);
        from = at + 1;
    }
    if starts.first() != Some(&0) {
        return None;
    }
    let ends = starts.iter().skip(1).copied().chain([lines.len()]);
    Some(starts.iter().zip(ends).map(|(&start, end)| lines[start..end].join("\n")).collect())
}

/// The articles in a quotation that puts in a whole chapter or section, with their headings.
pub fn articles(wording: &str) -> Vec<(String, String)> {
    let mut found: Vec<(String, String)> = Vec::new();
    for line in wording.lines().map(str::trim).filter(|line| !line.is_empty()) {
        match (ARTICLE.captures(line), found.last_mut()) {
            (Some(heading), _) => found.push((heading[1].to_lowercase(), line.to_owned())),
            (None, Some((_, text))) => {
                text.push('\n');
                text.push_str(line);
            }
            (None, None) => {}
        }
    }
    found
}
