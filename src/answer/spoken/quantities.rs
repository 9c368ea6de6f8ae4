//! Quantities: money, percentages, decimals, fractions, ratios, ranges, and units (`tables/units.tsv`), alone or
//! compounded (`m3/ngày`, `đồng/người/tháng`).

use std::collections::HashMap;
use std::sync::LazyLock;

use super::context::{Around, pattern, replace, rows};
use super::numbers::{code_number, digit_by_digit, number};

static UNITS: LazyLock<HashMap<&'static str, &'static str>> =
    LazyLock::new(|| rows(include_str!("tables/units.tsv")).collect());

/// What is measured by or counted over: after a slash these make a rate (`lần/năm`), other words a choice
/// (`vợ/chồng`).
const MEASURES: &[&str] = &[
    "năm",
    "tháng",
    "tuần",
    "ngày",
    "giờ",
    "phút",
    "giây",
    "quý",
    "ca",
    "buổi",
    "lần",
    "lượt",
    "người",
    "hộ",
    "đêm",
    "tấn",
    "tạ",
    "lít",
    "mét",
    "km",
    "ha",
    "cái",
    "chiếc",
    "bộ",
    "bài",
    "trang",
    "học sinh",
    "suất",
    "hồ",
    "đề",
    "vụ",
    "kỳ",
    "đồng",
    "con",
    "cây",
    "báo",
    "xe",
    "lớp",
    "học",
    "tiết",
    "giấy",
    "câu",
    "phiếu",
    "vụ",
    "kỳ",
    "bản",
    "tỉnh",
];
/// Words that make the slash after them a rate.
const COUNTED: &[&str] = &["đồng", "lần", "lượt", "triệu", "nghìn", "tỷ", "suất", "USD", "VNĐ", "VND"];
/// Numbers with a slash after these are no fractions.
const NO_FRACTION_AFTER: &[&str] = &[
    "số",
    "ngõ",
    "ngách",
    "hẻm",
    "kiệt",
    "nhà",
    "số nhà",
    "thửa",
    "lô",
    "tờ",
    "hạng",
    "binh",
    "thương binh",
    "bệnh binh",
    "trình độ",
    "văn hóa",
    "lớp",
    "bậc",
    "bậc thợ",
    "tỷ lệ",
    "tỉ lệ",
    "đường",
];

/// `20 mét vuông sàn/người`: so far before the slash the number may stand, in characters.
const RATE_LOOK_BACK: usize = 16;

pattern!(DOLLARS, r"(?:US)?\$\s?(\d[\d.,]*\d|\d)");
pattern!(DOLLARS_AFTER, r"(\d)\s?\$");
pattern!(POWER, r"(\d)\^(\d)");
pattern!(MINUTES, r"(^|[\s(±])(\d{1,3})['’′]");
pattern!(CODE_RATE, r"(\p{Lu}\d)/(\p{Ll})");
pattern!(COMMA_GROUPS, r"\b\d{1,3}(?:,\d{3}){2,4}\b");
pattern!(GROUPED, r"\b\d{1,3}(?:\.\d{3})+");
pattern!(
    POINT_DECIMAL,
    r"\b(\d{1,6})\.(\d{1,4})(\s?(?:%|‰|°|triệu|tỷ|tỉ|lần|tấn|mm|cm|m|km|kg|g|ha|m2|m3|lít|ml|mg|kW|MW|kV)\b|\s?[%‰°])"
);
pattern!(BELOW_ONE, r"\b0\.(\d{1,8})\b");
pattern!(RANGE, r"(\d(?:\s?(?:%|‰|°C?|[a-zA-Z]{1,3}[23]?))?)\s?(?:-|÷|~)\s?(\d)");
pattern!(TIMES, r"(\d(?:\s?[a-z]{1,2})?|[%)]|\p{L}\s)\s?[xX]\s?([\d(])");
pattern!(SIGNED, r"([+±])\s?(\d|\()");
pattern!(PLUS, r"([\p{L}\d)])\s?\+\s?([\p{L}(])");
pattern!(NEGATIVE, r"(^|[\s(≤≥<>=])-(\d)");
pattern!(
    UNIT,
    r"(\d|\btriệu|\bnghìn|\bngàn|\btỷ|\bphẩy|\bgiây|\bđộ)(\s?)((?:[%‰]|°\p{L}?|[µΩ\p{L}]\p{L}*[23]?)(?:/[\p{L}µ]+[23]?)*)"
);
pattern!(RATE, r"[\p{L}µ][\p{L}\p{N}]*(?:\s?/\s?[\p{L}µ][\p{L}\p{N}]*)+");
pattern!(RATE_OF_NUMBER, r"(\p{Ll})\s?/\s?(\d)");
pattern!(
    LONE_UNIT,
    r"\b(?:[mckd]?m[23]|km|kg|cm|mm|mg|ml|mL|kWh|kW|MWh|MW|kV|kVA|MVA|MHz|GHz|kHz|Hz|dB|dBA)\b"
);
pattern!(DECIMAL, r"\b(\d+),(\d+)");
pattern!(RATIO, r"\b(\d{1,3})\s?:\s?(\d{1,9})\b");
pattern!(FRACTION, r"\b(\d{1,9})\s?/\s?(\d{1,9})\b");
pattern!(SERIAL, r"\b\d{1,6}(?:-\d{1,6}){2,6}\b");
pattern!(KILOMETRE_MARK, r"(?i)\b(?:km)\s?(\d{1,4})(?:\s?\+\s?(\d{1,4}))?\b");
pattern!(INTEGER, r"\d+");

