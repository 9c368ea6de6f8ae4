//! Figures in legal text: durations, sums, shares, ages and counts, with the words that bound them (`ít nhất`,
//! `không quá`), as spans of the text.

use std::ops::Range;
use std::sync::LazyLock;

use regex::Regex;

use crate::question::kind::QuestionKind;
use crate::question::words::Words;
use crate::vietnamese::fold;

/// What a figure counts.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum Unit {
    /// Days, months, years, hours…
    Duration,
    /// Money.
    Money,
    /// Percent.
    Share,
    /// Years of age.
    Age,
    /// Times.
    Times,
    /// People.
    People,
    /// Square metres.
    Area,
}

/// A figure in a text.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Figure {
    /// Bytes of the text, with the words that bound it.
    pub span: Range<usize>,
    /// What it counts.
    pub unit: Unit,
    /// Its unit as a word: `ngày`, `tháng`.
    pub word: String,
    /// The bare number with its unit, in one spelling: `45 ngày`.
    pub value: String,
}

/// What kind of figure a question wants.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Wanted {
    /// What it counts; null where any figure may answer.
    pub unit: Option<Unit>,
    /// The unit that the question names: `ngày`; null where it names none.
    pub word: Option<&'static str>,
}

impl Wanted {
    /// Whether a figure is of this kind.
    pub fn takes(&self, figure: &Figure) -> bool {
        self.unit.is_none_or(|unit| unit == figure.unit)
            && self.word.is_none_or(|word| word == figure.word || figure.unit != Unit::Duration)
    }

    /// What stands before such a figure at the head of an answer.
    pub fn heading(figure: &Figure) -> &'static str {
        match figure.unit {
            Unit::Duration => "Thời hạn",
            Unit::Money => "Số tiền",
            Unit::Share => "Mức",
            Unit::Age => "Độ tuổi",
            Unit::Times => "Số lần",
            Unit::People => "Số người",
            Unit::Area => "Diện tích",
        }
    }
}

/// The figure that a question of this kind wants; null where it wants none.
pub fn wanted(question: &str, kind: QuestionKind) -> Option<Wanted> {
    if !matches!(kind, QuestionKind::HowLong | QuestionKind::HowMuch) {
        return None;
    }
    const NAMED: &[(&str, Unit, &str)] = &[
        ("ngày", Unit::Duration, "ngày"),
        ("hôm", Unit::Duration, "ngày"),
        ("tháng", Unit::Duration, "tháng"),
        ("năm", Unit::Duration, "năm"),
        ("tuần", Unit::Duration, "tuần"),
        ("giờ", Unit::Duration, "giờ"),
        ("tiếng", Unit::Duration, "giờ"),
        ("tuổi", Unit::Age, "tuổi"),
        ("phần trăm", Unit::Share, "%"),
        ("phần", Unit::Share, "%"),
        ("lần", Unit::Times, "lần"),
        ("người", Unit::People, "người"),
        ("tiền", Unit::Money, "đồng"),
        ("đồng", Unit::Money, "đồng"),
        ("triệu", Unit::Money, "đồng"),
    ];
    let words = Words::of(question);
    let named = NAMED
        .iter()
        .find(|(name, ..)| words.hold(&format!("mấy {name}")) || words.hold(&format!("bao nhiêu {name}")));
    // Months may be answered in days, and a penalty in years is asked as `mấy năm`.
    Some(match (named, kind) {
        (Some((_, unit, word)), _) => Wanted { unit: Some(*unit), word: Some(word) },
        (None, QuestionKind::HowLong) => Wanted { unit: Some(Unit::Duration), word: None },
        _ if words.hold_any(&["tuổi", "độ tuổi"]) => Wanted { unit: Some(Unit::Age), word: None },
        _ => Wanted { unit: None, word: None },
    })
}

const BOUND: &str = r"(?:(?:từ đủ|từ|đủ|đến đủ|ít nhất|tối thiểu|thấp nhất|không quá|tối đa|cao nhất|nhiều nhất|không ít hơn|không vượt quá|chậm nhất|dưới|trên|bằng|quá)(?:\s+(?:là|bằng|hơn|từ))?\s+){0,2}";
const NUMBER: &str = r"(?:\d+(?:[.,]\d+)*|(?:(?:một|hai|ba|bốn|năm|sáu|bảy|tám|chín|mười|mươi|mốt|lăm|tư|trăm|rưỡi)\s+){0,3}(?:một|hai|ba|bốn|năm|sáu|bảy|tám|chín|mười|mươi|mốt|lăm|tư|trăm))";
const UNIT: &str =
    r"(?:ngày|tháng|năm|tuần|giờ|phút|tuổi|triệu đồng|tỷ đồng|đồng|%|phần trăm|lần|người|m2|m²)";

static FIGURE: LazyLock<Regex> = LazyLock::new(|| {
    Regex::new(&format!(
        r"(?i)(?P<bound>{BOUND})(?P<number>{NUMBER})(?:\s*\([^)\n]{{1,30}}\))?\s*(?P<unit>{UNIT})(?P<tail>\s+làm việc|\s+{NUMBER} tháng|/năm|/tháng|/ngày)?(?:\s+(?:trở lên|trở xuống))?(?:\s+đến\s+(?:dưới\s+|hết\s+|đủ\s+|dưới đủ\s+)?{NUMBER}\s*{UNIT})?"
    ))
    .expect("a constant pattern")
});

