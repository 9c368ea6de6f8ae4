//! Where somebody lives, down to the house. The ward and what lies above it stay, because a remark is about somewhere.

use std::sync::LazyLock;

use super::phrases::Phrases;
use super::tokens::{Shape, Token, Tokens};
use super::{Kind, Span};

/// Parts of an address below the ward, each with what it is followed by.
const PARTS: &[&str] = &[
    "số nhà",
    "nhà số",
    "số",
    "ngõ",
    "ngách",
    "hẻm",
    "kiệt",
    "đường",
    "phố",
    "tổ dân phố",
    "tổ",
    "khu phố",
    "thôn",
    "xóm",
    "ấp",
    "bản",
    "buôn",
    "căn hộ",
    "tầng",
    "tòa",
    "chung cư",
    "phòng",
];

/// Parts that name a house, or a room within one.
const HOUSE: [&str; 4] = ["số nhà", "nhà số", "căn hộ", "nhà"];

/// Words after which an address is that of the one who speaks.
const LIVES: &[&str] = &[
    "địa chỉ",
    "trú tại",
    "thường trú",
    "tạm trú",
    "tôi ở",
    "em ở",
    "cháu ở",
    "nhà ở",
    "nhà tôi",
    "nhà em",
    "cư trú",
    "sống ở",
    "sống tại",
    "ngụ tại",
    "ngụ",
    "nhà mình ở",
    "gia đình tôi ở",
    "đc",
];

/// Offices: where they are is no secret.
const OFFICES: &[&str] = &[
    "trụ sở",
    "ủy ban",
    "ubnd",
    "một cửa",
    "cơ quan",
    "trung tâm",
    "công an",
    "chi cục",
    "văn phòng",
    "bệnh viện",
    "trường",
    "phòng khám",
    "kho bạc",
    "tòa án",
];

static PART: LazyLock<Phrases> = LazyLock::new(|| Phrases::new(PARTS));
static LIVE: LazyLock<Phrases> = LazyLock::new(|| Phrases::new(LIVES));
static OFFICE: LazyLock<Phrases> = LazyLock::new(|| Phrases::new(OFFICES));
static WAY: LazyLock<Phrases> = LazyLock::new(|| Phrases::new(&["đường", "phố", "ngõ", "hẻm"]));

/// Every address of a house.
pub(super) fn find(tokens: &Tokens, spans: &mut Vec<Span>) {
    let mut at = 0;
    // How far what was last said about living or about an office reaches.
    let (mut lives_until, mut office_until) = (0, 0);
    while at < tokens.list.len() {
        if let Some(length) = LIVE.at(tokens, at).map(|(length, _)| length) {
            (lives_until, office_until) = (at + length + 6, 0);
            at += length;
            continue;
        }
        if OFFICE.hold(tokens, at) {
            office_until = at + 9;
        }
        match address(tokens, at, at < lives_until, at < office_until) {
            (end, true) => {
                spans.push(Span::new(Kind::Address, at..end));
                at = end;
            }
            // A public way: its number begins no address.
            (end, false) => at = end.max(at + 1),
        }
    }
}

/// Where the parts of an address that begin at a token end, and whether they tell of a home.
fn address(tokens: &Tokens, start: usize, lives: bool, is_office: bool) -> (usize, bool) {
    let (mut at, mut parts, mut has_number, mut has_house, mut has_way) = (start, 0, false, false, false);
    let mut names_house = false;
    while let Some((end, part)) = part(tokens, at) {
        parts += 1;
        names_house |= matches!(part, "số nhà" | "nhà số");
        has_house |= HOUSE.contains(&part) || part == "số";
        has_way |= !matches!(part, "số" | "số nhà" | "nhà số" | "phòng" | "tầng");
        has_number |= tokens.list.get(at..end).is_some_and(|piece| piece.iter().any(is_numbered));
        at = end;
        // A comma or a hyphen, and the next part.
        let joint = tokens.get(at).is_some_and(|token| token.is_sign(",") || token.is_sign("-"));
        match part_begins(tokens, at + usize::from(joint)) {
            true => at += usize::from(joint),
            false => break,
        }
    }
    // `số 12` alone is any number; `ngõ 12 phố Vọng` alone is a public way.
    let is_home = has_house && has_number && (has_way && parts > 1 || names_house);
    let is_said = lives && parts > 0 && (has_way || has_house && has_number);
    (at, at > start && !is_office && (is_home || is_said))
}

fn part_begins(tokens: &Tokens, at: usize) -> bool {
    part(tokens, at).is_some()
}

fn is_numbered(token: &Token) -> bool {
    token.shape == Shape::Number
        || matches!(
            token.plain.as_str(),
            "mot" | "hai" | "ba" | "bon" | "nam" | "sau" | "bay" | "tam" | "chin" | "muoi"
        )
}

/// One part, `ngõ 3`, `phố Trần Cung`, or a bare number before a street: its end and its word.
fn part(tokens: &Tokens, at: usize) -> Option<(usize, &'static str)> {
    let first = tokens.get(at)?;
    if first.shape == Shape::Number {
        // `12/4 đường Lê Lợi`, `15B Nguyễn Trãi` only where the street's word follows.
        let end = numeral(tokens, at)?;
        let is_street = WAY.hold(tokens, end);
        return is_street.then_some((end, "số"));
    }
    let (length, number) = PART.at(tokens, at)?;
    let word = PARTS.get(number).copied()?;
    let mut value = at + length;
    if word != "số" && tokens.get(value).is_some_and(|token| token.canonical == "số") {
        value += 1;
    }
    // `đường một chiều` has no number, and `tòa Việt Nam` is a court.
    let is_street = matches!(word, "đường" | "phố");
    let is_said = tokens.get(value).is_some_and(|token| token.shape == Shape::Word);
    if let Some(end) = numeral(tokens, value).filter(|_| !(is_street && is_said)) {
        return Some((end, word));
    }
    // A name: capitals, or in lower case up to two syllables of a street after the house.
    let named = (value..value + 5)
        .take_while(|&n| {
            tokens.get(n).is_some_and(|t| t.shape == Shape::Word && t.is_capitalised && !t.begins_line)
                && !tokens.is_one_case
        })
        .count();
    let is_letter = tokens.get(value).is_some_and(|token| token.plain.len() <= 2);
    let has_name = named > 0
        && !matches!(word, "số" | "số nhà" | "nhà số")
        && (is_letter || !matches!(word, "tòa" | "phòng" | "tầng" | "tổ"));
    has_name.then_some((value + named, word))
}

/// `12`, `12A`, `12/4/7`, `12 bis`, `mười hai`: where it ends.
fn numeral(tokens: &Tokens, at: usize) -> Option<usize> {
    let first = tokens.get(at)?;
    if first.shape == Shape::Word {
        let end = (at..at + 3)
            .take_while(|&n| tokens.get(n).is_some_and(|t| t.shape == Shape::Word && is_numbered(t)))
            .count();
        return (end > 0).then_some(at + end);
    }
    if first.shape != Shape::Number || first.plain.len() > 5 {
        return None;
    }
    let mut end = at + 1;
    while tokens.get(end).is_some_and(|t| {
        !t.is_apart
            && (t.shape == Shape::Number
                || t.shape == Shape::Word && t.plain.len() <= 2
                || t.is_sign("/")
                || t.is_sign("-"))
    }) && end < at + 12
    {
        end += 1;
    }
    while end > at + 1 && tokens.get(end - 1).is_some_and(|t| t.shape == Shape::Sign) {
        end -= 1;
    }
    Some(end)
}