pub(super) fn say(text: &str) -> String {
    let text = DOLLARS.replace_all(text, "$1 đô la Mỹ");
    let text = DOLLARS_AFTER.replace_all(&text, "$1 đô la Mỹ");
    let text = POWER.replace_all(&text, "$1 mũ $2");
    let text = MINUTES.replace_all(&text, "$1$2 phút");
    let text = CODE_RATE.replace_all(&text, "$1 trên $2");
    let text = COMMA_GROUPS.replace_all(&text, |m: &regex::Captures| m[0].replace(',', ""));
    let text = replace(&GROUPED, &text, |m, around| {
        let part_of_code = around.last_before() == Some('.')
            || around.after.starts_with(|c: char| c.is_ascii_digit())
            || around.after.starts_with('.') && around.after[1..].starts_with(|c: char| c.is_ascii_digit());
        (!part_of_code).then(|| m[0].replace('.', ""))
    });
    let text = replace(&POINT_DECIMAL, &text, |m, around| {
        (around.last_before() != Some('.')).then(|| format!("{},{}{}", &m[1], &m[2], &m[3]))
    });
    let text = replace(&BELOW_ONE, &text, |m, around| {
        let part_of_code = around.last_before() == Some('.')
            || around.after.starts_with('.') && around.after[1..].starts_with(|c: char| c.is_ascii_digit());
        (!part_of_code).then(|| format!("0,{}", &m[1]))
    });
    let text = replace(&SERIAL, &text, |m, _| {
        Some(m[0].split('-').map(digit_by_digit).collect::<Vec<_>>().join(" "))
    });
    let text = NEGATIVE.replace_all(&text, "$1âm $2");
    let text = RANGE.replace_all(&text, "$1 đến $2");
    // A second time: the end of one range may begin another.
    let text = RANGE.replace_all(&text, "$1 đến $2");
    let text = replace(&KILOMETRE_MARK, &text, |m, _| {
        if m[0].eq_ignore_ascii_case("km2") {
            return None;
        }
        let rest = m.get(2).map(|metres| format!(" cộng {}", number(metres.as_str()))).unwrap_or_default();
        Some(format!("ki lô mét {}{rest}", number(&m[1])))
    });
    let text = SIGNED.replace_all(&text, |m: &regex::Captures| {
        format!(" {} {}", if &m[1] == "+" { "cộng" } else { "cộng trừ" }, &m[2])
    });
    let text = PLUS.replace_all(&text, "$1 cộng $2");
    let text = TIMES.replace_all(&text, "$1 nhân $2");
    let text = TIMES.replace_all(&text, "$1 nhân $2");
    let text = replace(&UNIT, &text, unit);
    let text = RATE_OF_NUMBER.replace_all(&text, "$1 trên $2");
    let text = replace(&RATE, &text, rate);
    let text = replace(&LONE_UNIT, &text, |m, _| UNITS.get(&m[0]).map(|name| (*name).to_owned()));
    let text = DECIMAL
        .replace_all(&text, |m: &regex::Captures| format!("{} phẩy {}", number(&m[1]), decimals(&m[2])));
    let text =
        RATIO.replace_all(&text, |m: &regex::Captures| format!("{} trên {}", number(&m[1]), number(&m[2])));
    replace(&FRACTION, &text, fraction)
}

