//! From lines to the tree: each piece of text goes to the heading it follows, nothing is left out.

use super::headings::{HeadingLine, Level, heading_line, is_capitals, is_closing, may_be_title};
use super::{DocumentHeading, LegalText, Unit};
use crate::regulations::quotation::{is_inside, quotations};

/// A title of a part, chapter or section takes no more lines than this.
const MAX_TITLE_LINES: usize = 4;

/// A line of the text: where it begins and what it opens.
struct Line<'a> {
    start: usize,
    /// With its line end.
    raw: &'a str,
    opens: Option<HeadingLine<'a>>,
    quoted: bool,
}

/// Takes a normalised text apart.
pub(super) fn parse(text: &str) -> LegalText {
    let lines = lines_of(text);
    let first = lines.iter().position(|line| line.opens.is_some()).unwrap_or(lines.len());
    let preamble = text[..lines.get(first).map_or(text.len(), |line| line.start)].to_owned();
    let mut flat: Vec<Unit> = Vec::new();
    let mut closing = String::new();
    let mut at = first;
    while at < lines.len() {
        let next = (at + 1..lines.len()).find(|&i| lines[i].opens.is_some()).unwrap_or(lines.len());
        let is_last = next == lines.len();
        let (unit, closing_at) = unit(text, &lines, at, next, is_last);
        flat.push(unit);
        if is_last {
            closing = text[closing_at..].to_owned();
        }
        at = next;
    }
    LegalText { heading: DocumentHeading::of(&preamble), preamble, units: nest(flat), closing }
}

fn lines_of(text: &str) -> Vec<Line<'_>> {
    let quoted_spans = quotations(text);
    let mut start = 0;
    text.split_inclusive('\n')
        .map(|raw| {
            let quoted = is_inside(&quoted_spans, start);
            let opens = if quoted { None } else { heading_line(raw) };
            let line = Line { start, raw, opens, quoted };
            start += raw.len();
            line
        })
        .collect()
}

/// The unit that opens at `at` and ends before `next`, and where the closing begins if the unit is the last.
fn unit(text: &str, lines: &[Line<'_>], at: usize, next: usize, is_last: bool) -> (Unit, usize) {
    let end_of = |line: usize| lines.get(line).map_or(text.len(), |l| l.start);
    let end = end_of(next);
    let closing_at = if is_last {
        (at + 1..next).find(|&i| !lines[i].quoted && is_closing(lines[i].raw)).map_or(end, end_of)
    } else {
        end
    };
    let body_end = (at + 1..=next).find(|&i| end_of(i) >= closing_at).unwrap_or(next);
    // Every unit of `lines` between `first` and `last` opens something; an absent heading cannot happen here.
    let (level, number, rest, rest_at) = match &lines[at].opens {
        Some(found) => (found.level, found.number.clone(), found.rest, found.rest_at),
        None => (Level::Article, String::new(), "", 0),
    };
    let (title, text_at) = if level == Level::Article {
        article_title(lines, at, body_end, rest, lines[at].start + rest_at)
    } else {
        wider_title(lines, at, body_end, rest)
    };
    let text_at = text_at.unwrap_or(closing_at).min(closing_at);
    let unit = Unit {
        level,
        number,
        title,
        opening: text[lines[at].start..text_at].to_owned(),
        text: text[text_at..closing_at].to_owned(),
        line: at + 1,
        children: Vec::new(),
    };
    (unit, closing_at)
}

/// The title of an article and where its text begins (`None`: after the last line).
///
/// What follows the number is the title when it reads like one and text follows; otherwise it is the text itself,
/// as in decisions whose articles have no titles.
fn article_title(
    lines: &[Line<'_>],
    at: usize,
    end: usize,
    rest: &str,
    rest_start: usize,
) -> (String, Option<usize>) {
    let filled = |from: usize| (from..end).find(|&i| !lines[i].raw.trim().is_empty());
    let after = |line: usize| lines.get(line + 1).map(|l| l.start);
    match (rest.is_empty(), filled(at + 1)) {
        (false, Some(_)) if may_be_title(rest) => (one_line(rest), after(at)),
        (false, _) => (String::new(), Some(rest_start)),
        (true, Some(first))
            if first <= at + 2
                && may_be_title(lines[first].raw)
                && !lines[first].raw.trim_start().starts_with(|c: char| c.is_ascii_digit())
                && filled(first + 1).is_some() =>
        {
            (one_line(lines[first].raw), after(first))
        }
        (true, _) => (String::new(), after(at)),
    }
}

/// The title of a wider unit: the rest of its line, or the next lines up to the next heading.
fn wider_title(lines: &[Line<'_>], at: usize, end: usize, rest: &str) -> (String, Option<usize>) {
    let mut words = vec![rest.to_owned()];
    let mut last = at;
    let filled: Vec<usize> = (at + 1..end).filter(|&i| !lines[i].raw.trim().is_empty()).collect();
    let only_titles = filled.len() <= MAX_TITLE_LINES
        && filled
            .iter()
            .all(|&i| !lines[i].quoted && may_be_title(lines[i].raw) && !opens_clause(lines[i].raw));
    for &i in filled.iter().take(MAX_TITLE_LINES) {
        let line = lines[i].raw;
        let goes_on = !lines[i].quoted && (is_capitals(line) || rest.is_empty() && only_titles);
        if !goes_on {
            break;
        }
        words.push(one_line(line));
        last = i;
    }
    (one_line(&words.join(" ")), lines.get(last + 1).map(|l| l.start))
}

fn opens_clause(line: &str) -> bool {
    line.trim_start().starts_with(|c: char| c.is_ascii_digit())
}

fn one_line(text: &str) -> String {
    text.split_whitespace().collect::<Vec<_>>().join(" ")
}

/// Puts each unit into the nearest wider one before it.
fn nest(flat: Vec<Unit>) -> Vec<Unit> {
    let mut roots: Vec<Unit> = Vec::new();
    let mut open: Vec<Unit> = Vec::new();
    let close = |open: &mut Vec<Unit>, roots: &mut Vec<Unit>| {
        if let Some(done) = open.pop() {
            match open.last_mut() {
                Some(parent) => parent.children.push(done),
                None => roots.push(done),
            }
        }
    };
    for unit in flat {
        while open.last().is_some_and(|last| last.level >= unit.level) {
            close(&mut open, &mut roots);
        }
        open.push(unit);
    }
    while !open.is_empty() {
        close(&mut open, &mut roots);
    }
    roots
}
