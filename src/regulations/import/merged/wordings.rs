//! The two wordings of every article of a merged law, put together from its marked lines.

use std::collections::{HashMap, HashSet};
use std::sync::LazyLock;

use regex::Regex;

use super::marks::{MarkedLine, Side};
use crate::regulations::quotation::{is_inside, quotations};

/// One entry of the merged file.
pub struct Source<'a> {
    /// `83a`.
    pub number: &'a str,
    /// Its heading in the newer wording.
    pub title: &'a str,
    /// Its marked lines.
    pub text: &'a str,
    /// Where it stands.
    pub path: &'a str,
}

/// Heading and text of one article in one wording.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Wording {
    /// The heading.
    pub title: String,
    /// One paragraph a line.
    pub text: String,
}

/// One article in both wordings.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct TwoWordings {
    /// `83a`.
    pub number: String,
    /// Its heading in the newer wording.
    pub title: String,
    /// Where it stands.
    pub path: String,
    /// Whether the wordings differ, or one of them is lacking.
    pub changed: bool,
    /// Null where the file holds no older wording.
    pub older: Option<Wording>,
    /// Null where nothing is left of it.
    pub newer: Option<Wording>,
}

/// All articles, and what follows the last one.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Wordings {
    /// In the order of the file.
    pub articles: Vec<TwoWordings>,
    /// The final article of the amending law, which stands at the end of the last entry.
    pub closing: String,
}

/// An article being put together.
struct Draft {
    number: String,
    path: String,
    title: String,
    older_title: Option<String>,
    /// The older wording that stood, struck out, at the end of the article before.
    moved: Vec<MarkedLine>,
    lines: Vec<MarkedLine>,
}

static STRUCK_HEADING: LazyLock<Regex> =
    LazyLock::new(|| Regex::new(r"^\s*Điều\s+(\d+[a-zđ]?)\s*[.:]\s*(.*)$").expect("a constant pattern"));
/// How the final article of the amending law begins.
const CLOSING: &str = "Luật này có hiệu lực thi hành từ ngày";

impl Wordings {
    /// Puts the entries together.
    pub fn of<'a>(entries: impl Iterator<Item = Source<'a>>) -> Self {
        let mut drafts: Vec<Draft> = Vec::new();
        let mut moved: HashMap<String, (String, Vec<MarkedLine>)> = HashMap::new();
        let mut closing = String::new();
        for entry in entries {
            let mut lines = Vec::new();
            let mut open: Option<String> = None;
            for line in marked_lines(entry.text) {
                let is_struck = line.whole() == Some(Side::Older);
                let older = line.wording(Side::Older);
                if is_struck && let Some(found) = STRUCK_HEADING.captures(&older) {
                    open = Some(found[1].to_owned());
                    moved.entry(found[1].to_owned()).or_default().0 = found[2].trim().to_owned();
                } else if line.whole() == Some(Side::Newer) && {
                    !closing.is_empty() || line.wording(Side::Newer).starts_with(CLOSING)
                } {
                    closing.push_str(&line.wording(Side::Newer));
                    closing.push('\n');
                } else if let (true, Some(number)) = (is_struck, &open) {
                    moved.entry(number.clone()).or_default().1.push(line);
                } else {
                    open = None;
                    lines.push(line);
                }
            }
            // A second entry with the same number is the newer wording of the first.
            if let Some(first) = drafts.last_mut().filter(|draft| draft.number == entry.number) {
                first.older_title = Some(std::mem::replace(&mut first.title, entry.title.to_owned()));
                let older = std::mem::take(&mut first.lines).into_iter().map(|line| line.only(Side::Older));
                first.lines = older.chain(lines.into_iter().map(|line| line.only(Side::Newer))).collect();
                continue;
            }
            drafts.push(Draft {
                number: entry.number.to_owned(),
                path: entry.path.to_owned(),
                title: entry.title.to_owned(),
                older_title: None,
                moved: Vec::new(),
                lines,
            });
        }
        for draft in &mut drafts {
            if let Some((title, lines)) = moved.remove(&draft.number) {
                draft.older_title = Some(title);
                draft.moved = lines;
            }
        }
        Self { articles: drafts.into_iter().map(Draft::finish).collect(), closing }
    }
}

/// The lines of a text with their marks. An unmarked quotation that runs over lines is new wording whose marks were
/// forgotten, for a law quotes itself only in its amendments.
fn marked_lines(text: &str) -> Vec<MarkedLine> {
    let quoted = quotations(text);
    let mut start = 0;
    let mut lines = Vec::new();
    for raw in text.split_inclusive('\n') {
        let first = start + raw.len() - raw.trim_start().len();
        start += raw.len();
        if raw.trim().is_empty() {
            continue;
        }
        let line = MarkedLine::read(raw.trim_end());
        let runs_on = quoted.iter().any(|span| text[span.clone()].contains('\n') && span.start == first);
        let is_quotation = runs_on || is_inside(&quoted, first);
        lines.push(if is_quotation && line.whole() == Some(Side::Both) {
            line.only(Side::Newer)
        } else {
            line
        });
    }
    lines
}

impl Draft {
    fn finish(mut self) -> TwoWordings {
        self.settle_twins();
        let text_of = |side: Side| {
            let moved = self.moved.iter().filter(|_| side == Side::Older);
            let lines =
                moved.chain(&self.lines).map(|line| line.wording(side)).filter(|line| !line.is_empty());
            lines.collect::<Vec<_>>().join("\n")
        };
        let wording =
            |title: &str, text: String| (!text.is_empty()).then(|| Wording { title: title.to_owned(), text });
        let older_title = self.older_title.as_deref().unwrap_or(&self.title);
        let (older, newer) =
            (wording(older_title, text_of(Side::Older)), wording(&self.title, text_of(Side::Newer)));
        TwoWordings {
            changed: older != newer,
            older,
            newer,
            number: self.number,
            title: self.title,
            path: self.path,
        }
    }

    /// Of two clauses or points with the same label, one marked and one not, the unmarked one belongs to the other
    /// wording. A clause whose first line is replaced is replaced with all its points.
    fn settle_twins(&mut self) {
        let mut marked: [HashSet<(String, String)>; 2] = [HashSet::new(), HashSet::new()];
        let places = self.places();
        for (line, place) in self.lines.iter().zip(&places) {
            match line.whole() {
                Some(Side::Older) => marked[0].insert(place.clone()),
                Some(Side::Newer) => marked[1].insert(place.clone()),
                _ => false,
            };
        }
        for (line, place) in self.lines.iter_mut().zip(places) {
            let clause = (place.0.clone(), String::new());
            if line.whole() != Some(Side::Both) || place.0.is_empty() && place.1.is_empty() {
                continue;
            }
            let has_twin = |side: usize| {
                marked[side].contains(&place) || !clause.0.is_empty() && marked[side].contains(&clause)
            };
            // A clause struck out as a whole may keep a point, so only the very twin counts there.
            let side = match (marked[0].contains(&place), has_twin(1)) {
                (true, false) => Side::Newer,
                (false, true) => Side::Older,
                _ => continue,
            };
            *line = line.clone().only(side);
        }
    }

    /// The clause and the point that each line opens or belongs to.
    fn places(&self) -> Vec<(String, String)> {
        let mut place = (String::new(), String::new());
        self.lines
            .iter()
            .map(|line| {
                if let Some(label) = line.label() {
                    if label.starts_with(|c: char| c.is_ascii_digit()) {
                        place = (label, String::new());
                    } else {
                        place.1 = label;
                    }
                }
                place.clone()
            })
            .collect()
    }
}
