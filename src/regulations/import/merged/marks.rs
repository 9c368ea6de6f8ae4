//! The marks of one line of a merged law: what was struck out (`~~…~~`), what was put in (`⟦…⟧`), what is in both.

use std::sync::LazyLock;

use regex::Regex;

/// Which wording a piece of text belongs to.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Side {
    /// Unmarked.
    Both,
    /// Struck out.
    Older,
    /// Put in.
    Newer,
}

/// A line with its marks read.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct MarkedLine {
    /// In order; neighbours differ in their sides.
    pieces: Vec<(Side, String)>,
}

static LABEL: LazyLock<Regex> = LazyLock::new(|| {
    Regex::new(r"^[“\s]*(\d{1,3}[a-zđ]?|[a-zđ]\d{0,2})\s?[.)]").expect("a constant pattern")
});
static LABEL_ALONE: LazyLock<Regex> = LazyLock::new(|| {
    Regex::new(r"^\s*(?:\d{1,3}[a-zđ]?|[a-zđ]\d{0,2})?\s*[.)]?\s*$").expect("a constant pattern")
});
static SPACES: LazyLock<Regex> = LazyLock::new(|| Regex::new(r"[ \t\u{a0}]+").expect("a constant pattern"));
static SPACE_BEFORE_STOP: LazyLock<Regex> =
    LazyLock::new(|| Regex::new(r" +([,.;:])").expect("a constant pattern"));

impl MarkedLine {
    /// Reads the marks. Of an odd number of `~~` the last one is taken for a slip and marks nothing.
    pub fn read(line: &str) -> Self {
        let mut strikes_left = line.matches("~~").count() / 2 * 2;
        let mut pieces: Vec<(Side, String)> = Vec::new();
        let mut side = Side::Both;
        let mut rest = line;
        while let Some(c) = rest.chars().next() {
            let mark = if rest.starts_with("~~") { "~~".len() } else { c.len_utf8() };
            match c {
                '~' if mark == 2 => {
                    if strikes_left > 0 {
                        strikes_left -= 1;
                        side = if side == Side::Older { Side::Both } else { Side::Older };
                    }
                }
                '⟦' => side = Side::Newer,
                '⟧' => side = Side::Both,
                '*' | '`' => {}
                _ => match pieces.last_mut() {
                    Some((last, text)) if *last == side => text.push(c),
                    _ => pieces.push((side, c.to_string())),
                },
            }
            rest = &rest[mark..];
        }
        let mut line = Self { pieces };
        line.settle();
        line
    }

    /// The same line as part of one wording only.
    pub fn only(mut self, side: Side) -> Self {
        for piece in &mut self.pieces {
            piece.0 = side;
        }
        self
    }

    /// Takes what the marks leave in doubt to the side where it makes sense.
    fn settle(&mut self) {
        // A stop between what was struck out and what was put in ended the older sentence.
        for at in 1..self.pieces.len().saturating_sub(1) {
            let is_stop = self.pieces[at].1.trim().chars().all(|c| matches!(c, '.' | ';' | ',' | ':'));
            if is_stop && self.pieces[at - 1].0 == Side::Older && self.pieces[at + 1].0 == Side::Newer {
                self.pieces[at].0 = Side::Older;
            }
        }
        // Where only the label stands outside the mark (`2~~. Nhà nước …~~`), the whole line is meant; and a line whose
        // label was put in was put in as a whole.
        let mut changed = self.pieces.iter().map(|(side, _)| *side).filter(|side| *side != Side::Both);
        if let Some(first) = changed.next()
            && changed.all(|side| side == first)
        {
            let unmarked: String =
                self.pieces.iter().filter(|(side, _)| *side == Side::Both).map(|(_, t)| t.as_str()).collect();
            let only_label = LABEL_ALONE.is_match(unmarked.trim_matches(['“', '”', ' ']));
            let label_put_in = first == Side::Newer
                && self.pieces.first().is_some_and(|(side, t)| *side == first && LABEL.is_match(t));
            if only_label || label_put_in {
                for piece in &mut self.pieces {
                    piece.0 = first;
                }
            }
        }
    }

    /// The wording that the whole line belongs to, or `None` where it differs between them within the line.
    pub fn whole(&self) -> Option<Side> {
        let mut sides = self.pieces.iter().filter(|(_, text)| !text.trim().is_empty()).map(|(side, _)| *side);
        let first = sides.next().unwrap_or(Side::Both);
        sides.all(|side| side == first).then_some(first)
    }

    /// The label at the start of the line: `2`, `15a`, `đ`.
    pub fn label(&self) -> Option<String> {
        let text: String = self.pieces.iter().map(|(_, text)| text.as_str()).collect();
        LABEL.captures(&text).map(|found| found[1].to_owned())
    }

    /// The line as one of the wordings has it; empty where it has none of it.
    pub fn wording(&self, side: Side) -> String {
        let kept = self.pieces.iter().filter(|(piece, _)| *piece == Side::Both || *piece == side);
        let text: String = kept.map(|(_, text)| text.as_str()).collect();
        let text = SPACES.replace_all(&text, " ");
        let text = SPACE_BEFORE_STOP.replace_all(&text, "$1").replace(",,", ",");
        without_frame(text.trim()).trim().to_owned()
    }
}

/// Without the quotation marks that framed the new wording in the amending law.
fn without_frame(text: &str) -> &str {
    let (opened, closed) = (text.matches('“').count(), text.matches('”').count());
    let inner = text.strip_prefix('“');
    let stop = text.trim_end_matches(['.', ';', ',']);
    match (inner, stop.strip_suffix('”')) {
        (Some(_), Some(end)) if opened == closed => end.strip_prefix('“').unwrap_or(end),
        (Some(inner), _) if opened > closed => inner,
        (_, Some(end)) if closed > opened => end,
        _ => text,
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    fn both(line: &str) -> (String, String) {
        let line = MarkedLine::read(line);
        (line.wording(Side::Older), line.wording(Side::Newer))
    }

    #[test]
    fn each_wording_is_read_from_the_marks() {
        for (line, older, newer) in [
            (
                "2. ~~Tùy thuộc~~ ⟦Căn cứ⟧ vốn ⟦đầu tư⟧, sau:",
                "2. Tùy thuộc vốn, sau:",
                "2. Căn cứ vốn đầu tư, sau:",
            ),
            ("quản lý, ~~cũ~~. ⟦mới.”⟧", "quản lý, cũ.", "quản lý, mới."),
            ("⟦“15a. *Khu đô thị* là dự án.”⟧", "", "15a. Khu đô thị là dự án."),
            ("2~~. Nhà nước quản lý.~~", "2. Nhà nước quản lý.", ""),
            ("⟦1. Bộ quản lý⟧, có trách nhiệm", "", "1. Bộ quản lý, có trách nhiệm"),
            ("5. sử dụng vốn~~ phải", "5. sử dụng vốn phải", "5. sử dụng vốn phải"),
            ("` `⟦5. Máy⟧", "", "5. Máy"),
            ("nêu “A” và “B”", "nêu “A” và “B”", "nêu “A” và “B”"),
        ] {
            assert_eq!(both(line), (older.to_owned(), newer.to_owned()), "{line}");
        }
    }

    proptest! {
        #[test]
        fn any_line_is_read(line in "(~~|~|⟦|⟧|“|”|[*`]|1\\.|\\PC{0,4}){0,20}") {
            let line = MarkedLine::read(&line);
            line.label();
            for side in [Side::Older, Side::Newer] {
                prop_assert!(!line.wording(side).contains(['⟦', '⟧', '*', '`']));
            }
        }
    }
}
