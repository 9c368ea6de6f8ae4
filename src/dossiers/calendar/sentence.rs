//! Reads a time limit from the sentence of a guide, where it can be read safely.
//!
//! Only the simplest form is read: the sentence begins with one amount, counted from the receipt of the dossier
//! (`7 ngày làm việc, kể từ ngày nhận đủ hồ sơ.`). What follows may lengthen it under a condition (`nếu phải xác minh thì kéo
//! dài …`), and [`TimeLimit::may_be_longer`] says whether it does. Anything else is not read: several limits for several
//! offices or cases, a shorter one under a condition, a count from another event (`kể từ ngày thụ lý`), hours, `trong ngày`.

use super::limit::{TimeLimit, Unit};
use crate::vietnamese::{canonical, words_at};

/// Larger amounts are not believed.
const MAX_AMOUNT: u32 = 999;

/// What may stand before the amount without changing it.
const LEADS: [&str; 9] =
    ["không quá", "trong", "thời hạn", "thời gian", "giải quyết", "tối đa", "chậm nhất", "vòng", "là"];
const UNITS: [&str; 8] = ["ngày", "tháng", "giờ", "tuần", "năm", "quý", "phút", "buổi"];
const NUMBERS: [&str; 13] =
    ["một", "hai", "ba", "bốn", "năm", "sáu", "bảy", "tám", "chín", "mười", "mươi", "trăm", "nửa"];
/// Further words of a spelled number.
const MORE_NUMBERS: [&str; 5] = ["lăm", "tư", "linh", "lẻ", "mốt"];
/// Words in the first clause after which its amount does not stand for itself.
const QUALIFIERS: [&str; 7] = ["hoặc", "rưỡi", "trước", "mỗi", "đến", "thì", "nếu"];
/// A clause with one of these holds only in some cases.
const CONDITIONS: [&str; 5] = ["nếu", "thì", "phức tạp", "trường hợp", "lý do"];
/// A clause with one of these adds to the limit.
const EXTENSIONS: [&str; 5] = ["nữa", "gia hạn", "kéo dài", "dài hơn", "thêm"];
/// What a one-stop desk receives.
const RECEIVED: [&str; 6] = ["hồ sơ", "giấy tờ", "đơn", "yêu cầu", "tờ khai", "tiếp nhận"];
/// Events that are not the receipt of the dossier.
const OTHER_EVENTS: [&str; 6] = ["thụ lý", "kết quả", "quyết định", "văn bản", "biên bản", "thông báo"];
/// With one of these before it, `nhận` is another word (`xác nhận`).
const NOT_RECEIVING: [&str; 6] = ["xác", "chấp", "công", "chứng", "ghi", "thừa"];

impl TimeLimit {
    /// The limit with which a guide's sentence begins; `None` where it is not of the simplest form.
    pub fn parse(sentence: &str) -> Option<Self> {
        let sentence = canonical(sentence);
        let mut clauses = clauses(&sentence);
        let (limit, rest) = leading_limit(clauses.next()?)?;
        let rest = words(rest);
        let stands_alone = amounts(&rest).is_empty() && !QUALIFIERS.iter().any(|word| rest.contains(word));
        if !stands_alone || !is_from_receipt(&rest) {
            return None;
        }
        clauses.all(|clause| only_lengthens(clause, limit)).then_some(limit)
    }

    /// Whether a sentence that [`TimeLimit::parse`] reads allows more time under a condition that only the office knows.
    pub fn may_be_longer(sentence: &str) -> bool {
        let sentence = canonical(sentence);
        clauses(&sentence).skip(1).any(|clause| {
            let words = words(clause);
            !amounts(&words).is_empty() || has_any(&words, &EXTENSIONS)
        })
    }
}

fn words(text: &str) -> Vec<&str> {
    words_at(text).map(|(word, _)| word).collect()
}

