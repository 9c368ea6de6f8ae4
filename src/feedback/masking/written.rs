//! What has a form of its own: licence plates, codes of dossiers, passports, dates of birth.

use std::ops::Range;
use std::sync::LazyLock;

use regex::Regex;

use super::digits::date_at;
use super::numbers::is_letter;
use super::phrases::Phrases;
use super::tokens::{Shape, Tokens};
use super::{Kind, Span};

/// The patterns, over the text in its one form. The crate's expressions take time in proportion to the text.
static PATTERNS: LazyLock<Vec<(Kind, Regex)>> = LazyLock::new(|| {
    let patterns = [
        (
            Kind::DossierCode,
            r"(?-u:\b)(?:[0-9]{3}\.[0-9]{2}\.[0-9]{2}\.)?[A-Za-z][0-9]{1,2}(?:\.[0-9]{1,3}){0,5} ?- ?[0-9]{6} ?- ?[0-9]{3,6}(?-u:\b)",
        ),
        (
            Kind::LicencePlate,
            r"(?-u:\b)[1-9][0-9][ \-]?[A-Za-z]{1,2}[0-9]? ?[ \-.] ?(?:[0-9]{3}[. ]?[0-9]{2}|[0-9]{4})(?-u:\b)",
        ),
        (Kind::LicencePlate, r"(?-u:\b)[1-9][0-9][A-Z][0-9]{5,6}(?-u:\b)"),
    ];
    patterns.into_iter().filter_map(|(kind, pattern)| Some((kind, Regex::new(pattern).ok()?))).collect()
});

static PLATES: LazyLock<Phrases> =
    LazyLock::new(|| Phrases::new(&["biển số", "biển số xe", "biển kiểm soát", "bks", "biển xe", "xe số"]));
static CODES: LazyLock<Phrases> = LazyLock::new(|| {
    Phrases::new(&[
        "mã số hồ sơ",
        "mã hồ sơ",
        "số hồ sơ",
        "hồ sơ số",
        "hồ sơ mã",
        "số biên nhận",
        "mã biên nhận",
        "giấy hẹn số",
    ])
});
static PASSPORT: LazyLock<Phrases> = LazyLock::new(|| Phrases::new(&["hộ chiếu", "passport"]));
static LAST_DIGITS: LazyLock<Phrases> = LazyLock::new(|| Phrases::new(&["số cuối", "số đuôi", "đuôi số"]));
static IDENTITY: LazyLock<Phrases> =
    LazyLock::new(|| Phrases::new(&["căn cước", "cccd", "cmnd", "chứng minh", "cmt"]));

/// What has a form of its own.
pub(super) fn find(tokens: &Tokens, spans: &mut Vec<Span>) {
    for (kind, pattern) in PATTERNS.iter() {
        for found in pattern.find_iter(&tokens.plain_text) {
            let range = tokens_of(tokens, found.range());
            if *kind == Kind::LicencePlate && !is_plate(tokens, &range, found.as_str()) {
                continue;
            }
            spans.push(Span::new(*kind, range));
        }
    }
    for at in 0..tokens.list.len() {
        spans.extend(spoken_plate(tokens, at));
        spans.extend(named_code(tokens, at));
        spans.extend(birth(tokens, at));
        spans.extend(passport(tokens, at));
        spans.extend(last_digits(tokens, at));
    }
}

fn tokens_of(tokens: &Tokens, plain: Range<usize>) -> Range<usize> {
    let start = tokens.list.partition_point(|token| token.plain_bytes.end <= plain.start);
    let end = tokens.list.partition_point(|token| token.plain_bytes.start < plain.end);
    start..end.max(start)
}

/// Old plates with four digits are told from `phòng 12 A 2024` by a hyphen or by their name.
fn is_plate(tokens: &Tokens, range: &Range<usize>, text: &str) -> bool {
    let digits = text.bytes().rev().take_while(|b| b.is_ascii_digit() || *b == b'.' || *b == b' ');
    let many = digits.filter(u8::is_ascii_digit).count() >= 5;
    let has_capital = text.chars().any(char::is_uppercase);
    let after_slash = range.start.checked_sub(1).and_then(|n| tokens.get(n)).is_some_and(|t| t.is_sign("/"));
    !after_slash
        && (many && has_capital
            || text.contains('-') && (has_capital || many)
            || plate_named(tokens, range.start))
}

