//! Which document a question names: by its number (`nghị định 135/2020`, `45/2019/QH14`), or by its kind and title.
//!
//! Where a title ends only the titles themselves can tell, so what follows the kind is kept as words, for whoever knows
//! the titles (`regulations::names`).

use std::ops::Range;

use super::mark::{is_of_regulation, known_mark, mark, separator};
use super::tokens::Tokens;
use crate::vietnamese::fold;

/// The kinds of documents that citizens name.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum DocumentKind {
    /// `Hiến pháp`.
    Constitution,
    /// `Luật`, `Bộ luật`.
    Law,
    /// `Pháp lệnh`.
    Ordinance,
    /// `Nghị định`.
    Decree,
    /// `Thông tư`, `Thông tư liên tịch`.
    Circular,
    /// `Nghị quyết`.
    Resolution,
    /// `Quyết định`.
    Decision,
}

/// How each kind is called, the longer before the shorter.
const KINDS: &[(&str, DocumentKind)] = &[
    ("bộ luật", DocumentKind::Law),
    ("luật", DocumentKind::Law),
    ("hiến pháp", DocumentKind::Constitution),
    ("pháp lệnh", DocumentKind::Ordinance),
    ("nghị định", DocumentKind::Decree),
    ("thông tư liên tịch", DocumentKind::Circular),
    ("thông tư", DocumentKind::Circular),
    ("nghị quyết", DocumentKind::Resolution),
    ("quyết định", DocumentKind::Decision),
];

/// Short for a kind, where a number follows.
const SHORT_KINDS: &[(&str, DocumentKind)] =
    &[("nđ", DocumentKind::Decree), ("tt", DocumentKind::Circular), ("nq", DocumentKind::Resolution)];

/// Short for a whole name.
const SHORT_NAMES: &[(&str, &[&str])] = &[
    ("blhs", &["hình", "sự"]),
    ("blds", &["dân", "sự"]),
    ("bllđ", &["lao", "động"]),
    ("bltths", &["tố", "tụng", "hình", "sự"]),
    ("blttds", &["tố", "tụng", "dân", "sự"]),
    ("blhh", &["hàng", "hải"]),
    ("lhngđ", &["hôn", "nhân", "và", "gia", "đình"]),
];

/// `luật` is no kind of document after these: `pháp luật`, `kỷ luật`, `định luật`, `đúng luật`, `trường luật`.
const NO_LAW_AFTER: &[&str] = &[
    "pháp",
    "kỷ",
    "kỉ",
    "định",
    "quy",
    "qui",
    "đúng",
    "trái",
    "trường",
    "học",
    "ngành",
    "khoa",
    "âm",
    "giới",
    "phòng",
    "ty",
    "hãng",
    "nghề",
    "dự",
    "án",
    "hộ",
    "lách",
    "phạm",
    "bộ",
];

/// A document as a question names it.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct DocumentReference {
    /// As far as it is said.
    pub kind: Option<DocumentKind>,
    /// By number or by title.
    pub named: NamedBy,
    /// The words that name it, without those of a title, which come after.
    pub(super) words: Range<usize>,
    /// In bytes, the same.
    pub(super) span: Range<usize>,
    /// As it was written, of the same.
    pub written: String,
}

/// What names a document.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum NamedBy {
    /// `135/2020/NĐ-CP`, in parts.
    Number {
        /// `135`.
        sequence: u32,
        /// `2020`; null where not said.
        year: Option<i16>,
        /// `NDCP`, `QH14`: upper case, without diacritics and dashes; null where not said.
        mark: Option<String>,
    },
    /// Kind and title.
    Title(Title),
}

/// What follows a kind of document that is called by its title.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Title {
    /// The words that follow, to the end of the sentence.
    pub words: Vec<String>,
    /// Whether they bear no diacritics.
    pub folded: bool,
    /// As they were written.
    pub(super) written: Vec<String>,
    /// The year that would stand after so many of the words, and how many words it takes.
    years: Vec<Option<(i16, usize)>>,
    /// Where each word ends, in bytes of the text.
    pub(super) ends: Vec<usize>,
}

impl Title {
    /// The year that stands right after so many words.
    pub fn year_after(&self, words: usize) -> Option<i16> {
        Some(self.years.get(words).copied().flatten()?.0)
    }

    /// How many words a title of so many words takes with the year after it.
    pub fn with_year(&self, words: usize) -> usize {
        words + self.years.get(words).copied().flatten().map_or(0, |(_, used)| used)
    }

