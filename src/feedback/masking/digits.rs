//! Digits in a row, written or said: `0912 345.678`, `không chín một hai, ba bốn năm sáu bảy tám`, `O9l2 …`.
//!
//! Dates, sums of money and numbers of documents are no part of a row.

use std::ops::Range;
use std::sync::LazyLock;

use super::phrases::Phrases;
use super::tokens::{Shape, Token, Tokens};

/// Longer rows are cut, so that the work stays in proportion to the text, in digits.
const MAX_DIGITS: usize = 4_096;

/// How each digit is said, with and without diacritics.
const SAID: [(&[&str], u8); 11] = [
    (&["không", "khong", "hông"], 0),
    (&["một", "mot", "mốt"], 1),
    (&["hai"], 2),
    (&["ba"], 3),
    (&["bốn", "bon", "tư", "tu"], 4),
    (&["năm", "nam", "lăm", "lam", "nhăm", "nham"], 5),
    (&["sáu", "sau"], 6),
    (&["bảy", "bay", "bẩy"], 7),
    (&["tám", "tam"], 8),
    (&["chín", "chin"], 9),
    (&["linh", "lẻ"], 0),
];

/// What may be said between two digits without ending the row.
const FILLERS: [&str; 13] =
    ["ờ", "à", "ừ", "rồi", "dạ", "ạ", "chấm", "cham", "gạch", "gach", "ngang", "cách", "cach"];

/// What follows a sum of money or a measure.
const UNITS: [&str; 20] = [
    "đồng", "dong", "đ", "vnđ", "vnd", "nghìn", "ngàn", "ngan", "nghin", "triệu", "trieu", "tỷ", "tỉ", "ty",
    "usd", "tr", "k", "m2", "m", "trăm",
];

/// What stands before one.
static BEFORE_MONEY: LazyLock<Phrases> = LazyLock::new(|| {
    Phrases::new(&["số tiền", "giá", "lệ phí", "phí", "mức phí", "tổng cộng", "hết", "nộp phạt"])
});

/// How `muoi` is read, which may be the tens of what is before it (`chín mươi hai`) or a ten (`chín, mười hai`).
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Tens {
    /// As tens, where it can be.
    Joined,
    /// As a number of its own, where it can be.
    Apart,
}

/// A piece of a row that is not cut: a written group, or a number said in one.
#[derive(Debug, Clone)]
pub(super) struct Atom {
    /// Its digits.
    pub digits: String,
    /// Its tokens.
    pub tokens: Range<usize>,
    /// A comma stands before it, and both sides are written.
    pub after_comma: bool,
    /// Said rather than written.
    pub is_said: bool,
}

/// Digits in a row.
#[derive(Debug, Clone, Default)]
pub(super) struct Row {
    /// In order.
    pub atoms: Vec<Atom>,
}

impl Row {
    /// The digits from one piece to another, the last left out.
    pub fn digits(&self, atoms: Range<usize>) -> String {
        self.atoms.get(atoms).unwrap_or_default().iter().map(|atom| atom.digits.as_str()).collect()
    }

    /// The tokens of the same.
    pub fn tokens(&self, atoms: Range<usize>) -> Range<usize> {
        match self.atoms.get(atoms) {
            Some([first, .., last]) => first.tokens.start..last.tokens.end,
            Some([only]) => only.tokens.clone(),
            _ => 0..0,
        }
    }
}

/// All rows of a text; `taken` says which tokens are spoken for.
pub(super) fn rows(tokens: &Tokens, excluded: &[bool], tens: Tens) -> Vec<Row> {
    let (mut rows, mut row) = (Vec::new(), Row::default());
    let (mut at, mut length) = (0, 0);
    while at < tokens.list.len() {
        let next = if row.atoms.is_empty() { at } else { joined(tokens, excluded, at, tens).unwrap_or(at) };
        match atom(tokens, excluded, next, tens) {
            Some(mut atom) if length < MAX_DIGITS && goes_on(tokens, excluded, &row, &atom, tens) => {
                let comma =
                    tokens.list.get(at..next).is_some_and(|gap| gap.iter().any(|token| token.is_sign(",")));
                atom.after_comma =
                    comma && !atom.is_said && row.atoms.last().is_some_and(|last| !last.is_said);
                at = atom.tokens.end;
                length += atom.digits.len();
                row.atoms.push(atom);
            }
            // The row ends; what is here may begin another.
            Some(_) => {
                rows.push(std::mem::take(&mut row));
                (at, length) = (next, 0);
            }
            None => {
                rows.extend((!row.atoms.is_empty()).then(|| std::mem::take(&mut row)));
                (at, length) = (at + 1, 0);
            }
        }
    }
    rows.extend((!row.atoms.is_empty()).then_some(row));
    rows
}