fn plate_named(tokens: &Tokens, at: usize) -> bool {
    (at.saturating_sub(6)..at).any(|n| PLATES.plainly_at(tokens, n).is_some())
}

/// `biển số hai chín a một hai ba bốn năm`.
fn spoken_plate(tokens: &Tokens, at: usize) -> Option<Span> {
    let (named, _) = PLATES.plainly_at(tokens, at)?;
    let is_piece = |n: usize| {
        tokens.get(n).is_some_and(|token| match token.shape {
            Shape::Number => true,
            Shape::Sign => token.is_sign("-") || token.is_sign("."),
            Shape::Word => {
                is_said_digit(&token.plain)
                    || is_letter(&token.plain)
                    || token.plain == "cham"
                    || token.plain == "gach"
            }
            Shape::Placeholder => false,
        })
    };
    let start = (at + named..at + named + 6).find(|&n| {
        tokens.get(n).is_some_and(|token| token.shape == Shape::Number || is_said_digit(&token.plain))
    })?;
    let mut end = start;
    let mut digits = 0;
    while is_piece(end) && end < start + 16 && !(end > start && tokens.begins_sentence(end)) {
        digits += match tokens.get(end) {
            Some(token) if token.shape == Shape::Number => token.plain.len(),
            Some(token) if is_said_digit(&token.plain) => 1,
            _ => 0,
        };
        end += 1;
    }
    while end > start && tokens.get(end - 1).is_some_and(|token| token.shape == Shape::Sign) {
        end -= 1;
    }
    (digits >= 5).then(|| Span::new(Kind::LicencePlate, start..end))
}

fn is_said_digit(plain: &str) -> bool {
    matches!(
        plain,
        "khong"
            | "mot"
            | "hai"
            | "ba"
            | "bon"
            | "tu"
            | "nam"
            | "lam"
            | "sau"
            | "bay"
            | "tam"
            | "chin"
            | "muoi"
    )
}

/// `mã hồ sơ: BN-2025/00123`: what is grown together after the name of a code and has four digits.
fn named_code(tokens: &Tokens, at: usize) -> Option<Span> {
    let (named, _) = CODES.plainly_at(tokens, at)?;
    let is_skipped = |n: usize| {
        tokens
            .get(n)
            .is_some_and(|t| t.is_sign(":") || ["la", "so", "cua", "toi", "em"].contains(&t.plain.as_str()))
    };
    let start = (at + named..at + named + 4).find(|&n| !is_skipped(n))?;
    let mut end = start;
    while tokens.get(end).is_some_and(|token| {
        (end == start || !token.is_apart)
            && (token.shape != Shape::Sign || [".", "-", "/", "_"].iter().any(|sign| token.is_sign(sign)))
            && token.shape != Shape::Placeholder
    }) {
        end += 1;
    }
    while end > start && tokens.get(end - 1).is_some_and(|token| token.shape == Shape::Sign) {
        end -= 1;
    }
    let digits =
        tokens.list.get(start..end)?.iter().filter(|t| t.shape == Shape::Number).map(|t| t.plain.len());
    (digits.sum::<usize>() >= 4).then(|| Span::new(Kind::DossierCode, start..end))
}

/// `hộ chiếu B1234567`, `hộ chiếu của tôi số là C 1234567`.
fn passport(tokens: &Tokens, at: usize) -> Option<Span> {
    let (named, _) = PASSPORT.plainly_at(tokens, at)?;
    (at + named..at + named + 10).find_map(|n| {
        let (letter, number) = (tokens.get(n)?, tokens.get(n + 1)?);
        let fits = letter.shape == Shape::Word
            && letter.plain.len() <= 2
            && number.shape == Shape::Number
            && (6..=8).contains(&number.plain.len());
        fits.then(|| Span::new(Kind::Passport, n..n + 2))
    })
}

