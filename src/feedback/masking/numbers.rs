//! What a row of digits is: by its own structure (telephone, identity number), or by the words beside it.

use std::ops::Range;
use std::sync::LazyLock;

use super::digits::{Row, Tens, excluded, rows};
use super::phrases::Phrases;
use super::tokens::{Shape, Tokens};
use super::{Kind, Span};

/// Words before a number that name it; what they name, and how far they reach, in tokens.
const NAMED: [(Kind, &[&str], usize); 6] = [
    (
        Kind::DossierCode,
        &[
            "mã số hồ sơ",
            "mã hồ sơ",
            "số hồ sơ",
            "hồ sơ số",
            "hồ sơ mã",
            "số biên nhận",
            "mã biên nhận",
            "giấy hẹn số",
            "phiếu hẹn số",
        ],
        5,
    ),
    (Kind::TaxNumber, &["mã số thuế", "mst"], 10),
    (Kind::Passport, &["hộ chiếu", "passport"], 12),
    (
        Kind::BankAccount,
        &[
            "tài khoản",
            "stk",
            "số tk",
            "tk",
            "ngân hàng",
            "vietcombank",
            "vcb",
            "bidv",
            "agribank",
            "techcombank",
            "tcb",
            "mbbank",
            "mb",
            "acb",
            "vpbank",
            "tpbank",
            "sacombank",
            "vietinbank",
            "shb",
            "hdbank",
            "vib",
            "msb",
            "ocb",
            "seabank",
            "eximbank",
            "lpbank",
            "pvcombank",
            "abbank",
            "số thẻ",
        ],
        12,
    ),
    (
        Kind::IdentityNumber,
        &["căn cước", "cccd", "cmnd", "cmt", "cmtnd", "chứng minh", "định danh", "vneid"],
        12,
    ),
    (
        Kind::Phone,
        &[
            "điện thoại",
            "sđt",
            "đt",
            "số đt",
            "hotline",
            "zalo",
            "di động",
            "liên hệ",
            "gọi số",
            "gọi vào số",
            "alo",
        ],
        10,
    ),
];

static NAMES: LazyLock<Vec<(Kind, Phrases, usize)>> = LazyLock::new(|| {
    NAMED.iter().map(|(kind, phrases, reach)| (*kind, Phrases::new(phrases), *reach)).collect()
});

/// The provinces' codes in identity numbers (Circular 59/2021/TT-BCA, appendix).
const PROVINCES: [u8; 63] = [
    1, 2, 4, 6, 8, 10, 11, 12, 14, 15, 17, 19, 20, 22, 24, 25, 26, 27, 30, 31, 33, 34, 35, 36, 37, 38, 40,
    42, 44, 45, 46, 48, 49, 51, 52, 54, 56, 58, 60, 62, 64, 66, 67, 68, 70, 72, 74, 75, 77, 79, 80, 82, 83,
    84, 86, 87, 89, 91, 92, 93, 94, 95, 96,
];

/// From so many digits on, a row without a name is masked all the same.
const LONG: usize = 9;

/// Everything in the rows of a text that tells who somebody is.
pub(super) fn find(tokens: &Tokens, taken: &[bool], spans: &mut Vec<Span>) {
    let names = names(tokens);
    let excluded = excluded(tokens, taken);
    let is_ambiguous = tokens.list.iter().any(|token| token.plain == "muoi");
    // Where `muoi` may be read in two ways, both are tried.
    for tens in if is_ambiguous { &[Tens::Apart, Tens::Joined][..] } else { &[Tens::Joined] } {
        for row in rows(tokens, &excluded, *tens) {
            row_spans(tokens, &names, &row, spans);
        }
    }
}

fn row_spans(tokens: &Tokens, names: &[(usize, Kind, usize)], row: &Row, spans: &mut Vec<Span>) {
    let Some(first) = row.atoms.first() else { return };
    let named = name_before(tokens, names, first.tokens.start);
    let mut add =
        |kind, atoms: Range<usize>| spans.push(Span::new(kind, with_signs(tokens, kind, row.tokens(atoms))));
    let mut at = 0;
    if let Some(kind) = named
        && let Some(end) = named_number(row, kind)
    {
        at = end;
        let kind = if kind == Kind::BankAccount { account_or_identity(tokens, row, end) } else { kind };
        add(kind, 0..end);
    }
    // What has a structure of its own first, then what is merely long between it.
    let mut gap = at;
    while at < row.atoms.len() {
        match structured_at(row, at) {
            Some((kind, end)) => {
                long_numbers(row, gap..at, named, &mut add);
                add(kind, at..end);
                (at, gap) = (end, end);
            }
            None => at += 1,
        }
    }
    long_numbers(row, gap..row.atoms.len(), named, &mut add);
}