    /// The first year in the words, and before which word.
    pub fn first_year(&self) -> Option<(usize, i16)> {
        self.years.iter().enumerate().find_map(|(at, year)| Some((at, (*year)?.0)))
    }

    /// So many of the words, as they were written.
    pub fn written(&self, words: usize) -> String {
        let mut words: Vec<&str> = self.written.iter().take(words).map(String::as_str).collect();
        words.dedup();
        words.join(" ")
    }
}

/// The first document that is named from a place on, before another; a number that says which one is meant comes
/// before a title.
pub(super) fn find(tokens: &Tokens, from: usize, to: usize) -> Option<DocumentReference> {
    (from..to.min(tokens.list.len())).find_map(|at| at_place(tokens, at))
}

/// The document that is named at a place.
pub(super) fn at_place(tokens: &Tokens, at: usize) -> Option<DocumentReference> {
    if let Some((_, title)) = SHORT_NAMES.iter().find(|(short, _)| tokens.is(at, &[short])) {
        return Some(short_name(tokens, at, title));
    }
    if let Some((_, kind)) = SHORT_KINDS.iter().find(|(short, _)| tokens.is(at, &[short])) {
        return numbered(tokens, at, at + 1, Some(*kind)).filter(has_year);
    }
    let Some((name, kind)) = KINDS.iter().find(|(name, _)| tokens.begins(at, name)) else {
        return numbered(tokens, at, at, None).filter(is_regulation);
    };
    let after = at + name.split(' ').count();
    if *kind == DocumentKind::Law && *name == "luật" && is_common_noun(tokens, at) {
        return None;
    }
    if let Some(found) = numbered(tokens, at, after, Some(*kind)) {
        // A decision has a number also where it is one against a single person.
        return Some(found).filter(|found| *kind != DocumentKind::Decision || is_regulation(found));
    }
    match kind {
        DocumentKind::Constitution | DocumentKind::Law | DocumentKind::Ordinance => {
            titled(tokens, at, after, *kind)
        }
        _ => None,
    }
}

/// `luật sư`, `pháp luật`, `kỷ luật`, `luật này`.
fn is_common_noun(tokens: &Tokens, at: usize) -> bool {
    at > 0 && tokens.is(at - 1, NO_LAW_AFTER) && !tokens.begins(at.saturating_sub(1), "học luật")
        || tokens.is(at + 1, &["sư", "gia", "lệ", "pháp", "định", "này", "học"])
}

/// A kind and the number after it, or the number alone.
fn numbered(
    tokens: &Tokens,
    start: usize,
    at: usize,
    kind: Option<DocumentKind>,
) -> Option<DocumentReference> {
    let has_word = tokens.is(at, &["số"]);
    let at = at + usize::from(has_word);
    let (sequence, year, end) = sequence_and_year(tokens, at, kind.is_some())?;
    let announced = separator(tokens, end).and_then(|at| mark(tokens, at));
    let (mark, end) = match announced.or_else(|| known_mark(tokens, end)) {
        Some((mark, end)) => (Some(mark), end),
        None => (None, end),
    };
    let (year, end) = match (year, tokens.is(end, &["năm"]).then(|| tokens.year(end)).flatten()) {
        (None, Some((year, used))) => (Some(year), end + used),
        _ => (year, end),
    };
    let is_law =
        matches!(kind, Some(DocumentKind::Law | DocumentKind::Ordinance | DocumentKind::Constitution));
    // `luật 2019`, `nghị định một người`: a number alone names nothing but a decree and its like, in digits.
    let is_digits = tokens.word(at).bytes().all(|b| b.is_ascii_digit());
    if year.is_none() && mark.is_none() && (is_law || kind.is_none() || !(is_digits || has_word)) {
        return None;
    }
    let words = start..end;
    let span = tokens.span(words.clone());
    let written = tokens.text[span.clone()].to_owned();
    Some(DocumentReference { kind, named: NamedBy::Number { sequence, year, mark }, words, span, written })
}

