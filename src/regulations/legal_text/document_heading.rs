//! What a document says of itself before its first unit: number, kind, title and the day it was issued.
//!
//! Only the lines before the legal grounds (“Căn cứ …”) are asked, for those name other documents.

use std::sync::LazyLock;

use jiff::civil::Date;
use regex::Regex;

use super::headings::is_capitals;

/// The heading of a document; what is not found is left out, never guessed.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct DocumentHeading {
    /// `45/2019/QH14`.
    pub number: Option<String>,
    /// `Luật`, `Nghị định`.
    pub kind: Option<String>,
    /// As it stands, on one line.
    pub title: Option<String>,
    /// The day of issue.
    pub issued: Option<Date>,
}

/// The kinds of documents; longer names first.
const KINDS: [&str; 12] = [
    "Thông tư liên tịch",
    "Nghị quyết liên tịch",
    "Hiến pháp",
    "Bộ luật",
    "Luật",
    "Pháp lệnh",
    "Nghị định",
    "Nghị quyết",
    "Thông tư",
    "Quyết định",
    "Chỉ thị",
    "Lệnh",
];

static NUMBER: LazyLock<Regex> = LazyLock::new(|| {
    Regex::new(r"(?i)\bsố\s*:?\s*(\d{1,5}[a-z]?\s*/\s*(?:\d{4}\s*/\s*)?[\p{Lu}][\p{Lu}\d–&.-]*)")
        .expect("a constant pattern")
});
static DAY: LazyLock<Regex> = LazyLock::new(|| {
    Regex::new(r"(?i)ngày\s+(\d{1,2})\s+tháng\s+(\d{1,2})\s+năm\s+(\d{4})").expect("a constant pattern")
});
static GROUNDS: LazyLock<Regex> = LazyLock::new(|| {
    Regex::new(concat!(
        r"^\s*(?:Căn cứ|Xét |Theo đề nghị|Thực hiện|[-_*=–—]{3}",
        r"|(?:Quốc hội|Chính phủ|Bộ trưởng|Thủ tướng|Ủy ban|Chủ tịch|Thống đốc|Hội đồng|Tổng) .*(?:ban hành|quy định|quyết định))"
    ))
    .expect("a constant pattern")
});

impl DocumentHeading {
    /// Reads the lines before the first unit.
    pub(super) fn of(preamble: &str) -> Self {
        let own: Vec<&str> = preamble
            .lines()
            .map(str::trim)
            .filter(|line| !line.is_empty())
            .take_while(|line| !line.starts_with("Căn cứ") && !line.starts_with("Xét "))
            .collect();
        let number = own.iter().find_map(|line| NUMBER.captures(line)).map(|found| {
            let number: String = found[1].chars().filter(|c| !c.is_whitespace()).collect();
            number.trim_end_matches(['.', '-', '–']).to_owned()
        });
        let issued = own.iter().find_map(|line| day(line));
        let (kind, title) = kind_and_title(&own);
        Self { number, kind, title, issued }
    }
}

/// The first `ngày … tháng … năm …` of a text.
pub fn day(text: &str) -> Option<Date> {
    let found = DAY.captures(text)?;
    Date::new(found[3].parse().ok()?, found[2].parse().ok()?, found[1].parse().ok()?).ok()
}

/// The line in capitals that names the kind, and the title on it or after it.
fn kind_and_title(lines: &[&str]) -> (Option<String>, Option<String>) {
    for (at, line) in lines.iter().enumerate() {
        if !is_capitals(line) {
            continue;
        }
        let Some((kind, rest)) = KINDS.iter().find_map(|kind| {
            let rest = line.strip_prefix(kind.to_uppercase().as_str())?;
            (rest.is_empty() || rest.starts_with([' ', '\t', ':', '.'])).then_some((*kind, rest.trim()))
        }) else {
            continue;
        };
        let names_a_number = rest.starts_with("SỐ") && rest.contains('/');
        let mut title = if names_a_number { Vec::new() } else { rest.split_whitespace().collect() };
        for next in &lines[at + 1..] {
            if GROUNDS.is_match(next) || NUMBER.is_match(next) && next.len() < 40 {
                break;
            }
            title.extend(next.split_whitespace());
            // A title of mixed case is one line; one in capitals may be broken over several.
            if !is_capitals(next) {
                break;
            }
        }
        let title = title.join(" ");
        return (Some((*kind).to_owned()), (!title.is_empty()).then_some(title));
    }
    (None, None)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_law_says_what_it_is() {
        let heading = DocumentHeading::of(
            "QUỐC HỘI\n--------\nLuật số: 45/2019/QH14\nHà Nội, ngày 20 tháng 11 năm 2019\n\nBỘ LUẬT\nLAO ĐỘNG\n\
             Căn cứ Hiến pháp nước Cộng hòa; Luật số 1/2000/QH10 ngày 1 tháng 1 năm 2000",
        );
        assert_eq!(heading.number.as_deref(), Some("45/2019/QH14"));
        assert_eq!(heading.kind.as_deref(), Some("Bộ luật"));
        assert_eq!(heading.title.as_deref(), Some("LAO ĐỘNG"));
        assert_eq!(heading.issued, Some(Date::constant(2019, 11, 20)));
    }

    #[test]
    fn a_decree_has_a_sentence_for_a_title() {
        let heading = DocumentHeading::of(
            "CHÍNH PHỦ\nSố: 15/2021/NĐ-CP\nNGHỊ ĐỊNH\nQuy định chi tiết một số nội dung\nCăn cứ Luật Tổ chức Chính phủ",
        );
        assert_eq!(heading.number.as_deref(), Some("15/2021/NĐ-CP"));
        assert_eq!(heading.kind.as_deref(), Some("Nghị định"));
        assert_eq!(heading.title.as_deref(), Some("Quy định chi tiết một số nội dung"));
    }

    #[test]
    fn nothing_is_guessed() {
        assert_eq!(DocumentHeading::of(""), DocumentHeading::default());
        assert_eq!(DocumentHeading::of("Thư gửi\nngày 31 tháng 2 năm 2020"), DocumentHeading::default());
    }
}