/// Each phrase that names a number: the token after its end, and the kind.
fn names(tokens: &Tokens) -> Vec<(usize, Kind, usize)> {
    let mut names = Vec::new();
    for at in 0..tokens.list.len() {
        let found = NAMES.iter().find_map(|(kind, phrases, reach)| {
            let (length, _) = phrases.plainly_at(tokens, at)?;
            Some((at + length, *kind, *reach))
        });
        names.extend(found);
    }
    names
}

/// What the nearest words before a row say it is, within the sentence.
fn name_before(tokens: &Tokens, names: &[(usize, Kind, usize)], at: usize) -> Option<Kind> {
    let last = names.partition_point(|(end, _, _)| *end <= at);
    let (end, kind, reach) = names.get(..last)?.last()?;
    let is_near = at - end <= *reach && !(*end..at).any(|n| tokens.begins_sentence(n));
    is_near.then_some(*kind)
}

/// Where the number that its name announces ends, as a piece of the row.
fn named_number(row: &Row, kind: Kind) -> Option<usize> {
    let ends: Vec<(usize, usize)> = row
        .atoms
        .iter()
        .scan(0, |length, atom| {
            *length += atom.digits.len();
            Some(*length)
        })
        .enumerate()
        .map(|(n, length)| (n + 1, length))
        .take_while(|(_, length)| *length <= 24)
        .collect();
    let exactly = |wanted: &[usize]| {
        wanted.iter().find_map(|wanted| ends.iter().find(|(_, length)| length == wanted)).map(|(end, _)| *end)
    };
    let longest = |range: std::ops::RangeInclusive<usize>| {
        ends.iter().rev().find(|(_, length)| range.contains(length)).map(|(end, _)| *end)
    };
    match kind {
        Kind::IdentityNumber => exactly(&[12]).or_else(|| {
            // An old number, unless a telephone number begins there.
            if phone_at(row, 0).is_some() { None } else { exactly(&[9]).or_else(|| longest(8..=14)) }
        }),
        Kind::Phone => phone_at(row, 0).or_else(|| {
            // Lines that everybody may call are nobody's.
            let is_public =
                ["18", "19"].iter().any(|head| row.digits(0..row.atoms.len().min(3)).starts_with(head));
            if is_public { None } else { longest(8..=12) }
        }),
        Kind::TaxNumber => exactly(&[13, 10, 12]).or_else(|| longest(8..=14)),
        Kind::Passport => exactly(&[7, 8]),
        Kind::BankAccount => longest(6..=19),
        Kind::DossierCode => longest(6..=24),
        _ => None,
    }
}

/// `tài khoản VNeID 001…` is an identity number.
fn account_or_identity(tokens: &Tokens, row: &Row, end: usize) -> Kind {
    let from = row.atoms.first().map_or(0, |atom| atom.tokens.start);
    let names_vneid = tokens
        .list
        .get(from.saturating_sub(6)..from)
        .is_some_and(|before| before.iter().any(|token| matches!(token.plain.as_str(), "vneid" | "danh")));
    if names_vneid && is_identity(&row.digits(0..end)) { Kind::IdentityNumber } else { Kind::BankAccount }
}

/// A number that is told by its own structure, beginning with a piece of the row.
fn structured_at(row: &Row, at: usize) -> Option<(Kind, usize)> {
    let is_last = |end: &usize| *end == row.atoms.len();
    match (identity_at(row, at), phone_at(row, at)) {
        (Some(end), None) => Some((Kind::IdentityNumber, end)),
        (Some(end), Some(phone)) if is_last(&end) && !is_last(&phone) => Some((Kind::IdentityNumber, end)),
        (_, Some(end)) => Some((Kind::Phone, end)),
        _ => None,
    }
}

/// Long rows: of one piece, or said digit by digit, or grouped and beginning with zero.
fn long_numbers(
    row: &Row,
    range: Range<usize>,
    named: Option<Kind>,
    add: &mut impl FnMut(Kind, Range<usize>),
) {
    let kind = named.unwrap_or(Kind::LongNumber);
    let mut at = range.start;
    while let Some(first) = row.atoms.get(at).filter(|_| at < range.end) {
        if first.digits.len() >= LONG {
            add(kind, at..at + 1);
            at += 1;
            continue;
        }
        let is_single = first.digits.len() == 1;
        let belongs = |atom: &&super::digits::Atom| {
            !atom.after_comma
                && (atom.is_said == first.is_said || is_single && atom.digits.len() == 1)
                && (first.is_said || !is_single || atom.digits.len() == 1 || first.digits == "0")
        };
        let rest = row.atoms.get(at + 1..range.end.min(at + 25)).unwrap_or_default();
        let end = at + 1 + rest.iter().take_while(belongs).count();
        let digits = row.digits(at..end);
        let is_row = first.is_said || digits.starts_with('0') || is_single;
        if is_row && digits.len() >= LONG {
            add(kind, at..end);
        }
        at = end;
    }
}

