//! Articles, clauses, points: marks of lists, enumerations within a sentence, lists of numbers, ordinals, and numbers
//! said twice (`mười lăm (15) ngày`).

use super::context::{pattern, replace};
use super::letters::spelled;
use super::numbers::{cardinal, number, roman};

/// Before a number with a letter that is no unit: `Điều 5đ`, `khoản 1m`.
const NUMBERED: &[&str] = &[
    "điều",
    "khoản",
    "điểm",
    "tiết",
    "mục",
    "chương",
    "phần",
    "mẫu",
    "số",
    "mẫu số",
    "lớp",
    "quốc lộ",
    "tỉnh lộ",
    "bảng",
    "hình",
    "phụ lục",
    "nhóm",
    "loại",
    "tổ",
    "ngõ",
    "nhà",
    "đường",
    "và",
    "hoặc",
];

pattern!(
    LIST_MARK,
    r"(?m)^[ \t]*[“\x22]?(?:(?:\d{1,3}(?:\.\d{1,3}){0,4}(?:[a-zđ]|\.[a-zđ])?[.)]|[a-zđ]\d{0,2}(?:\.\d{1,2}){0,3}[.)]|\((?:\d{1,2}|[ivx]{1,5}|[a-zđ])\)|[IVX]{1,5}[.)]|[-+•*●○▪■□◦·→»])[ \t]+)+"
);
pattern!(GLUED_MARK, r"(?m)^[ \t]*(?:\d{1,2}(?:\.\d{1,2}){0,2}\.|[a-zđ]\)|[-+•*●○▪■□◦·→»])([\p{L}“\x22])");
pattern!(DOTTED_MARK, r"(?m)^[ \t]*\d{1,2}(?:\.\d{1,2}){1,3}[ \t]+([\p{Lu}“\x22])");
pattern!(QUANTITY, r"^\d+(?:[.,]\d+)?\s?[%‰°]");
pattern!(
    INNER_MARK,
    r"(^|[:;,]\s*|\.\s+|\s(?:và|hoặc|hay|gồm|là|sau|như)\s+)\(?\b?([ivx]{1,5}|\d{1,2}|[a-zđ])\)\s+(\p{L})"
);
pattern!(IN_BRACKETS, r"\s?\((\d{1,4}|[ivx]{1,5})\)");
pattern!(
    ARTICLE_LIST,
    r"(?i)\b((?:điều|khoản|mục|chương|cột|dòng|tiết)\s+)([1-9]\d{0,2}(?:,[1-9]\d{0,2})+)\b"
);
pattern!(
    POINT_NUMBER,
    r"(?i)\b(điểm|mục|tiết|khoản|tiểu mục|bảng|hình|điều|ý)\s+(\d{1,3}(?:\.\d{1,3})+)([a-zđ])?\b"
);
pattern!(INSERTED, r"\b(\d{1,4})([A-Za-zđĐ])(\d?)\b");
pattern!(POINT, r"(?i)\b(điểm|tiết|ý)\s+([a-zđ])\.?(\d{1,2}(?:\.\d{1,2})*)\b");
pattern!(ORDINAL, r"(?i)\bthứ\s+(\d{1,4})\b");
pattern!(RANGE, r"\b(\p{L}+)(\s+\d{1,4}[a-zđ]?)\s?-\s?(\p{L}+)(\s+\d)");