/// Whether a piece belongs to the row before it: after a written group a single word does not (`0912345678 không gọi được`,
/// `… hai tháng nay`), nor does `năm` before a year.
fn goes_on(tokens: &Tokens, excluded: &[bool], row: &Row, atom_here: &Atom, tens: Tens) -> bool {
    let Some(last) = row.atoms.last() else { return true };
    if !atom_here.is_said || last.is_said || last.digits.len() < 3 {
        return true;
    }
    let end = atom_here.tokens.end;
    let next = joined(tokens, excluded, end, tens).unwrap_or(end);
    atom(tokens, excluded, next, tens).is_some()
}

/// Where the row goes on after at most three signs or one filler; null where it ends.
fn joined(tokens: &Tokens, excluded: &[bool], at: usize, tens: Tens) -> Option<usize> {
    let is_joint = |token: &Token| match token.shape {
        Shape::Sign => ".,-()_*/+:'|\"~\\".contains(token.plain.as_str()),
        Shape::Word => FILLERS.contains(&token.canonical.as_str()),
        _ => false,
    };
    let mut next = at;
    while next < at + 3 && tokens.get(next).is_some_and(is_joint) && !tokens.begins_sentence(next) {
        next += 1;
    }
    (next > at && atom(tokens, excluded, next, tens).is_some()).then_some(next)
}

/// The piece of a row that begins at a token.
fn atom(tokens: &Tokens, excluded: &[bool], at: usize, tens: Tens) -> Option<Atom> {
    if excluded.get(at).copied().unwrap_or(true) {
        return None;
    }
    let token = tokens.get(at)?;
    let written = |digits: String| Atom { digits, tokens: at..at + 1, after_comma: false, is_said: false };
    match token.shape {
        Shape::Number => Some(written(token.plain.clone())),
        Shape::Word => look_alike(tokens, at).map(written).or_else(|| said(tokens, at, tens)),
        _ => None,
    }
}

/// `O` and `l` in the place of 0 and 1, grown together with digits.
fn look_alike(tokens: &Tokens, at: usize) -> Option<String> {
    let token = tokens.get(at)?;
    let is_number =
        |n: Option<usize>| n.and_then(|n| tokens.get(n)).is_some_and(|t| t.shape == Shape::Number);
    let after = is_number(Some(at + 1)) && tokens.get(at + 1).is_some_and(|next| !next.is_apart);
    let before = is_number(at.checked_sub(1)) && !token.is_apart;
    if !after && !before {
        return None;
    }
    let digits = token.canonical.chars().map(|c| match c {
        'o' | 'о' | 'ο' => Some('0'),
        'l' | 'i' => Some('1'),
        's' => Some('5'),
        _ => None,
    });
    digits.collect()
}

fn digit(token: &Token) -> Option<u8> {
    SAID.iter().find(|(forms, _)| forms.contains(&token.canonical.as_str())).map(|(_, value)| *value)
}

/// `chín`, `mười`, `mười hai`, `ba mươi`, `ba mươi lăm`.
fn said(tokens: &Tokens, at: usize, tens: Tens) -> Option<Atom> {
    let is = |n: usize, words: &[&str]| tokens.get(n).is_some_and(|t| words.contains(&t.canonical.as_str()));
    let ones = |n: usize| tokens.get(n).and_then(digit).filter(|d| *d > 0);
    let atom = |digits: String, length: usize| {
        Some(Atom { digits, tokens: at..at + length, after_comma: false, is_said: true })
    };
    if is(at, &["mười", "muoi"]) {
        return match ones(at + 1) {
            Some(ones) => atom(format!("1{ones}"), 2),
            None => atom("10".to_owned(), 1),
        };
    }
    if is(at, &["o", "ô"]) {
        let beside = [at.checked_sub(1), Some(at + 1)].into_iter().flatten();
        let is_beside =
            beside.filter_map(|n| tokens.get(n)).any(|t| t.shape == Shape::Number || digit(t).is_some());
        return if is_beside { atom("0".to_owned(), 1) } else { None };
    }
    let is_year = is(at, &["năm", "nam"])
        && tokens.get(at + 1).is_some_and(|t| t.shape == Shape::Number && t.plain.len() == 4);
    let first = digit(tokens.get(at)?).filter(|_| !is_year)?;
    if first > 1 && (is(at + 1, &["mươi"]) || tens == Tens::Joined && is(at + 1, &["mười", "muoi"])) {
        return match ones(at + 2) {
            Some(ones) => atom(format!("{first}{ones}"), 3),
            None => atom(format!("{first}0"), 2),
        };
    }
    atom(first.to_string(), 1)
}

/// The tokens of dates, money and numbers of documents.
pub(super) fn excluded(tokens: &Tokens, taken: &[bool]) -> Vec<bool> {
    let mut out = taken.to_vec();
    out.resize(tokens.list.len(), false);
    let mut at = 0;
    while at < tokens.list.len() {
        let length = date_at(tokens, at).or_else(|| money_at(tokens, at)).or_else(|| document_at(tokens, at));
        let length = length.unwrap_or(0);
        out[at..(at + length).min(tokens.list.len())].fill(true);
        at += length.max(1);
    }
    out
}

fn number(tokens: &Tokens, at: usize) -> Option<&str> {
    tokens.get(at).filter(|token| token.shape == Shape::Number).map(|token| token.plain.as_str())
}