/// Pieces from `at` on whose digits satisfy a condition, of at most `most` digits; commas between written ones end it
/// where `commas` are not let through.
fn window(row: &Row, at: usize, most: usize, commas: bool, fits: impl Fn(&str) -> bool) -> Option<usize> {
    let mut digits = String::new();
    let mut found = None;
    for (n, atom) in row.atoms.iter().enumerate().skip(at) {
        if n > at && atom.after_comma && !commas {
            break;
        }
        digits.push_str(&atom.digits);
        if digits.len() > most {
            break;
        }
        if fits(&digits) {
            found = Some(n + 1);
        }
    }
    found
}

fn identity_at(row: &Row, at: usize) -> Option<usize> {
    window(row, at, 12, false, is_identity)
}

fn phone_at(row: &Row, at: usize) -> Option<usize> {
    window(row, at, 14, at == 0, is_phone)
}

/// Province, century and sex, year of birth, six digits more.
pub(super) fn is_identity(digits: &str) -> bool {
    let province = digits.get(..3).and_then(|code| code.parse::<u8>().ok());
    digits.len() == 12
        && province.is_some_and(|code| PROVINCES.contains(&code))
        && digits.get(3..4).is_some_and(|c| "0123".contains(c))
}

/// Mobile and fixed lines, with or without the country's code; the eleven digits of before 2018 as well.
fn is_phone(digits: &str) -> bool {
    let national =
        match digits.strip_prefix("0084").or_else(|| digits.strip_prefix("84").filter(|r| r.len() >= 9)) {
            Some(rest) => rest.strip_prefix('0').unwrap_or(rest),
            None => match digits.strip_prefix('0') {
                Some(rest) => rest,
                None => return false,
            },
        };
    match national.as_bytes() {
        [b'3' | b'5' | b'7' | b'8' | b'9', ..] => national.len() == 9,
        [b'2', ..] => national.len() == 10,
        [b'1', b'2' | b'6' | b'8' | b'9', ..] => national.len() == 10,
        _ => false,
    }
}

/// A plus or a bracket before a telephone number, and the letters before a passport's.
fn with_signs(tokens: &Tokens, kind: Kind, mut found: Range<usize>) -> Range<usize> {
    let before =
        |found: &Range<usize>| found.start.checked_sub(1).and_then(|n| tokens.get(n).map(|token| (n, token)));
    // `711A12345678`
    if kind == Kind::BankAccount
        && let Some((n, letter)) = before(&found)
        && letter.shape == Shape::Word
        && letter.plain.len() <= 2
        && tokens.get(found.start).is_some_and(|number| !number.is_apart)
    {
        let has_number = !letter.is_apart
            && n.checked_sub(1).and_then(|n| tokens.get(n)).is_some_and(|t| t.shape == Shape::Number);
        found.start = if has_number { n - 1 } else { n };
    }
    while let Some((n, _)) = before(&found).filter(|(_, token)| {
        kind == Kind::Phone && (token.is_sign("+") || token.is_sign("("))
            || kind == Kind::Passport && token.shape == Shape::Word && is_letter(&token.plain)
    }) {
        found.start = n;
    }
    found
}

/// A letter, as it is written or as it is called.
pub(super) fn is_letter(plain: &str) -> bool {
    plain.len() == 1
        || matches!(
            plain,
            "be" | "bo"
                | "xe"
                | "co"
                | "de"
                | "do"
                | "gie"
                | "hat"
                | "ca"
                | "ka"
                | "el"
                | "lo"
                | "em"
                | "mo"
                | "en"
                | "no"
                | "pe"
                | "po"
                | "quy"
                | "ro"
                | "et"
                | "te"
                | "to"
                | "u"
                | "ve"
                | "vo"
                | "ich"
        )
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn numbers_have_a_structure() {
        for phone in
            ["0912345678", "84912345678", "0084912345678", "840912345678", "02438251234", "01682345678"]
        {
            assert!(is_phone(phone), "{phone}");
        }
        for other in ["1900123456", "0112345678", "091234567", "09123456789", "19001009", "84"] {
            assert!(!is_phone(other), "{other}");
        }
        assert!(is_identity("001099012345") && is_identity("096303001234"));
        assert!(!is_identity("097099012345") && !is_identity("001999012345") && !is_identity("00109901234"));
    }
}