fn clauses(sentence: &str) -> impl Iterator<Item = &str> {
    sentence.split([';', '.', '\n']).map(str::trim).filter(|clause| !clause.is_empty())
}

/// The amount at the beginning of a clause, and what follows it.
fn leading_limit(clause: &str) -> Option<(TimeLimit, &str)> {
    let mut rest = clause;
    while let Some(after) = LEADS.iter().find_map(|lead| rest.strip_prefix(lead)?.strip_prefix(' ')) {
        rest = after.trim_start();
    }
    let digits = rest.bytes().take_while(u8::is_ascii_digit).count();
    let (number, rest) = rest.split_at(digits);
    let amount: u32 = number.parse().ok().filter(|amount| (1..=MAX_AMOUNT).contains(amount))?;
    let mut rest = rest.strip_prefix(' ')?.trim_start();
    // `10 (mười) ngày làm việc`
    if let Some(after) = rest.strip_prefix('(') {
        let (inside, after) = after.split_once(')')?;
        if !words(inside).iter().all(|word| NUMBERS.contains(word) || MORE_NUMBERS.contains(word)) {
            return None;
        }
        rest = after.trim_start();
    }
    let (unit, rest) = [("ngày làm việc", Unit::WorkingDays), ("ngày", Unit::Days), ("tháng", Unit::Months)]
        .into_iter()
        .find_map(|(name, unit)| Some((unit, rest.strip_prefix(name)?)))?;
    // The unit is a whole word.
    let ends = !rest.starts_with(|c: char| c.is_alphanumeric());
    ends.then_some((TimeLimit { amount, unit }, rest))
}

/// The amounts of time among words: the number where it is written in digits, and whether working days are meant.
fn amounts(words: &[&str]) -> Vec<(Option<u32>, Option<Unit>)> {
    let unit_at = |at: usize| match words.get(at..)? {
        ["ngày", "làm", "việc", ..] => Some(Unit::WorkingDays),
        ["ngày", ..] => Some(Unit::Days),
        ["tháng", ..] => Some(Unit::Months),
        _ => None,
    };
    let is_number = |word: &str| word.bytes().all(|b| b.is_ascii_digit()) || NUMBERS.contains(&word);
    words
        .windows(2)
        .enumerate()
        .filter_map(|(at, pair)| match pair {
            [number, unit] if is_number(number) && UNITS.contains(unit) => {
                Some((number.parse().ok(), unit_at(at + 1)))
            }
            _ => None,
        })
        .collect()
}

/// Whether time is counted from the receipt of the dossier: said so, or nothing else said.
fn is_from_receipt(words: &[&str]) -> bool {
    let Some(from) = words.iter().position(|word| ["từ", "sau"].contains(word)) else { return true };
    let event = words.get(from + 1..).unwrap_or_default();
    let is_receiving = |pair: &[&str]| matches!(pair, [before, "nhận"] if !NOT_RECEIVING.contains(before));
    let receives = event.windows(2).any(is_receiving) || event.contains(&"nộp");
    receives && has_any(event, &RECEIVED) && !has_any(event, &OTHER_EVENTS)
}

/// Whether a further clause leaves the limit as it is, or only lengthens it in some cases.
fn only_lengthens(clause: &str, limit: TimeLimit) -> bool {
    let words = words(clause);
    let adds = has_any(&words, &EXTENSIONS);
    let is_conditional = adds || has_any(&words, &CONDITIONS);
    amounts(&words).into_iter().all(|(amount, unit)| {
        let is_no_shorter = unit == Some(limit.unit) && amount.is_some_and(|amount| amount >= limit.amount);
        is_conditional && (adds || is_no_shorter)
    })
}

/// Whether one of the terms, of one word or two, stands among the words.
fn has_any(words: &[&str], terms: &[&str]) -> bool {
    terms.iter().any(|term| match term.split_once(' ') {
        None => words.contains(term),
        Some((first, second)) => words.windows(2).any(|pair| pair == [first, second]),
    })
}
