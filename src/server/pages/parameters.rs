//! What stands in an address: bounded, in one spelling, without characters that are not seen.

use jiff::civil::Date;
use unicode_normalization::UnicodeNormalization;

use super::problem::Problem;

/// Longest words to search for, in characters.
const MAX_SEARCH: usize = 300;
/// Longest number of a document, an article, or id of a guide, in characters.
const MAX_NUMBER: usize = 100;
/// Pages are counted up to this one.
const MAX_PAGE: usize = 200;
/// The years for which the law may be asked.
const YEARS: std::ops::RangeInclusive<i16> = 1900..=2200;

/// Characters that are not seen but turn or hide those around them, or stand for bytes that are no text.
fn is_treacherous(c: char) -> bool {
    matches!(c,
        '\u{ad}' | '\u{61c}' | '\u{180e}' | '\u{200b}'..='\u{200f}' | '\u{2028}'..='\u{202e}'
        | '\u{2060}'..='\u{206f}' | '\u{fe00}'..='\u{fe0f}' | '\u{feff}' | '\u{fff0}'..='\u{ffff}'
        | '\u{e0000}'..='\u{e0fff}')
}

/// Words to search for: NFC, spaces made one; null where there are none.
pub(super) fn words(given: Option<String>, name: &'static str) -> Result<Option<String>, Problem> {
    let Some(text) = given else { return Ok(None) };
    // A letter may be written as up to four characters.
    if text.len() > MAX_SEARCH * 16 {
        return Err(Problem::TooLong(name));
    }
    let spaced: String =
        text.nfc().map(|c| if c.is_control() { ' ' } else { c }).filter(|&c| !is_treacherous(c)).collect();
    let words = spaced.split_whitespace().collect::<Vec<_>>().join(" ");
    match words.chars().count() {
        0 => Ok(None),
        1..=MAX_SEARCH => Ok(Some(words)),
        _ => Err(Problem::TooLong(name)),
    }
}

/// The number of a document or an article, or the id of a guide; null where there is none. What cannot be one is
/// refused, so that nothing else is ever shown as one.
pub(super) fn number(given: Option<String>, name: &'static str) -> Result<Option<String>, Problem> {
    let Some(text) = given.filter(|text| !text.trim().is_empty()) else { return Ok(None) };
    if text.len() > MAX_NUMBER * 4 {
        return Err(Problem::TooLong(name));
    }
    let number: String = text.trim().nfc().collect();
    if number.chars().count() > MAX_NUMBER {
        return Err(Problem::TooLong(name));
    }
    let may_stand = |c: char| c.is_alphanumeric() || " /-–._&\"'()+,".contains(c);
    if number.chars().all(may_stand) { Ok(Some(number)) } else { Err(Problem::Parameter(name)) }
}

/// A number that must be there.
pub(super) fn needed(given: Option<String>, name: &'static str) -> Result<String, Problem> {
    number(given, name)?.ok_or(Problem::Parameter(name))
}

/// A day: `2026-01-31`, as browsers write it, or `31/01/2026`, as people do; null where there is none.
pub(super) fn day(given: Option<&str>, name: &'static str) -> Result<Option<Date>, Problem> {
    let text = given.unwrap_or_default().trim();
    if text.is_empty() {
        return Ok(None);
    }
    let date = if text.contains('/') { as_people_write(text) } else { as_browsers_write(text) };
    date.filter(|date| YEARS.contains(&date.year())).map(Some).ok_or(Problem::Parameter(name))
}

fn as_browsers_write(text: &str) -> Option<Date> {
    let is_plain = text.len() == 10 && text.bytes().all(|b| b.is_ascii_digit() || b == b'-');
    is_plain.then(|| text.parse().ok()).flatten()
}

fn as_people_write(text: &str) -> Option<Date> {
    let parts: Vec<i16> = text.splitn(4, '/').map(str::parse).collect::<Result<_, _>>().ok()?;
    let &[day, month, year] = parts.as_slice() else { return None };
    Date::new(year, month.try_into().ok()?, day.try_into().ok()?).ok()
}

/// The page of a list, from 1.
pub(super) fn page(given: Option<&str>) -> Result<usize, Problem> {
    match given.map(str::trim) {
        None | Some("") => Ok(1),
        Some(text) => {
            text.parse().ok().filter(|page| (1..=MAX_PAGE).contains(page)).ok_or(Problem::Parameter("trang"))
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn words_are_cleaned_and_bounded() {
        let clean = |text: &str| words(Some(text.to_owned()), "tim").ok().flatten();
        assert_eq!(clean("  khai\u{0}\n sinh\u{202e} ").as_deref(), Some("khai sinh"));
        assert_eq!(clean("hô\u{323} ti\u{323}ch").as_deref(), Some("hộ tịch"), "one spelling");
        assert_eq!(clean("\u{200b}\u{feff} "), None);
        assert_eq!(clean("<script>").as_deref(), Some("<script>"), "the template escapes");
        assert!(matches!(words(Some("x".repeat(MAX_SEARCH + 1)), "tim"), Err(Problem::TooLong("tim"))));
        assert!(matches!(words(Some("x".repeat(1 << 20)), "tim"), Err(Problem::TooLong("tim"))));
    }

    #[test]
    fn what_is_no_number_is_refused() {
        let read = |text: &str| number(Some(text.to_owned()), "so");
        for fine in ["45/2019/QH14", " 01/2006/TTLT-BGD&ĐT-BNV-BTC ", "12a", "dang-ky-khai-sinh", "13/CP"] {
            assert_eq!(read(fine).unwrap().as_deref(), Some(fine.trim()));
        }
        for wrong in
            ["<b>", "45/2019/QH14\u{202e}", "a\u{0}b", "45#35", "\u{fffd}", "%2e", "a\\b", "x;y", "a\nb"]
        {
            assert!(matches!(read(wrong), Err(Problem::Parameter("so"))), "{wrong:?}");
        }
        assert!(matches!(read(&"9".repeat(101)), Err(Problem::TooLong("so"))));
        assert_eq!(read("  ").unwrap(), None);
    }

    #[test]
    fn days_and_pages_are_days_and_pages() {
        let date = Some(Date::constant(2026, 1, 31));
        assert_eq!(day(Some("2026-01-31"), "ngay").unwrap(), date);
        assert_eq!(day(Some("31/1/2026"), "ngay").unwrap(), date);
        assert_eq!(day(Some(" "), "ngay").unwrap(), None);
        for wrong in
            ["31/02/2026", "2026-13-01", "-009999-01-01", "9999-01-01", "nay", "1/2/3/4", "2026-01-31T00:00"]
        {
            assert!(day(Some(wrong), "ngay").is_err(), "{wrong}");
        }
        assert_eq!(page(None).unwrap(), 1);
        assert_eq!(page(Some("7")).unwrap(), 7);
        for wrong in ["0", "-1", "201", "99999999999999999999", "a"] {
            assert!(page(Some(wrong)).is_err(), "{wrong}");
        }
    }
}