/// The figures of a text, in order.
pub fn figures(text: &str) -> Vec<Figure> {
    FIGURE
        .captures_iter(text)
        .filter_map(|found| {
            let (whole, number, unit) = (found.get(0)?, found.name("number")?, found.name("unit")?);
            let before = text[..number.start()].trim_end();
            let after = text[unit.end()..].chars().next();
            // The end of a word that only begins like the unit, or the start of one that ends like a number.
            if after.is_some_and(char::is_alphanumeric) && unit.as_str() != "%"
                || text[..number.start()].chars().last().is_some_and(|c| c.is_alphanumeric() || c == '/')
            {
                return None;
            }
            let last =
                before.rsplit(|c: char| !c.is_alphanumeric()).next().unwrap_or_default().to_lowercase();
            let is_place =
                matches!(last.as_str(), "ngày" | "tháng" | "khoản" | "điều" | "điểm" | "quý" | "hạng");
            if is_place && found.name("bound").is_none_or(|bound| bound.is_empty()) {
                return None;
            }
            let word = match unit.as_str().to_lowercase().as_str() {
                "phần trăm" => "%".to_owned(),
                "triệu đồng" | "tỷ đồng" => "đồng".to_owned(),
                word => word.to_owned(),
            };
            let unit = match word.as_str() {
                "tuổi" => Unit::Age,
                "đồng" => Unit::Money,
                "%" => Unit::Share,
                "lần" => Unit::Times,
                "người" => Unit::People,
                "m2" | "m²" => Unit::Area,
                _ => Unit::Duration,
            };
            let value = format!("{} {word}", plain_number(number.as_str()));
            Some(Figure { span: whole.range(), unit, word, value })
        })
        .collect()
}

/// `05` → `5`, `Ba mươi` → `30`; what is no small number stays as it is written.
fn plain_number(number: &str) -> String {
    if let Ok(value) = number.parse::<u64>() {
        return value.to_string();
    }
    let value_of = |word: &str| {
        Some(match fold(word).as_str() {
            "mot" => 1,
            "hai" => 2,
            "ba" => 3,
            "bon" | "tu" => 4,
            "nam" | "lam" => 5,
            "sau" => 6,
            "bay" => 7,
            "tam" => 8,
            "chin" => 9,
            _ => return None,
        })
    };
    let (mut total, mut digit) = (0u64, 0u64);
    for word in number.split_whitespace() {
        match (fold(word).as_str(), value_of(word)) {
            ("muoi", _) => (total, digit) = (total + digit.max(1) * 10, 0),
            ("tram", _) => (total, digit) = (total + digit.max(1) * 100, 0),
            (_, Some(value)) => digit = value,
            _ => return number.to_lowercase(),
        }
    }
    (total + digit).to_string()
}

/// The only figure of a text that a question may want; null where there is none, or more than one.
pub fn only(text: &str, wanted: &Wanted) -> Option<Figure> {
    let mut found = figures(text).into_iter().filter(|figure| wanted.takes(figure));
    let first = found.next()?;
    found.all(|other| other.value == first.value).then_some(first)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn said(text: &str) -> Vec<(String, Unit)> {
        figures(text).into_iter().map(|f| (text[f.span.clone()].trim().to_owned(), f.unit)).collect()
    }

    #[test]
    fn figures_are_found_with_what_bounds_them() {
        assert_eq!(said("báo trước ít nhất 45 ngày nếu"), [("ít nhất 45 ngày".into(), Unit::Duration)]);
        assert_eq!(
            said("không quá 15 (mười lăm) ngày làm việc"),
            [("không quá 15 (mười lăm) ngày làm việc".into(), Unit::Duration)]
        );
        assert_eq!(
            said("bị phạt tù từ 01 năm đến 05 năm; phạt tiền 2.000.000 đồng"),
            [("từ 01 năm đến 05 năm".into(), Unit::Duration), ("2.000.000 đồng".into(), Unit::Money)]
        );
        assert_eq!(said("người từ đủ 18 tuổi trở lên"), [("từ đủ 18 tuổi trở lên".into(), Unit::Age)]);
        assert_eq!(said("trong thời hạn mười lăm ngày"), [("mười lăm ngày".into(), Unit::Duration)]);
        assert_eq!(said("lãi không vượt quá 20%/năm"), [("không vượt quá 20%/năm".into(), Unit::Share)]);
    }

    #[test]
    fn dates_and_places_are_no_figures() {
        assert_eq!(said("từ ngày 01 tháng 7 năm 2025 theo khoản 2 Điều 5"), []);
        assert_eq!(said("Nghị định số 15/2021/NĐ-CP ngày 3/3/2021"), []);
        assert_eq!(said("1. Người lao động"), []);
    }

    #[test]
    fn the_question_names_the_unit() {
        let days = wanted("Phải báo trước mấy ngày?", QuestionKind::HowLong).unwrap();
        let text = "trong 01 năm được nghỉ 12 ngày";
        assert_eq!(only(text, &days).unwrap().value, "12 ngày");
        assert_eq!(only("45 ngày hoặc 30 ngày", &days), None);
        assert_eq!(only("ba mươi ngày, tức 30 ngày", &days).unwrap().value, "30 ngày");
        assert_eq!(wanted("Ai được hưởng?", QuestionKind::Who), None);
        assert_eq!(plain_number("mười lăm"), "15");
        assert_eq!(plain_number("hai mươi tư"), "24");
    }
}