fn is_joined(tokens: &Tokens, at: usize) -> bool {
    tokens.get(at).is_some_and(|token| !token.is_apart)
}

/// `12/3/1985`, `12-03-1985`, `12.3.1985`, not within a longer row; how many tokens it takes.
pub(super) fn date_at(tokens: &Tokens, at: usize) -> Option<usize> {
    let sign = tokens.get(at + 1).filter(|token| ["/", "-", "."].iter().any(|s| token.is_sign(s)))?;
    let is_whole = tokens.get(at + 3).is_some_and(|token| token.is_sign(&sign.plain));
    let value = |n: usize, most: u32| {
        number(tokens, n).filter(|d| d.len() <= 2)?.parse::<u32>().ok().filter(|v| (1..=most).contains(v))
    };
    let year: u32 = number(tokens, at + 4).filter(|d| d.len() == 4)?.parse().ok()?;
    let begins = at.checked_sub(1).and_then(|n| tokens.get(n)).is_none_or(|before| {
        tokens.get(at).is_some_and(|token| token.is_apart) || !before.is_sign(&sign.plain)
    });
    let goes_on = tokens.get(at + 5).is_some_and(|token| token.is_sign(&sign.plain) && !token.is_apart)
        && number(tokens, at + 6).is_some()
        && is_joined(tokens, at + 6);
    // A dot with space around it ends a sentence, or hides a number.
    let is_grown = !sign.is_sign(".") || (at + 1..at + 5).all(|n| is_joined(tokens, n));
    (is_whole && is_grown && begins && !goes_on && (1900..=2100).contains(&year))
        .then(|| value(at, 31).and(value(at + 2, 12)))
        .flatten()
        .map(|_| 5)
}

/// `5.000.000 đồng`, `300 nghìn`, `lệ phí 50.000`; how many tokens it takes.
fn money_at(tokens: &Tokens, at: usize) -> Option<usize> {
    let first = number(tokens, at)?;
    let mut end = at + 1;
    while tokens.get(end).is_some_and(|token| token.is_sign(".") || token.is_sign(","))
        && is_joined(tokens, end + 1)
        && number(tokens, end + 1).is_some_and(|group| group.len() == 3)
    {
        end += 2;
    }
    let is_grouped = end > at + 1 && first.len() <= 3 && !first.starts_with('0');
    let names_unit = tokens.get(end).is_some_and(|unit| UNITS.contains(&unit.canonical.as_str()));
    let is_sum = names_unit && (is_grouped || end == at + 1);
    let is_priced = || {
        (at.saturating_sub(3)..at)
            .any(|n| BEFORE_MONEY.at(tokens, n).is_some_and(|(len, _)| at - n - len <= 1))
    };
    (is_sum || is_grouped && is_priced()).then_some(end - at)
}

/// `45/2019/QH14`, `123/2021`, `12/2023/NĐ-CP`, `1234/QĐ`: how many tokens of numbers it takes.
fn document_at(tokens: &Tokens, at: usize) -> Option<usize> {
    let is_slash = |n: usize| tokens.get(n).is_some_and(|token| token.is_sign("/") && !token.is_apart);
    number(tokens, at).filter(|digits| digits.len() <= 5)?;
    if !is_slash(at + 1) || !is_joined(tokens, at + 2) {
        return None;
    }
    if tokens.get(at + 2).is_some_and(|token| token.shape == Shape::Word) {
        return Some(1);
    }
    let is_year = number(tokens, at + 2)
        .is_some_and(|year| year.len() == 4 && (year.starts_with("19") || year.starts_with("20")));
    let ends = !is_slash(at + 3) || !number(tokens, at + 4).is_some_and(|_| is_joined(tokens, at + 4));
    (is_year && ends).then_some(3)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn read(text: &str) -> Vec<String> {
        let tokens = Tokens::of(text, &[]);
        let excluded = excluded(&tokens, &[]);
        rows(&tokens, &excluded, Tens::Apart)
            .iter()
            .map(|row| row.digits(0..row.atoms.len()))
            .filter(|d| d.len() > 3)
            .collect()
    }

    #[test]
    fn rows_are_read_written_and_said() {
        for (text, digits) in [
            ("0912 345.678", "0912345678"),
            ("không chín một hai, ba bốn năm sáu bảy tám", "0912345678"),
            ("khong chin muoi hai ba tu nam sau bay tam", "0912345678"),
            ("không 9 ba mươi hai, năm mốt", "093251"),
            ("O9l2345678", "0912345678"),
            ("(024) 3825-1234", "02438251234"),
        ] {
            assert_eq!(read(text), [digits], "{text}");
        }
    }

    #[test]
    fn dates_money_and_documents_are_no_rows() {
        for text in [
            "12/03/1985",
            "5.000.000 đồng",
            "1500000 đ",
            "Luật 45/2019/QH14",
            "Nghị định 123/2021",
            "1234/QĐ-UBND",
        ] {
            assert!(read(text).is_empty(), "{text}: {:?}", read(text));
        }
    }
}