/// `bốn số cuối căn cước là 1234`: what the owner of a dossier is asked for.
fn last_digits(tokens: &Tokens, at: usize) -> Option<Span> {
    let (named, _) = LAST_DIGITS.plainly_at(tokens, at)?;
    let window = at + named..at + named + 9;
    let is_identity = window.clone().any(|n| IDENTITY.plainly_at(tokens, n).is_some());
    if !is_identity {
        return None;
    }
    window.clone().find_map(|n| {
        let token = tokens.get(n)?;
        if token.shape == Shape::Number && (3..=6).contains(&token.plain.len()) {
            return Some(Span::new(Kind::IdentityNumber, n..n + 1));
        }
        let said = (n..n + 4).all(|n| tokens.get(n).is_some_and(|token| is_said_digit(&token.plain)));
        said.then(|| Span::new(Kind::IdentityNumber, n..n + 4))
    })
}

/// `sinh ngày 12/3/1985`, `sinh năm 1985`, `ngày sinh: 12-3-1985`, `sinh ngày mười hai tháng ba năm một chín tám lăm`.
fn birth(tokens: &Tokens, at: usize) -> Option<Span> {
    // `học sinh năm 2023`, `khai sinh ngày …`: not of birth.
    const NOT_BIRTH: [&str; 14] =
        ["khai", "hoc", "ve", "thi", "phat", "ho", "tai", "hy", "dan", "an", "tuyen", "sat", "cuu", "nu"];
    let token = tokens.get(at)?;
    let previous = at.checked_sub(1).and_then(|n| tokens.get(n));
    let is_birth = match token.plain.as_str() {
        "sinh" => !previous.is_some_and(|before| NOT_BIRTH.contains(&before.plain.as_str())),
        "sn" | "dob" => token.shape == Shape::Word,
        _ => false,
    };
    if !is_birth {
        return None;
    }
    let mut n = at + 1;
    while n < at + 5
        && tokens.get(n).is_some_and(|t| {
            t.is_sign(":")
                || t.is_sign(",")
                || ["ngay", "nam", "mung", "vao", "la", "cua", "toi", "thang"].contains(&t.plain.as_str())
        })
    {
        n += 1;
    }
    let end = date_at(tokens, n).map(|length| n + length).or_else(|| date_in_words(tokens, n))?;
    Some(Span::new(Kind::BirthDate, n..end))
}

/// A day, a month and a year in any words, or a year alone, beginning at a token; where it ends.
fn date_in_words(tokens: &Tokens, start: usize) -> Option<usize> {
    let is_part = |n: usize| {
        tokens.get(n).is_some_and(|t| match t.shape {
            Shape::Number => t.plain.len() <= 4,
            Shape::Word => {
                is_said_digit(&t.plain)
                    || matches!(
                        t.plain.as_str(),
                        "thang" | "ngay" | "mot" | "lam" | "nghin" | "ngan" | "tram" | "linh" | "mung"
                    )
            }
            Shape::Sign => t.is_sign("/") || t.is_sign("-"),
            Shape::Placeholder => false,
        })
    };
    let mut end = start;
    while end < start + 14 && is_part(end) && !(end > start && tokens.begins_sentence(end)) {
        end += 1;
    }
    while end > start
        && tokens
            .get(end - 1)
            .is_some_and(|t| t.shape == Shape::Sign || matches!(t.plain.as_str(), "ngay" | "thang"))
    {
        end -= 1;
    }
    let part = tokens.list.get(start..end)?;
    let year = part.iter().any(|t| {
        t.shape == Shape::Number
            && t.plain.len() == 4
            && (t.plain.starts_with("19") || t.plain.starts_with("20"))
    });
    let is_dated = part.iter().any(|t| t.plain == "thang" || t.is_sign("/")) && part.len() >= 3;
    // `một chín tám lăm`, `hai nghìn không trăm linh hai`, `chín mươi`, `tám lăm`.
    let said = part.iter().filter(|t| is_said_digit(&t.plain)).count() >= 2
        && part.first().is_some_and(|t| is_said_digit(&t.plain));
    let short = part.len() == 1
        && part.first().is_some_and(|t| {
            t.shape == Shape::Number && matches!(t.plain.len(), 2) && t.plain.as_str() >= "20"
        });
    (year || is_dated || said || short).then_some(end)
}
