//! Dates, months and hours: `31/12/2020`, `tháng 7/2025`, `17h30`. The fourth month is `tháng tư`.

use super::context::{Around, pattern, replace};
use super::numbers::{cardinal, number};

/// Before a day and a month without a year.
const DAY_NAMED: &[&str] = &[
    "ngày",
    "các ngày",
    "lễ",
    "dịp",
    "dịp lễ",
    "quốc khánh",
    "hôm",
    "mùng",
    "mồng",
    "sáng",
    "chiều",
    "tối",
    "đêm",
];
/// Before an hour written `7:30`.
const HOUR_NAMED: &[&str] =
    &["lúc", "từ", "đến", "hồi", "vào", "giờ", "trước", "sau", "khoảng", "sáng", "chiều", "tối"];

pattern!(HOURS_RANGE, r"(\d\s?(?:h|g|giờ|:)\s?(?:\d{2})?)\s?-\s?(\d{1,2}\s?(?:h|g\d|giờ|:\d))");
pattern!(DATE_RANGE, r"((?:19|20)\d{2})\s?-\s?((?:ngày\s+)?\d{1,2}[/.-]\d{1,2}[/.-])");
pattern!(ISO_DATE, r"\b((?:19|20)\d{2})-(\d{2})-(\d{2})\b");
pattern!(
    DATE,
    r"(\b[Nn]gày\s+)?\b(\d{1,2})\s?(?:/\s?(\d{1,2})\s?/\s?|\.(\d{1,2})\.|-(\d{1,2})-)((?:19|20)\d{2})\b"
);
pattern!(DAY_MONTH, r"\b(\d{1,2})[/\-](\d{1,2})\b");
pattern!(
    MONTH_YEAR,
    r"(\b[Tt]háng\s+|\b[Qq]uý\s+)?\b(0?[1-9]|1[0-2]|I{1,3}|IV)(\s?/\s?|-)((?:19|20)\d{2})\b"
);
pattern!(APRIL, r"\b([Tt]háng|THÁNG)\s+0?4\b");
pattern!(HOURS, r"\b(\d{1,2})\s?(?:giờ|h|g)\s?([0-5]\d)(?:\s?(?:phút|p)\b|['’′])?");
pattern!(FULL_HOURS, r"\b(\d{1,2})\s?h\b");
pattern!(CLOCK, r"\b([01]?\d|2[0-4])\s?:\s?([0-5]\d)(?::([0-5]\d))?\b");

pub(super) fn say(text: &str) -> String {
    let text = HOURS_RANGE.replace_all(text, "$1 đến $2");
    let text = replace(&ISO_DATE, &text, |m, around| {
        let whole = around.next_after() != Some('-') && around.last_before() != Some('-');
        let (day, month) = (day(&m[3])?, month(&m[2])?);
        whole.then(|| format!("{}{day} tháng {month} năm {}", day_word(around), number(&m[1])))
    });
    let text = DATE_RANGE.replace_all(&text, "$1 đến $2");
    let text = replace(&DATE, &text, |m, around| {
        let written = m.get(3).or(m.get(4)).or(m.get(5))?.as_str();
        let (day, month) = (day(&m[2])?, month(written)?);
        if matches!(around.last_before(), Some('/' | '.' | '-'))
            && m.get(1).is_none()
            && around.lead().ends_with(char::is_numeric)
        {
            return None;
        }
        let named = m.get(1).map_or_else(|| day_word(around).to_owned(), |named| named.as_str().to_owned());
        Some(format!("{named}{day} tháng {month} năm {}", number(&m[6])))
    });
    let text = replace(&MONTH_YEAR, &text, |m, around| {
        let named = m.get(1).map(|named| named.as_str());
        if named.is_none()
            && (m[2].starts_with('I')
                || m[3].contains('-') && m[2].len() == 1
                || matches!(around.last_before(), Some('/' | '-' | '.')))
        {
            return None;
        }
        // `1/2000` is a scale.
        if named.is_none()
            && (around.comes_after(&["tỷ lệ", "tỉ lệ", "bản đồ", "bình đồ", "quy hoạch"])
                || &m[0] == "1/2000")
        {
            return None;
        }
        let quarter = named.is_some_and(|named| named.to_lowercase().starts_with('q'));
        let part = match (&m[2], quarter) {
            (roman, _) if roman.starts_with('I') => cardinal(super::numbers::roman(roman)?),
            (digits, true) => number(digits),
            (digits, false) => month(digits)?,
        };
        if around.next_after() == Some('/') {
            return None;
        }
        Some(format!("{}{part} năm {}", named.unwrap_or("tháng "), number(&m[4])))
    });
    let text = replace(&DAY_MONTH, &text, |m, around| {
        let (day, month) = (day(&m[1])?, month(&m[2])?);
        let apart =
            matches!(around.next_after(), Some('/' | '-')) || matches!(around.last_before(), Some('/' | '-'));
        // `đến 31/12`: nothing else has so great a numerator over so small a denominator.
        let plain = around.comes_after(&["đến", "trước", "sau", "và", "từ", "hết"])
            && m[0].contains('/')
            && matches!((m[1].parse(), m[2].parse()), (Ok(13..=31u8), Ok(1..=12u8)));
        let named =
            around.comes_after(DAY_NAMED) && (m[0].contains('/') || m[2].starts_with('0') || m[1].len() == 1);
        let word = if plain || around.comes_after(&["lễ", "dịp", "dịp lễ", "quốc khánh"]) {
            "ngày "
        } else {
            ""
        };
        ((plain || named) && !apart).then(|| format!("{word}{day} tháng {month}"))
    });
    let text = APRIL.replace_all(&text, "$1 tư");
    let text = replace(&HOURS, &text, |m, around| {
        if around.is_glued_after() {
            return None;
        }
        Some(hour(&m[1], &m[2]))
    });
    let text = replace(&FULL_HOURS, &text, |m, _| Some(format!("{} giờ", number(&m[1]))));
    replace(&CLOCK, &text, |m, around| {
        let named = around.comes_after(HOUR_NAMED) || around.lead().ends_with('-');
        let ratio = around.lead().contains("tỷ lệ") || around.lead().contains("tỉ lệ");
        let clock = named || m[1].len() == 2 || &m[1] != "1";
        let glued = matches!(around.next_after(), Some('.' | ','))
            && around.after[1..].starts_with(|c: char| c.is_ascii_digit());
        (clock && (!ratio || around.lead().contains("giờ")) && !glued).then(|| hour(&m[1], &m[2]))
    })
}

fn day_word(around: &Around) -> &'static str {
    if around.comes_after(&["ngày", "mùng", "mồng"]) { "" } else { "ngày " }
}

fn day(digits: &str) -> Option<String> {
    let value: u8 = digits.parse().ok()?;
    (1..=31).contains(&value).then(|| number(digits))
}

fn month(digits: &str) -> Option<String> {
    match digits.parse().ok()? {
        4u8 => Some("tư".to_owned()),
        1..=12 => Some(number(digits)),
        _ => None,
    }
}

fn hour(hours: &str, minutes: &str) -> String {
    match minutes {
        "00" => format!("{} giờ", number(hours)),
        minutes => format!("{} giờ {} phút", number(hours), number(minutes)),
    }
}