/// `135/2020`, `135 năm 2020`, `một trăm ba lăm năm hai nghìn không trăm hai mươi`, `135`; and the word after it.
fn sequence_and_year(tokens: &Tokens, at: usize, has_kind: bool) -> Option<(u32, Option<i16>, usize)> {
    let (sequence, used) = tokens.number(at).or_else(|| after_zero(tokens, at))?;
    let sequence = u32::try_from(sequence).ok().filter(|sequence| (1..10_000).contains(sequence))?;
    let end = at + used;
    if let Some(after) = separator(tokens, end)
        && let Some((year, used)) = tokens.year(after)
    {
        return Some((sequence, Some(year), after + used));
    }
    if has_kind
        && tokens.is(end, &["năm"])
        && let Some((year, used)) = tokens.year(end)
    {
        return Some((sequence, Some(year), end + used));
    }
    // `chín mốt hai nghìn không trăm hai lăm`: the slash was not said, or not heard.
    let year = tokens.year(end).filter(|(_, used)| *used >= 3 || tokens.word(end).len() == 4);
    if let Some((year, used)) = year
        && (has_kind || known_mark_after(tokens, end + used))
    {
        return Some((sequence, Some(year), end + used));
    }
    Some((sequence, None, end))
}

/// `không bốn` where a year follows: a number is said with its zero.
fn after_zero(tokens: &Tokens, at: usize) -> Option<(u64, usize)> {
    if !tokens.is(at, &["không"]) {
        return None;
    }
    let (number, used) = tokens.number(at + 1).filter(|(number, _)| *number < 1000)?;
    let end = at + 1 + used;
    let after = separator(tokens, end).unwrap_or(end);
    tokens.year(after).map(|_| (number, used + 1))
}

fn known_mark_after(tokens: &Tokens, at: usize) -> bool {
    known_mark(tokens, separator(tokens, at).unwrap_or(at)).is_some()
}

fn has_year(found: &DocumentReference) -> bool {
    matches!(found.named, NamedBy::Number { year: Some(_), .. })
}

/// Whether the number is of a kind that only regulations have.
fn is_regulation(found: &DocumentReference) -> bool {
    let NamedBy::Number { mark: Some(mark), .. } = &found.named else { return false };
    is_of_regulation(mark)
}

/// A kind and what follows it; a whole number among that names the document better than its title.
fn titled(tokens: &Tokens, start: usize, after: usize, kind: DocumentKind) -> Option<DocumentReference> {
    let end = (after..after + 32).find(|&at| tokens.ends_at(at)).unwrap_or(after + 32);
    let numbered_after = |at: usize| {
        let said = tokens.is(at, &["số"]) || tokens.word(at + 1) == "/";
        said.then(|| numbered(tokens, at, at, Some(kind))).flatten().filter(has_year)
    };
    let limit = end + 2;
    if let Some(number) = (after..limit.min(after + 14)).find_map(numbered_after) {
        let words = start..number.words.end;
        let span = tokens.span(words.clone());
        let written = tokens.text[span.clone()].to_owned();
        return Some(DocumentReference { kind: Some(kind), words, span, written, ..number });
    }
    let words = start..after;
    let span = tokens.span(words.clone());
    let written = tokens.text[span.clone()].to_owned();
    let title = title(tokens, after..end.max(after), None);
    Some(DocumentReference { kind: Some(kind), named: NamedBy::Title(title), words, span, written })
}

/// `BLHS 2015`: the abbreviation, and the words for which it stands.
fn short_name(tokens: &Tokens, at: usize, title_words: &[&str]) -> DocumentReference {
    let end = (at + 1..at + 8).find(|&at| tokens.ends_at(at)).unwrap_or(at + 8);
    let words = at..at + 1;
    let span = tokens.span(words.clone());
    let written = tokens.text[span.clone()].to_owned();
    let title = title(tokens, at + 1..end, Some((title_words, span.end)));
    DocumentReference { kind: Some(DocumentKind::Law), named: NamedBy::Title(title), words, span, written }
}

/// The words of a range, after those for which an abbreviation stands that ends at a byte.
fn title(tokens: &Tokens, range: Range<usize>, before: Option<(&[&str], usize)>) -> Title {
    let (mut words, mut written, mut years, mut ends) = (vec![], vec![], vec![], vec![]);
    if let Some((short, end)) = before {
        for word in short {
            words.push(if tokens.folded { fold(word) } else { (*word).to_owned() });
            written.push(String::new());
            years.push(None);
            ends.push(end);
        }
    }
    for at in range.clone() {
        let Some(token) = tokens.list.get(at) else { break };
        words.push(token.word.clone());
        written.push(tokens.text[token.span.clone()].to_owned());
        years.push(tokens.year(at));
        ends.push(token.span.end);
    }
    Title { words, folded: tokens.folded, written, years, ends }
}