/// What digits are left.
pub(super) fn say_integers(text: &str) -> String {
    INTEGER.replace_all(text, |m: &regex::Captures| format!(" {} ", number(&m[0]))).into_owned()
}

/// `100 m2`, `50kg/ha`, `5%/năm`.
fn unit(m: &regex::Captures, around: &Around) -> Option<String> {
    let (written, space) = (&m[3], &m[2]);
    if written.is_empty() || around.after.starts_with(|c: char| c.is_ascii_digit()) {
        return None;
    }
    let mut parts = written.split('/');
    let first = parts.next()?;
    let name = |part: &str| UNITS.get(part).copied();
    let rest: Vec<&str> = parts.collect();
    let digit = m[1].starts_with(|c: char| c.is_ascii_digit());
    // `5 A`: letters after a space are no units but the units of more than one letter, and of what is measured.
    let named =
        name(first).filter(|_| digit || first.chars().count() > 1 || matches!(first, "đ" | "m" | "%"));
    let said = match named {
        Some(name) => name,
        None if !rest.is_empty() && first.chars().all(char::is_lowercase) => first,
        None => return None,
    };
    let glue = if said.starts_with(' ') || !space.is_empty() || digit { " " } else { space };
    let mut out = format!("{}{glue}{said}", &m[1]);
    for part in rest {
        out.push_str(" trên ");
        out.push_str(name(part).filter(|_| part != "h" || said.contains("mét")).unwrap_or(part));
    }
    Some(once(out))
}

/// `5 năm/lần` is once in five years.
fn once(rate: String) -> String {
    match rate.strip_suffix(" trên lần") {
        Some(rest)
            if ["năm", "tháng", "tuần", "ngày", "quý", "giờ"].iter().any(|period| rest.ends_with(period)) =>
        {
            format!("{rest} một lần")
        }
        _ => rate,
    }
}

/// `đồng/m2` is a rate, `vợ/chồng` a choice.
fn rate(m: &regex::Captures, around: &Around) -> Option<String> {
    let parts: Vec<&str> = m[0].split('/').map(str::trim).collect();
    if around.is_glued_before() || around.last_before() == Some('.') || around.after.starts_with('/') {
        return None;
    }
    if parts.as_slice() == ["và", "hoặc"] {
        return Some("và hoặc".to_owned());
    }
    let is_measure =
        |part: &str| MEASURES.contains(&part) || UNITS.contains_key(part) && part.chars().count() > 1;
    let measured =
        is_measure(parts[0]) || around.lead().chars().rev().take(RATE_LOOK_BACK).any(|c| c.is_ascii_digit());
    let is_rate = COUNTED.contains(&parts[0]) || measured && parts[1..].iter().all(|part| is_measure(part));
    if parts.iter().any(|part| part.bytes().any(|b| b.is_ascii_digit()) && !UNITS.contains_key(part)) {
        return None;
    }
    let words: Vec<&str> = parts
        .iter()
        .map(|part| UNITS.get(part).copied().filter(|_| is_rate && part.chars().count() > 1).unwrap_or(part))
        .collect();
    let joined = words.join(if is_rate { " trên " } else { ", " });
    Some(once(joined))
}

/// `2/3` → `hai phần ba`; `24/24`, `1/500`, house numbers and grades → `trên`.
fn fraction(m: &regex::Captures, around: &Around) -> Option<String> {
    let (above, below): (u64, u64) = (m[1].parse().ok()?, m[2].parse().ok()?);
    let is_part = above > 0
        && above < below
        && (below <= 10 || above == 1 && below <= 30 || matches!(below, 100 | 1000) && above > 1)
        && !m[2].starts_with('0')
        && !around.comes_after(NO_FRACTION_AFTER)
        && !matches!(around.last_before(), Some('/'))
        && !around.after.starts_with('/');
    let below = if is_part && below == 4 { "tư".to_owned() } else { number(&m[2]) };
    Some(format!("{} {} {below}", number(&m[1]), if is_part { "phần" } else { "trên" }))
}

/// `5` → `năm`, `05` → `không năm`, `25` → `hai mươi lăm`, `125` → `một hai năm`.
fn decimals(digits: &str) -> String {
    if digits.len() > 2 { digit_by_digit(digits) } else { code_number(digits) }
}