/// The marks at the beginning of a line are seen, not heard; within a sentence they are heard.
pub(super) fn say_marks(text: &str) -> String {
    let text = replace(&LIST_MARK, text, |m, around| {
        // `+ 5 %` at the beginning of a line is a quantity.
        (!(m[0].trim() == "+" && QUANTITY.is_match(around.after))).then(String::new)
    });
    let text = DOTTED_MARK.replace_all(&text, "$1");
    let text = GLUED_MARK.replace_all(&text, "$1");
    let text = replace(&INNER_MARK, &text, |m, around| {
        // `điểm (i) và (ii) khoản 2` names points.
        if ["điểm", "khoản", "tiết"].iter().any(|word| around.lead().contains(word)) {
            return None;
        }
        let said = match roman(&m[2].to_uppercase()) {
            Some(value) if m[2].contains(['i', 'v', 'x']) => cardinal(value),
            _ if m[2].bytes().all(|b| b.is_ascii_digit()) => number(&m[2]),
            _ => spelled(&m[2]),
        };
        Some(format!("{}{said}, {}", if m[1].trim().is_empty() { " " } else { &m[1] }, &m[3]))
    });
    replace(&IN_BRACKETS, &text, |m, around| {
        let is_digits = m[1].bytes().all(|b| b.is_ascii_digit());
        if !is_digits {
            // `nhân (x) với` is a sign.
            if &m[1] == "x" && around.comes_after(&["nhân"]) {
                return Some(String::new());
            }
            return roman(&m[1].to_uppercase()).map(|value| format!(" {}", cardinal(value)));
        }
        // A note glued to a word: `tổ chức(1)`.
        (!m[0].starts_with(' ') && around.is_glued_before()).then(String::new)
    })
}

pub(super) fn say(text: &str) -> String {
    let text = replace(&ARTICLE_LIST, text, |m, around| {
        let grouped = matches!(around.next_after(), Some('%'));
        (!grouped).then(|| format!("{}{}", &m[1], m[2].replace(',', ", ")))
    });
    // `Điều 12 - Điều 15`, `bậc 1 - bậc 7`.
    let text = replace(&RANGE, &text, |m, _| {
        (m[1].to_lowercase() == m[3].to_lowercase())
            .then(|| format!("{}{} đến {}{}", &m[1], &m[2], &m[3], &m[4]))
    });
    let text = POINT_NUMBER.replace_all(&text, |m: &regex::Captures| {
        let letter = m.get(3).map(|letter| format!(" {}", spelled(letter.as_str()))).unwrap_or_default();
        format!("{} {}{letter}", &m[1], dotted(&m[2]))
    });
    let text = POINT
        .replace_all(&text, |m: &regex::Captures| format!("{} {} {}", &m[1], letter(&m[2]), dotted(&m[3])));
    ORDINAL
        .replace_all(&text, |m: &regex::Captures| {
            let said = match m[1].parse() {
                Ok(1u16) => "nhất".to_owned(),
                Ok(4) => "tư".to_owned(),
                _ => number(&m[1]),
            };
            format!("{} {said}", &m[0][..m[0].find(char::is_whitespace).unwrap_or(0)])
        })
        .into_owned()
}

/// `12a`, `1B`: the number of what was inserted, where the letter is no unit.
pub(super) fn say_inserted(text: &str) -> String {
    replace(&INSERTED, text, |m, around| {
        let unit = matches!(&m[2], "m" | "g" | "l" | "đ" | "h" | "s" | "V" | "W" | "k" | "K" | "L");
        let listed = matches!(around.lead().chars().next_back(), Some(','));
        let joined = matches!(around.next_after(), Some('/' | '-' | '.'))
            && around.after[1..].starts_with(char::is_alphanumeric);
        let times = matches!(&m[2], "x" | "X")
            && (!m[3].is_empty() || around.after.trim_start().starts_with(|c: char| c.is_ascii_digit()));
        if joined
            || times
            || unit && !around.comes_after(NUMBERED) && !(listed && m[2].chars().all(|c| c == 'đ'))
        {
            return None;
        }
        let tail = if m[3].is_empty() { String::new() } else { format!(" {}", number(&m[3])) };
        Some(format!("{} {}{tail}", number(&m[1]), letter(&m[2])))
    })
}

/// `1.2.3` → `một chấm hai chấm ba`.
fn dotted(written: &str) -> String {
    written.split('.').map(number).collect::<Vec<_>>().join(" chấm ")
}

/// A letter of a point: a vowel stays as it is written.
fn letter(written: &str) -> String {
    match written.to_lowercase().as_str() {
        "o" => written.to_owned(),
        lower => spelled(lower),
    }
}
